"""What a data-protection officer sees: where somebody stands, what an erasure would do, requests, lines of the trail.

No text of a case is shown. What an erasure would do is found by doing it and keeping nothing (`Show.dry`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.anonymise import Sensitive
from bot.app.context import Context
from bot.app.facts.audit_lines import unnamed
from bot.app.privacy.views import trail_row
from bot.app.steps.access_request import Found, find_case, find_person
from bot.app.steps.erasure_request import Erasure, Told
from bot.domain.case import Case
from bot.domain.data_request import STEPS, DataAct, DataReason, DataRequest
from bot.domain.organisation import Clinic, Organisation
from bot.domain.person import Person
from bot.ports.records import Audited, AuditEntry
from bot.ports.unit_of_work import NotFound
from bot.ui.model import (
    Action,
    ChoiceField,
    Confirm,
    DateField,
    Facts,
    Field,
    Form,
    FormBlock,
    Heading,
    Items,
    Notice,
    Option,
    Row,
    Table,
    Text,
    TextField,
    Tone,
    line,
    muted,
    strong,
)

SHOWN, LINES = 25, 100
ALL = "all"
SUBJECT = 254

KINDS: Mapping[str, str] = {
    "profile": "profile",
    "Contact": "access",
    "Session": "access",
    "Passkey": "access",
    "SignOnAccount": "access",
    "SignInLink": "access",
    "Membership": "work",
    "ModeEntry": "work",
    "FteEntry": "work",
    "LimitEntry": "work",
    "ExperienceEntry": "work",
    "LeaveEntry": "leave",
    "CalendarFeed": "leave",
    "AbsenceCalendar": "leave",
    "Worksheet": "worksheet",
    "LogEntry": "log",
    "LearningGoal": "log",
    "Signature": "log",
    "SignRequest": "log",
    "PersonQuarter": "log",
    "log entries": "log",
    "OutboxEntry": "messages",
    "Draft": "messages",
    "UndoStep": "messages",
    "cases presented": "cases",
    "texts": "texts",
    "Assignment": "reviews",
    "assignments": "reviews",
    "Swap": "reviews",
    "SecondLook": "reviews",
    "second looks": "reviews",
    "questions": "questions",
    "follow-ups": "questions",
    "excerpts": "texts",
    "NeverAssign": "pairs",
    "AuditEntry": "audit",
    "audit lines": "audit",
    "Hold": "risk",
    "risk holds": "risk",
    "DataRequest": "requests",
}
"""Under which words of a page a kind of record is counted."""

WITHOUT_NUMBERS: Mapping[str, str] = {
    "erasure.gone.cases": "erasure.gone.cases.any",
    "erasure.gone.reviews": "erasure.gone.reviews.any",
    "erasure.gone.records": "erasure.gone.records.any",
}
COUNTED = ("profile", "access", "work", "leave", "worksheet", "pairs", "requests")
UNTOLD = ("log", "messages", "cases", "texts", "reviews", "questions", "audit", "risk")
"""Of a person nothing is counted that a case adds to: read twice, a count would tell who presents or reviews it."""


def start_form(
    ctx: Context,
    requests: Sequence[FormBlock],
    given: str = "",
    errors: Mapping[str, str] | None = None,
    found: Sequence[FormBlock] = (),
) -> Form:
    """The search for a person or a case, what it found, and the requests under way."""
    w = ctx.words
    body = (Text(line(w("officer.intro"))), *found, Heading(w("officer.requests")), *requests)
    field = TextField("subject", w("officer.subject"), "", Sensitive(given), required=True, max_length=SUBJECT)
    return Form(
        "officer.find",
        w("officer.title"),
        body=body,
        fields=(field,),
        submit=w("staff.search"),
        actions=(Action("officer.trail", w("audit.open"), opens=True),),
        errors=errors or {},
    )


async def request_rows(ctx: Context) -> list[FormBlock]:
    """Requests that wait for a second person or for their file, with what the reader may do."""
    w = ctx.words
    requests = await ctx.uow.find(DataRequest, expires_at__gt=ctx.now, order=("asked_at", "id"))
    if not requests:
        return [Text(line(w("officer.requests.none")))]
    return [await _request_row(ctx, each) for each in requests]


async def requests_form(ctx: Context) -> Form:
    """The requests alone, for a second person who is no officer."""
    return Form("officer.requests", ctx.words("officer.title"), body=tuple(await request_rows(ctx)))


async def _request_row(ctx: Context, request: DataRequest) -> Row:
    w = ctx.words
    asked = w(
        "officer.request.asked",
        name=await _name(ctx, request.asked_by),
        day=w.day(request.asked_at.astimezone(ctx.zone).date()),
        reason=w(f"officer.reason.{request.reason}"),
    )
    parts = [asked]
    if request.agreed_by and request.agreed_at:
        day = w.day(request.agreed_at.astimezone(ctx.zone).date())
        parts.append(w("officer.request.agreed", name=await _name(ctx, request.agreed_by), day=day))
    if not request.confirmed_at:
        parts.append(w("officer.request.unconfirmed"))
    about = await about_words(ctx, request.about)
    return Row(
        line(strong(w(f"officer.request.{request.act}", about=about, to=request.detail))),
        line(" · ".join(parts)),
        tuple(_request_actions(ctx, request)),
    )


def _request_actions(ctx: Context, request: DataRequest) -> list[Action]:
    w = ctx.words
    if request.agreed_at:
        mine = request.asked_by == ctx.me.id and request.act == DataAct.EXPORT
        return [Action("officer.fetch", w("officer.fetch"), request.id, look="primary")] if mine else []
    if request.asked_by == ctx.me.id:
        confirm = Action("officer.confirm", w("officer.confirm"), request.id)
        return [
            *([] if request.confirmed_at else [confirm]),
            Action("officer.withdraw", w("officer.withdraw"), request.id),
        ]
    if request.about == ctx.me.id:
        # What would end one's own office can be stopped, not agreed to.
        return [Action("officer.withdraw", w("officer.decline"), request.id)] if request.act in STEPS else []
    sure = None
    if request.act == DataAct.ERASE:
        sure = Confirm(w("officer.agree"), w("officer.agree.erase"), w("officer.agree"), w("keep"))
    agree = Action("officer.agree", w("officer.agree"), request.id, look="danger" if sure else "primary", confirm=sure)
    return [agree, Action("officer.withdraw", w("officer.decline"), request.id)]


async def subject_rows(ctx: Context, found: Sequence[Person | Case]) -> list[FormBlock]:
    """People and cases that a search found, each with what may be done."""
    w = ctx.words
    return [
        Row(
            line(strong(await about_words(ctx, each.id))),
            line(each.email if isinstance(each, Person) else ""),
            (Action("officer.show", w("staff.open"), each.id, opens=True),),
        )
        for each in found[:SHOWN]
    ]


async def subject_form(ctx: Context, about: Person | Case) -> Form:
    """What is stored, as counts, and the ways on."""
    w = ctx.words
    found = await find_person(ctx, about) if isinstance(about, Person) else await find_case(ctx, about)
    counts = _counted(found)
    if isinstance(about, Person):
        counts = Counter({kind: counts[kind] for kind in COUNTED})
    rows = [(w(f"officer.what.{kind}"), line(w.number(n))) for kind, n in counts.items()]
    if isinstance(about, Person):
        rows += [(w(f"officer.what.{kind}"), line(muted(w("officer.untold")))) for kind in UNTOLD]
    erase = Action("officer.erase", w("officer.erase"), about.id, look="danger")
    export = (Action("officer.export", w("officer.export"), about.id, opens=True),)
    return Form(
        "officer.subject",
        w("officer.stored"),
        about.id,
        body=(Text(line(strong(await about_words(ctx, about.id)))), Facts(tuple(rows))),
        actions=(*(export if isinstance(about, Person) else ()), erase),
    )


def _counted(found: Sequence[Found]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in found:
        counts[KINDS[each.what]] += each.count
        if each.what == "cases presented" and each.note:
            counts["texts"] += int(each.note.split()[0])
    return counts


async def ask_form(
    ctx: Context, about: Person | Case, act: DataAct, erasure: Erasure | None, errors: Mapping[str, str]
) -> Form:
    """What would happen, and the reason to ask a second person with; `about` as it was before anything was tried."""
    w = ctx.words
    blocks: list[FormBlock] = [Text(line(strong(about.name if isinstance(about, Person) else about.code)))]
    if erasure is None:
        blocks.append(Text(line(w("officer.export.about"))))
    else:
        told = (("officer.would_go", erasure.gone), ("officer.would_stay", erasure.kept))
        for heading, lines in (*told, ("officer.beyond", erasure.out_of_reach)):
            blocks += [Heading(w(heading)), Items(tuple(line(_said(ctx, each)) for each in lines))]
    reasons = tuple(Option(each.value, w(f"officer.reason.{each.value}")) for each in DataReason)
    return Form(
        "officer.ask",
        w("officer.export") if act is DataAct.EXPORT else w("officer.erase"),
        about.id,
        state={"act": act.value},
        body=tuple(blocks),
        fields=(ChoiceField("reason", w("officer.reason"), reasons),),
        submit=w("officer.ask"),
        errors=errors,
    )


def _said(ctx: Context, told: Told) -> str:
    """The sentence; of what is a person's without its numbers, as in `subject_form`."""
    return ctx.words(WITHOUT_NUMBERS[told.key]) if told.key in WITHOUT_NUMBERS else told.said(ctx.words)


