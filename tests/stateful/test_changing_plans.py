"""Half a year in which plans change: what holds equals what somebody would hold who had typed only the final truth.

Each step is one that people take: enter leave, move it, shorten it, prolong it, come back on a day, give it up, undo.
Beside the product runs a plain list of days. Reviews never stay with somebody who is away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app.context import Work
from bot.app.facts.caseload import caseload_of
from bot.app.steps import leave
from bot.app.steps.leave import LeaveEnteredAlready, NoLeaveToEnd
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.caseload import Caseload, Leave
from bot.domain.leave_changes import HowToSettle, returned_from
from bot.domain.person import Person
from bot.ports.records import LeaveEntry, Timer
from tests.gate import rules_alone
from tests.world import World, make_world

START = date(2027, 1, 18)
HORIZON = 180
FOREVER = date(2030, 1, 1)
Span = tuple[date, date | None]


@dataclass
class Oracle:
    """The spans that hold, as somebody would write them on paper."""

    spans: list[Span] = field(default_factory=list)
    before: list[Span] = field(default_factory=list)

    def days(self) -> set[date]:
        """Every day away within the half-year and a little beyond."""
        days = [START + timedelta(days=n) for n in range(HORIZON + 60)]
        return {day for day in days if any(a <= day and (b is None or day <= b) for a, b in self.spans)}

    def take(self, span: Span, how: HowToSettle) -> None:
        self.before = list(self.spans)
        touched = [s for s in self.spans if _meet(s, span)]
        if touched == [span]:
            return
        if how is HowToSettle.ADD:
            self.spans.append(span)
            return
        self.spans = [s for s in self.spans if s not in touched]
        if how is HowToSettle.JOIN:
            ends = [b for _, b in (*touched, span)]
            span = (min(a for a, _ in (*touched, span)), None if None in ends else max(b for b in ends if b))
        self.spans.append(span)

    def cancel(self, span: Span) -> None:
        self.before = list(self.spans)
        self.spans.remove(span)


def _meet(one: Span, other: Span) -> bool:
    return (one[1] or FOREVER) >= other[0] and (other[1] or FOREVER) >= one[0]


OFFSETS = st.integers(0, 150)
LENGTHS = st.none() | st.integers(0, 60)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), OFFSETS, LENGTHS, st.sampled_from(HowToSettle)),
        st.tuples(st.just("move"), OFFSETS, LENGTHS),
        st.tuples(st.just("cancel")),
        st.tuples(st.just("undo")),
        st.tuples(st.just("wait"), st.integers(1, 25)),
    ),
    min_size=3,
    max_size=9,
)


@dataclass
class Played:
    """One therapist of the demo clinic and the paper beside them."""

    world: World
    oracle: Oracle = field(default_factory=Oracle)
    last: dict[str, object] | None = None

    async def step(self, do: Callable[[Work, Person], Awaitable[None]]) -> None:
        async with self.world.store.begin(ORGANISATION) as uow:
            work = Work(uow, self.world.clock.now(), self.world.tools)
            await do(work, await uow.get(Person, person_id("b")))
            await uow.commit()

    @property
    def today(self) -> date:
        return self.world.clock.now().date()

    async def take(self, offset: int, length: int | None, how: HowToSettle) -> None:
        first = self.today + timedelta(days=offset)
        span = (first, None if length is None else first + timedelta(days=length))

        async def do(work: Work, person: Person) -> None:
            try:
                done = await leave.take(work, person, *span, by=person.id, how=how)
            except LeaveEnteredAlready:
                return
            self.last = done.data

        self.oracle.take(span, how)
        await self.step(do)

    async def move(self, offset: int, length: int | None) -> None:
        first = self.today + timedelta(days=offset)
        last = None if length is None else first + timedelta(days=length)

        async def do(work: Work, person: Person) -> None:
            entries = await leave.active_leave(work, person)
            if not entries or (entries[0].first_day, entries[0].last_day) == (first, last):
                return
            old = (entries[0].first_day, entries[0].last_day)
            done = await leave.amend(work, entries[0], first, last, by=person.id, own_cases="keep", cover=None)
            self.last = done.data
            self.oracle.before = list(self.oracle.spans)
            self.oracle.spans.remove(old)
            self.oracle.spans.append((first, last))

        await self.step(do)

    async def cancel(self) -> None:
        async def do(work: Work, person: Person) -> None:
            entries = await leave.active_leave(work, person)
            if entries:
                done = await leave.cancel(work, entries[0], by=person.id)
                self.last = done.data
                self.oracle.cancel((entries[0].first_day, entries[0].last_day))

        await self.step(do)

    async def undo(self) -> None:
        last = self.last
        if last is None:
            return

        async def do(work: Work, person: Person) -> None:
            await leave.undo(work, last)

        self.oracle.spans, self.last = list(self.oracle.before), None
        await self.step(do)

    async def wait(self, days: int) -> None:
        self.last = None  # ten minutes are over
        await self.world.advance(days=days)


@dataclass(frozen=True)
class Seen:
    """What somebody sees after a step: the days away, and for which entries a moment is set."""

    away: set[date]
    timers: set[str]


async def _play(steps: list[tuple[object, ...]]) -> list[tuple[object, Seen, Seen]]:
    """Each step with what the product says and what the paper says."""
    played = Played(await make_world(rules_alone()))
    said = []
    for name, *args in steps:
        await getattr(played, str(name))(*args)
        said.append((name, await _product(played), await _paper(played)))
    return said


async def _product(played: Played) -> Seen:
    async with played.world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, played.world.clock.now(), played.world.tools)
        caseload = await caseload_of(work, await uow.get(Person, person_id("b")))
    days = [START + timedelta(days=n) for n in range(HORIZON + 60)]
    timers = {t.subject for t in await played.world.find(Timer, what="leave.begins")}
    return Seen({day for day in days if caseload.on_leave(day)}, timers)


async def _paper(played: Played) -> Seen:
    """Moments are set for what holds, and for nothing else."""
    ahead = {e.id for e in await played.world.find(LeaveEntry, cancelled_at=None) if e.first_day > played.today}
    return Seen(played.oracle.days(), ahead)


@settings(max_examples=40)
@given(STEPS)
def test_what_holds_is_what_the_final_truth_says(steps: list[tuple[object, ...]]) -> None:
    for step, product, paper in asyncio.run(_play(steps)):
        assert product == paper, step


@given(
    st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 30)), min_size=1, max_size=4),
    st.integers(-5, 100),
)
def test_back_on_a_day_is_worked_and_the_day_before_is_not(spans: list[tuple[int, int | None]], back: int) -> None:
    """Whatever leave overlaps on the day somebody comes back from: that day is worked."""

    async def play() -> None:
        played = Played(await make_world(rules_alone()))
        for first, length in spans:
            await played.take(first, length, HowToSettle.ADD)
        day = played.today + timedelta(days=back)

        async def do(work: Work, person: Person) -> None:
            before = await caseload_of(work, person)
            today = work.today(person.timezone)
            current = returned_from(before.periods_of_leave, day, today)
            try:
                await leave.back_on(work, person, day, by=person.id)
            except (NoLeaveToEnd, LeaveEnteredAlready):
                return
            after = await caseload_of(work, person)
            assert current is not None
            if day - timedelta(days=1) >= current.first:
                assert after.on_leave(day - timedelta(days=1))
            others = Caseload(leaves=tuple(x for x in before.leaves if x.first_day not in current))
            assert after.on_leave(day) == others.on_leave(day)

        await played.step(do)

    asyncio.run(play())


def test_the_paper_knows_a_leave() -> None:
    """The oracle itself, on one case by hand."""
    paper = Oracle()
    paper.take((START, START + timedelta(days=2)), HowToSettle.REPLACE)
    paper.take((START + timedelta(days=2), START + timedelta(days=4)), HowToSettle.JOIN)
    assert paper.spans == [(START, START + timedelta(days=4))]
    assert len(paper.days()) == 5
    assert Leave("x", START).last_day is None
