"""`intervision soak`: an administrator kills programs on a copy of their installation and sees what was lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.app.context import Work
from bot.cli.main import app as command_line
from bot.demo.clinic import ORGANISATION, found, person_id
from bot.errors import SetupError
from bot.ports.records import OutboxEntry
from bot.runtime.system import SystemClock, SystemIds
from bot.soak.replica import tools
from bot.soak.run import CARD
from storage import open_store
from storage.keys import KeyRing
from tests.migrated import migrated


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A clinic with a message of its own that is due."""
    url, key = migrated(tmp_path / "db.sqlite3"), tmp_path / "key"

    async def fill() -> None:
        store = await open_store(url, KeyRing.load(file=str(key)), SystemClock())
        await found(store, SystemIds())
        async with store.begin(ORGANISATION) as uow:
            await Work(uow, SystemClock().now(), tools({})).tell(person_id("a"), CARD, "real", name="-", code="-")
            await uow.commit()
        await store.close()

    asyncio.run(fill())
    path = tmp_path / "c.toml"
    path.write_text(f'[database]\nurl = "{url}"\n[keys]\nfile = "{key}"\n[adapters.web]\n', encoding="utf-8")
    return path


def unsent(config: Path) -> list[OutboxEntry]:
    async def read() -> list[OutboxEntry]:
        keys = KeyRing.load(file=str(config.parent / "key"))
        store = await open_store(f"sqlite:///{config.parent / 'db.sqlite3'}", keys, SystemClock())
        async with store.begin(ORGANISATION, write=False) as uow:
            entries = await uow.find(OutboxEntry)
        await store.close()
        return entries

    return asyncio.run(read())


@pytest.mark.slow
@pytest.mark.parametrize("receiver", [[], ["--blind"]], ids=["can be asked", "cannot be asked"])
def test_it_kills_counts_and_changes_nothing_but_the_copy(config: Path, receiver: list[str]) -> None:
    words = ["soak", "--config", str(config), "--kills", "2", "--messages", "30", "--seed", "7", *receiver]
    done = CliRunner().invoke(command_line, words)
    assert done.exit_code == 0, done.output
    assert "2 kills, 30 messages owed" in done.output
    assert "0 lost, 0 doubled" in done.output
    (own,) = unsent(config)
    assert (own.subject, own.sent_at, own.attempts) == ("real", None, 0), "nobody's own message was touched"
    assert sorted(path.name for path in config.parent.iterdir()) == ["c.toml", "db.sqlite3", "key"]


def test_several_programs_need_a_database_for_them(config: Path) -> None:
    refused = CliRunner().invoke(command_line, ["soak", "--config", str(config), "--replicas", "2"])
    assert isinstance(refused.exception, SetupError)
    assert "--into" in str(refused.exception)
