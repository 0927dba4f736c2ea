"""The real adapters against their stand-ins under kills and outages of each kind: what is lost or doubled, by receiver.

Nothing is lost anywhere, once what may not have arrived has come again. Where the platform can be asked nothing is
doubled, either; elsewhere what comes twice says so. `make soak` plays 500 kills (`INTERVISION_SOAK_KILLS`) and keeps
the numbers for the benchmark page.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bot.delivery import dispatcher
from bot.delivery.unanswered import UNANSWERED
from tests.faults.fleet import Fleet, fleet
from tests.faults.receivers import Counted, SlackRow, TeamsRow, counted

LONG = "INTERVISION_SOAK" in os.environ
KILLS = int(os.environ.get("INTERVISION_SOAK_KILLS", "500")) if LONG else 8
REPLICAS, A_SECOND = (3, 25) if LONG else (2, 15)
OUTAGE = 20.0 if LONG else 4.0
"""Seconds of each outage."""
PATIENCE = 900.0 if LONG else 240.0
"""Seconds until what waits must be gone: kills without a pause let a queue grow where posts go one by one."""
SEED, PEOPLE = 20, 120
LEASE = dispatcher.LEASE.total_seconds()
HEALED_AFTER = 5
"""Hours until everything that may not have arrived has come again."""
IN_FLIGHT = UNANSWERED * REPLICAS
ROWS: dict[str, Callable[[], SlackRow | TeamsRow]] = {
    "slack-asked": partial(SlackRow, can_be_asked=True),
    "slack": partial(SlackRow, can_be_asked=False),
    "teams": TeamsRow,
}
RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "real_adapters.json"

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.mark.parametrize("receiver", ROWS)
async def test_kills_lose_nothing_and_double_nothing_unsaid(postgres_migrated: str, receiver: str) -> None:
    row: SlackRow | TeamsRow = ROWS[receiver]()
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
        note(row, "SIGKILLs", KILLS, len(ships.owed()), await ships.doubted(), found)
        sys.stdout.write(f"{row.name}: {found}, {await ships.doubted()} of unknown fate in {KILLS} kills\n")
        assert (found.lost, found.doubled) == (0, 0)
        if row.can_be_asked:  # many are under way at once, and each is settled by asking
            assert found.again == 0
        else:
            assert await ships.doubted() <= KILLS, "more than one a kill"


@pytest.mark.parametrize("how", ["gateway", "reset", "lost"])
@pytest.mark.parametrize("receiver", ROWS)
async def test_an_outage_costs_what_was_in_flight_and_that_comes_again(
    postgres_migrated: str, receiver: str, how: str
) -> None:
    row: SlackRow | TeamsRow = ROWS[receiver]()
    async with fleet(postgres_migrated, SEED, REPLICAS, PEOPLE, LEASE, row) as ships:
        await ships.watch_doubts()
        done = asyncio.Event()
        loading = asyncio.create_task(ships.load(done, A_SECOND))
        await asyncio.sleep(2)
        row.down(how)
        await asyncio.sleep(OUTAGE)
        row.down("")
        await asyncio.sleep(2)
        done.set()
        await loading
        found = await settled(ships, row)
        note(row, f"{how} for {OUTAGE:.0f} s", 0, len(ships.owed()), await ships.doubted(), found)
        assert (found.lost, found.doubled) == (0, 0)
        assert found.again <= IN_FLIGHT
        assert not row.can_be_asked or found.again == 0


async def settled(ships: Fleet, row: SlackRow | TeamsRow) -> Counted:
    """What stands there once all is done, and hours later what may not have arrived has come again."""
    await ships.at_work(REPLICAS)
    await ships.opened(within=PATIENCE)
    await ships.drained(within=PATIENCE, for_now=True)
    await ships.hours_later(HEALED_AFTER)
    await ships.drained(within=PATIENCE)
    await asyncio.sleep(0.5)
    return counted(ships.owed(), row.shown())


def note(row: SlackRow | TeamsRow, what: str, kills: int, owed: int, unknown: int, found: Counted) -> None:
    """A line of the benchmark page, of the long form only."""
    line = [row.name, what, *(f"{n:,}" for n in (kills, owed, unknown, found.lost, found.doubled, found.again))]
    if not LONG:
        return
    from benchmarks.__main__ import machine

    columns = [
        *("receiver", "fault", "kills", "owed", "unknown at some time"),
        *("lost", "doubled without a word", "came again and said so"),
    ]
    kept = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    rows = [r for r in kept.get("tables", [{"rows": []}])[0]["rows"] if r[:2] != line[:2]]
    section = {
        "machine": machine(),
        "title": "Delivery under faults, with the real adapters",
        "intro": f"{REPLICAS} replicas as processes on one PostgreSQL send {A_SECOND} messages a second to {PEOPLE} "
        "people by the product's own Slack and Teams adapters, to stand-ins that answer after "
        "0.03 s. What arrived is counted by marks in the texts, five hours of working time later.",
        "tables": [{"columns": columns, "rows": sorted([*rows, line]), "caption": ""}],
        "notes": [
            "gateway: 504, nothing done; reset: closed, nothing done; lost: done, no answer.",
            "Owed are news and invitations to rounds that open by themselves. Written by make soak.",
            "Unknown at some time: posted, and killed before its answer was kept. Each comes again and says so.",
            "Not promised: that nothing is said twice where a platform cannot be asked.",
        ],
    }
    RESULT.write_text(json.dumps(section, indent=1) + "\n", encoding="utf-8")
