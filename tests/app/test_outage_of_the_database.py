"""The database goes away at any transaction of a delivery, or a program is too slow: nothing is lost or comes twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from bot.delivery.decide import Ready
from bot.delivery.dispatcher import LEASE
from bot.delivery.lanes import LaneBuilder
from bot.demo.clinic import ORGANISATION
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


async def test_what_another_program_sent_meanwhile_takes_nothing_along(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program so slow that its leases ran out ended the others as part of a message that had gone without them."""
    await tell(world, "risk_acknowledged", "not_reached", "not_reached")
    along = LaneBuilder._along
    told: list[str] = []

    async def slowly(*given: Any) -> list[Ready]:
        found = await along(*given)
        if not told:
            held = await outbox(world)
            world.clock.advance(LEASE)
            now = world.clock.now()
            async with world.store.system() as system:
                first, *others = await system.claim(now, now + LEASE, "another", 10)
                await system.commit()
            before = {e.id: e for e in held}
            async with world.store.begin(ORGANISATION) as uow:
                for each in others:  # locked at that moment by the merge, they were passed over
                    await uow.save(before[each.id])
                await uow.settle([(first, replace(first, sent_at=now, delivered_id="elsewhere"))])
                await uow.commit()
            told.append(first.card)
        return found

    monkeypatch.setattr(LaneBuilder, "_along", slowly)
    await world.dispatcher.drain()
    monkeypatch.undo()
    for _ in range(3):
        world.clock.advance(LEASE)
        await world.settle()
    sent = [e for e in await outbox(world) if e.sent_at and e.delivered_id == "elsewhere"]
    assert len(sent) == 1, "what was sent stays sent"
    assert sorted(await world.told("a")) == ["not_reached", "not_reached", "risk_acknowledged"]
    assert len(world.platform.sent) == 1, "the others came as one, and the first did not come twice"