async def trail_form(
    ctx: Context, given: Mapping[str, str], errors: Mapping[str, str], lines: Sequence[AuditEntry] | None, count: int
) -> Form:
    """Filters of the audit trail, and the lines that meet them once they were asked for."""
    w = ctx.words
    body: list[FormBlock] = [Text(line(w("officer.trail.intro")))]
    if lines is not None:
        body = [Notice(Tone.INFO, line(w.count("officer.trail.found", count)))]
        hidden = await unnamed(ctx, lines)
        rows = [await trail_row(ctx, each, hidden=each.number in hidden) for each in lines]
        columns = (w("audit.when"), w("audit.who"), w("audit.did"), w("audit.about"))
        body += [Table(columns, tuple(rows))] if rows else []
    kinds = sorted((w(f"audit.what.{each.value}"), each.value) for each in Audited if w.has(f"audit.what.{each.value}"))
    options = (Option(ALL, w("officer.trail.all")), *(Option(value, said[:75]) for said, value in kinds))
    fields: tuple[Field, ...] = (
        ChoiceField("what", w("officer.trail.what"), options, given.get("what") or ALL),
        TextField("who", w("officer.trail.who"), "", Sensitive(given.get("who", "")), max_length=SUBJECT),
        TextField("about", w("officer.trail.about"), "", Sensitive(given.get("about", "")), max_length=SUBJECT),
        DateField("since", w("officer.trail.since")),
        DateField("until", w("officer.trail.until")),
    )
    return Form(
        "officer.trail.find",
        w("audit.open"),
        body=tuple(body),
        fields=fields,
        submit=w("staff.search"),
        errors=errors,
    )


async def about_words(ctx: Context, id: str) -> str:
    """A person's or a place's name, or a case's code."""
    if case := await ctx.uow.one(Case, id=id):
        return case.code
    if clinic := await ctx.uow.one(Clinic, id=id):
        return clinic.name
    organisation = await ctx.uow.one(Organisation, id=id)
    return organisation.name if organisation else await _name(ctx, id)


async def _name(ctx: Context, id: str) -> str:
    try:
        return (await ctx.uow.get(Person, id)).name
    except NotFound:
        return id
