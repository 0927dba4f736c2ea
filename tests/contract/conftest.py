"""Every store there is, each empty, behind the same port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo.clock import VirtualClock
from bot.ports.unit_of_work import Store
from storage import open_store
from storage.keys import KeyRing
from storage.memory import MemoryStore
from tests.migrated import migrated

NOW = datetime(2027, 1, 18, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    """Monday morning."""
    return VirtualClock(NOW)


@pytest.fixture
def keys() -> KeyRing:
    """One key."""
    return KeyRing.of(b"k" * 32)


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def store(
    request: pytest.FixtureRequest, clock: VirtualClock, keys: KeyRing, tmp_path: Path
) -> AsyncIterator[Store]:
    """The store under test."""
    if request.param == "memory":
        opened: Store = MemoryStore(clock)
    elif request.param == "sqlite":
        opened = await open_store(migrated(tmp_path / "store.sqlite3"), keys, clock)
    else:
        opened = await open_store(request.getfixturevalue("postgres_migrated"), keys, clock)
    yield opened
    await opened.close()
