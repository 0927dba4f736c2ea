"""The supervisor's overview: who is not reached, overdue, due soon, on leave or on track; what waits, what is on hold.

One line a person, most urgent first, each with what can be done about it in one tap. No texts; a case that waits is
shown by its code, never with its presenter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.app.blocks.assignments import assignment_state
from bot.app.blocks.reachability import address_rows, reach_blocks, reach_words
from bot.app.blocks.rhythm import rhythm_line
from bot.app.blocks.tables import Entry, Listing
from bot.app.caching_uow import Remembering
from bot.app.caseload.leave_views import not_over
from bot.app.context import Context
from bot.app.facts.arrivals import by_this_morning
from bot.app.facts.cadence import cadence_notices
from bot.app.facts.caseload import caseload_of
from bot.app.facts.chances import WAITING
from bot.app.facts.permissions import groups_for_planning, members
from bot.app.facts.reachability import reachability_of
from bot.app.overview.duty_views import duty_blocks
from bot.app.overview.groups_views import groups_form
from bot.app.overview.look_ahead import addresses_ahead, holds_ahead, members_ahead, messages_ahead
from bot.app.overview.standings import URGENCY, Standing, can_remind, late_review, standing, standings_in
from bot.app.risk.views import hold_row
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.frequency import Kind, State, Status
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.policy import Policy
from bot.domain.risk import Hold
from bot.ui.inbound import Outcome, Say, Show
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    CardBlock,
    Facts,
    Form,
    FormBlock,
    Heading,
    Line,
    Row,
    Text,
    Ticks,
    code,
    line,
    muted,
    strong,
)

TOGETHER = 12
"""So many groups stand on one page with all their people."""
PARTS = ("overdue", "due_soon", "not_reached", "leave", "round_runs", "not_asked", "on_track")
"""What the table of a group can be narrowed down to."""


async def overview(ctx: Context, args: Mapping[str, str]) -> Outcome:
    """Group by group; of more groups than are read at one look a row each."""
    if len(await groups_for_planning(ctx)) > TOGETHER:
        return Show(await groups_form(ctx, args))
    return Say(await overview_card(ctx, args))


async def overview_card(ctx: Context, args: Mapping[str, str], only: Group | None = None) -> Card:
    """Group by group, or `only` one: people as a table, waiting cases, holds; `args` say how tables are looked at."""
    w = ctx.words
    blocks: list[CardBlock] = [] if only else await duty_blocks(ctx)
    groups = [only] if only else await groups_for_planning(ctx)
    reads = Remembering(ctx.uow)
    ctx = replace(ctx, uow=reads.unit)
    standings, open_holds = await _read(ctx, reads, groups)
    for group in groups:
        waiting = await ctx.uow.find(Case, group=group.id, **WAITING)
        waiting = [case for case in by_this_morning(ctx, group, waiting) if not case.held_at]
        holds = [hold for hold in open_holds if await _in_group(ctx, hold, group)]
        blocks += [] if only else [Heading(group.name)]
        blocks += await _people(ctx, group, standings[group.id], args, only)
        blocks += [await hold_row(ctx, hold) for hold in holds]
        blocks += [_waiting_row(ctx, case) for case in waiting]
        blocks += [*await reach_blocks(ctx, group), *await cadence_notices(ctx, group)]
        plan = Action("round.new", w("overview.plan"), opens=True)
        weeks = Action("overview.weeks", w("overview.weeks"), group.id, opens=True)
        year = Action("overview.year", w("year.open"), group.id, opens=True)
        sheet = Action("sheet.group", w("sheet.title"), group.id, opens=True)
        blocks.append(Buttons((plan, weeks, year, sheet)))
    blocks += await _legend(ctx, groups) if groups else []
    if not blocks:
        blocks.append(Text(line(w("overview.no_groups"))))
    if only:
        return Card("overview.group", only.name, tuple(blocks), summary=w("overview.title"))
    return Card("supervision.overview", w("overview.title"), tuple(blocks), summary=w("overview.title"))


async def _read(
    ctx: Context, reads: Remembering, groups: Sequence[Group]
) -> tuple[dict[str, list[Standing]], list[Hold]]:
    """Everything of all groups at once: the standings by group, and the open concerns; the rest is remembered."""
    await members_ahead(ctx, reads, groups)
    inside = [(group, await members(ctx, group)) for group in groups]
    people = sorted({person.id for _, its in inside for person in its})
    await addresses_ahead(reads, people)
    await messages_ahead(ctx, reads, people)
    await reads.look_ahead(Case, "group", [group.id for group in groups], **WAITING)
    holds = await ctx.uow.find(Hold, released_at=None) if groups else []
    await holds_ahead(ctx, reads, holds, groups)
    return await standings_in(ctx, reads, inside), holds


async def _legend(ctx: Context, groups: Sequence[Group]) -> list[CardBlock]:
    """What days and states mean, in the numbers of these groups."""
    w, policies = ctx.words, [await ctx.policy(group) for group in groups]
    days = " / ".join(w.number(n) for n in sorted({policy.due_soon_days for policy in policies}))
    shares = " / ".join(w.number(n) for n in sorted({policy.due_soon_percent for policy in policies}))
    told = (w("overview.days"), w("overview.states", n=days, percent=shares), w("overview.running"))
    return [Text(line(muted(each))) for each in told]


async def member_form(ctx: Context, person: Person, policy: Policy) -> Form:
    """One person: both targets, reviews they owe, and everything a supervisor can do for them."""
    w = ctx.words
    each = await standing(ctx, person, policy)
    caseload = await caseload_of(ctx, person)
    mode = caseload.mode_on(ctx.today(person.timezone))
    rows: list[tuple[str, Line]] = [(w("caseload.mode"), line(w(f"mode.{mode}")))]
    rows += [(w(f"rhythm.{kind}"), line(rhythm_line(w, each.rhythm[kind]))) for kind in Kind]
    reached = (await reachability_of(ctx, [person]))[person.id]
    rows += [(w("reach.heading"), line(reach_words(ctx, reached))), *address_rows(ctx, reached)]
    owed = [_owed_row(ctx, assignment, case) for assignment, case in each.owed]
    rows_of_leave = await not_over(ctx, person)
    away: list[FormBlock] = [Heading(w("leave.known")), *rows_of_leave] if rows_of_leave else []
    actions = (
        *((Action("supervision.nudge", w("overview.nudge"), person.id),) if can_remind(ctx, each) else ()),
        Action("caseload.leave", w("overview.leave"), person.id, opens=True),
        Action("caseload.plan", w("switch.plan"), person.id, opens=True),
        Action("caseload.history", w("switch.history"), person.id, opens=True),
        Action("caseload.work", w("work.open"), person.id, opens=True),
        *((Action("log.sign.member", w("overview.sign"), person.id, opens=True),) if person.id != ctx.me.id else ()),
    )
    body: list[FormBlock] = [
        Text(line(strong(person.name))),
        Facts(tuple(rows)),
        Text(line(w("overview.days"))),
        Text(line(w("overview.running"))),
        *away,
        *owed,
    ]
    return Form("supervision.member", w("overview.member"), person.id, body=tuple(body), actions=actions)


async def _in_group(ctx: Context, hold: Hold, group: Group) -> bool:
    return hold.case is not None and (await ctx.uow.get(Case, hold.case)).group == group.id


async def _people(
    ctx: Context, group: Group, standings: Sequence[Standing], args: Mapping[str, str], only: Group | None
) -> list[CardBlock]:
    """Everybody as a table, most urgent first, with what is done to several at once."""
    w = ctx.words
    states = await reachability_of(ctx, [each.person for each in standings])
    entries = [_entry(ctx, each, reached=states[each.person.id].reached) for each in standings]
    overdue = sum("overdue" in each.shows and bool(each.row.choice) for each in entries)
    columns = [("name", w("overview.person")), ("state", w("overview.state"))]
    columns += [(str(kind), w(f"rhythm.{kind}")) for kind in Kind]
    opens = Action("supervision.remind", w("overview.remind"), group.id, opens=True)
    ticks = Ticks("supervision.remind.send", "who", opens) if any(each.row.choice for each in entries) else None
    parts = [(part, w(f"state.{part}")) for part in PARTS]
    key, subject = ("overview.group", only.id) if only else ("supervision.overview", "")
    table = Listing(key, subject, [*columns, ("owed", w("overview.reviews"))], parts, ticks, args)
    everybody = Action("supervision.remind.overdue", w.count("overview.remind_all", overdue), group.id)
    return [*([Buttons((everybody,))] if overdue else []), *table.blocks(w, entries)]


def _entry(ctx: Context, each: Standing, *, reached: bool) -> Entry:
    w = ctx.words
    row = _row(ctx, each, reached=reached)
    state = w(f"state.{each.state}")
    owed = f"{len(each.owed)}" if each.owed else "–"
    late = late_review(ctx, each) is not None
    owed_told = line(owed, " · ", strong(w("assignment.overdue"))) if late else line(owed)
    urgent = each.state in {State.OVERDUE, State.NOT_REACHED}
    rhythm = [line(rhythm_line(w, each.rhythm[kind])) for kind in Kind]
    cells = (line(each.person.name), line(strong(state) if urgent else state), *rhythm, owed_told)
    name, owes = each.person.name.casefold(), (not late, -len(each.owed))
    keys: dict[str, Any] = {"name": name, "state": URGENCY.index(each.state), "owed": owes}
    keys |= {str(kind): (URGENCY.index(each.rhythm[kind].state), _since(each.rhythm[kind])) for kind in Kind}
    choice = each.person.id if can_remind(ctx, each) else ""
    shows = {str(each.state)} | ({"overdue"} if late else set())
    return Entry(replace(row, cells=cells, choice=choice), keys, frozenset(shows))


def _since(status: Status) -> tuple[date, int]:
    """Within one state: the earliest due day first, and of those without one who has waited longest."""
    return status.due_on or date.max, -status.elapsed


def _row(ctx: Context, each: Standing, *, reached: bool) -> Row:
    w = ctx.words
    late = late_review(ctx, each)
    actions = [Action("supervision.member", w("overview.member.open"), each.person.id, opens=True)]
    if each.owed and not reached:
        label = w.count("reach.hand_over", len(each.owed))
        actions.insert(0, Action("supervision.hand_over", label, each.person.id))
    if late and late[1].under_review(ctx.now):
        actions.insert(0, Action("review.reassign", w("review.reassign"), late[0].id, opens=True))
    if can_remind(ctx, each):
        actions.insert(0, Action("supervision.nudge", w("overview.nudge"), each.person.id))
    title = line(strong(each.person.name), " · ", w(f"state.{each.state}"))
    told = [f"{w(f'rhythm.{kind}')}: {rhythm_line(w, each.rhythm[kind])}" for kind in Kind]
    owed = w.count("overview.owed", len(each.owed)) if each.owed else ""
    return Row(title, line(" · ".join([*told, *([owed] if owed else [])])), tuple(actions))


def _owed_row(ctx: Context, assignment: Assignment, case: Case) -> Row:
    w = ctx.words
    day = w.day(assignment.due_at.astimezone(ctx.zone).date()) if assignment.due_at else "–"
    state = w(f"assignment.{assignment_state(assignment, case, ctx)}")
    move = Action("review.reassign", w("review.reassign"), assignment.id, opens=True)
    actions = (move,) if case.under_review(ctx.now) else ()
    return Row(line(w("case.word"), " ", code(case.code)), line(state, " · ", w("due", day=day)), actions)


def _waiting_row(ctx: Context, case: Case) -> Row:
    w = ctx.words
    show = (Action("round.show", w("round.show"), case.round, opens=True),) if case.round else ()
    return Row(line(w("case.word"), " ", code(case.code)), line(w("overview.waiting")), show)
