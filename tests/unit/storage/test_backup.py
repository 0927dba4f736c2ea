"""A backup is whole or refused: any changed, cut or added byte, another key, another version, a filled database."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shlex
import shutil
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from typer.testing import CliRunner

from bot.cli.main import app
from bot.demo.clinic import ORGANISATION, START
from bot.demo.clock import VirtualClock
from bot.errors import SetupError
from bot.ports.schema import RECORDS
from bot.runtime.system import SystemClock
from storage import backup, open_store
from storage.backup import read_contents, restore_backup, write_backup, write_into
from storage.key_rotation import add_key, forget_unused, rewrap
from storage.keys import KeyRing
from storage.tables import last_done
from tests.gate import rules_alone
from tests.migrated import migrated
from tests.privacy.canary import CANARY, played
from tests.privacy.stored_bytes import found_in
from tests.world import make_world

NOW = datetime(2027, 1, 18, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database in which a whole case was played, its key, and a backup of it."""
    folder = tmp_path_factory.mktemp("filled")
    asyncio.run(fill(folder))
    return folder


async def fill(folder: Path) -> None:
    url = migrated(folder / "store.sqlite3")
    ring = KeyRing.load(file=str(folder / "our.key"))
    store = await open_store(url, ring, VirtualClock(START))
    await played(await make_world(rules_alone(allow=(CANARY,)), store=store))
    await store.drawer("slack").put("install/T1", b"token")
    await write_backup(url, ring, folder / "night.backup", NOW)
    await store.close()


def key_of(folder: Path) -> KeyRing:
    return KeyRing.load(file=str(folder / "our.key"))


async def contents(url: str, ring: KeyRing) -> list[object]:
    """Every record, every text, who presented what, what is in the drawer."""
    store = await open_store(url, ring, VirtualClock(START))
    async with store.begin(ORGANISATION, write=False) as uow:
        records = [await uow.find(kind) for kind in RECORDS]
        cases = [c.id for c in records[RECORDS.index(next(k for k in RECORDS if k.__name__ == "Case"))]]
        texts = [
            (c, p, {n: t.text for n, t in (await uow.texts(c, p)).items()}) for c in cases for p in await uow.parts(c)
        ]
        who = dict(await uow.presenters(cases))
        assert await uow.audit_faults() == []
    token = await store.drawer("slack").get("install/T1")
    await store.close()
    return [records, texts, who, token]


async def test_what_was_saved_comes_back(filled: Path, url: str) -> None:
    await restore_backup(url, key_of(filled), filled / "night.backup", NOW)
    original = f"sqlite:///{filled / 'store.sqlite3'}"
    assert await contents(url, key_of(filled)) == await contents(original, key_of(filled))


@pytest.mark.postgres
async def test_a_backup_of_sqlite_fills_a_postgresql_and_back(filled: Path, postgres_migrated: str, url: str) -> None:
    ring = key_of(filled)
    await restore_backup(postgres_migrated, ring, filled / "night.backup", NOW)
    there = filled / f"{Path(url).parent.name}.backup"
    await write_backup(postgres_migrated, ring, there, NOW)
    await restore_backup(url, ring, there, NOW)
    assert await contents(url, ring) == await contents(postgres_migrated, ring)
    store = await open_store(postgres_migrated, ring, VirtualClock(START))
    async with store.begin(ORGANISATION) as uow:
        await uow.set_presenter("cas_new", "per_demo_a")
        assert (await uow.cases_of("per_demo_a"))[-1] == "cas_new"
    await store.close()


async def test_nothing_in_a_backup_is_in_clear(filled: Path, tmp_path: Path) -> None:
    shutil.copy(filled / "night.backup", tmp_path)
    assert found_in(tmp_path, CANARY, "per_demo_a", "@demo.example") == []


def test_every_changed_byte_of_the_last_blocks_is_refused(filled: Path, tmp_path: Path) -> None:
    """The length of the last block is one of them: a longer one reads to the end of the file and no further."""
    whole = (filled / "night.backup").read_bytes()
    path, key = tmp_path / "changed.backup", key_of(filled)
    for at in range(len(whole) - 300, len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(SetupError):
            read_contents(path, key)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), how=st.sampled_from(["cut", "change", "drop", "add"]))
def test_a_damaged_backup_is_refused(filled: Path, tmp_path: Path, where: float, how: str) -> None:
    whole = (filled / "night.backup").read_bytes()
    n = int(where * len(whole))
    damaged = {
        "cut": whole[:n],
        "change": whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :],
        "drop": whole[:n] + whole[n + 1 :],
        "add": whole + b"x",
    }
    path = tmp_path / "damaged.backup"
    path.write_bytes(damaged[how])
    with pytest.raises(SetupError):
        read_contents(path, key_of(filled))


