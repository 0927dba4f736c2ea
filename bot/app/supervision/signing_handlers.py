"""Signing the log: a person asks a supervisor of their groups; a supervisor may also sign unasked.

Colleagues are not asked: whether somebody took part in a round, or what they would read of it, tells who presented.
What is signed gets a digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.app.context import Context
from bot.app.facts.caseload import event_of
from bot.app.facts.log_entries import entries_of
from bot.app.facts.log_for_others import of_rounds_over
from bot.app.facts.permissions import NotFoundHere, my_groups, supervised, supervisors_of
from bot.app.steps.shown_anew import changed
from bot.domain.person import Person
from bot.domain.person import Role as Access
from bot.domain.supervision import (
    CannotTakeBackSignature,
    EntryAlreadySigned,
    SupervisionEvent,
    current,
    in_force,
    sign,
)
from bot.ports.records import Audited, LogEntry, Signature, SignRequest
from bot.ports.unit_of_work import AlreadyThere, NotFound
from bot.reports.log import digest, role_key
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Show, chosen
from bot.ui.model import (
    Action,
    ChoiceField,
    Confirm,
    Form,
    FormBlock,
    ManyField,
    Notice,
    Option,
    Row,
    Text,
    Tone,
    line,
    strong,
)

AT_ONCE = 30
"""Entries in one form; the oldest unsigned first, so that a second form has the rest."""


async def open_ask(ctx: Context, event: ActionPressed) -> Outcome:
    """Whom to ask, for which entries."""
    return Show(await ask_form(ctx, {}))


async def send_ask(ctx: Context, event: FormSubmitted) -> Outcome:
    """Tell the chosen supervisor."""
    w = ctx.words
    signers = await _signers(ctx)
    unsigned = {e.id: e for e in await _unsigned(ctx, ctx.me.id)}
    picked = [unsigned[id] for id in chosen(event, "entries") if id in unsigned]
    signer = next((p for p in signers if (p.id,) == chosen(event, "signer")), None)
    errors = {}
    if signer is None:
        errors["signer"] = w("field.choose")
    if not picked:
        errors["entries"] = w("sign.pick")
    if errors or signer is None:
        return Invalid(await ask_form(ctx, errors, chosen(event, "signer"), chosen(event, "entries")))
    request = SignRequest(
        id=ctx.tools.ids.new("signing"),
        organisation=ctx.uow.organisation,
        person=ctx.me.id,
        signer=signer.id,
        entries=tuple(e.id for e in picked),
        asked_at=ctx.now,
    )
    await ctx.uow.add(request)
    await ctx.tell(signer.id, "sign_request", request.id, slot=f"signing:{ctx.me.id}")
    return Done(w("sign.asked", name=signer.name))


async def open_request(ctx: Context, event: ActionPressed) -> Outcome:
    """The entries somebody asked me to sign."""
    request, person = ctx.subject(asked_to_sign)
    entries = [e for e in await _unsigned(ctx, person.id) if e.id in request.entries]
    return Show(_sign_form(ctx, person, entries, request.id, ctx.me.has(Access.SUPERVISOR)))


async def send_request(ctx: Context, event: FormSubmitted) -> Outcome:
    """Sign what was ticked."""
    request, person = ctx.subject(asked_to_sign)
    picked = [id for id in chosen(event, "entries") if id in request.entries]
    if not picked:
        entries = [e for e in await _unsigned(ctx, person.id) if e.id in request.entries]
        return Invalid(_sign_form(ctx, person, entries, request.id, ctx.me.has(Access.SUPERVISOR), missing=True))
    await _sign(ctx, person, picked)
    await ctx.uow.save(replace(request, answered_at=ctx.now))
    await changed(ctx, request.id, "sign_request")
    return Done(ctx.words.count("sign.done", len(picked)))


async def open_member(ctx: Context, event: ActionPressed) -> Outcome:
    """A supervisor looks at a member's unsigned entries."""
    person = ctx.subject(supervised)
    return Show(_sign_form(ctx, person, await _unsigned(ctx, person.id), "", True))


