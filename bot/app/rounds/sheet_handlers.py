"""Attendance sheets of a round that is over and of a group over a span of days, for whoever moderates the group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from bot.app.context import Context
from bot.app.facts.caseload import event_of
from bot.app.facts.permissions import NotFoundHere, planned_group, shown_round
from bot.app.facts.themes import theme_words
from bot.app.steps.render_worker import made
from bot.domain.case import Case
from bot.domain.caseload import add_months
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.round import Round
from bot.domain.supervision import SupervisionEvent, current
from bot.errors import Refusal
from bot.ports.records import Audited, LogEntry
from bot.reports.attendance import Attendance, attendance_pdf, group_attendance_pdf
from bot.ui.inbound import ActionPressed, FormSubmitted, Hand, Invalid, Outcome, Show, typed_text
from bot.ui.model import DateField, Document, Form, Text, line, strong


class RoundNotOver(Refusal):
    """Who took part is known once a round is over."""


async def make_sheet(ctx: Context, event: ActionPressed) -> Outcome:
    """The PDF; audited, as every file."""
    round_: Round = ctx.subject(shown_round)
    if round_.closed_at is None or round_.published_at is None:
        raise RoundNotOver
    w = ctx.words
    sheet = await _sheet(ctx, await ctx.uow.get(Group, round_.group), round_)
    sentences = w.sentences()
    content = await made(lambda: attendance_pdf(sheet, words=sentences, language=w.locale))
    await ctx.uow.audit(Audited.EXPORTED, ctx.me.id, round_.id, ctx.now, format="attendance")
    name = f"{w('sheet.file')}-{round_.number}-{sheet.first}.pdf"
    return Hand(Document(name, "application/pdf", content), w("sheet.done"))


async def open_group_sheet(ctx: Context, event: ActionPressed) -> Outcome:
    """Which days the sheet of a group is about: those of the last twelve months unless changed."""
    group = await _moderated(ctx, event.subject)
    return Show(_form(ctx, group, {}, add_months(ctx.my_today, -12), ctx.my_today))


async def send_group_sheet(ctx: Context, event: FormSubmitted) -> Outcome:
    """The PDF of the rounds that ended within the days; audited, as every file."""
    w, group = ctx.words, await _moderated(ctx, event.subject)
    errors: dict[str, str] = {}
    first = ctx.typed_day(typed_text(event, "first"), "first", errors, past=True)
    last = ctx.typed_day(typed_text(event, "last"), "last", errors, past=True)
    for name, day in (("first", first), ("last", last)):
        if day is None:
            errors.setdefault(name, w("field.needed"))
    sheets: list[Attendance] = []
    if first and last and last < first:
        errors["last"] = w("export.ends_before")
    elif first and last:
        sheets = await _sheets(ctx, group, first, last)
        if not sheets:
            errors["last"] = w("sheet.none")
    if errors or first is None or last is None:
        return Invalid(_form(ctx, group, errors, first, last))
    begin, end, sentences = first, last, w.sentences()
    content = await made(lambda: group_attendance_pdf(sheets, begin, end, words=sentences, language=w.locale))
    await ctx.uow.audit(Audited.EXPORTED, ctx.me.id, group.id, ctx.now, format="attendance")
    return Hand(Document(f"{w('sheet.file')}-{first}-{last}.pdf", "application/pdf", content), w("sheet.done"))


async def _moderated(ctx: Context, id: str) -> Group:
    group = await planned_group(ctx, id) if id else None
    if group is None:
        raise NotFoundHere
    return group


async def _sheets(ctx: Context, group: Group, first: date, last: date) -> list[Attendance]:
    rounds = await ctx.uow.find(Round, group=group.id, closed_at__not=None, order=("published_at",))
    sheets = [await _sheet(ctx, group, round_) for round_ in rounds if round_.published_at]
    return [sheet for sheet in sheets if first <= sheet.last <= last]


def _form(ctx: Context, group: Group, errors: Mapping[str, str], first: date | None, last: date | None) -> Form:
    w = ctx.words
    return Form(
        "sheet.group.send",
        w("sheet.title"),
        group.id,
        body=(Text(line(strong(group.name))),),
        fields=(
            DateField("first", w("export.first"), first, required=True),
            DateField("last", w("export.last"), last, required=True),
        ),
        submit=w("export.submit"),
        errors=errors,
    )


async def _sheet(ctx: Context, group: Group, round_: Round) -> Attendance:
    """One round as it stands on a sheet; it is published and over."""
    assert round_.published_at
    assert round_.closed_at
    zone, w = ZoneInfo(group.timezone), ctx.words
    cases = [c for c in await ctx.uow.find(Case, round=round_.id) if c.published_at and not c.withdrawn_at]
    chains: dict[str, list[SupervisionEvent]] = defaultdict(list)
    for stored in await ctx.uow.find(LogEntry, round=round_.id):
        chains[stored.person].append(event_of(stored))
    there = sorted(person for person, entries in chains.items() if current(entries))
    names = [p.name for p in await ctx.uow.find(Person, id__in=there)] if there else []
    return Attendance(
        organisation=(await ctx.organisation()).name,
        group=group.name,
        number=round_.number,
        first=round_.published_at.astimezone(zone).date(),
        last=round_.closed_at.astimezone(zone).date(),
        cases=len(cases),
        themes=sorted(theme_words(w, {theme for case in cases for theme in case.themes})),
        people=sorted(names),
    )
