"""A year pressed through the real commands: every number of log, rhythm, report and rule sets beside the slow count."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

from bot.app.context import Work
from bot.app.facts.caseload import caseload_of, rhythm_facts, rhythm_of
from bot.app.facts.permissions import person_policy
from bot.app.reports.handlers import make_board, make_report
from bot.app.steps.log_file import log_facts
from bot.app.steps.recount import differences, recount_everything
from bot.demo.clinic import ORGANISATION
from bot.domain.frequency import Kind, State
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.reports.periods import Quarter, Year
from bot.reports.yearly import YearNumbers
from tests.app.pressed_year import MINIMUM, PressedYear
from tests.app.slow_report import Facts, Slow, facts_of, numbers
from tests.app.slow_rounds import rounds_out
from tests.app.slow_rules import COUNTS, Log, counted, goals
from tests.app.slow_year import year_numbers
from tests.gate import rules_alone
from tests.world import World, make_world

YEAR = Year(2027)
FIRST, LAST = date(2027, 1, 1), date(2027, 12, 31)


async def facts(world: World) -> Facts:
    async with world.store.begin(ORGANISATION, write=False) as uow:
        return await facts_of(uow)


async def looked_at(world: World) -> list[str]:
    """Where everybody stands today, where it differs from the slow count."""
    slow = Slow(await facts(world))
    wrong = []
    async with world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        for person in await uow.find(Person, removed_at=None):
            if not person.has(Role.THERAPIST):
                continue
            today = work.today(person.timezone)
            policy = await person_policy(work, person)
            found = await rhythm_of(work, person, policy, for_others=False)
            seen = await rhythm_of(work, person, policy, for_others=True)
            for kind in Kind:
                at = found[kind]
                expected = slow.state(person, today, own=kind is Kind.OWN_CASE)
                if (at.state.value, at.elapsed, at.target) != expected:
                    wrong.append(f"{today} {person.id} {kind}: {at.state, at.elapsed, at.target}, slow {expected}")
                if seen[kind].state not in {at.state, State.ROUND_RUNS}:
                    wrong.append(f"{today} {person.id} {kind}: {at.state}, others read {seen[kind].state}")
    return wrong


async def log_differences(world: World, slow: Slow) -> list[str]:
    """What of anybody's log of 2027 differs under any rule set."""
    wrong = []
    async with world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        assert set(work.tools.rule_sets) == set(COUNTS)
        for person in await uow.find(Person):
            mine = [e for e in slow.in_force() if e.person == person.id]
            if not mine:
                continue
            today = work.today(person.timezone)
            leave = [(p.first, p.last or today) for p in (await caseload_of(work, person)).periods_of_leave]
            assert all(slow.away(person, day) for a, b in leave for day in (a, b))
            led_by = {e.id: await uow.sealed(e.corrects or e.id, f"supervisor:{e.id}") or b"" for e in mine}
            names = {id: name.decode() for id, name in led_by.items()}
            log = Log(mine, leave, FIRST, LAST, slow.full_post(person, today), names)
            for body in COUNTS:
                made = (await log_facts(work, person, work.tools.rule_sets[body], FIRST, LAST)).log
                minutes = counted(body, log)
                inside = [e for e in mine if FIRST <= e.day <= LAST]
                where = f"{person.id} {body}"
                wrong += _differ(
                    where, {c.entry.id: c.minutes for c in made.lines}, {e.id: minutes[e.id] for e in inside}
                )
                until = min(LAST, today)
                since = {
                    "period": FIRST,
                    "last_12_months": _years_before(until, 1),
                    "last_5_years": _years_before(until, 5),
                }
                for name, first in since.items():
                    those = [e for e in mine if first <= e.day <= (LAST if name == "period" else until)]
                    sums = (
                        len(those),
                        sum(e.minutes for e in those),
                        sum(e.minutes for e in those if e.signed_by),
                        sum(e.minutes for e in those if e.minutes_estimated),
                        sum((minutes[e.id] for e in those), Fraction(0)),
                    )
                    span = getattr(made, name)
                    shown = (span.events, span.minutes, span.signed_minutes, span.estimated_minutes, span.counted)
                    wrong += _differ(f"{where} {name}", (span.first, *shown), (first, *sums))
                asked = [(g.asked, g.found, g.reached_in, g.of) for g in made.goals]
                wrong += _differ(f"{where} goals", asked, goals(body, log))
    return wrong


def _years_before(day: date, years: int) -> date:
    """The day after the same day so many years before."""
    return day.replace(year=day.year - years) + timedelta(days=1)


