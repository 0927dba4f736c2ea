"""A year with everything in it, reported by the product and counted the slow way: every number is the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.reports.handlers import make_board, make_report
from bot.app.steps.recount import recount_everything
from bot.demo.clock import VirtualClock
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Closure, Group, Membership, Organisation
from bot.domain.person import Person, Role
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.ports.records import ExperienceEntry, FteEntry, LeaveEntry, LogEntry, ModeEntry
from bot.ports.unit_of_work import UnitOfWork
from bot.reports.periods import Quarter, Year
from bot.reports.ranges import COUNTS, SHARES, is_range
from bot.reports.yearly import YearNumbers
from storage.memory import MemoryStore
from tests.app.slow_report import Sheet, Slow, facts_of, numbers
from tests.app.slow_rounds import rounds_out
from tests.app.slow_year import year_numbers
from tests.gate import NOBODY
from tests.world import SeededRng, SequentialIds

ORG = "org"
BEGAN, ENDS, NOW = date(2025, 11, 3), date(2026, 12, 31), datetime(2027, 1, 18, 9, tzinfo=UTC)
PEOPLE, GROUPS, MINIMUM = 14, ("g0", "g1"), 3
ZONES = ("UTC", "Europe/Stockholm")
TOOLS = Tools(SequentialIds(), SeededRng(1), NOBODY, NOBODY, "")


class PlayedYear:
    """Two groups, some people in both, a round every two weeks; leave, modes, closures, holds, corrections."""

    def __init__(self, uow: UnitOfWork, chance: Random) -> None:
        self.uow, self.chance = uow, chance
        self.number = 0
        self.away: dict[str, list[tuple[date, date]]] = {}
        self.members: dict[str, list[str]] = {}

    async def play(self) -> None:
        await self._people()
        for group in GROUPS:
            day = BEGAN + timedelta(days=7 * GROUPS.index(group))
            while day <= ENDS:
                if self.chance.random() < 0.9:
                    await self._round(group, day)
                day += timedelta(days=14)
        for _ in range(40):
            await self._by_hand()
        for _ in range(12):
            await self._concern()

    def id(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number:04}"

    def some_day(self) -> date:
        return BEGAN + timedelta(days=self.chance.randrange((ENDS - BEGAN).days))

    async def _people(self) -> None:
        add, chance = self.uow.add, self.chance
        await add(Organisation(ORG, ORG, "Service", NOW, policy={"report_minimum_group": MINIMUM}))
        for n in range(2):
            await add(Clinic(f"c{n}", ORG, f"Clinic {n}", "SE", ZONES[n]))
            for _ in range(2):
                first = self.some_day()
                await add(Closure(self.id("z"), ORG, f"c{n}", first, first + timedelta(days=chance.randrange(12))))
        for group in GROUPS:
            await add(Group(group, ORG, group, "UTC"))
        for n in range(PEOPLE):
            id, fte = f"p{n:02}", chance.choice((1.0, 1.0, 0.5, 0.3))
            await add(Person(id, ORG, id, f"{id}@x.example", f"c{n % 2}", frozenset({Role.THERAPIST}), NOW,
                             timezone=ZONES[n % 2], fte=fte))  # fmt: skip
            mine = GROUPS if n % 5 == 0 else (GROUPS[n % 2],)
            for group in mine:
                joined = BEGAN + timedelta(days=chance.choice((0, 0, 0, 40, 100)))
                left = joined + timedelta(days=chance.randrange(100, 300)) if chance.random() < 0.15 else None
                await add(Membership(self.id("in"), ORG, group, id, joined, left))
                self.members.setdefault(group, []).append(id)
                if left and chance.random() < 0.5:
                    await add(Membership(self.id("in"), ORG, group, id, left + timedelta(days=30)))
            await self._plans(id)

    async def _plans(self, id: str) -> None:
        """Leave (some given up), switches, a share that changes, the start of practice."""
        add, chance = self.uow.add, self.chance
        self.away[id] = []
        for _ in range(chance.randrange(4)):
            first = self.some_day()
            last = first + timedelta(days=chance.choice((2, 9, 20, 70)))
            gone = NOW if chance.random() < 0.25 else None
            await add(LeaveEntry(self.id("l"), ORG, id, first, last, NOW, id, cancelled_at=gone))
            if not gone:
                self.away[id].append((first, last))
        for turn in range(chance.randrange(3)):
            gone = NOW if chance.random() < 0.2 else None
            mode, recorded = chance.choice(("icbt", "f2f", "blended")), NOW + timedelta(minutes=turn)
            await add(ModeEntry(self.id("m"), ORG, id, mode, self.some_day(), recorded, id, cancelled_at=gone))
        if chance.random() < 0.3:
            await add(FteEntry(self.id("f"), ORG, id, 0.6, self.some_day(), NOW, id))
        if chance.random() < 0.5:
            since = self.some_day() - timedelta(days=chance.randrange(120))
            await add(ExperienceEntry(self.id("x"), ORG, id, since, NOW, id))

    async def _round(self, group: str, day: date) -> None:
        chance, out = self.chance, _at(day)
        there = [p for p in self.members[group] if not any(a <= day <= b for a, b in self.away[p])]
        if len(there) < 4:
            return
        id = self.id("r")
        passed = tuple(p for p in there if chance.random() < 0.1)
        gone = out if chance.random() < 0.05 else None
        await self.uow.add(Round(id, ORG, group, out, out, out, 1, published_at=out, passed=passed, cancelled_at=gone))
        if gone:
            return
        for author in chance.sample(there, 2):
            await self._case(group, id, day, author, chance.sample([p for p in there if p != author], 2))

    async def _case(self, group: str, round_: str, day: date, author: str, reviewers: list[str]) -> None:
        chance, out, id = self.chance, _at(day), self.id("case")
        end = chance.choice(("closed", "closed", "closed", "open", "withdrawn", "held", "early"))
        closed = {"closed": _at(day + timedelta(days=20)), "early": _at(day + timedelta(days=4))}.get(end)
        sent = _at(day - timedelta(days=chance.randrange(1, 9))) + timedelta(hours=chance.choice((0, 14)))
        await self.uow.add(
            Case(
                id, ORG, group, id, "icbt", "en", 2, sent, round=round_, published_at=out, closed_at=closed,
                released_at=_at(day + timedelta(days=chance.randrange(3, 12))) if end in {"closed", "open"} else None,
                withdrawn_at=out if end == "withdrawn" else None, held_at=out if end == "held" else None,
                themes=(("tone", "ending")[self.number % 2],) if self.number % 5 else (),
            )
        )  # fmt: skip
        await self.uow.set_presenter(id, author)
        if closed:
            await self._log(id, author, "presenter", _at(day + timedelta(days=chance.randrange(4, 20))), day)
        for letter, reviewer in zip("AB", reviewers, strict=True):
            await self._review(id, round_, day, reviewer, letter, closed, end)

    async def _review(
        self, case: str, round_: str, day: date, who: str, letter: str, closed: datetime | None, end: str
    ) -> None:
        chance, due = self.chance, _at(day + timedelta(days=7))
        made = Assignment(self.id("s"), ORG, case, round_, who, letter, _at(day), due_at=due, published_at=_at(day))
        what = chance.choice(("in time", "in time", "in time", "late", "missed", "moved", "conflict", "not reached"))
        if end in {"withdrawn", "early"} and what in {"in time", "late"}:
            what = "missed"
        changes: dict[str, Any] = {}
        match what:
            case "in time":
                changes = {"submitted_at": _at(day + timedelta(days=chance.randrange(2, 8)))}
            case "late":
                changes = {"submitted_at": _at(day + timedelta(days=chance.randrange(8, 18))), "late": True}
            case "moved":
                changes = {"ended_at": _at(day + timedelta(days=chance.choice((3, 9)))), "end_reason": "declined"}
            case "conflict":
                changes = {"ended_at": _at(day + timedelta(days=9)), "end_reason": "conflict"}
            case "not reached":
                changes = {"not_reached_at": _at(day)}
        made = replace(made, **changes)
        await self.uow.add(made)
        if closed and made.submitted_at:
            await self._log(case, who, "reviewer", made.submitted_at, None if made.late else day)

    async def _log(self, case: str, who: str, role: str, at: datetime, counts_on: date | None) -> None:
        """An entry of a round, its minutes perhaps corrected, perhaps taken back."""
        chance, id, day = self.chance, self.id("e"), at.date()
        first = LogEntry(
            id, ORG, f"{case}:{who}", who, "c0", role, "icbt", (day,), day, 20, 3, at, "round",
            minutes_estimated=True, counts_on=counts_on, round=None,
        )  # fmt: skip
        await self.uow.add(first)
        for n, name in enumerate(("declared", "taken back")):
            if chance.random() < (0.3, 0.08)[n]:
                fix = replace(
                    first, id=f"{id}{n}", source=f"{id}:{name}", minutes=35, minutes_estimated=False, corrects=id,
                    recorded_at=at + timedelta(minutes=n + 1), withdrawn=name == "taken back",
                )  # fmt: skip
                await self.uow.add(fix)

    async def _concern(self) -> None:
        """At any time of day, some in the first or last hours of the year; taken on after a while or never."""
        chance = self.chance
        raised = chance.choice((
            datetime.combine(self.some_day(), time(chance.randrange(24), 30), UTC),
            datetime(2026, 1, 1, 4, tzinfo=UTC), datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
        ))  # fmt: skip
        taken = raised + timedelta(seconds=chance.randrange(20, 9000)) if chance.random() < 0.8 else None
        clinic, by = f"c{chance.randrange(2)}", f"p{chance.randrange(PEOPLE):02}"
        hold = Hold(self.id("k"), ORG, None, "submission", clinic, by, raised)
        await self.uow.add(replace(hold, acknowledged_at=taken, acknowledged_by=by if taken else None))

    async def _by_hand(self) -> None:
        """Supervision outside rounds, also led; its day perhaps corrected, once or twice."""
        chance, id = self.chance, self.id("h")
        who, day = f"p{chance.randrange(PEOPLE):02}", self.some_day()
        role = chance.choice(("presenter", "reviewer", "supervisor"))
        at = NOW + timedelta(minutes=self.number)
        first = LogEntry(id, ORG, id, who, "c0", role, "icbt", (day,), day, 60, 3, at, who, type="group")
        await self.uow.add(first)
        for n in range(chance.choice((0, 0, 1, 2))):
            moved = self.some_day()
            await self.uow.add(
                replace(
                    first, id=f"{id}{n}", source=f"{id}:{n}", days=(moved,), day=moved, corrects=id,
                    recorded_at=at + timedelta(seconds=n + 1), moved_from=day,
                )
            )  # fmt: skip


@pytest.mark.parametrize("seed", [0, 1, 5])
async def test_every_number_of_a_year_is_what_the_slow_count_gives(seed: int) -> None:
    store = MemoryStore(VirtualClock(NOW))
    async with store.begin(ORG) as uow:
        await PlayedYear(uow, Random(seed)).play()
        await uow.commit()
    if seed:  # from kept rows as well as from the facts
        await recount_everything(store, ORG, NOW, TOOLS)
    async with store.begin(ORG, write=False) as uow:
        work = Work(uow, NOW, TOOLS)
        slow = Slow(await facts_of(uow))
        shown = 0
        for quarter in Year(2026).quarters:
            report, _ = await make_report(work, quarter)
            sheets = slow.sheets(quarter.first, quarter.last)
            zones = {group.id: group.timezone for group in await uow.find(Group)}
            assert set(report.rounds) == {"", "Clinic 0", "Clinic 1"}
            for clinic, out in report.rounds.items():
                expected = rounds_out(slow.f, zones, quarter.first, quarter.last, clinic or None)
                assert (out.number, out.last, out.days_before_end) == expected, (seed, quarter, clinic)
            assert {p: tuple(cell) for p, cell in report.members.items()} == {
                p: (sheet.clinic, sheet.mode) for p, sheet in sheets.items()
            }
            for row in report.rows:
                inside = [s for s in sheets.values() if (s.clinic, s.mode) in row.group]
                if row.numbers:
                    shown += 1
                    _compare(row.numbers, inside, (seed, quarter, row.group))
        assert shown >= 12
        await _compare_year(work, slow, seed)


def _compare(counted: object, inside: list[Sheet], where: object) -> None:
    for name, value in numbers(inside).items():
        if name == "turnaround" and getattr(counted, name) is None:
            continue  # about presenters only, and hidden where they are few
        assert getattr(counted, name) == value, (where, name)


async def _compare_year(work: Work, slow: Slow, seed: int) -> None:
    quarters = [(q.first, q.last) for q in Year(2026).quarters]
    for clinic in (None, "Clinic 0", "Clinic 1"):
        page, _ = await make_board(work, Year(2026), Quarter(2025, 4), clinic)
        assert page.numbers, clinic
        _compare_page(page.numbers, year_numbers(slow, quarters, MINIMUM, clinic), (seed, clinic))


def _compare_page(made: YearNumbers, expected: dict[str, Any], where: object) -> None:
    """Every figure of the page; one that is said as a range, or not at all because a quarter is, is left out."""
    assert set(expected) == set(YearNumbers.__dataclass_fields__)
    for name, value in expected.items():
        found = getattr(made, name)
        may_be_ranged = name in (*SHARES, *COUNTS, "met") and (found is None or is_range(found))
        assert may_be_ranged or found == value, (where, name, found, value)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)
