"""Half a year in which everybody's plans change twice: leave, modes for a time and shares of full time, entered, moved
by a supervisor, moved again by the person or given up; weekdays of work; a closure of the clinic; a series of rounds.
Beside it the same half-year of people who typed only the final truth.

Days away, modes, shares, deadlines, rounds, moments that are set and notices from then on must be the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from bot.app.context import Work
from bot.app.facts.caseload import caseload_of
from bot.app.facts.deadlines import deadline
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.organisation import Closure
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ports.records import FteEntry, LeaveEntry, ModeEntry, Timer
from bot.ui.inbound import Done, Say, Show
from tests.app.series_steps import begin
from tests.gate import rules_alone
from tests.world import World, make_world

PEOPLE = ("a", "b", "c", "d")
SETTLED = 8
"""Days until everybody has changed their plans twice; every plan begins later."""
HALF_YEAR = 182
FIRST_ROUND = 42
"""Days until the first round of the series: it is opened after every plan has settled, and no closure lies before."""
ENTERED = {"mode_entered", "leave_entered", "leave_ended"}
"""Told of what a supervisor entered, on the person's next working day: the other half-year has no such step."""
LAST_ROUND = FIRST_ROUND + 60
Span = tuple[int, int]


@dataclass(frozen=True)
class Plans:
    """What one person plans, as they said it at first, what became of it, and what holds (None: given up)."""

    mode: str
    """A mode, "share" of full time, or "" for leave."""
    said: Span
    moved: Span
    final: Span | None


SPANS = st.tuples(st.integers(SETTLED + 2, 120), st.integers(0, 45))
WEEKS = st.lists(st.sets(st.integers(0, 4), min_size=1).map(sorted), min_size=3, max_size=3)
"""The weekdays on which somebody works: as said, as moved, as they are in the end."""
CLOSED = st.tuples(st.integers(60, 120), st.integers(0, 30))
CLOSURES = st.tuples(CLOSED, CLOSED, st.none() | CLOSED)
PLANS = st.builds(Plans, st.sampled_from(["", "", "f2f", "blended", "share"]), SPANS, SPANS, st.none() | SPANS)


@dataclass(frozen=True)
class Everything:
    """The plans of everybody, their working weeks, and the closure of their clinic."""

    plans: dict[str, Plans]
    weeks: dict[str, list[list[int]]]
    closure: tuple[Span, Span, Span | None]


@dataclass
class HalfYear:
    """One world with its people."""

    world: World
    start: date

    def days(self, span: Span) -> tuple[date, date]:
        first = self.start + timedelta(days=span[0])
        return first, first + timedelta(days=span[1])

    async def type(self, key: str, plans: Plans, span: Span) -> None:
        """As somebody types it, with both years, so that nothing is asked."""
        if plans.mode == "share":
            await self.share(key, key, span)
            return
        first, last = self.days(span)
        outcome = await self.world.player(key).type(
            f"/caseload {plans.mode or 'leave'} from {first:%d %b %Y} to {last:%d %b %Y}"
        )
        assert isinstance(outcome, Say | Done), outcome
        assert not (isinstance(outcome, Say) and outcome.card.key == "caseload.ask"), outcome

    async def change(self, by: str, key: str, plans: Plans, span: Span | None) -> None:
        """By the form of the entry, or its button where the plan is given up."""
        theirs = {"person": person_id(key), "cancelled_at": None}
        if plans.mode == "share":
            for entry in await self.world.find(FteEntry, **theirs):
                await self.world.player(by).press("caseload.work.delete", entry.id)
            if span:
                await self.share(by, key, span)
            return
        leaves = await self.world.find(LeaveEntry, **theirs)
        modes = [entry for entry in await self.world.find(ModeEntry, **theirs) if entry.until_day is not None]
        (id,) = [entry.id for entry in (modes if plans.mode else leaves)]
        player = self.world.player(by)
        if span is None:
            await player.press("caseload.mode.delete" if plans.mode else "caseload.back", id)
            return
        first, last = self.days(span)
        if plans.mode:
            form = await player.open("caseload.mode.change", id)
            values = {"mode": (plans.mode,), "from_day": first.isoformat(), "until_day": last.isoformat()}
        else:
            form = await player.open("caseload.leave.change", id)
            values = {"first_day": first.isoformat(), "last_day": last.isoformat()}
        outcome = await player.send(form, values)
        assert isinstance(outcome, Say | Done | Show), outcome

    async def share(self, by: str, key: str, span: Span) -> None:
        """A share of full time from a day on, between 40 and 85 per cent."""
        form = await self.world.player(by).open("caseload.work", "" if by == key else person_id(key))
        values = {"fte": str(40 + span[1]), "fte_from": self.days(span)[0].isoformat()}
        outcome = await self.world.player(by).send(form, values)
        assert isinstance(outcome, Say), outcome

    async def week(self, key: str, weekdays: list[int]) -> None:
        form = await self.world.player(key).open("week.open")
        assert isinstance(await self.world.player(key).send(form, {"weekdays": tuple(map(str, weekdays))}), Say)

    async def close(self, span: Span | None) -> None:
        """The clinic's closed days, entered by its supervisor, changed, or taken back."""
        known, player = await self.world.find(Closure), self.world.player("s")
        if span is None:
            for closure in known:
                await player.press("closures.remove", closure.id)
            return
        first, last = self.days(span)
        form = await (player.open("closures.edit", known[0].id) if known else player.open("closures.add"))
        (member,) = await self.world.find(Person, id=person_id("a"))
        values: dict[str, Sequence[str]] = {"first_day": first.isoformat(), "last_day": last.isoformat()}
        outcome = await player.send(form, values if known else {**values, "clinic": (member.clinic,)})
        assert isinstance(outcome, Done), outcome

    async def rounds(self) -> list[object]:
        """Every round that came of the series, and when."""
        return [(r.publish_at, r.status) for r in await self.world.find(Round, order=("publish_at",))]

    async def seen(self) -> dict[str, list[object]]:
        """Of everybody and each day: away or not, in which mode, with which share, and when five days' work is due."""
        days = [self.start + timedelta(days=n) for n in range(SETTLED, HALF_YEAR)]
        async with self.world.store.begin(ORGANISATION, write=False) as uow:
            work = Work(uow, self.world.clock.now(), self.world.tools)
            people = {key: await uow.get(Person, person_id(key)) for key in PEOPLE}
            caseloads = {key: await caseload_of(work, person) for key, person in people.items()}
            due = {
                key: [await deadline(replace(work, now=at), person, 5) for at in self._mornings(days[::9])]
                for key, person in people.items()
            }
        return {
            key: [*((each.on_leave(day), each.mode_on(day).value, each.fte_on(day)) for day in days), *due[key]]
            for key, each in caseloads.items()
        }

    def _mornings(self, days: list[date]) -> list[datetime]:
        return [datetime.combine(day, time(8), UTC) for day in days]

    async def moments(self) -> list[tuple[str, str]]:
        """What is set to happen, to whom and when; the ids of entries differ."""
        owner = {e.id: e.person for e in await self.world.find(LeaveEntry)}
        owner |= {e.id: e.person for e in await self.world.find(ModeEntry)}
        timers = await self.world.find(Timer)
        return sorted((f"{t.what} {owner[t.subject]}", t.at.isoformat()) for t in timers if t.subject in owner)


