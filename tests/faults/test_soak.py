"""The long form (`make soak`): three replicas under load, 200 times killed, in between stopped and cut off."""

from __future__ import annotations

import asyncio
import json
import os
import random
from pathlib import Path

import pytest

from tests.faults.fleet import LEASE, fleet
from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

KILLS = int(os.environ.get("INTERVISION_SOAK_KILLS", "200"))
RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "soak.json"

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.skipif("INTERVISION_SOAK" not in os.environ, reason="only in make soak: it takes an hour on two cores"),
]


async def test_two_hundred_kills_under_load(postgres_url: str) -> None:
    seed = random.randrange(2**32)
    async with fleet(postgres_url, seed, replicas=3) as ships:
        done = asyncio.Event()
        loading = asyncio.create_task(ships.load(done, 30))
        pauses = cuts = 0
        for number in range(KILLS):
            await asyncio.sleep(ships.chance.uniform(0.1, 0.6))
            await ships.kill()
            if number % 20 == 10:
                await ships.pause(LEASE * 1.5)
                pauses += 1
            if number % 20 == 0:
                await ships.cut()
                cuts += 1
        done.set()
        await loading
        await ships.drained(within=300)
        lost, doubled = ships.verdict()
        note(len(ships.posted), lost, doubled, pauses, cuts, seed)
        assert (lost, doubled) == (0, 0), f"seed {seed}"


def note(posted: int, lost: int, doubled: int, pauses: int, cuts: int, seed: int) -> None:
    """A section of the benchmark page."""
    from benchmarks.__main__ import machine

    row = [str(n) for n in (KILLS, pauses, cuts, posted, lost, doubled)]
    columns = ["SIGKILLs", "pauses past a lease", "all connections cut", "messages", "lost", "doubled"]
    section = {
        "machine": machine(),
        "title": "Delivery under faults",
        "intro": "Three replicas as processes on one PostgreSQL under a steady load; the receiver counts what arrives.",
        "tables": [{"columns": columns, "rows": [row], "caption": ""}],
        "notes": [f"Written by make soak; seed {seed}."],
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(section, indent=1) + "\n", encoding="utf-8")