def test_a_block_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who holds the key can make one; it is bounded all the same."""
    monkeypatch.setattr(backup, "LARGEST_TEXT", 2**20)
    ring, key = KeyRing.of(b"k" * 32), b"d" * 32
    kek, wrapped = ring.wrap(key, "~backup")
    header = backup.Header(kek, base64.b64encode(wrapped).decode(), "0009", NOW.isoformat())
    path = tmp_path / "bomb.backup"
    with path.open("wb") as file:
        file.write(backup.MAGIC + json.dumps(asdict(header)).encode() + b"\n")
        backup._put(file, key, header, 0, {"table": "person", "rows": [{"name": "x" * 2**22}]})
        backup._put(file, key, header, 1, {"end": {"person": 1}})
    with pytest.raises(SetupError, match="damaged"):
        read_contents(path, ring)


async def test_a_filled_database_and_a_foreign_key_are_refused(filled: Path, url: str) -> None:
    with pytest.raises(SetupError, match="not empty"):
        await restore_backup(f"sqlite:///{filled / 'store.sqlite3'}", key_of(filled), filled / "night.backup", NOW)
    with pytest.raises(SetupError, match="made under the key"):
        await restore_backup(url, KeyRing.of(b"z" * 32), filled / "night.backup", NOW)


async def test_a_forgotten_key_shuts_older_backups(filled: Path, tmp_path: Path) -> None:
    for name in ("store.sqlite3", "our.key", "night.backup"):
        shutil.copy(filled / name, tmp_path)
    url, ring = f"sqlite:///{tmp_path / 'store.sqlite3'}", key_of(tmp_path)
    add_key(ring)
    assert read_contents(tmp_path / "night.backup", ring).rows
    await rewrap(url, ring)
    await forget_unused(url, ring)
    with pytest.raises(SetupError, match="forgotten"):
        read_contents(tmp_path / "night.backup", ring)


def test_the_commands(filled: Path, url: str, tmp_path: Path) -> None:
    for name, database in (("full", f"sqlite:///{filled / 'store.sqlite3'}"), ("empty", url)):
        (tmp_path / f"{name}.toml").write_text(
            f'[database]\nurl = "{database}"\n[keys]\nfile = "{filled / "our.key"}"\n', encoding="utf-8"
        )
    file, run = str(tmp_path / "b.backup"), CliRunner()
    made = run.invoke(app, ["backup", file, "--config", str(tmp_path / "full.toml")])
    assert made.exit_code == 0, made.output
    assert "read back" in made.output
    for words in (["--check"], []):
        done = run.invoke(app, ["restore", file, *words, "--config", str(tmp_path / "empty.toml")])
        assert done.exit_code == 0, done.output
    again = ["backup", file, "--config", str(tmp_path / "full.toml")]
    assert run.invoke(app, again).exit_code
    assert run.invoke(app, [*again, "--replace"]).exit_code == 0
    assert run.invoke(app, ["backup", "--config", str(tmp_path / "full.toml")]).exit_code
    assert list(tmp_path.glob("*.part")) == []


UNIT = Path(__file__).parents[3] / "docs" / "deploy" / "intervision-backup.service"


def test_the_shipped_unit_runs_ten_nights_and_keeps_seven(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its command as it stands there, but for the paths; the first night was interrupted and left its part behind."""
    database, config, folder = tmp_path / "store.sqlite3", tmp_path / "our.toml", tmp_path / "backups"
    shutil.copy(filled / "store.sqlite3", database)
    config.write_text(
        f'[database]\nurl = "sqlite:///{database}"\n[keys]\nfile = "{filled / "our.key"}"\n', encoding="utf-8"
    )
    (line,) = re.findall(r"^ExecStart=(.+)$", UNIT.read_text(encoding="utf-8"), re.M)
    program, *words = shlex.split(line)
    assert program.endswith("bin/intervision"), "no shell in between"
    words = [str(config) if w.endswith(".toml") else str(folder) if w.startswith("/var/lib") else w for w in words]
    folder.mkdir()
    left = folder / "intervision-20270117T023000Z.backup.4711-abcdef.part"
    left.write_bytes(b"cut off")
    for night in range(10):
        now = NOW + timedelta(days=night)
        monkeypatch.setattr(SystemClock, "now", lambda _, now=now: now)
        os.utime(left, (NOW.timestamp(), NOW.timestamp())) if left.exists() else None
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, f"night {night}: {done.output}"
        assert noted(database) == now
    kept = sorted(path.name for path in folder.iterdir())
    assert kept == [f"intervision-202701{day}T080000Z.backup" for day in range(21, 28)]
    assert read_contents(folder / kept[-1], key_of(filled)).rows


def noted(database: Path) -> datetime:
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        found = connection.scalar(select(last_done.c.at).where(last_done.c.what == "backup"))
    engine.dispose()
    assert isinstance(found, datetime)
    return found


def test_files_of_others_in_the_folder_are_left_alone(filled: Path, tmp_path: Path) -> None:
    another = "intervision-20270118T080000Z.backup.9-abcdef.part"
    theirs = [tmp_path / name for name in ("a.backup", "intervision-old.backup", "intervision-notes.txt", another)]
    for path in theirs:
        path.write_bytes(b"theirs")
        os.utime(path, (NOW.timestamp() + 2 * 86_400, NOW.timestamp() + 2 * 86_400))
    url = f"sqlite:///{filled / 'store.sqlite3'}"
    for night in range(3):
        asyncio.run(write_into(url, key_of(filled), tmp_path, 1, NOW + timedelta(days=night)))
    assert all(path.exists() for path in theirs), "a fresh part may be another run's"
    assert len(list(tmp_path.glob("intervision-2*.backup"))) == 1


async def test_a_backup_that_fails_takes_no_name_and_keeps_the_old_one(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "night.backup"
    path.write_bytes(b"the old one")

    async def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(backup, "_write", broken)
    with pytest.raises(SetupError):
        await write_backup(f"sqlite:///{filled / 'store.sqlite3'}", key_of(filled), path, NOW)
    assert [p.read_bytes() for p in sorted(tmp_path.iterdir())] == [b"the old one"]  # noqa: ASYNC240  # a test
