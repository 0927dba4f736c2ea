"""What lies on disk while a round runs: the database file, its log and temporary files hold no text."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import pytest

from bot.demo.clinic import START
from bot.demo.clock import VirtualClock
from storage import open_store
from storage.keys import KeyRing
from tests.gate import GateInAWorker, rules_alone
from tests.migrated import migrated
from tests.privacy.canary import CANARY, played
from tests.privacy.stored_bytes import found_in, in_every_writing
from tests.world import World, make_world

TOKEN = "xoxb-canary-0123456789"


@pytest.fixture
def gate() -> GateInAWorker:
    """The gate, told to let the canary pass as an ordinary word."""
    return rules_alone(allow=(CANARY,))


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    for n, form in enumerate(in_every_writing(CANARY)):
        (tmp_path / str(n)).write_bytes(b"..." + form + b"...")
    (tmp_path / "coded").write_bytes(base64.b64encode(f"words about {CANARY} and more".encode()))
    assert len({hit.partition(":")[0] for hit in found_in(tmp_path, CANARY)}) == len(list(tmp_path.iterdir()))


async def test_nothing_on_disk_is_in_clear(
    gate: GateInAWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    monkeypatch.setenv("TMPDIR", str(disk))
    monkeypatch.setenv("SQLITE_TMPDIR", str(disk))
    url = migrated(disk / "store.sqlite3")
    store = await open_store(url, KeyRing.load(file=str(tmp_path / "our.key")), VirtualClock(START))
    await store.drawer("slack").put("install/T1", TOKEN.encode())
    world: World = await make_world(gate, store=store)
    try:
        await played(world)
        # The log of writes still holds every page that was ever written.
        assert (disk / "store.sqlite3-wal").stat().st_size > 100_000
        assert found_in(disk, CANARY, TOKEN) == []
        names = {p.name for p in disk.rglob("*") if p.is_file()}
        assert names == {"store.sqlite3", "store.sqlite3-wal", "store.sqlite3-shm"}
    finally:
        await store.close()
    copy = tmp_path / "copy"
    shutil.copytree(disk, copy)
    assert found_in(copy, CANARY, TOKEN) == []
