"""The database's machine dies under load and a standby takes its place, while one replica sleeps through it all for
four leases: nothing is lost, nothing arrives twice.

Real parts: two PostgreSQL servers with synchronous streaming replication, replicas as processes that know both
addresses. What asynchronous replication may lose stands in `docs/operate.md`.
"""

from __future__ import annotations

import asyncio
import random

import psycopg
import pytest
from sqlalchemy.engine import URL

from tests.faults.fleet import LEASE, fleet
from tests.postgres import Cluster, cluster, standby

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    # A connection whose server is gone is thrown away as it is.
    pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning"),
]


def address(name: str, *servers: Cluster) -> URL:
    """One database on several servers, whichever takes writes; the form `docs/operate.md` shows."""
    hosts = tuple(str(server.url.query["host"]) for server in servers)
    return servers[0].url.set(database=name, query={"host": hosts, "target_session_attrs": "read-write"})


async def test_a_standby_takes_the_place_of_a_killed_primary_and_nothing_is_lost_or_doubled() -> None:
    seed = random.randrange(2**32)
    with cluster() as first, standby(first) as second:
        await asyncio.to_thread(_create, first)
        both = address("intervision", first, second)
        async with fleet(both.render_as_string(hide_password=False), seed, replicas=3) as ships:
            done = asyncio.Event()
            await ships.plan(10, seconds=4)
            asleep = asyncio.create_task(ships.pause(LEASE * 4))  # it wakes up with connections to a server long dead
            loading = asyncio.create_task(ships.load(done, per_second=30))
            await asyncio.sleep(1.5)
            await asyncio.to_thread(first.kill)
            before = len(ships.posted)
            await asyncio.to_thread(second.promote)
            await asyncio.sleep(1.5)
            done.set()
            await loading
            await asleep
            await ships.post(50)
            await ships.opened(within=120)
            await ships.drained(within=120)
            assert before > 0
            assert len(ships.posted) > before, "nobody found the standby"
            assert await ships.verdict() == (0, 0), f"seed {seed}"
            assert all(replica.is_alive() for replica in ships.running), "no replica had to be started again"


def _create(on: Cluster) -> None:
    with psycopg.connect(on.url.set(drivername="postgresql").render_as_string(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE intervision TEMPLATE template0 ENCODING 'UTF8'")
