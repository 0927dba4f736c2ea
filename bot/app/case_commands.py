"""Rows of the command table: a case from its presenter, the private worksheet, a second look at a case."""

from __future__ import annotations

from bot.app.access import Relation
from bot.app.cases import behaviours_handlers as behaviours
from bot.app.cases import handlers as cases
from bot.app.cases import list_handlers as case_list
from bot.app.cases import urgent_handlers as urgent
from bot.app.cases import worksheet_file_handlers as worksheet_file
from bot.app.cases import worksheet_handlers as worksheet
from bot.app.command_row import CLINICIAN, SUPERVISOR, THERAPIST, Command, Kind, does, opens, sends, writes
from bot.app.exchange import handlers as exchange
from bot.app.library import handlers as library
from bot.app.reviews import closing_handlers as closing
from bot.app.reviews import handlers as reviews
from bot.app.rounds import invitation_handlers as asking
from bot.app.second_look import handlers as second_look

INFORMED = Relation.INFORMED
KEPT = Relation.KEPT
EXCERPT = Relation.EXCERPT
LOOK = Relation.LOOK
OWN = Relation.OWN
OWN_CASE = Relation.OWN_CASE
OWN_ROW = Relation.OWN_ROW


CASES: tuple[Command, ...] = (
    opens("case.mine", THERAPIST, OWN, cases.show_mine, "My cases"),
    opens("case.list", THERAPIST, OWN, case_list.show, "My cases with their titles, and a form to look for one"),
    Command("case.find", Kind.SENT, THERAPIST, OWN, case_list.find, "Look for a case of mine"),
    opens("case.new", THERAPIST, OWN, cases.open_form, "Open an empty case form"),
    opens("behaviours.open", CLINICIAN, OWN, behaviours.show, "What messages of my groups show, over a quarter"),
    opens("message.new", THERAPIST, OWN, cases.open_message, "Open the form to retell a message of mine, by lot"),
    writes("case.submit", OWN, cases.submit, "Send a case to the gate", cases.prepare_submission, cases.submit_again),
    writes(
        "message.submit", OWN, cases.submit, "Send a message to the gate", cases.prepare_submission, cases.submit_again
    ),
    opens("case.page", THERAPIST, OWN_CASE, reviews.open_case, "My own case"),
    does("round.pass", THERAPIST, OWN, asking.not_this_time, "Not present this time when asked to"),
    does("round.pass.undo", THERAPIST, OWN, asking.after_all, "Present after all, having said not this time"),
    does("case.withdraw", THERAPIST, OWN_CASE, cases.ask_withdraw, "Take my case back and erase its text"),
    does("case.urgent", THERAPIST, OWN_CASE, urgent.ask_urgently, "Have my waiting case reviewed this week"),
    does("case.urgent.back", THERAPIST, OWN_CASE, urgent.take_urgent_back, "Let my urgent case wait for its round"),
    does("case.share", THERAPIST, OWN_CASE, urgent.share, "Share my waiting case for information, without reviews"),
    opens("shared.list", THERAPIST, OWN, urgent.list_shared, "Cases that my groups share for information"),
    opens("shared.read", THERAPIST, INFORMED, urgent.read_shared, "Read a case that is shared for information"),
    does("shared.recognise", THERAPIST, INFORMED, urgent.recognise_shared, "Step out of a shared case: I recognise it"),
    opens("case.reviews", THERAPIST, OWN_CASE, closing.open_reviews, "The released reviews of my case"),
    opens("takeaway.open", THERAPIST, OWN_CASE, closing.open_takeaway, "The form for my takeaway"),
    writes("takeaway.send", OWN_CASE, closing.send_takeaway, "Close my case with a takeaway", closing.prepare_takeaway),
    opens("ask_back.open", THERAPIST, OWN_CASE, exchange.open_ask_back, "Ask the reviewers of my case back, once"),
    writes(
        "ask_back.send",
        OWN_CASE,
        exchange.send_ask_back,
        "Send what I ask the reviewers back",
        exchange.prepare_ask_back,
    ),
    opens("follow_up.open", THERAPIST, OWN_CASE, exchange.open_follow_up, "Tell what became of my case, or read it"),
    writes(
        "follow_up.send", OWN_CASE, exchange.send_follow_up, "Send what became of my case", exchange.prepare_follow_up
    ),
    does("follow_up.skip", THERAPIST, OWN_CASE, exchange.skip_follow_up, "Not say what became of my case"),
    opens("exemplar.open", THERAPIST, OWN_CASE, library.open_proposal, "Propose an excerpt of my case to learn from"),
    writes(
        "exemplar.send",
        OWN_CASE,
        library.send_proposal,
        "Send an excerpt to those it concerns",
        library.prepare_proposal,
    ),
    does("exemplar.withdraw", THERAPIST, OWN_CASE, library.press_withdraw, "Take back an excerpt of my case"),
    opens("library.open", THERAPIST, OWN, library.open_library, "Excerpts that my groups keep to learn from"),
    Command(
        "library.find", Kind.SENT, THERAPIST, OWN, library.find, "Look for excerpts by theme, behaviour, programme"
    ),
    opens("library.read", THERAPIST, KEPT, library.read, "Read an excerpt of the library"),
    does("library.recognise", THERAPIST, KEPT, library.recognise, "Step out of an excerpt: I recognise the patient"),
    Command(
        "exemplar.look",
        Kind.PRESSED,
        SUPERVISOR,
        EXCERPT,
        library.open_look,
        "Take a second look at an excerpt, audited",
        changes=True,
        again=library.open_look_again,
    ),
    does("exemplar.pass", SUPERVISOR, EXCERPT, library.let_pass, "Let an excerpt into the library"),
    does("exemplar.return", SUPERVISOR, EXCERPT, library.send_back, "Keep an excerpt out of the library"),
    opens("question.open", THERAPIST, OWN_CASE, reviews.open_answers, "Questions about my case"),
    opens(
        "case.change", THERAPIST, OWN_CASE, second_look.open_changes, "Change the text of my case that was sent back"
    ),
    writes("answer.send", OWN_CASE, reviews.send_answers, "Answer questions", reviews.prepare_answers),
)

