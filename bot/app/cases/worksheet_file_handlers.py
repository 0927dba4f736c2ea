"""Scores from a FHIR R4 file into the private worksheet: the form, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.anonymise import Sensitive
from bot.app.cases.worksheet_views import LONGEST_NUMBER
from bot.app.context import Context
from bot.app.steps import worksheet
from bot.app.steps.worksheet import NUMBER
from bot.app.steps.worksheet_import import TakenIn, take_in
from bot.errors import Refusal
from bot.ports.health_records import RECORD_ID, RecordsUnread, RecordsWhyNot
from bot.ports.records import Audited
from bot.reports.fhir_scores import Problem, read_bundle, read_pages
from bot.ui.inbound import ActionPressed, FormSubmitted, Invalid, Outcome, Show, chosen, typed_text
from bot.ui.model import (
    Action,
    ChoiceField,
    Form,
    FormBlock,
    Heading,
    Items,
    Notice,
    Option,
    Text,
    TextField,
    Tone,
    code,
    line,
)
from bot.ui.strings import Words

WEB = "web"
"""The platform on which a browser can fill a field from a file, and keeps names from leaving it."""
LONGEST_FILE = 400_000
"""Characters that a page sends; the command line reads larger files."""
TOLD = 5
"""Mistakes named at once."""
LISTED = 40
"""Weeks with two scores that are listed one by one."""
LONGEST_ID = 64
SHEET, FILE = "sheet", "file"
"""Whose score counts where both have one for a week."""


class NoRecordServer(Refusal):
    """No server of health records is configured."""


async def open_file(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for a file; a chat has no way to read one and says where there is."""
    await worksheet.must_be_on(ctx, ctx.me)
    return Show(_form(ctx, event.actor.platform == WEB, {}))


async def send_file(ctx: Context, event: FormSubmitted) -> Outcome:
    """Take the scores in; nothing else is kept of the file, and what was not read is said with its place."""
    await worksheet.must_be_on(ctx, ctx.me)
    w = ctx.words
    number, text = typed_text(event, "number").reveal(), typed_text(event, "file").reveal()
    errors = {}
    if number and not NUMBER.fullmatch(number):
        errors["number"] = w("pick.error.number")
    if not text:
        errors["file"] = w("field.needed")
    if errors:
        return Invalid(_form(ctx, True, errors, number))
    try:
        found = read_bundle(text, ctx.my_today, longest=LONGEST_FILE)
        taken = await take_in(ctx, ctx.me, found, number, ctx.my_today, replace_scores=_replaces(event))
    except Refusal as refusal:
        told = w(f"refusal.{refusal.key}", **refusal.values)
        return Invalid(_form(ctx, True, {"file": told}, number))
    if not taken.scores and not taken.differ:
        return Invalid(_form(ctx, True, {"file": _nothing_taken(ctx, taken)}, number))
    return Show(_taken_form(ctx, taken))


async def open_server(ctx: Context, event: ActionPressed) -> Outcome:
    """The form for one patient of the health record; on our own pages only, as it holds the record's id."""
    await worksheet.must_be_on(ctx, ctx.me)
    if ctx.tools.records is None:
        raise NoRecordServer
    return Show(_server_form(ctx, event.actor.platform == WEB, {}))


async def prepare_server(ctx: Context, event: FormSubmitted) -> Sequence[str] | RecordsWhyNot | None:
    """Ask the server, before anything is written; nothing is asked with a form that is not complete."""
    await worksheet.must_be_on(ctx, ctx.me)
    if ctx.tools.records is None:
        raise NoRecordServer
    if event.actor.platform != WEB or _server_errors(ctx, event):
        return None
    try:
        return await ctx.tools.records(typed_text(event, "patient").reveal())
    except RecordsUnread as unread:
        return unread.why


async def send_server(ctx: Context, event: FormSubmitted) -> Outcome:
    """Take the scores in; the record's id is not kept.

    The audit trail says that somebody asked, whatever came of it: so what went wrong is shown, and not refused.
    """
    number = typed_text(event, "number").reveal()
    if errors := _server_errors(ctx, event):
        return Invalid(_server_form(ctx, True, errors, number))
    if ctx.prepared is None:
        return Show(_server_form(ctx, False, {}))
    await ctx.uow.audit(Audited.RECORD_READ, ctx.me.id, ctx.me.id, ctx.now)
    w = ctx.words
    said = {
        RecordsWhyNot.PRIVATE: w("pick.server.fault.private"),
        RecordsWhyNot.SILENT: w("pick.server.fault.silent"),
        RecordsWhyNot.SIGN_IN: w("pick.server.fault.sign_in"),
        RecordsWhyNot.REFUSED: w("pick.server.fault.refused"),
        RecordsWhyNot.LARGE: w("pick.server.fault.large"),
    }
    if isinstance(ctx.prepared, RecordsWhyNot):
        return Show(_server_form(ctx, True, {}, number, said[ctx.prepared]))
    try:
        found = read_pages(ctx.prepared, ctx.my_today)
        taken = await take_in(ctx, ctx.me, found, number, ctx.my_today, replace_scores=_replaces(event))
    except Refusal as refusal:
        told = w(f"refusal.{refusal.key}", **refusal.values)
        return Show(_server_form(ctx, True, {}, number, told))
    if not taken.scores and not taken.differ:
        return Show(_server_form(ctx, True, {}, number, " ".join(_told(ctx, taken))))
    return Show(_taken_form(ctx, taken))


