"""Who stops waiting for the database is gone at once, and leaves it to the next: that is no fault of the database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.demo.clock import VirtualClock
from storage import open_store
from storage.keys import KeyRing
from storage.store import SqlStore

SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_a_cancelled_statement_is_cancelled_and_the_next_writer_has_its_turn(
    kind: str, url: str, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        url = request.getfixturevalue("postgres_migrated")
    store = await open_store(url, KeyRing.of(b"k" * 32), VirtualClock(datetime(2027, 1, 18, tzinfo=UTC)))
    assert isinstance(store, SqlStore)
    asking = asyncio.create_task(ask(store, SLOW[kind]))
    await asyncio.sleep(0.1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.wait_for(ask(store, "SELECT 1"), 30)
    await store.close()


async def ask(store: SqlStore, question: str) -> None:
    async with store.system() as system:
        await system._connection.execute(text(question))
