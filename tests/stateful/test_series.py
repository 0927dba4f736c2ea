"""A series under random hands: changed, skipped, moved, paused, resumed, closed days, days that pass.

Whatever was done: every occurrence opens at most one round, none in the past, and none of the final plan is missing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app.context import Work
from bot.app.steps.series_store import plan_of
from bot.demo.clinic import ORGANISATION
from bot.domain.round import Round, RoundStatus
from bot.domain.series import CLOSEST, Occurrence
from bot.ports.records import OutboxEntry, SeriesEntry
from bot.ui.inbound import Show
from tests.app.closure_steps import close
from tests.app.series_forms import sent
from tests.app.series_steps import KIEL, begin
from tests.contract.no_gate import NO_GATE
from tests.world import World, make_world

RULES = [
    *({"rhythm": (weeks,), "rule": ""} for weeks in "124"),
    {"rhythm": ("rule",), "rule": "FREQ=MONTHLY;BYDAY=2TU"},
    {"rhythm": ("rule",), "rule": "FREQ=MONTHLY;BYMONTHDAY=31"},
]
steps = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 20)),
    st.tuples(
        st.just("change"), st.sampled_from(RULES), st.integers(-30, 30), st.sampled_from(["00:30", "09:00", "13:30"])
    ),
    st.tuples(st.sampled_from(["skip", "restore"]), st.integers(0, 30)),
    st.tuples(st.just("move"), st.integers(0, 30), st.integers(0, 30)),
    st.tuples(st.just("pause"), st.integers(0, 30)),
    st.tuples(st.just("resume")),
    st.tuples(st.just("closed"), st.integers(3, 30)),
)


class Hands:
    """A supervisor of one series; the ticker looks once a day."""

    def __init__(self, world: World) -> None:
        self.world = world

    def day(self, days: int) -> date:
        return self.world.clock.now().date() + timedelta(days=days)

    async def entry(self) -> SeriesEntry:
        return (await self.world.find(SeriesEntry))[-1]

    async def wait(self, days: int) -> None:
        for _ in range(days):
            self.world.clock.advance(timedelta(days=1))
            await self.world.ticker.tick()

    async def change(self, rule: dict[str, Any], anchor: int, at: str) -> None:
        shown = await sent(self.world, await self.entry(), **rule, anchor=self.day(anchor).isoformat(), at=at)
        if isinstance(shown, Show):
            await self.world.player("s").send(shown.form, {})

    async def type(self, words: str) -> None:
        await self.world.player("s").type(f"/round {words}")

    async def skip(self, days: int) -> None:
        await self.type(f"skip {self.day(days)}")

    async def restore(self, days: int) -> None:
        await self.type(f"restore {self.day(days)}")

    async def move(self, days: int, to: int) -> None:
        await self.type(f"move {self.day(days)} to {self.day(to)}")

    async def pause(self, days: int) -> None:
        await self.type(f"pause until {self.day(days)}")

    async def resume(self) -> None:
        await self.type("resume")

    async def closed(self, days: int) -> None:
        await close(self.world, "cli_kiel", self.day(days).isoformat(), self.day(days + 2).isoformat())

    async def held(self) -> list[Occurrence]:
        """What the plan as it is now holds."""
        async with self.world.store.begin(ORGANISATION, write=False) as uow:
            work = Work(uow, self.world.clock.now(), self.world.tools)
            plan = await plan_of(work, await self.entry())
        return [o for o in plan.occurrences(self.day(-60)) if o.at and o.planned < self.day(90)]


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, min_size=3, max_size=10))
def test_each_occurrence_opens_once_and_none_in_the_past(hands: list[tuple[Any, ...]]) -> None:
    player, still = asyncio.run(_played(hands))
    world = player.world
    rounds = asyncio.run(world.find(Round, series__not=None, order=("opened_at",)))
    assert all(count == 1 for count in Counter(r.occurrence for r in rounds).values())
    assert all(r.publish_at > r.opened_at for r in rounds), "a round of the past was opened"
    days = [r.publish_at.astimezone(KIEL).date() for r in rounds if r.status is not RoundStatus.CANCELLED]
    planned = [r.occurrence for r in rounds if r.occurrence and r.status is not RoundStatus.CANCELLED]
    assert days == sorted(set(days)), "rounds passed each other"
    assert all(later - earlier >= CLOSEST for earlier, later in pairwise(planned))
    assert not [record for record in world.log.records if record[0] == "tick.failed"]
    assert not asyncio.run(world.find(OutboxEntry, card="occurrence_missed")), "nothing was down"
    opened = {r.occurrence for r in rounds}
    held = asyncio.run(player.held())
    ahead = [o for o in held if o.at and still + timedelta(days=12) < o.at < world.clock.now()]
    assert not [o.planned for o in ahead if o.planned not in opened], "an occurrence of the plan was lost"


async def _played(hands: list[tuple[Any, ...]]) -> tuple[Hands, datetime]:
    """Whoever played, and when the hands were still."""
    world = await make_world(NO_GATE)
    await begin(world, anchor="2027-02-01")
    player = Hands(world)
    for what, *values in hands:
        await getattr(player, what)(*values)
        await world.ticker.tick()
    still = world.clock.now()
    await player.resume()
    await player.wait(50)
    return player, still
