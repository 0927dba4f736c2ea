"""Half a year in which everybody's plans change twice: leave and modes for a time, typed, moved by a supervisor, moved
again by the person or given up. Beside it the same half-year of people who typed only the final truth.

Days away, modes, caps, moments that are set and notices from then on must be the same.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.app.context import Work
from bot.app.facts.caseload import caseload_of
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Person
from bot.ports.records import LeaveEntry, ModeEntry, Timer
from bot.ui.inbound import Done, Say, Show
from tests.gate import rules_alone
from tests.world import World, make_world

PEOPLE = ("a", "b", "c", "d")
SETTLED = 8
"""Days until everybody has changed their plans twice; every plan begins later."""
HALF_YEAR = 182
Span = tuple[int, int]


@dataclass(frozen=True)
class Plans:
    """What one person plans, as they said it at first, what became of it, and what holds (None: given up)."""

    mode: str
    """ "" for leave."""
    said: Span
    moved: Span
    final: Span | None


SPANS = st.tuples(st.integers(SETTLED + 2, 120), st.integers(0, 45))
PLANS = st.builds(Plans, st.sampled_from(["", "", "f2f", "blended"]), SPANS, SPANS, st.none() | SPANS)


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
        first, last = self.days(span)
        outcome = await self.world.player(key).type(
            f"/caseload {plans.mode or 'leave'} from {first:%d %b %Y} to {last:%d %b %Y}"
        )
        assert isinstance(outcome, Say | Done), outcome

    async def change(self, by: str, key: str, plans: Plans, span: Span | None) -> None:
        """By the form of the entry, or its button where the plan is given up."""
        theirs = {"person": person_id(key), "cancelled_at": None}
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

    async def seen(self) -> dict[str, list[tuple[bool, str]]]:
        """Of everybody and each day: away or not, and in which mode."""
        days = [self.start + timedelta(days=n) for n in range(SETTLED, HALF_YEAR)]
        async with self.world.store.begin(ORGANISATION, write=False) as uow:
            work = Work(uow, self.world.clock.now(), self.world.tools)
            caseloads = {key: await caseload_of(work, await uow.get(Person, person_id(key))) for key in PEOPLE}
        return {key: [(each.on_leave(day), each.mode_on(day).value) for day in days] for key, each in caseloads.items()}

    async def moments(self) -> list[tuple[str, str]]:
        """What is set to happen, to whom and when; the ids of entries differ."""
        owner = {e.id: e.person for e in await self.world.find(LeaveEntry)}
        owner |= {e.id: e.person for e in await self.world.find(ModeEntry)}
        timers = await self.world.find(Timer)
        return sorted((f"{t.what} {owner[t.subject]}", t.at.isoformat()) for t in timers if t.subject in owner)


async def changed_twice(plans: dict[str, Plans]) -> HalfYear:
    year = await _begun()
    for key, plan in plans.items():
        await year.type(key, plan, plan.said)
    await year.world.advance(days=SETTLED / 2)
    for key, plan in plans.items():
        await year.change("s", key, plan, plan.moved)
    await year.world.advance(days=SETTLED / 2)
    for key, plan in plans.items():
        if plan.final != plan.moved:
            await year.change(key, key, plan, plan.final)
    return year


async def typed_once(plans: dict[str, Plans]) -> HalfYear:
    year = await _begun()
    await year.world.advance(days=SETTLED / 2)
    await year.world.advance(days=SETTLED / 2)
    for key, plan in plans.items():
        if plan.final is not None:
            await year.type(key, plan, plan.final)
    return year


async def _begun() -> HalfYear:
    world = await make_world(rules_alone())
    return HalfYear(world, world.clock.now().date())


async def _played(plans: dict[str, Plans]) -> list[tuple[object, object]]:
    """What is seen of both half-years, side by side: when the plans have settled, and at the end."""
    both = (await changed_twice(plans), await typed_once(plans))
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
        told.append({key: (await year.world.told(key))[before[key] :] for key in PEOPLE})
    pairs.append((told[0], told[1]))
    pairs.append((await both[0].seen(), await both[1].seen()))
    return pairs


@settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.fixed_dictionaries(dict.fromkeys(PEOPLE, PLANS)))
def test_a_half_year_of_plans_that_changed_twice_is_that_of_the_final_truth(plans: dict[str, Plans]) -> None:
    for changed, final in asyncio.run(_played(plans)):
        assert changed == final
