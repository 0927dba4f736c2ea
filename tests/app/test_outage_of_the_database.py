"""The database goes away at any transaction of a delivery: nothing is lost and nothing comes twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from bot.delivery.dispatcher import LEASE
from bot.ports.unit_of_work import StoreUnavailable
from tests.app.outbox_steps import outbox, tell
from tests.gate import rules_alone
from tests.world import World, make_world

TOLD = {"a": ("not_reached",), "b": ("not_reached", "risk_acknowledged"), "c": ("not_reached",) * 3}
TRANSACTIONS = 12
"""More than one delivery of these takes; the last ones break nothing."""


class Breaking:
    """A store whose transaction number `at` breaks: before anything is done, or when its commit is answered."""

    def __init__(self, world: World, at: int, *, committed: bool) -> None:
        self.left = at
        self.broken = False
        self._committed = committed
        self._begin, self._system = world.store.begin, world.store.system

    @asynccontextmanager
    async def begin(self, organisation: str, *, write: bool = True) -> AsyncIterator[Any]:
        async with self._once(self._begin(organisation, write=write)) as uow:
            yield uow

    @asynccontextmanager
    async def system(self, *, write: bool = True) -> AsyncIterator[Any]:
        async with self._once(self._system(write=write)) as system:
            yield system

    @asynccontextmanager
    async def _once(self, transaction: Any) -> AsyncIterator[Any]:
        self.left -= 1
        now = self.left == 0
        self.broken |= now
        if now and not self._committed:
            raise StoreUnavailable
        async with transaction as unit:
            yield unit
        if now:
            raise StoreUnavailable


@pytest.mark.parametrize("committed", [False, True], ids=["before it", "its commit is not answered"])
@pytest.mark.parametrize("at", range(1, TRANSACTIONS + 1))
async def test_nothing_is_lost_or_doubled_wherever_the_database_goes_away(at: int, committed: bool) -> None:
    world = await make_world(rules_alone())
    for key, cards in TOLD.items():
        await tell(world, *cards, to=key)
    breaking = Breaking(world, at, committed=committed)
    world.dispatcher.store.begin = breaking.begin  # type: ignore[method-assign]  # stands in for the connection
    world.dispatcher.store.system = breaking.system  # type: ignore[method-assign]  # the same
    for _ in range(3):
        with suppress(StoreUnavailable):
            await world.settle()
        world.clock.advance(LEASE * 2)
    await world.settle()
    breaking.left = 0  # what the test asks itself does not break
    carried = [id for e in await outbox(world) if e.sent_at for id in (e.id, *e.args.get("merged", "").split())]
    assert len(carried) == len(set(carried)) == sum(map(len, TOLD.values()))
    assert len(world.platform.sent) == len(TOLD)
    assert breaking.broken or at > 4