async def send_member(ctx: Context, event: FormSubmitted) -> Outcome:
    """A supervisor signs a member's entries unasked."""
    person = ctx.subject(supervised)
    entries = await _unsigned(ctx, person.id)
    picked = [e.id for e in entries if e.id in chosen(event, "entries")]
    if not picked:
        return Invalid(_sign_form(ctx, person, entries, "", True, missing=True))
    await _sign(ctx, person, picked)
    return Done(ctx.words.count("sign.done", len(picked)))


async def open_given(ctx: Context, event: ActionPressed) -> Outcome:
    """What I signed last, each with the way to take the signature back."""
    return Show(await given_form(ctx))


async def take_back(ctx: Context, event: ActionPressed) -> Outcome:
    """Take back a signature I gave; the entry can be signed anew, and its person is told."""
    stored = await ctx.uow.one(LogEntry, id=event.subject)
    if stored is None or stored.signed_by != ctx.me.id:
        raise CannotTakeBackSignature
    await ctx.uow.save(replace(stored, signed_by=None, signed_at=None))
    await ctx.uow.remove(Signature, *[mark.id for mark in await ctx.uow.find(Signature, entry=stored.id)])
    await ctx.uow.audit(Audited.SIGNATURE_TAKEN_BACK, ctx.me.id, stored.id, ctx.now)
    key = ctx.tools.ids.new("notice")
    await ctx.tell(stored.person, "signature_gone", stored.person, key=key, day=stored.day.isoformat())
    return Show(await given_form(ctx, ctx.words("sign.taken_back")))


async def given_form(ctx: Context, note: str = "") -> Form:
    """The latest signatures of mine: whose entry, of which day and kind; never the role."""
    w = ctx.words
    marks = await ctx.uow.find(Signature, signed_by=ctx.me.id, order=("-signed_at",), limit=AT_ONCE)
    stored = await ctx.uow.find(LogEntry, id__in=[m.entry for m in marks]) if marks else []
    entries = {e.id: e for e in await of_rounds_over(ctx, [event_of(each) for each in stored])}
    ids = sorted({m.person for m in marks})
    names = {p.id: p.name for p in await ctx.uow.find(Person, id__in=ids)} if ids else {}
    ask = Confirm(w("sign.take_back"), w("sign.take_back.ask"), w("sign.take_back"), w("keep"))
    body: list[FormBlock] = [Notice(Tone.OK, line(note))] if note else []
    body += _about_days(ctx, entries.values())
    for mark in marks:
        entry = entries.get(mark.entry)
        if entry is not None:
            told = line(w.day(entry.day, year=True), " · ", w(f"log.type.{entry.type}"))
            back = Action("log.sign.back", w("sign.take_back"), entry.id, look="danger", confirm=ask)
            body.append(Row(line(strong(names.get(mark.person, mark.person))), told, (back,)))
    return Form("log.sign.given", w("sign.given"), body=tuple(body) or (Text(line(w("sign.none_given"))),))


async def _sign(ctx: Context, person: Person, ids: Sequence[str]) -> None:
    """Sign the entries with their digests, all or none; whoever was faster makes it be looked at again."""
    every = await entries_of(ctx, person.id, words=True)
    for id in ids:
        signed = sign(in_force(every, id), by=ctx.me.id, at=ctx.now, is_supervisor=ctx.me.has(Access.SUPERVISOR))
        mark = Signature(
            id=ctx.tools.ids.new("signature"),
            organisation=ctx.uow.organisation,
            entry=id,
            person=person.id,
            signed_by=ctx.me.id,
            signed_at=ctx.now,
            digest=digest(signed),
        )
        try:
            await ctx.uow.add(mark)
        except AlreadyThere:
            raise EntryAlreadySigned from None
        stored = await ctx.uow.get(LogEntry, id)
        await ctx.uow.save(replace(stored, signed_by=ctx.me.id, signed_at=ctx.now))
        await ctx.uow.audit(Audited.ENTRY_SIGNED, ctx.me.id, id, ctx.now, digest=mark.digest)
    await ctx.tell(person.id, "entries_signed", person.id, key=ctx.tools.ids.new("notice"), count=str(len(ids)))


