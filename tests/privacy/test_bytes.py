"""What lies on disk while a round runs: the database file, its log and temporary files hold no text."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo.clinic import START
from bot.demo.clock import VirtualClock
from storage import open_store
from storage.keys import KeyRing
from tests.gate import GateInAWorker, rules_alone
from tests.migrated import migrated
from tests.privacy.test_canary import CANARY, played
from tests.world import World, make_world

TOKEN = "xoxb-canary-0123456789"


@pytest.fixture
def gate() -> GateInAWorker:
    """The gate, told to let the canary pass as an ordinary word."""
    return rules_alone(allow=(CANARY,))


def in_every_writing(word: str) -> Iterator[bytes]:
    """How a word may look in bytes: as it is, in other encodings, in base64 at each of three offsets, in hex."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield word.encode(encoding)
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + word.encode())
        yield coded[(4 if offset else 0) : -4]
    yield word.encode().hex().encode()


def found_in(folder: Path, *words: str) -> list[str]:
    """Files of a folder that hold one of the words."""
    hits = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        held = path.read_bytes().lower()
        hits += [f"{path.name}: {w}" for w in words for form in in_every_writing(w) if form.lower() in held]
    return hits


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