WORKSHEET: tuple[Command, ...] = (
    opens("pick.open", THERAPIST, OWN, worksheet.show, "My private worksheet: which patient to present next, and why"),
    opens("pick.add", THERAPIST, OWN, worksheet.open_new, "Open the form for a row of my worksheet"),
    sends("pick.add.send", THERAPIST, OWN, worksheet.send_new, "Add a row to my worksheet", worksheet.prepare_row),
    opens("pick.row", THERAPIST, OWN_ROW, worksheet.open_row, "Open a row of my worksheet"),
    sends("pick.row.send", THERAPIST, OWN_ROW, worksheet.send_row, "Change a row", worksheet.prepare_row),
    opens("pick.file", THERAPIST, OWN, worksheet_file.open_file, "Open the form for scores from a FHIR file"),
    sends("pick.file.send", THERAPIST, OWN, worksheet_file.send_file, "Take scores of a FHIR file into my worksheet"),
    opens("pick.server", THERAPIST, OWN, worksheet_file.open_server, "Open the form for scores from the health record"),
    sends(
        "pick.server.send",
        THERAPIST,
        OWN,
        worksheet_file.send_server,
        "Read one patient's scores from the health record, audited",
        worksheet_file.prepare_server,
    ),
    opens("pick.present", THERAPIST, OWN_ROW, worksheet.present, "Open the form of a case, filled in from a row"),
    does("pick.discussed", THERAPIST, OWN_ROW, worksheet.discussed, "Note that a patient was discussed today"),
    does("pick.delete", THERAPIST, OWN_ROW, worksheet.delete, "Erase a row, when the treatment is over"),
    does("pick.erase", THERAPIST, OWN, worksheet.erase, "Erase my worksheet"),
)

SECOND_LOOKS: tuple[Command, ...] = (
    Command(
        "look.open",
        Kind.PRESSED,
        SUPERVISOR,
        LOOK,
        second_look.open_look,
        "Read a case that waits for a second look, audited",
        changes=True,
        again=second_look.open_again,
    ),
    does("look.pass", SUPERVISOR, LOOK, second_look.let_pass, "Let it go to reviewers"),
    opens("look.return", SUPERVISOR, LOOK, second_look.open_return, "Open the form to send it back"),
    sends(
        "look.return.send",
        SUPERVISOR,
        LOOK,
        second_look.send_return,
        "Send it back to its author with a note",
        second_look.prepare_return,
    ),
    does(
        "look.recognise", SUPERVISOR, LOOK, second_look.recognise, "Step out of a second look: I recognise the patient"
    ),
)