def _replaces(event: FormSubmitted) -> bool:
    """Whether the file's score is to count where the sheet has another; without a choice the sheet's stays."""
    return chosen(event, "differ") == (FILE,)


def _differ_field(w: Words) -> ChoiceField:
    options = (Option(SHEET, w("pick.file.differ.sheet")), Option(FILE, w("pick.file.differ.file")))
    return ChoiceField("differ", w("pick.file.differ"), options, SHEET)


def _server_errors(ctx: Context, event: FormSubmitted) -> dict[str, str]:
    errors = {}
    if not NUMBER.fullmatch(typed_text(event, "number").reveal()):
        errors["number"] = ctx.words("pick.error.number")
    if not RECORD_ID.fullmatch(typed_text(event, "patient").reveal()):
        errors["patient"] = ctx.words("pick.server.patient.wrong")
    return errors


def _server_form(ctx: Context, on_the_web: bool, errors: Mapping[str, str], number: str = "", wrong: str = "") -> Form:
    w = ctx.words
    intro = Text(line(w("pick.server.intro")))
    told = (Notice(Tone.WARN, line(wrong)),) if wrong else ()
    if not on_the_web:
        there = Text(line(w("absences.on_the_web"), " ", code(ctx.tools.public_url)))
        return Form("pick.server.elsewhere", w("pick.server"), body=(intro, there))
    own = TextField(
        "number",
        w("pick.field.number"),
        w("pick.field.number.hint"),
        Sensitive(number),
        required=True,
        max_length=LONGEST_NUMBER,
    )
    patient = TextField(
        "patient", w("pick.server.patient"), w("pick.server.patient.hint"), required=True, max_length=LONGEST_ID
    )
    return Form(
        "pick.server.send",
        w("pick.server"),
        body=(*told, intro),
        fields=(own, patient, _differ_field(w)),
        submit=w("pick.file.submit"),
        errors=errors,
    )


def _form(ctx: Context, can_read_files: bool, errors: Mapping[str, str], number: str = "") -> Form:
    w = ctx.words
    intro = Text(line(w("pick.file.intro")))
    if not can_read_files:
        there = Text(line(w("absences.on_the_web"), " ", code(ctx.tools.public_url)))
        return Form("pick.file.elsewhere", w("pick.file.title"), body=(intro, there))
    fields = (
        TextField(
            "number",
            w("pick.field.number"),
            w("pick.file.number.hint"),
            Sensitive(number),
            max_length=LONGEST_NUMBER,
        ),
        TextField(
            "file",
            w("pick.file.field"),
            w("pick.file.hint"),
            required=True,
            multiline=True,
            max_length=LONGEST_FILE,
            accept=".json",
        ),
        _differ_field(w),
    )
    return Form(
        "pick.file.send",
        w("pick.file.title"),
        body=(intro,),
        fields=fields,
        submit=w("pick.file.submit"),
        errors=errors,
    )


def _taken_form(ctx: Context, taken: TakenIn) -> Form:
    w = ctx.words
    body: list[FormBlock] = []
    if taken.scores:
        body.append(Notice(Tone.OK, line(w.count("pick.file.taken", taken.scores, numbers=w.listing(taken.numbers)))))
    if taken.differ:
        told = [
            w(
                "pick.file.differs",
                number=each.number,
                instrument=each.instrument,
                week=each.week,
                held=each.held,
                file=each.file,
                kept=each.kept,
            )
            for each in taken.differ[:LISTED]
        ]
        more = len(taken.differ) - LISTED
        told += [w.count("pick.file.differs.more", more)] if more > 0 else []
        body += [Heading(w("pick.file.differs.title")), Items(tuple(line(each) for each in told))]
    if taken.faults:
        body += [
            Text(line(w.count("pick.file.unread", len(taken.faults)))),
            Items(tuple(line(each) for each in _told(ctx, taken))),
        ]
    if taken.strangers:
        body.append(Text(line(w.count("pick.file.strangers", taken.strangers))))
    if taken.others:
        body.append(Text(line(w.count("pick.file.others", taken.others))))
    back = Action("pick.open", w("pick.open"), look="primary", opens=True)
    return Form("pick.file.taken", w("pick.file.title"), body=tuple(body), actions=(back,))


def _told(ctx: Context, taken: TakenIn) -> list[str]:
    """A sentence for each of the first mistakes, with its place."""
    w = ctx.words
    said = {
        Problem.UNIT: "pick.file.fault.unit",
        Problem.VALUE: "pick.file.fault.value",
        Problem.DATE: "pick.file.fault.date",
        Problem.PATIENT: "pick.file.fault.patient",
        Problem.SHAPE: "pick.file.fault.shape",
    }
    return [w(said[fault.problem], place=fault.place) for fault in taken.faults[:TOLD]]


def _nothing_taken(ctx: Context, taken: TakenIn) -> str:
    """Why no score of a file came in."""
    left = [ctx.words.count("pick.file.strangers", taken.strangers)] if taken.strangers else []
    return " ".join([*_told(ctx, taken), *left])
