"""Timers of one kind share a unit of work; what happens to one of them is no matter of the others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import timers
from bot.app.caching_uow import Remembering
from bot.app.context import Work
from bot.demo.clinic import ORGANISATION, START, person_id
from bot.demo.clock import VirtualClock
from bot.domain.organisation import Group
from bot.ports.records import OutboxEntry, Timer
from bot.ports.unit_of_work import AlreadyThere, ChangedMeanwhile, StoreUnavailable
from storage.memory import MemoryStore
from tests.world import World

SUBJECTS = [f"case_{n}" for n in range(6)]


async def wake_all(world: World, what: str = "case.end") -> None:
    async with world.store.begin(ORGANISATION) as uow:
        for subject in SUBJECTS:
            await uow.wake(what, subject, world.clock.now())
        await uow.commit()


async def told(world: World) -> list[str]:
    return sorted(entry.subject for entry in await world.find(OutboxEntry, card="nudge"))


@pytest.mark.parametrize("failure", [ValueError, ChangedMeanwhile, StoreUnavailable])
async def test_a_step_that_fails_concerns_only_itself(
    world: World, monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    broken = {SUBJECTS[3]}

    async def step(work: Work, subject: str) -> None:
        await work.tell(person_id("a"), "nudge", subject)
        if subject in broken:
            raise failure

    monkeypatch.setitem(cast("dict[str, timers.Step]", timers.STEPS), "case.end", step)
    await wake_all(world)
    await world.ticker.tick()
    if failure is not StoreUnavailable:  # then the others wait for the database, too
        assert await told(world) == [s for s in SUBJECTS if s not in broken]
    broken.clear()
    world.clock.advance(timedelta(minutes=6))
    await world.ticker.tick()
    assert await told(world) == SUBJECTS
    assert not await world.find(Timer, what="case.end")


async def test_light_steps_share_a_unit_of_work_plans_a_few_and_alerts_have_one_each(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    units: list[object] = []

    async def step(work: Work, subject: str) -> None:
        units.append(work.uow)

    a_few = -(-len(SUBJECTS) // timers.TOGETHER["round.plan"])
    for what, expected in (("case.end", 1), ("round.plan", a_few), ("hold.escalate", len(SUBJECTS))):
        units.clear()
        monkeypatch.setitem(cast("dict[str, timers.Step]", timers.STEPS), what, step)
        await wake_all(world, what)
        assert await world.ticker.tick() == len(SUBJECTS)
        assert len({id(unit) for unit in units}) == expected


ZONED = ["Europe/Berlin", "Europe/Oslo"]
NAMES, ZONES = st.sampled_from("abc"), st.sampled_from(ZONED)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), NAMES, ZONES),
            st.tuples(st.just("remove"), NAMES, ZONES),
            st.tuples(st.just("ahead"), NAMES, ZONES),
            st.tuples(st.just("ask"), NAMES, ZONES),
        ),
        max_size=20,
    )
)
async def test_what_is_remembered_is_what_the_store_would_say(steps: list[tuple[str, str, str]]) -> None:
    async with MemoryStore(VirtualClock(START)).begin("one") as uow:
        reads = Remembering(uow)
        for what, id, zone in steps:
            if what == "put":
                try:
                    await reads.add(Group(id, "one", id, zone))
                except AlreadyThere:
                    await reads.save(Group(id, "one", id, zone))
            elif what == "remove":
                await reads.remove(Group, id)
            elif what == "ahead":
                await reads.look_ahead(Group, "id", ["a", "b"])
                await reads.look_ahead(Group, "timezone", [zone])
                await reads.tally_ahead(Group, "timezone", [zone, "Europe/Paris"])
            for conditions in (
                {"id": id},
                {"timezone": zone},
                {"id__in": ["a", "b"]},
                {"timezone__not": zone},
                {"timezone__in": ZONED},
                {},
            ):
                asked: dict[str, Any] = dict(conditions)
                assert await reads.find(Group, **asked) == await uow.find(Group, **asked)
                assert await reads.count(Group, **asked) == await uow.count(Group, **asked)
                assert await reads.tally(Group, "timezone", **asked) == await uow.tally(Group, "timezone", **asked)
                names = await reads.columns(Group, ("name", "id"), **asked)
                assert names == await uow.columns(Group, ("name", "id"), **asked)
                newest_first = await reads.find(Group, order=("-name",), limit=1, **asked)
                assert newest_first == await uow.find(Group, order=("-name",), limit=1, **asked)
