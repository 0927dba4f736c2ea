"""The attendance sheet of a round that is over, for whoever moderates the group."""

from __future__ import annotations

from collections import defaultdict
from zoneinfo import ZoneInfo

from bot.app.context import Context
from bot.app.facts.caseload import event_of
from bot.app.facts.permissions import shown_round
from bot.app.facts.themes import theme_words
from bot.app.steps.render_worker import made
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.round import Round
from bot.domain.supervision import SupervisionEvent, current
from bot.errors import Refusal
from bot.ports.records import Audited, LogEntry
from bot.reports.attendance import Attendance, attendance_pdf
from bot.ui.inbound import ActionPressed, Hand, Outcome
from bot.ui.model import Document


class RoundNotOver(Refusal):
    """Who took part is known once a round is over."""


async def make_sheet(ctx: Context, event: ActionPressed) -> Outcome:
    """The PDF; audited, as every file."""
    round_: Round = ctx.subject(shown_round)
    if round_.closed_at is None or round_.published_at is None:
        raise RoundNotOver
    group = await ctx.uow.get(Group, round_.group)
    zone, w = ZoneInfo(group.timezone), ctx.words
    cases = [c for c in await ctx.uow.find(Case, round=round_.id) if c.published_at and not c.withdrawn_at]
    chains: dict[str, list[SupervisionEvent]] = defaultdict(list)
    for stored in await ctx.uow.find(LogEntry, round=round_.id):
        chains[stored.person].append(event_of(stored))
    there = sorted(person for person, entries in chains.items() if current(entries))
    names = [p.name for p in await ctx.uow.find(Person, id__in=there)] if there else []
    sheet = Attendance(
        organisation=(await ctx.organisation()).name,
        group=group.name,
        number=round_.number,
        first=round_.published_at.astimezone(zone).date(),
        last=round_.closed_at.astimezone(zone).date(),
        cases=len(cases),
        themes=sorted(theme_words(w, {theme for case in cases for theme in case.themes})),
        people=sorted(names),
    )
    sentences = w.sentences()
    content = await made(lambda: attendance_pdf(sheet, words=sentences, language=w.locale))
    await ctx.uow.audit(Audited.EXPORTED, ctx.me.id, round_.id, ctx.now, format="attendance")
    name = f"{w('sheet.file')}-{round_.number}-{sheet.first}.pdf"
    return Hand(Document(name, "application/pdf", content), w("sheet.done"))
