"""The audit trail for a data-protection officer's eyes: who did what, about whom or which case; no text is in it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.app.context import Context
from bot.app.facts.audit_lines import unnamed
from bot.domain.case import Case
from bot.domain.exemplar import Exemplar
from bot.domain.person import Person
from bot.ports.records import Audited, AuditEntry, AuditFault
from bot.ui.model import Action, Buttons, Card, Line, Notice, Table, Text, Tone, code, line

LATEST = 30
"""Lines shown at once; `intervision audit list` shows every one."""


async def audit_card(ctx: Context, faults: Sequence[AuditFault]) -> Card:
    """Whether the trail is unbroken, and its latest lines, newest first."""
    w = ctx.words
    if faults:
        state = Notice(Tone.DANGER, line(w("audit.broken", number=faults[0].number)))
    else:
        state = Notice(Tone.OK, line(w.count("audit.intact", await ctx.uow.count(AuditEntry))))
    entries = await ctx.uow.find(AuditEntry, order=("-number",), limit=LATEST)
    columns = (w("audit.when"), w("audit.who"), w("audit.did"), w("audit.about"))
    hidden = await unnamed(ctx, entries)
    rows = [await trail_row(ctx, entry, hidden=entry.number in hidden) for entry in entries]
    body = (state, Text(line(w("audit.latest"))), Table(columns, tuple(rows)))
    return Card("audit.trail", w("audit.open"), body, summary=w("audit.open"))


LOOKS = (
    *(Audited.UNMASKED, Audited.TEXT_OPENED, Audited.LOOK_OPENED, Audited.EXCERPT_OPENED),
    *(Audited.EXPORTED, Audited.LINK_MADE),
)
"""Lines of the trail that say that somebody looked at a person, or could have acted as them."""


async def looked_card(ctx: Context) -> Card:
    """Who looked at the reader: with day, reason and case, newest first; what the reader did themselves is left out."""
    w = ctx.words
    mine = await ctx.uow.cases_of(ctx.me.id)
    excerpts = await ctx.uow.find(Exemplar, case__in=mine) if mine else []
    about = [ctx.me.id, *mine, *(each.id for each in excerpts)]
    kinds = [each.value for each in LOOKS]
    found = await ctx.uow.find(AuditEntry, what__in=kinds, subject__in=about, order=("-number",))
    rows = [await _looked(ctx, entry) for entry in found if entry.actor != ctx.me.id][:LATEST]
    columns = (w("audit.when"), w("audit.who"), w("audit.did"), w("looked.why"), w("audit.about"))
    shown = Table(columns, tuple(rows)) if rows else Text(line(w("looked.nobody")))
    browsers = Buttons((Action("privacy.sessions", w("sessions.title"), opens=True),))
    return Card(
        "privacy.looked", w("looked.title"), (Text(line(w("looked.intro"))), shown, browsers), summary=w("looked.title")
    )


async def _looked(ctx: Context, entry: AuditEntry) -> tuple[Line, ...]:
    w = ctx.words
    kind = "unmask" if entry.what == Audited.UNMASKED.value else "read"
    reason = f"{kind}.reason.{entry.detail.get('reason', '')}"
    about = await _about(ctx, entry.subject) if entry.subject != ctx.me.id else ()
    return (
        line(w.day(entry.at.astimezone(ctx.zone).date(), year=True)),
        line(await _who(ctx, entry.actor)),
        line(w(f"audit.what.{entry.what}")),
        line(w(reason) if w.has(reason) else ""),
        about,
    )


async def trail_row(ctx: Context, entry: AuditEntry, *, hidden: bool) -> tuple[Line, ...]:
    """One line of the trail: when, who, what, about whom; a hidden one without its author and time of day."""
    w = ctx.words
    did = f"audit.what.{entry.what}"
    day = w.day(entry.at.astimezone(ctx.zone).date())
    return (
        line(day if hidden else w.moment(entry.at, ctx.me.timezone)),
        line(w("audit.by.author") if hidden else await _who(ctx, entry.actor)),
        line(w(did) if w.has(did) else entry.what),
        await _about(ctx, entry.subject),
    )


async def _who(ctx: Context, actor: str) -> str:
    if ctx.words.has(f"audit.by.{actor}"):
        return ctx.words(f"audit.by.{actor}")
    person = await ctx.uow.one(Person, id=actor)
    return person.name if person and person.name else ctx.words("audit.by.nobody")


async def _about(ctx: Context, subject: str) -> Line:
    """A case's code or a person's name; other ids say nothing to a reader."""
    case = await ctx.uow.one(Case, id=subject)
    if case:
        return line(code(case.code))
    person = await ctx.uow.one(Person, id=subject)
    return line(person.name if person else "")
