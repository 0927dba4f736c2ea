"""Replicas on one PostgreSQL are killed, stopped and cut off under load: nothing is lost, nothing arrives twice.

The short form of `test_soak.py`; both print the seed when they fail.
"""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest

from tests.faults.fleet import LEASE, fleet

pytestmark = pytest.mark.postgres


async def test_killed_stopped_and_cut_off_replicas_lose_and_double_nothing(postgres_migrated: str) -> None:
    seed = random.randrange(2**32)
    async with fleet(postgres_migrated, seed, replicas=2) as ships:
        await ships.plan(20, seconds=5)
        await ships.post(150)
        await asyncio.sleep(0.3)
        await ships.kill()
        await ships.cut()
        await ships.post(30)
        await ships.pause(LEASE * 1.3)
        await ships.opened(within=60)
        await ships.drained(within=60)
        assert await ships.verdict() == (0, 0), f"seed {seed}"
        first = ships.running[0]
        first.terminate()
        await asyncio.to_thread(first.join, 10)
        assert first.exitcode == 0
        assert len(await ships.replicas(ships.clock.now() - timedelta(seconds=30))) >= 1


@pytest.mark.postgres
@pytest.mark.parametrize("skew", [600.0, -600.0, 6.0])
async def test_replicas_whose_clocks_differ_double_nothing(postgres_migrated: str, skew: float) -> None:
    """Ten minutes are far beyond a lease: by its own clock each would take over what the other is sending."""
    async with fleet(postgres_migrated, 4, 1) as ships:
        await ships.start(1, skew=skew)
        for _ in range(10):
            await ships.post(40)
            await asyncio.sleep(0.3)
        await ships.drained(within=90)  # on a busy machine leases of three seconds run out again and again
        assert await ships.verdict() == (0, 0)
