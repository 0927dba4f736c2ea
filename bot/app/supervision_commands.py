"""The supervision log, the overview of a group and the report of a quarter: rows of the command table."""

from __future__ import annotations

from bot.app.access import Relation
from bot.app.command_row import CLINICIAN, MANAGER, SUPERVISOR, Command, Kind, does, hands, makes, opens, sends
from bot.app.gate import private_notes as own_words
from bot.app.overview import handlers as overview
from bot.app.overview import reminding
from bot.app.reports import handlers as reporting
from bot.app.supervision import export_handlers as exporting
from bot.app.supervision import goal_handlers as goal
from bot.app.supervision import leaving_handlers as leaving
from bot.app.supervision import log_handlers as log
from bot.app.supervision import outside_handlers as outside
from bot.app.supervision import signing_handlers as signing
from bot.app.supervision import span_handlers as span

ASKED = Relation.ASKED
GROUP = Relation.GROUP
MEMBER = Relation.MEMBER
ORGANISATION = Relation.ORGANISATION
OWN = Relation.OWN
OWN_ENTRY = Relation.OWN_ENTRY
OWN_STEP = Relation.OWN_STEP

REPORT: tuple[Command, ...] = (
    makes(
        "report",
        Kind.TYPED,
        MANAGER,
        ORGANISATION,
        reporting,
        "The report of a quarter that is over; as a file with pdf or csv",
    ),
    makes("report.show", Kind.PRESSED, MANAGER, ORGANISATION, reporting, "A quarter's report, as a card or a file"),
    hands(
        "report.method",
        Kind.PRESSED,
        MANAGER,
        ORGANISATION,
        reporting.hand_method,
        "How our peer supervision works, one page for doctors who refer patients",
    ),
    opens("report.list", MANAGER, ORGANISATION, reporting.open_list, "Every quarter and year that has a report"),
)

LOG: tuple[Command, ...] = (
    opens("log.open", CLINICIAN, OWN, log.open_log, "My supervision log"),
    opens("log.span", CLINICIAN, OWN, span.open_span, "Which days of my log to list"),
    sends("log.span.send", CLINICIAN, OWN, span.send_span, "List the entries of these days"),
    opens("log.rhythm", CLINICIAN, OWN, exporting.show_rhythm, "My gaps against the targets, as charts and numbers"),
    opens("log.add", CLINICIAN, OWN, log.open_add, "Open the form for supervision outside rounds"),
    sends(
        "log.add.send",
        CLINICIAN,
        OWN,
        log.send_add,
        "Enter supervision or a peer meeting outside rounds",
        own_words.prepare,
    ),
    opens("log.entry", CLINICIAN, OWN_ENTRY, log.open_entry, "One entry of my log with its history"),
    opens("log.correct", CLINICIAN, OWN_ENTRY, log.open_correct, "Open the form to correct an entry"),
    sends("log.correct.send", CLINICIAN, OWN_ENTRY, log.send_correct, "Correct an entry of my log", own_words.prepare),
    does("log.withdraw", CLINICIAN, OWN_ENTRY, log.withdraw, "Take an entry out of the totals"),
    opens("log.sign", CLINICIAN, OWN, signing.open_ask, "Whom to ask to sign which entries"),
    sends("log.sign.ask", CLINICIAN, OWN, signing.send_ask, "Ask a supervisor or a colleague to sign"),
    opens("log.sign.given", CLINICIAN, OWN, signing.open_given, "What I signed last"),
    does("log.sign.back", CLINICIAN, OWN, signing.take_back, "Take back a signature I gave"),
    opens("log.sign.outside", CLINICIAN, OWN, outside.open_ask, "Which entries somebody outside is to sign"),
    sends("log.sign.outside.send", CLINICIAN, OWN, outside.send_ask, "Make a link for a signature from outside"),
    opens("log.sign.look", CLINICIAN, ASKED, signing.open_request, "The entries somebody asked me to sign"),
    sends("log.sign.send", CLINICIAN, ASKED, signing.send_request, "Sign what I was asked to"),
    opens("log.sign.member", SUPERVISOR, MEMBER, signing.open_member, "A member's unsigned entries"),
    sends("log.sign.member.send", SUPERVISOR, MEMBER, signing.send_member, "Sign a member's entries"),
    opens("log.export", CLINICIAN, OWN, exporting.open_export, "Open the form for a file of my log"),
    hands(
        "log.export.send",
        Kind.SENT,
        CLINICIAN,
        OWN,
        exporting.send_export,
        "My log as PDF, CSV or iCalendar by a rule set",
    ),
    opens("goal.open", CLINICIAN, OWN, goal.open_goal, "My learning goal, which nobody else reads"),
    sends("goal.send", CLINICIAN, OWN, goal.send_goal, "Keep my learning goal", own_words.prepare),
    does("goal.end", CLINICIAN, OWN, goal.press_end, "End my learning goal"),
    opens("goal.half", CLINICIAN, OWN, goal.open_half, "My half-year against my learning goal"),
    sends("goal.half.send", CLINICIAN, OWN, goal.send_half, "Keep what I make of a half-year", own_words.prepare),
    hands("goal.file", Kind.PRESSED, CLINICIAN, OWN, goal.hand_half, "My half-year as a file (web pages only)"),
    opens("leaving.open", CLINICIAN, OWN, leaving.open_leaving, "Take my log, hours and texts along"),
    hands("leaving.send", Kind.SENT, CLINICIAN, OWN, leaving.send_leaving, "My log, hours and texts as one archive"),
)

OVERVIEW: tuple[Command, ...] = (
    opens("supervision.overview", SUPERVISOR, GROUP, overview.show, "Everybody's rhythm, most urgent first"),
    opens("overview.group", SUPERVISOR, GROUP, overview.show_group, "One of many groups, its most urgent people first"),
    Command("overview.find", Kind.SENT, SUPERVISOR, GROUP, overview.find_group, "Groups by a part of their name"),
    opens("supervision.member", SUPERVISOR, MEMBER, overview.open_member, "One member, and what I can do for them"),
    does(
        "supervision.hand_over",
        SUPERVISOR,
        MEMBER,
        overview.hand_over,
        "Give an unreachable member's reviews to others",
    ),
    does(
        "supervision.hand_over.undo",
        SUPERVISOR,
        OWN_STEP,
        overview.undo_hand_over,
        "Take those reviews back, for ten minutes",
    ),
    does("supervision.nudge", SUPERVISOR, MEMBER, overview.nudge, "A friendly word to a member, at most one a day"),
    opens("supervision.remind", SUPERVISOR, GROUP, reminding.open_remind, "Whom of a group to remind"),
    sends("supervision.remind.send", SUPERVISOR, GROUP, reminding.send_remind, "Remind several members"),
    does("supervision.remind.overdue", SUPERVISOR, GROUP, reminding.remind_overdue, "Remind all who are overdue"),
    opens("overview.year", SUPERVISOR, GROUP, overview.show_year, "A group's coming rounds, played ahead"),
    opens("overview.weeks", SUPERVISOR, GROUP, overview.show_weeks, "A group's weeks as a heat map"),
)
