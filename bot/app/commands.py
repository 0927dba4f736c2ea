"""Everything that can happen: each typed command, button and form with who may use it and what it does.

The table is the index of the program; the rows of cases, administration, planning and supervision stand in
`…_commands.py` beside it. A command is found by its key; its roles and its relation to the
thing it names (my case, a review assigned to me) are checked before the handler runs (`access.py`).
`prepare` runs before the unit of work that writes (the gate may take a moment); `changes` marks
effects that must happen once however often the same event arrives. The roles table of the docs is
made from here, and a test walks commands × roles.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.app import round_command as round_words
from bot.app.access import Relation
from bot.app.administration_commands import PLACES, POLICIES, ROSTERS, SETTING_UP, STAFF
from bot.app.case_commands import CASES, SECOND_LOOKS, WORKSHEET
from bot.app.caseload import handlers as caseload
from bot.app.caseload import leave_handlers as leave
from bot.app.caseload import mode_change_handlers as mode_changes
from bot.app.caseload import own_dates_handlers as own_dates
from bot.app.caseload import undo_handlers as undo
from bot.app.caseload import working_time_handlers as working_time
from bot.app.cases import editing_handlers as editing
from bot.app.cases import handlers as cases
from bot.app.command_row import (
    ANYONE,
    CLINICIAN,
    DPO,
    PLANNER,
    SECOND,
    SUPERVISOR,
    THERAPIST,
    Command,
    Kind,
    does,
    hands,
    opens,
    sends,
    typed,
    writes,
)
from bot.app.context import Finisher
from bot.app.drafts import handlers as drafts
from bot.app.exchange import handlers as exchange
from bot.app.exclusions import own_handlers as apart
from bot.app.gate import handlers as texts
from bot.app.gate import private_notes as own_words
from bot.app.help import handlers as help_
from bot.app.library import handlers as library
from bot.app.operations import handlers as operations
from bot.app.overview import home_handlers as home
from bot.app.overview import supervision_command as supervision
from bot.app.overview import undo_last
from bot.app.people import languages_read
from bot.app.people import settings_handlers as settings
from bot.app.people import welcome_handlers as welcome
from bot.app.planning_commands import ROUNDS, SERIES_AND_CLOSED_DAYS
from bot.app.privacy import officer_handlers as officer
from bot.app.privacy.handlers import my_data, open_audit, who_looked
from bot.app.privacy.sessions import end_sessions, show_passkeys, show_sessions
from bot.app.reviews import closing_handlers as closing
from bot.app.reviews import handlers as reviews
from bot.app.reviews import list_handlers as review_list
from bot.app.reviews import swap_handlers as swap
from bot.app.risk import drill_handlers as risk_drill
from bot.app.risk import handlers as risk
from bot.app.steps import missed_reviews as missed
from bot.app.supervision_commands import LOG, OVERVIEW, REPORT

CONCERN = Relation.CONCERN
CONCERN_TO_END = Relation.CONCERN_TO_END
GROUP = Relation.GROUP
HELD_CASE = Relation.HELD_CASE
LEAVE = Relation.LEAVE
SWITCH = Relation.SWITCH
OWN_STEP = Relation.OWN_STEP
MATTER = Relation.MATTER
SHARE = Relation.SHARE
LIMIT = Relation.LIMIT
ORGANISATION = Relation.ORGANISATION
OFFERED = Relation.OFFERED
OWN = Relation.OWN
OWN_REVIEW = Relation.OWN_REVIEW
OWN_TEXT = Relation.OWN_TEXT
PART = Relation.PART
RAISED = Relation.RAISED
READABLE = Relation.READABLE
SELF_OR_MEMBER = Relation.SELF_OR_MEMBER


COMMANDS: tuple[Command, ...] = (
    # typed
    typed("help", ANYONE, OWN, help_.typed, "Every command with an example; about one command"),
    opens("help.open", ANYONE, OWN, help_.open_help, "Every command with an example"),
    opens("about.privacy", ANYONE, OWN, help_.show_privacy, "What is kept of me here, and how long"),
    opens("about.feedback", ANYONE, OWN, help_.show_feedback, "Whom I tell what is missing or in the way"),
    opens("about.setup", ANYONE, OWN, help_.show_setup, "Who runs this and set it up"),
    typed("home", ANYONE, OWN, home.typed_home, "My start page"),
    opens("home.open", ANYONE, OWN, home.press_home, "My start page"),
    opens("matter.show", ANYONE, MATTER, home.show_matter, "Where that which an old message was about stands today"),
    typed("caseload", CLINICIAN, OWN, undo_last.typed, "The caseload mode, now or from a day on; leave", changes=True),
    typed("case", THERAPIST, OWN, cases.typed, "My cases; a new case", prepare=cases.prepare_typed),
    opens("risk.open", CLINICIAN, OWN, risk.show_card, "Whom to call, and a button for each case to raise a concern"),
    typed("risk", CLINICIAN, OWN, risk.typed, "Whom to call, and a button for each case to raise a concern"),
    typed("review", THERAPIST, OWN, reviews.typed, "My open reviews"),
    typed("supervision", CLINICIAN, OWN, supervision.typed, "My supervision log; a supervisor's overview"),
    typed("round", SUPERVISOR, GROUP, round_words.typed, "Rounds, series of rounds, closed days", changes=True),
    typed("settings", ANYONE, OWN, settings.typed, "My language, where notices come, my accounts", changes=True),
    typed("language", ANYONE, OWN, settings.typed_language, "Choose my language", changes=True),
    typed("reads", THERAPIST, OWN, languages_read.typed, "The languages in which cases may come to me", changes=True),
    typed("privacy", ANYONE, OWN, help_.typed_privacy, "What is kept of me here, and who exports or erases data"),
    # settings
    opens("settings.open", ANYONE, OWN, settings.open_settings, "Open my settings"),
    sends("settings.send", ANYONE, OWN, settings.send, "Keep my language and where notices come"),
    does("settings.silence_mail", ANYONE, OWN, settings.silence_mail, "Send me no mails that can wait"),
    does("settings.connect", ANYONE, OWN, settings.open_code, "A code that connects another account of mine"),
    does("settings.disconnect", ANYONE, OWN, settings.press_disconnect, "Disconnect an account of mine"),
    does(
        "welcome.open", ANYONE, OWN, home.open_welcome, "What the app says when I add it: the welcome, or my start page"
    ),
    opens("example.show", ANYONE, OWN, welcome.show_example, "An invented case, step by step"),
    # people and places, for administrators
    *STAFF,
    *ROSTERS,
    *PLACES,
    *SETTING_UP,
    *POLICIES,
    # caseload
    does("caseload.switch", THERAPIST, OWN, caseload.pressed_switch, "Switch my caseload mode"),
    does("caseload.read", CLINICIAN, SELF_OR_MEMBER, caseload.choose, "Do what typed words were meant to say"),
    opens("caseload.status", THERAPIST, OWN, caseload.show_status, "My caseload, and what a switch would change"),
    does(
        "caseload.mode.settle",
        CLINICIAN,
        SELF_OR_MEMBER,
        mode_changes.settle,
        "Let a mode end earlier than entered before",
    ),
    opens("caseload.plan", CLINICIAN, SELF_OR_MEMBER, caseload.open_plan, "Open the form for a switch, or a member's"),
    sends(
        "caseload.plan.send",
        CLINICIAN,
        SELF_OR_MEMBER,
        caseload.send_plan,
        "Plan a switch or correct one",
        own_words.prepare,
    ),
    opens("caseload.history", CLINICIAN, SELF_OR_MEMBER, caseload.open_history, "Every recorded switch"),
    opens("caseload.mode.change", CLINICIAN, SWITCH, caseload.open_change, "Open the form to change a recorded switch"),
    sends(
        "caseload.mode.change.send",
        CLINICIAN,
        SWITCH,
        caseload.send_change,
        "Change a recorded switch",
        own_words.prepare,
    ),
    does("caseload.mode.delete", CLINICIAN, SWITCH, caseload.delete, "Delete a recorded switch"),
    does("caseload.work.delete", CLINICIAN, SHARE, working_time.delete_share, "Delete a recorded share of full time"),
    does("caseload.limit.delete", CLINICIAN, LIMIT, working_time.delete_limit, "Delete a recorded limit on reviews"),
    does("caseload.undo", CLINICIAN, OWN_STEP, undo.undo, "Put back what I did in the last ten minutes"),
    opens("caseload.work", CLINICIAN, SELF_OR_MEMBER, working_time.open_work, "Open the form for working time"),
    sends("caseload.work.send", CLINICIAN, SELF_OR_MEMBER, working_time.send_work, "Record working time"),
    opens("caseload.leave", CLINICIAN, SELF_OR_MEMBER, leave.open_form, "Open the form for leave, mine or a member's"),
    sends("caseload.leave.send", CLINICIAN, SELF_OR_MEMBER, leave.send, "Take leave, or enter a member's"),
    does(
        "caseload.leave.settle",
        CLINICIAN,
        SELF_OR_MEMBER,
        leave.settle,
        "Say what becomes of leave that overlaps a new one",
    ),
    opens("caseload.leave.change", CLINICIAN, LEAVE, leave.open_change, "Open the form to change a leave"),
    sends("caseload.leave.change.send", CLINICIAN, LEAVE, leave.send_change, "Change a leave"),
    does("caseload.leave.days", CLINICIAN, LEAVE, leave.give_days, "Give a leave other days"),
    does("caseload.back", CLINICIAN, LEAVE, leave.end, "End or cancel a leave"),
    # my own days
    opens("week.open", CLINICIAN, OWN, working_time.open_week, "On which weekdays I work"),
    sends("week.send", CLINICIAN, OWN, working_time.send_week, "Keep my working week"),
    opens("feed.open", CLINICIAN, OWN, own_dates.open_feed, "My calendar feed"),
    does("feed.make", CLINICIAN, OWN, own_dates.make_feed, "A new secret address for my calendar"),
    does("feed.end", CLINICIAN, OWN, own_dates.end_feed, "End the address of my calendar"),
    opens("absences.open", CLINICIAN, OWN, own_dates.open_import, "Open the form for a calendar file with absences"),
    sends("absences.send", CLINICIAN, OWN, own_dates.send_import, "Show the absences of a calendar file"),
    sends("absences.take", CLINICIAN, OWN, own_dates.take_absences, "Take leave for the chosen absences"),
    opens("absences.address", CLINICIAN, OWN, own_dates.open_absence_address, "The calendar that is read daily"),
    sends("absences.address.send", CLINICIAN, OWN, own_dates.send_absence_address, "Read a calendar daily"),
    does("absences.address.end", CLINICIAN, OWN, own_dates.end_absence_address, "Read my calendar no longer"),
    opens("absences.proposed", CLINICIAN, OWN, own_dates.open_proposed, "What my calendar would change"),
    sends("absences.settle", CLINICIAN, OWN, own_dates.settle_proposed, "Take or decline what my calendar changes"),
    *CASES,
    *WORKSHEET,
    *SECOND_LOOKS,
    # the gate
    Command(
        "text.preview",
        Kind.PRESSED,
        THERAPIST,
        OWN_TEXT,
        texts.show_preview,
        "The preview of a text under way, again",
        prepare=texts.prepare_preview,
    ),
    opens("text.edit", THERAPIST, OWN_TEXT, editing.edit_draft, "Back from the preview to the form"),
    does("text.discard", THERAPIST, OWN_TEXT, texts.discard, "Forget a draft"),
    writes(
        "text.confirm",
        OWN_TEXT,
        texts.confirm,
        "Agree to the redacted text",
        texts.prepare_confirmation,
        texts.confirm_again,
    ),
    does("draft.discard", ANYONE, OWN_TEXT, drafts.discard, "Forget what was typed and not sent"),
    # a review from its reviewer
    opens("review.queue", THERAPIST, OWN, reviews.show_queue, "My open reviews"),
    opens("review.list", THERAPIST, OWN, review_list.show, "My reviews with their titles, and a form to look for one"),
    Command("review.find", Kind.SENT, THERAPIST, OWN, review_list.find, "Look for a review of mine"),
    opens("review.open", THERAPIST, OWN_REVIEW, reviews.open_review, "Read a case assigned to me; write"),
    writes("question.send", OWN_REVIEW, reviews.send_question, "Ask the presenter", reviews.prepare_question),
    writes("review.send", OWN_REVIEW, reviews.send_review, "Send my review", reviews.prepare_review),
    opens("exemplar.consent", THERAPIST, OWN_REVIEW, library.open_consent, "Read an excerpt I am asked to agree to"),
    does("exemplar.agree", THERAPIST, OWN_REVIEW, library.press_agree, "Agree that an excerpt is kept"),
    does("exemplar.decline", THERAPIST, OWN_REVIEW, library.press_decline, "Take back an excerpt of a case I reviewed"),
    opens("answer_back.open", THERAPIST, OWN_REVIEW, exchange.open_answer_back, "Answer what the presenter asks back"),
    writes(
        "answer_back.send",
        OWN_REVIEW,
        exchange.send_answer_back,
        "Send my answer to what the presenter asks back",
        exchange.prepare_answer_back,
    ),
    opens("follow_up.read", THERAPIST, OWN_REVIEW, exchange.read_follow_up, "What became of a case I reviewed"),
    sends(
        "calibrate.send", THERAPIST, OWN_REVIEW, reviews.send_calibration, "Mark an invented message before the first"
    ),
    opens("review.decline", THERAPIST, OWN_REVIEW, reviews.open_decline, "Open the form to decline"),
    sends("review.decline.send", THERAPIST, OWN_REVIEW, reviews.send_decline, "Decline a review"),
    opens("review.swap", THERAPIST, OWN_REVIEW, swap.open_swap, "Open the form to ask for somebody else"),
    sends("review.swap.send", THERAPIST, OWN_REVIEW, swap.send_swap, "Ask colleagues to take a review over"),
    does("review.swap.end", THERAPIST, OWN_REVIEW, swap.end, "Ask nobody any more"),
    does("swap.take", THERAPIST, OFFERED, swap.take, "Take over a review that a colleague asks me to take"),
    does("swap.pass", THERAPIST, OFFERED, swap.pass_on, "Not take it this time"),
    does("swap.undo", THERAPIST, OWN_STEP, swap.undo, "Take back what I answered a moment ago"),
    does("review.recognise", THERAPIST, OWN_REVIEW, reviews.recognise, "Step out: I recognise the patient"),
    opens("why", THERAPIST, OWN_REVIEW, home.why, "Why a review came to me"),
    opens("apart.open", THERAPIST, OWN, apart.open_apart, "My private list of colleagues I am never paired with"),
    sends("apart.send", THERAPIST, OWN, apart.send_apart, "Keep that list"),
    # silence
    does("missed.fine", THERAPIST, OWN, missed.all_is_well, "Answer the question about missed reviews: all is well"),
    does("missed.help", THERAPIST, OWN, missed.ask_for_help, "Answer it by asking a supervisor to get in touch"),
    # risk
    opens("risk.raise", CLINICIAN, PART, risk.open_raise, "What raising a risk concern does"),
    sends("risk.raise.send", CLINICIAN, PART, risk.send_raise, "Raise a risk concern"),
    does("risk.alert_duty", THERAPIST, OWN, risk.alert_duty, "Alert the duty supervisor from the stop at submission"),
    does("risk.acknowledge", SUPERVISOR, CONCERN, risk.acknowledge, "Take a risk alert on"),
    does(
        "risk.drill", SUPERVISOR, ORGANISATION, risk_drill.begin, "Send a drill of the risk alert to whoever is on duty"
    ),
    does("risk.drill_heard", SUPERVISOR, ORGANISATION, risk_drill.heard, "Answer a drill of the risk alert"),
    opens("risk.status", CLINICIAN, RAISED, risk.open_status, "Where my alert stands"),
    does("risk.release", SUPERVISOR, CONCERN_TO_END, risk.release, "Release a hold"),
    does("risk.withdraw", SUPERVISOR, CONCERN_TO_END, risk.withdraw, "Withdraw a held case and erase its text"),
    opens("risk.unmask", SUPERVISOR, HELD_CASE, risk.open_unmask, "Ask for the presenter of a held case"),
    sends(
        "risk.unmask.send",
        SUPERVISOR,
        HELD_CASE,
        risk.send_unmask,
        "See the presenter, with a reason, audited",
        again=risk.open_unmask,
    ),
    opens("case.read", SUPERVISOR, READABLE, risk.open_read, "Ask for the text of a case one takes no part in"),
    sends(
        "case.read.send",
        SUPERVISOR,
        READABLE,
        risk.send_read,
        "Read a text, with a reason, audited",
        again=risk.open_read,
    ),
    *ROUNDS,
    *SERIES_AND_CLOSED_DAYS,
    # operations
    opens(
        "operations.show",
        PLANNER,
        ORGANISATION,
        operations.show,
        "How delivery stands: queue, next steps, what did not arrive",
    ),
    does("operations.again", PLANNER, ORGANISATION, operations.again, "Send a message again that did not arrive"),
    does(
        "operations.again_all",
        PLANNER,
        ORGANISATION,
        operations.again_all,
        "Send everything again that did not arrive lately",
    ),
    *REPORT,
    *LOG,
    *OVERVIEW,
    # data protection
    hands("privacy.mine", Kind.PRESSED, ANYONE, OWN, my_data, "Everything stored about me, as a file (web pages only)"),
    opens("privacy.looked", ANYONE, OWN, who_looked, "Who looked at me: names looked up, texts opened, exports, links"),
    opens("privacy.sessions", ANYONE, OWN, show_sessions, "The browsers in which I am signed in"),
    opens("privacy.passkeys", ANYONE, OWN, show_passkeys, "Where my passkeys are"),
    does("privacy.sessions.end", ANYONE, OWN, end_sessions, "Sign me out of every browser"),
    does("audit.open", DPO, ORGANISATION, open_audit, "Check and read the audit trail"),
    opens("officer.open", DPO, ORGANISATION, officer.open_officer, "Find a person or a case; requests under way"),
    sends("officer.find", DPO, ORGANISATION, officer.find, "Find a person or a case", again=officer.find),
    opens("officer.show", DPO, ORGANISATION, officer.show, "What is stored about a person or a case, as counts"),
    opens("officer.export", DPO, ORGANISATION, officer.open_export, "Open the form to ask for an export"),
    does("officer.erase", DPO, ORGANISATION, officer.try_erase, "Show what an erasure would do; nothing is erased"),
    sends("officer.ask", DPO, ORGANISATION, officer.send_ask, "Ask a second person for an export or an erasure"),
    does("officer.fetch", DPO, ORGANISATION, officer.fetch, "Fetch an export a second person agreed to, audited"),
    opens("officer.requests", SECOND, ORGANISATION, officer.open_requests, "Requests that wait for a second person"),
    does("officer.agree", SECOND, ORGANISATION, officer.agree, "Agree to an export or an erasure of somebody else's"),
    does(
        "officer.confirm",
        SECOND,
        ORGANISATION,
        officer.confirm,
        "Say that one asks for what the shell asks in one's name",
    ),
    does("officer.withdraw", SECOND, ORGANISATION, officer.withdraw, "Take a request back, or decline it"),
    opens("officer.trail", DPO, ORGANISATION, officer.open_trail, "Open the filters of the audit trail"),
    sends(
        "officer.trail.find",
        DPO,
        ORGANISATION,
        officer.find_lines,
        "Read lines of the audit trail, audited",
        again=officer.find_lines,
    ),
)

TYPED = tuple(c.key for c in COMMANDS if c.kind is Kind.TYPED)

BY_KEY: Mapping[tuple[Kind, str], Command] = {(c.kind, c.key): c for c in COMMANDS}

FINISHERS: Mapping[str, Finisher] = {
    "case": cases.finish,
    "question": reviews.finish_question,
    "answer": reviews.finish_answers,
    "review": reviews.finish_review,
    "takeaway": closing.finish_takeaway,
    "exemplar": library.finish_proposal,
    "ask_back": exchange.finish_ask_back,
    "answer_back": exchange.finish_answer_back,
    "follow_up": exchange.finish_follow_up,
}
"""What becomes of a confirmed text, by the kind of its draft."""
