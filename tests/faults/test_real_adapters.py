"""The real adapters against their stand-ins under kills and outages of each kind: what is lost or doubled, by receiver.

Nothing is lost anywhere, once what may not have arrived has come again. Where the platform can be asked nothing is
doubled, either; elsewhere what comes twice says so. `make soak` plays 500 kills (`INTERVISION_SOAK_KILLS`) and keeps
the numbers for the benchmark page.
"""

from __future__ import annotations

import asyncio
import sys

import pytest

from tests.faults import rows
from tests.faults.fleet import fleet
from tests.faults.playing import (
    A_SECOND,
    IN_FLIGHT,
    KILLS,
    LEASE,
    LONG,
    OUTAGE,
    PEOPLE,
    REPLICAS,
    ROWS,
    SEED,
    settled,
)
from tests.standins.outage import KINDS

A_SECOND_OUT, PAUSE_OUT = (A_SECOND, 0.05) if OUTAGE <= 120 else (1, 0.5)
"""Of a long outage: it goes on beside other work, at the product's own pace."""
IN_SHORT = {
    *(("slack", how) for how in ("gateway", "lost", "silent")),
    *(("slack-asked", how) for how in ("lost", "bad gateway")),
    *(("teams", how) for how in ("reset", "lost", "refused")),
}
"""What CI has time for; what an adapter makes of each kind at each call stands in `tests/contract/test_outages.py`."""

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.mark.parametrize("receiver", ROWS)
async def test_kills_lose_nothing_and_double_nothing_unsaid(postgres_migrated: str, receiver: str) -> None:
    row = ROWS[receiver]()
    async with fleet(postgres_migrated, SEED, REPLICAS, PEOPLE, LEASE, row) as ships:
        await ships.watch_doubts()
        done = asyncio.Event()
        await ships.plan(KILLS, seconds=KILLS)
        loading = asyncio.create_task(ships.load(done, A_SECOND))
        for number in range(KILLS):
            await ships.at_work(max(1, REPLICAS - 1))
            await asyncio.sleep(ships.chance.uniform(0.3, 1.0))
            await ships.kill()
            if LONG:
                sys.stderr.write(f"\r{number + 1} kills, {len(ships.owed())} owed ")
        done.set()
        await loading
        found = await settled(ships, row)
        if LONG:
            programs = f"{REPLICAS} on PostgreSQL"
            rows.keep(rows.KILLS, found, row.name, programs, KILLS, len(ships.owed()), await ships.doubted())
        sys.stdout.write(f"{row.name}: {found}, {await ships.doubted()} of unknown fate in {KILLS} kills\n")
        assert (found.lost, found.doubled) == (0, 0)
        if row.can_be_asked:  # many are under way at once, and each is settled by asking
            assert found.again == 0
        else:
            assert await ships.doubted() <= KILLS, "more than one a kill"


@pytest.mark.parametrize(
    ("receiver", "how"),
    [(receiver, how) for receiver in ROWS for how in KINDS if LONG or (receiver, how) in IN_SHORT],
)
async def test_an_outage_costs_what_was_in_flight_and_that_comes_again(
    postgres_migrated: str, receiver: str, how: str
) -> None:
    row = ROWS[receiver]()
    async with fleet(postgres_migrated, SEED, REPLICAS, PEOPLE, LEASE, row, PAUSE_OUT) as ships:
        await ships.watch_doubts()
        done = asyncio.Event()
        loading = asyncio.create_task(ships.load(done, A_SECOND_OUT))
        await asyncio.sleep(2)
        await row.fall(how)
        await asyncio.sleep(OUTAGE)
        await row.fall("")
        await asyncio.sleep(2)
        done.set()
        await loading
        found = await settled(ships, row)
        if LONG:
            rows.keep(rows.OUTAGES, found, row.name, how, int(OUTAGE), len(ships.owed()), await ships.doubted())
        assert (found.lost, found.doubled) == (0, 0)
        assert row.can_be_asked or await ships.doubted() <= IN_FLIGHT, "messages; one may carry several notices"
        assert not row.can_be_asked or found.again == 0