async def changed_twice(all_: Everything) -> HalfYear:
    year = await _begun()
    for key, plan in all_.plans.items():
        await year.type(key, plan, plan.said)
        await year.week(key, all_.weeks[key][0])
    await year.close(all_.closure[0])
    await year.world.advance(days=SETTLED / 2)
    for key, plan in all_.plans.items():
        await year.change("s", key, plan, plan.moved)
        await year.week(key, all_.weeks[key][1])
    await year.close(all_.closure[1])
    await year.world.advance(days=SETTLED / 2)
    for key, plan in all_.plans.items():
        if plan.final != plan.moved:
            await year.change(key, key, plan, plan.final)
        await year.week(key, all_.weeks[key][2])
    await year.close(all_.closure[2])
    return year


async def typed_once(all_: Everything) -> HalfYear:
    year = await _begun()
    await year.world.advance(days=SETTLED / 2)
    await year.world.advance(days=SETTLED / 2)
    for key, plan in all_.plans.items():
        if plan.final is not None:
            await year.type(key, plan, plan.final)
        await year.week(key, all_.weeks[key][2])
    if all_.closure[2]:
        await year.close(all_.closure[2])
    return year


async def _begun() -> HalfYear:
    world = await make_world(rules_alone())
    year = HalfYear(world, world.clock.now().date())
    first, last = (year.start + timedelta(days=n) for n in (FIRST_ROUND, LAST_ROUND))
    await begin(world, rhythm=("4",), anchor=first.isoformat(), last_day=last.isoformat())
    return year


async def _played(all_: Everything) -> list[tuple[object, object]]:
    """What is seen of both half-years, side by side: when the plans have settled, and at the end."""
    both = (await changed_twice(all_), await typed_once(all_))
    pairs: list[tuple[object, object]] = []
    told_before = []
    for year in both:
        await year.world.settle()
        told_before.append({key: len(await year.world.told(key)) for key in PEOPLE})
    pairs.append((await both[0].seen(), await both[1].seen()))
    pairs.append((await both[0].moments(), await both[1].moments()))
    told = []
    for year, before in zip(both, told_before, strict=True):
        await year.world.advance(days=HALF_YEAR - SETTLED)
        since = {key: (await year.world.told(key))[before[key] :] for key in PEOPLE}
        told.append({key: [each for each in cards if each not in ENTERED] for key, cards in since.items()})
    pairs.append((told[0], told[1]))
    pairs.append((await both[0].seen(), await both[1].seen()))
    pairs.append((await both[0].rounds(), await both[1].rounds()))
    return pairs


TO_JULY = Everything(
    plans={
        "a": Plans("blended", (96, 37), (53, 44), (85, 32)),
        "b": Plans("", (72, 18), (119, 0), (118, 16)),
        "c": Plans("", (96, 16), (72, 43), (96, 32)),
        "d": Plans("", (70, 0), (91, 11), (119, 45)),
    },
    weeks={
        "a": [[0, 1, 2, 3, 4], [1, 2, 3], [1]],
        "b": [[0, 1, 2, 4], [4], [0]],
        "c": [[0], [2], [1, 4]],
        "d": [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4], [1]],
    },
    closure=((106, 1), (73, 23), (99, 12)),
)
"""The Swede d types in English "from 17 May 2027 to 01 Jul 2027"; in Swedish "jul" is Christmas."""


@pytest.mark.slow
@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    st.builds(
        Everything,
        st.fixed_dictionaries(dict.fromkeys(PEOPLE, PLANS)),
        st.fixed_dictionaries(dict.fromkeys(PEOPLE, WEEKS)),
        CLOSURES,
    )
)
@example(TO_JULY)
def test_a_half_year_of_plans_that_changed_twice_is_that_of_the_final_truth(all_: Everything) -> None:
    for changed, final in asyncio.run(_played(all_)):
        assert changed == final
