"""What every storm needs: a gate, a real database, an ear for the program's own errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.demo.clinic import START
from bot.demo.clock import VirtualClock
from bot.ports.unit_of_work import Store
from storage import open_store
from storage.keys import KeyRing
from tests.fuzz.storm import Failures, listening
from tests.gate import GateInAWorker, rules_alone
from tests.migrated import migrated

IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""A folder that waits for no disk, where the system has one."""


@pytest.fixture(scope="module")
def gate() -> GateInAWorker:
    """The gate with its rules and without its models: it is not what is tested here."""
    return rules_alone()


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """A real database, in memory where the system has such a folder: what it cannot hold is part of the mischief."""
    with TemporaryDirectory(dir=IN_MEMORY) as folder:
        url = migrated(Path(folder) / "store.sqlite3")
        opened = await open_store(url, KeyRing.of(b"k" * 32), VirtualClock(START))
        yield opened
        await opened.close()


@pytest.fixture
def failures() -> Iterator[Failures]:
    """What the program calls an error of its own."""
    with listening() as heard:
        yield heard