async def rhythm_differences(world: World, slow: Slow) -> list[str]:
    """What of the chart and table of anybody's gaps of the last twelve months differs."""
    wrong, charted = [], 0
    async with world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        for person in await uow.find(Person, removed_at=None):
            if not person.has(Role.THERAPIST) or not slow.groups(person):
                continue
            today, policy = work.today(person.timezone), await person_policy(work, person)
            caseload, since = await caseload_of(work, person), _years_before(today, 1)
            counted_from = await rhythm_facts(work, person, policy, for_others=False)
            for kind in Kind:
                own = kind is Kind.OWN_CASE
                made = [(g.after, g.until, g.days, g.within) for g in counted_from.gaps(kind, caseload, since, today)]
                events = slow.events(person, today, only_own=own)
                start = max([slow.since(person, today), *(day for day in events if day <= since)])
                ends = [day for day in events if day > start]
                expected = [
                    (a, b, *slow.gap(person, a, b, today, own=own, is_open=False))
                    for a, b in zip([start, *ends], ends, strict=False)
                ]
                last = ends[-1] if ends else start
                if last < today:
                    expected.append((last, today, *slow.gap(person, last, today, today, own=own, is_open=True)))
                wrong += _differ(f"{person.id} {kind} gaps", made, expected)
                charted += len(made)
    assert charted > 100
    return wrong


def _differ(where: str, made: object, slow: object) -> list[str]:
    return [] if made == slow else [f"{where}: {made}, slow {slow}"]


async def report_differences(work: Work, slow: Slow) -> tuple[int, list[str]]:
    """How many lines the four quarters show, and what of them differs."""
    shown, wrong = 0, []
    zones = {group.id: group.timezone for group in await work.uow.find(Group)}
    for quarter in YEAR.quarters:
        report, _ = await make_report(work, quarter)
        sheets = slow.sheets(quarter.first, quarter.last)
        wrong += _differ(
            f"{quarter} people",
            {p: tuple(cell) for p, cell in report.members.items()},
            {p: (sheet.clinic, sheet.mode) for p, sheet in sheets.items()},
        )
        for clinic, out in report.rounds.items():
            expected = rounds_out(slow.f, zones, quarter.first, quarter.last, clinic or None)
            wrong += _differ(f"{quarter} rounds {clinic}", (out.number, out.last, out.days_before_end), expected)
        for row in report.rows:
            if row.numbers:
                shown += 1
                inside = [s for s in sheets.values() if (s.clinic, s.mode) in row.group]
                for name, value in numbers(inside).items():
                    made = getattr(row.numbers, name)
                    if not (name == "turnaround" and made is None):  # of presenters only, and hidden where few
                        wrong += _differ(f"{quarter} {row.group} {name}", made, value)
    return shown, wrong


async def board_differences(work: Work, slow: Slow) -> list[str]:
    page, _ = await make_board(work, YEAR, Quarter(2026, 4), None)
    assert page.numbers
    expected = year_numbers(slow, [(q.first, q.last) for q in YEAR.quarters], MINIMUM)
    assert set(expected) == set(YearNumbers.__dataclass_fields__)
    assert expected["waiting"] is not None
    assert expected["risk_minutes"] is not None
    return [each for name, value in expected.items() for each in _differ(name, getattr(page.numbers, name), value)]


DONE = {
    "rounds": 30, "published": 30, "cases": 80, "reviews": 150, "late": 20, "never": 10, "declines": 10,
    "takeaways": 40, "by hand": 12, "corrected": 8, "withdrawn": 2, "signed": 8, "signature taken back": 3,
    "leave entered": 1, "leave moved": 2, "leave given up": 1, "typed": 4, "closures": 2, "shares": 2,
    "concerns": 6, "taken on": 5, "releases": 4, "left a group": 1, "left the service": 1,
}  # fmt: skip
"""At least so often each thing must really have been done."""


@pytest.mark.slow
async def test_every_number_of_a_pressed_year_is_what_the_slow_count_gives() -> None:
    world = await make_world(rules_alone())
    year = PressedYear(world, Random(2))
    wrong: list[str] = []

    async def look() -> None:
        wrong.extend(await looked_at(world))

    await year.play(51, look)
    lacking = {what: year.done[what] for what, least in DONE.items() if year.done[what] < least}
    assert not lacking
    assert wrong == []
    slow = Slow(await facts(world))
    assert await log_differences(world, slow) == []
    assert await rhythm_differences(world, slow) == []
    for kept in (False, True):  # from the facts, then from kept rows
        if kept:
            await recount_everything(world.store, ORGANISATION, world.clock.now(), world.tools)
        async with world.store.begin(ORGANISATION, write=False) as uow:
            work = Work(uow, world.clock.now(), world.tools)
            shown, found = await report_differences(work, slow)
            assert found == []
            assert shown >= 4
            assert await board_differences(work, slow) == []
            assert await differences(work) == []
