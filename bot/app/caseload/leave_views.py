"""The form for leave, one's own or a supervised person's, with the leave that is known already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.app.caseload.question_views import period_label, reading_action
from bot.app.caseload.views import leave_words
from bot.app.context import Context
from bot.app.facts.caseload import leaves_of
from bot.app.facts.permissions import may_cover
from bot.app.steps.leave import whole_leaves
from bot.calendars.spoken import Act, TakeLeave
from bot.domain.caseload import Period
from bot.domain.leave_changes import leave_before
from bot.domain.person import Person
from bot.ports.records import LeaveEntry
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    CardBlock,
    ChoiceField,
    Confirm,
    DateField,
    Field,
    Form,
    FormBlock,
    Heading,
    Option,
    Row,
    Text,
    line,
    strong,
)

OWN_CASES = ("keep", "withdraw", "cover")
ONE_DAY = timedelta(days=1)
MOST_CHOICES = 4
NOBODY = "nobody"
"""The choice of no covering therapist."""


async def leave_form(
    ctx: Context,
    person: Person,
    first: date | None = None,
    last: date | None = None,
    own_cases: str = "keep",
    cover: str = "",
    errors: Mapping[str, str] | None = None,
    *,
    entry: LeaveEntry | None = None,
) -> Form:
    """First and last day, and what becomes of the person's own open cases; with an entry, to change that one."""
    w = ctx.words
    mine = person.id == ctx.me.id
    intro = w("leave.intro") if mine else w("leave.intro_for", name=person.name)
    body: list[FormBlock] = [Text(line(intro)), *(await _known(ctx, person) if entry is None else [])]
    fields: list[Field] = [
        DateField("first_day", w("leave.first_day"), first, required=True),
        DateField("last_day", w("leave.last_day"), last, hint=w("leave.last_day.hint")),
    ]
    if mine:
        # Nobody decides about another's cases: what became of them would tell whose they are.
        choices = tuple(Option(o, w(f"leave.own_cases.{o}")) for o in OWN_CASES)
        hint = w("leave.own_cases.hint")
        fields.append(ChoiceField("own_cases", w("leave.own_cases"), choices, own_cases, hint=hint))
    others = await may_cover(ctx, person) if mine else []
    if others:
        options = (Option(NOBODY, w("leave.cover_nobody")), *(Option(p.id, p.name) for p in others))
        fields.append(ChoiceField("cover", w("leave.cover"), options, cover or NOBODY, required=False))
    return Form(
        key="caseload.leave.change.send" if entry else "caseload.leave.send",
        title=w("leave.change.title") if entry else w("leave.title"),
        subject=entry.id if entry else "" if mine else person.id,
        body=tuple(body),
        fields=tuple(fields),
        submit=w("leave.change") if entry else w("leave.submit") if mine else w("leave.submit_for"),
        errors=errors or {},
    )


async def which_leave_card(ctx: Context, person: Person, day: date) -> Card | None:
    """No leave is clearly the one that ends before `day`: what may be meant. None where nothing is entered."""
    w, today = ctx.words, ctx.today(person.timezone)
    rows = await not_over(ctx, person)
    blocks: list[CardBlock] = [Text(line(w("leave.which.ask"))), *rows]
    before = leave_before((await leaves_of(ctx, person)).periods_of_leave, day)
    if before and before.last and before.last >= today - ONE_DAY:
        blocks.append(Buttons((reading_action(ctx, TakeLeave(before.first, day - ONE_DAY), person),)))
    elif not rows:
        return None
    title = w("leave.which.none_today") if day == today else w("leave.which.none_on", day=w.day(day, year=True))
    if person.id != ctx.me.id:
        title, blocks = w("leave.change.none"), [Text(line(strong(person.name))), *blocks]
    return Card("caseload.leave.which", title, tuple(blocks), summary=title)


async def changed_leave_card(
    ctx: Context,
    person: Person,
    found: Sequence[tuple[LeaveEntry, Period]],
    *,
    asked: bool = False,
    offered: Sequence[Act] = (),
) -> Card:
    """A leave is to be moved, prolonged, shortened or given up, and it is not clear which one, or to which days.

    `offered` is new leave, or a change of the mode, that may be meant instead.
    """
    w = ctx.words
    title = w("leave.change.which") if found or asked else w("leave.change.none")
    blocks: list[CardBlock] = [] if person.id == ctx.me.id else [Text(line(strong(person.name)))]
    known = await not_over(ctx, person)
    blocks += [Text(line(w("leave.which.ask" if known else "leave.change.no_leave"))), *known]
    actions = [days_action(ctx, entry, period) for entry, period in found[:MOST_CHOICES]]
    actions += [reading_action(ctx, act, person) for act in offered]
    if actions:
        blocks += [Text(line(w("caseload.ask.meant"))), Buttons(tuple(actions))]
    return Card("caseload.leave.which", title, tuple(blocks), summary=title)


async def with_known_leave(ctx: Context, card: Card, person: Person) -> Card:
    """A question with the leave that is entered below it, each with the buttons that change it."""
    rows = (await not_over(ctx, person))[:MOST_CHOICES]
    return replace(card, body=(*card.body, Heading(ctx.words("leave.known")), *rows)) if rows else card


def days_action(ctx: Context, entry: LeaveEntry, period: Period) -> Action:
    """The button that gives the leave an entry belongs to these days."""
    args = {"first": period.first.isoformat(), "last": period.last.isoformat() if period.last else ""}
    label = ctx.words("caseload.reading.leave", period=period_label(ctx, period.first, period.last))
    return Action("caseload.leave.days", label, entry.id, args=args)


async def _known(ctx: Context, person: Person) -> list[FormBlock]:
    """Leave that is not over, below its heading."""
    rows = await not_over(ctx, person)
    return [Heading(ctx.words("leave.known")), *rows] if rows else []


async def not_over(ctx: Context, person: Person) -> list[Row]:
    """Leave that is not over, each with the buttons that change it and end or cancel it; what touches is one."""
    w = ctx.words
    today = ctx.today(person.timezone)
    rows: list[Row] = []
    for entry, period in await whole_leaves(ctx, person):
        if period.last is None or period.last >= today:
            key = "leave.end" if period.first <= today else "leave.cancel"
            ask = Confirm(w(key), w("leave.end.ask"), w(key), w("back"))
            change = Action("caseload.leave.change", w("leave.change"), entry.id, opens=True)
            words = leave_words(ctx, period.first, period.last)
            rows.append(Row(line(words), (), (change, Action("caseload.back", w(key), entry.id, confirm=ask))))
    return rows
