"""The long form (`make soak`): three replicas under load, 200 times killed, in between stopped past their lease and cut
off from the database, and the database itself crashed. About a quarter of an hour on two cores.
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

from tests.faults.fleet import LEASE, fleet
from tests.postgres import VARIABLE, cluster, database

KILLS = int(os.environ.get("INTERVISION_SOAK_KILLS", "200"))
REPLICAS, PEOPLE, A_SECOND = 3, 150, 30
RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "soak.json"

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.skipif("INTERVISION_SOAK" not in os.environ, reason="only in make soak: a quarter of an hour"),
    pytest.mark.skipif(VARIABLE in os.environ, reason="crashes the server: needs one of its own"),
]


async def test_two_hundred_kills_under_load() -> None:
    seed, began = random.randrange(2**32), time.monotonic()
    with cluster() as server, database(server.url) as url:
        async with fleet(url.render_as_string(hide_password=False), seed, REPLICAS, PEOPLE) as ships:
            done = asyncio.Event()
            loading = asyncio.create_task(ships.load(done, A_SECOND))
            pauses = cuts = crashes = 0
            for number in range(KILLS):
                await ships.at_work(REPLICAS - 1)
                await asyncio.sleep(ships.chance.uniform(0.2, 0.8))
                await ships.kill()
                if number % 20 == 10:
                    await ships.pause(LEASE * 1.5)
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
            await ships.drained(within=300)
            lost, doubled = ships.verdict()
            row = (KILLS, pauses, cuts, crashes, len(ships.posted), lost, doubled)
            note(row, time.monotonic() - began, seed)
            assert (lost, doubled) == (0, 0), f"seed {seed}"


def note(row: tuple[int, ...], seconds: float, seed: int) -> None:
    """A section of the benchmark page."""
    from benchmarks.__main__ import machine

    columns = [
        *("SIGKILLs", "pauses past a lease", "all connections cut", "crashes of the database"),
        *("messages", "lost", "doubled"),
    ]
    section = {
        "machine": machine(),
        "title": "Delivery under faults",
        "intro": f"{REPLICAS} replicas as processes on one PostgreSQL send messages to {PEOPLE} people, "
        f"{row[4] / seconds:.0f} a second all the while; the receiver counts what arrives.",
        "tables": [{"columns": columns, "rows": [[f"{number:,}" for number in row]], "caption": ""}],
        "notes": [f"Written by make soak, which took {seconds / 60:.0f} minutes; seed {seed}."],
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(section, indent=1) + "\n", encoding="utf-8")