async def _unsigned(ctx: Context, person: str) -> list[SupervisionEvent]:
    """The entries in force that nobody signed yet, oldest first; of a round only when it is over, on its last day."""
    stored = await ctx.uow.find(LogEntry, person=person, order=("day", "recorded_at"))
    open_ = [e for e in current(event_of(s) for s in stored) if not e.is_signed]
    return (await of_rounds_over(ctx, open_))[:AT_ONCE]


async def asked_to_sign(ctx: Context, id: str) -> tuple[SignRequest, Person]:
    try:
        request = await ctx.uow.get(SignRequest, id)
    except NotFound:
        raise NotFoundHere from None
    if request.signer != ctx.me.id:
        raise NotFoundHere
    return request, await ctx.uow.get(Person, request.person)


async def _signers(ctx: Context) -> list[Person]:
    """The supervisors of my groups."""
    found = {p.id: p for group in await my_groups(ctx) for p in await supervisors_of(ctx, group)}
    return [p for p in found.values() if p.id != ctx.me.id]


async def ask_form(
    ctx: Context, errors: Mapping[str, str], signer: tuple[str, ...] = (), entries: tuple[str, ...] | None = None
) -> Form:
    """Which supervisor signs, and what."""
    w = ctx.words
    unsigned = await _unsigned(ctx, ctx.me.id)
    people = tuple(Option(p.id, p.name) for p in await _signers(ctx))
    if not unsigned or not people:
        return Form("log.sign.ask", w("sign.title"), body=(Text(line(w("sign.nothing"))),))
    options = tuple(Option(e.id, _told(ctx, e, with_role=True)) for e in unsigned)
    ticked = entries if entries is not None else tuple(e.id for e in unsigned)
    return Form(
        key="log.sign.ask",
        title=w("sign.title"),
        body=(Text(line(w("sign.intro"))), *_about_days(ctx, unsigned)),
        fields=(
            ChoiceField("signer", w("sign.signer"), people, signer[0] if signer else None),
            ManyField("entries", w("log.entries"), options, ticked, required=True),
        ),
        submit=w("sign.ask"),
        errors=errors,
    )


def _sign_form(
    ctx: Context,
    person: Person,
    entries: Sequence[SupervisionEvent],
    request: str,
    is_supervisor: bool,
    *,
    missing: bool = False,
) -> Form:
    w = ctx.words
    if not entries:
        return Form("log.sign.send", w("sign.title"), body=(Text(line(w("sign.nothing_for", name=person.name))),))
    options = tuple(Option(e.id, _told(ctx, e, with_role=is_supervisor)) for e in entries)
    return Form(
        key="log.sign.send" if request else "log.sign.member.send",
        title=w("sign.title"),
        subject=request or person.id,
        body=(Text(line(strong(person.name))), Text(line(w("sign.meaning"))), *_about_days(ctx, entries)),
        fields=(ManyField("entries", w("log.entries"), options, tuple(o.value for o in options), required=True),),
        submit=w("sign.submit"),
        errors={"entries": w("sign.pick")} if missing else {},
    )


def _about_days(ctx: Context, entries: Iterable[SupervisionEvent]) -> list[FormBlock]:
    """That entries of rounds bear the round's last day here, where there are any."""
    return [Text(line(ctx.words("sign.round_days")))] if any(entry.round for entry in entries) else []


def _told(ctx: Context, entry: SupervisionEvent, *, with_role: bool) -> str:
    w = ctx.words
    parts = [w.day(entry.day, year=True), w(f"log.type.{entry.type}")]
    if with_role:
        parts.append(w(role_key(entry)))
    key = "sign.size_estimated" if entry.minutes_estimated else "sign.size"
    return " · ".join([*parts, w(key, minutes=entry.minutes, size=entry.group_size)])
