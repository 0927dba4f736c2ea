"""A group's weeks as a table: on how many days of each week each member had supervision, the more the darker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.app.blocks.tables import PAGE, page_of, turned
from bot.app.caching_uow import Remembering
from bot.app.context import Context
from bot.app.facts.caseload import LATELY, caseloads_of, rhythm_facts
from bot.app.facts.permissions import members
from bot.app.overview.look_ahead import addresses_ahead, standings_ahead
from bot.domain.frequency import Kind, event_days
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.reports.weeks import MemberWeeks, member_weeks, shades
from bot.ui.model import DARKEST, Action, Card, CardBlock, Table, Text, line, muted

WEEKS = 13
"""A quarter; not more than `LATELY`, since which events are read."""


async def weeks_card(ctx: Context, group: Group, args: Mapping[str, str]) -> Card:
    """The last thirteen weeks of each member, a page of members at a time (`page` in `args`)."""
    w = ctx.words
    today = ctx.today(group.timezone)
    monday = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    people = [p for p in await members(ctx, group) if p.has(Role.THERAPIST)]
    page = page_of(args, len(people))
    lines = await _lines(ctx, group, people[page * PAGE : (page + 1) * PAGE], monday)

    def again(label: str, other: int) -> Action:
        return Action("overview.weeks", label, group.id, {"page": str(other)} if other else {}, opens=True)

    title = w("overview.weeks.title", group=group.name)
    body: list[CardBlock] = [Text(line(w(key))) for key in ("overview.weeks.about", "overview.running")]
    body += [*_drawn(ctx, lines, monday), *turned(w, page, len(people), again)] if people else []
    body += [] if people else [Text(line(w("chart.none")))]
    return Card("overview.weeks", title, tuple(body), summary=title)


async def _lines(ctx: Context, group: Group, people: Sequence[Person], monday: date) -> list[MemberWeeks]:
    """What is counted of each of these people, read for all of them at once."""
    reads = Remembering(ctx.uow)
    ctx = replace(ctx, uow=reads.unit)
    await addresses_ahead(reads, [person.id for person in people])
    await standings_ahead(ctx, reads, people)
    caseloads, policy = await caseloads_of(ctx, people), await ctx.policy(group)
    found = []
    for person in people:
        since = ctx.today(person.timezone) - LATELY
        facts = await rhythm_facts(ctx, person, policy, for_others=person.id != ctx.me.id, entries_since=since)
        days = event_days(Kind.ANY_EVENT, facts.entries)
        found.append(member_weeks(person.name, days, caseloads[person.id], monday, WEEKS))
    return found


def _drawn(ctx: Context, lines: Sequence[MemberWeeks], monday: date) -> list[CardBlock]:
    w = ctx.words
    empty = sum(count == 0 for each in lines for count in each.counts)
    says = w("chart.weeks_alt", members=w.number(len(lines)), weeks=w.number(WEEKS), empty=w.number(empty))
    heads = (w("chart.week"), *(w.day_of_month(monday + timedelta(days=7 * n)) for n in range(WEEKS)))
    rows = tuple((line(m.label), *(line("–" if n is None else f"{n}") for n in m.counts)) for m in lines)
    dark = tuple((0, *row) for row in shades(lines, DARKEST))
    return [
        Text(line(says)),
        Table(heads, rows, w("chart.weeks"), dark),
        Text(line(muted(f"– = {w('chart.leave')}"))),
    ]
