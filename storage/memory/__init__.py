"""A store in memory, for tests: the same promises as the database (tests/contract/test_storage.py), nothing on disk.

A unit of work changes a copy and puts it in place at `commit`; one writer at a time, like SQLite.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from bot.ports.schema import RECORDS
from bot.ports.system import Clock
from storage.memory.state import State
from storage.memory.system import MemoryDrawer, MemorySystemWork
from storage.memory.work import MemoryWork


class MemoryStore:
    """Implements `bot.ports.unit_of_work.Store`."""

    def __init__(self, clock: Clock) -> None:
        self.state = State({kind: {} for kind in RECORDS})
        self.drawers: dict[tuple[str, str], tuple[bytes, datetime | None]] = {}
        self.clock = clock
        self._writer = asyncio.Lock()

    @asynccontextmanager
    async def begin(self, organisation: str, *, write: bool = True) -> AsyncIterator[MemoryWork]:
        """A unit of work for one organisation."""
        if not write:
            yield MemoryWork(self, organisation)
            return
        async with self._writer:
            yield MemoryWork(self, organisation)

    @asynccontextmanager
    async def system(self, *, write: bool = True) -> AsyncIterator[MemorySystemWork]:
        """A unit of work of the runtime."""
        if not write:
            yield MemorySystemWork(self)
            return
        async with self._writer:
            yield MemorySystemWork(self)

    def drawer(self, adapter: str) -> MemoryDrawer:
        """The adapter's drawer."""
        return MemoryDrawer(self, adapter)

    def occupy(self) -> bool:
        """It is this program's own."""
        return True

    async def ready(self) -> bool:
        """Always."""
        return True

    async def close(self) -> None:
        """Nothing to release."""
