"""The long form (`make soak`): three replicas under load, 500 times killed, in between stopped past their lease and cut
off from the database, and the database itself crashed; meanwhile a round opens every second or two. Then one is stopped
for minutes, with the product's own lease. About a quarter of an hour on two cores.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from pathlib import Path

import pytest

from bot.delivery.dispatcher import LEASE
from tests.faults.fleet import LEASE as SHORT_LEASE
from tests.faults.fleet import fleet
from tests.postgres import VARIABLE, cluster, database

KILLS = int(os.environ.get("INTERVISION_SOAK_KILLS", "500"))
REPLICAS, PEOPLE, A_SECOND, SECONDS_A_KILL = 3, 150, 30, 1.5
RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "soak.json"

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.skipif("INTERVISION_SOAK" not in os.environ, reason="only in make soak: a quarter of an hour"),
    pytest.mark.skipif(VARIABLE in os.environ, reason="crashes the server: needs one of its own"),
]


async def test_kills_pauses_cuts_and_crashes_under_load() -> None:
    seed, began = random.randrange(2**32), time.monotonic()
    with cluster() as server, database(server.url) as url:
        async with fleet(url.render_as_string(hide_password=False), seed, REPLICAS, PEOPLE) as ships:
            await ships.plan(KILLS, seconds=KILLS * SECONDS_A_KILL)
            done = asyncio.Event()
            loading = asyncio.create_task(ships.load(done, A_SECOND))
            pauses = cuts = crashes = 0
            for number in range(KILLS):
                await ships.at_work(REPLICAS - 1)
                await asyncio.sleep(ships.chance.uniform(0.2, 0.8))
                await ships.kill()
                if number % 20 == 10:
                    await ships.pause(SHORT_LEASE * 1.5)
                    pauses += 1
                if number % 20 == 0:
                    await ships.cut()
                    cuts += 1
                if number % 50 == 25:
                    await asyncio.to_thread(server.crash)
                    await asyncio.sleep(1)
                    await asyncio.to_thread(server.start)
                    crashes += 1
                sys.stderr.write(f"\r{number + 1} kills, {len(ships.posted)} messages ")
            done.set()
            await loading
            await ships.opened(within=300)
            await ships.drained(within=300)
            lost, doubled = await ships.verdict()
            row = (KILLS, pauses, cuts, crashes, len(ships.posted), len(ships.planned), lost, doubled)
            note(row, time.monotonic() - began, seed)
            assert (lost, doubled) == (0, 0), f"seed {seed}"


async def test_a_replica_stopped_for_minutes_wakes_up_and_sends_nothing_twice() -> None:
    """Three and a half of the product's own leases; the other replica has done its work long before it wakes."""
    seed = random.randrange(2**32)
    with cluster() as server, database(server.url) as url:
        at = url.render_as_string(hide_password=False)
        async with fleet(at, seed, 2, PEOPLE, lease=LEASE.total_seconds()) as ships:
            done = asyncio.Event()
            await ships.plan(60, seconds=120)
            loading = asyncio.create_task(ships.load(done, A_SECOND))
            await asyncio.sleep(5)
            pausing = asyncio.create_task(ships.pause(3.5 * LEASE.total_seconds()))
            await asyncio.sleep(60)
            done.set()
            await loading
            await ships.drained(within=75)
            assert not pausing.done(), "the rest was sent while it slept"
            await ships.opened(within=90)
            await pausing
            await ships.post(300)
            await ships.drained(within=120)
            assert await ships.verdict() == (0, 0), f"seed {seed}"


def note(row: tuple[int, ...], seconds: float, seed: int) -> None:
    """A section of the benchmark page."""
    from benchmarks.__main__ import machine

    columns = [
        *("SIGKILLs", "pauses past a lease", "all connections cut", "crashes of the database"),
        *("messages", "rounds opened by themselves", "lost", "doubled"),
    ]
    section = {
        "machine": machine(),
        "title": "Delivery under faults",
        "intro": f"{REPLICAS} replicas as processes on one PostgreSQL send messages to {PEOPLE} people, "
        f"{row[4] / seconds:.0f} a second all the while; the receiver counts what arrives, and "
        "can be asked whether it has a message, as Slack can with `typed_messages`.",
        "tables": [{"columns": columns, "rows": [[f"{number:,}" for number in row]], "caption": ""}],
        "notes": [f"Written by make soak, which took {seconds / 60:.0f} minutes; seed {seed}."],
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(section, indent=1) + "\n", encoding="utf-8")
