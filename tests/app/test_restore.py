"""After a restore nothing that may have been sent since the backup is sent again until somebody decides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.demo.clinic import MEMBERS, START
from bot.demo.clock import VirtualClock
from bot.domain.round import RoundStatus
from storage import open_store
from storage.backup import restore_backup, write_backup
from storage.keys import KeyRing
from storage.migrate import current
from tests.app.outbox_steps import outbox, tell
from tests.app.series_steps import begin, rounds
from tests.gate import rules_alone
from tests.migrated import migrated
from tests.world import World, make_world

KEYS = KeyRing.of(b"k" * 32)


@pytest.fixture
async def lived(tmp_path: Path) -> AsyncIterator[World]:
    """A night between the backup and the accident: messages went out, a round was planned."""
    url = migrated(tmp_path / "lived.sqlite3")
    assert url == lived_at(tmp_path)
    store = await open_store(url, KEYS, VirtualClock(START))
    world = await make_world(rules_alone(), store=store)
    for key in MEMBERS:
        await tell(world, "not_reached", to=key)
    await tell(world, "risk_acknowledged", urgent=True)
    await write_backup(url, KEYS, tmp_path / "night.backup", world.clock.now())
    await world.settle()
    assert len(world.platform.sent) == len(MEMBERS) + 1
    yield world
    await store.close()


def lived_at(folder: Path) -> str:
    return f"sqlite:///{folder / 'lived.sqlite3'}"


async def restored(lived: World, folder: Path, *, migrate: bool = False, held: int = len(MEMBERS)) -> World:
    """The same clinic from the backup, an hour later."""
    url = f"sqlite:///{folder / 'restored.sqlite3'}"
    if not migrate:
        migrated(folder / "restored.sqlite3")
    now = lived.clock.now() + timedelta(hours=1)
    done = await restore_backup(url, KEYS, folder / "night.backup", now, migrate=migrate)
    assert done.messages == held, "all but the alert, which rather comes twice than never"
    clock = VirtualClock(now)
    store = await open_store(url, KEYS, clock)
    world = World(store, clock, lived.tools, lived.entry, lived.ticker, lived.dispatcher, lived.platform, lived.log)
    for part in (world.ticker, world.dispatcher, world.dispatcher._results):
        part.store, part.clock = store, clock
    lived.platform.sent.clear()
    return world


async def test_nothing_is_doubled_by_default_but_alerts(lived: World, tmp_path: Path) -> None:
    world = await restored(lived, tmp_path)
    await world.advance(days=2)
    assert [m.card.key for _, m in world.platform.sent] == ["notice.risk_acknowledged"]
    await world.store.close()


@pytest.mark.parametrize("decision", ["release", "drop"])
async def test_somebody_decides(lived: World, tmp_path: Path, decision: str) -> None:
    world = await restored(lived, tmp_path)
    async with world.store.system() as system:
        await (system.release_held if decision == "release" else system.drop_held)(world.clock.now())
        await system.commit()
    await world.advance(hours=3)
    news = [m for _, m in world.platform.sent if m.card.key == "notice.not_reached"]
    assert len(news) == (len(MEMBERS) if decision == "release" else 0)
    assert not [e for e in await outbox(world) if not (e.sent_at or e.dropped_at)]
    await world.store.close()


async def test_steps_that_were_due_are_taken_without_telling_what_was_told(lived: World, tmp_path: Path) -> None:
    world = await restored(lived, tmp_path)
    async with world.store.begin("org_demo") as uow:
        await uow.wake("person.remind", "per_demo_a", world.clock.now() - timedelta(hours=1))
        await uow.commit()
    async with world.store.system() as system:
        await system.hold_due(world.clock.now())
        await system.commit()
    async with world.store.system(write=False) as system:
        _, steps = await system.held()
        assert steps >= 1
        assert not [t for t in await system.due_timers(world.clock.now(), 10) if t.what == "person.remind"]
    async with world.store.system() as system:
        await system.drop_held(world.clock.now())
        await system.commit()
    await world.ticker.tick()
    assert world.ticker._quiet_until == world.clock.now()
    async with world.store.system(write=False) as system:
        assert await system.held() == (0, 0)
        assert not [t for t in await system.due_timers(world.clock.now(), 10) if t.what == "person.remind"]
    await world.store.close()


async def test_what_a_quiet_step_leads_to_at_once_is_quiet_too(lived: World, tmp_path: Path) -> None:
    """A round that opened after the backup asks for cases by a step of its own: everybody was asked a second time."""
    await begin(lived, anchor="2027-02-01")
    await write_backup(lived_at(tmp_path), KEYS, tmp_path / "night.backup", lived.clock.now())
    lived.platform.sent.clear()
    await lived.advance(days=8)
    before = [m.card.key for _, m in lived.platform.sent]
    assert "notice.please_present" in before
    world = await restored(lived, tmp_path, held=0)
    world.clock.advance(timedelta(minutes=5))  # somebody thinks about it
    async with world.store.system() as system:
        await system.drop_held(world.clock.now())
        await system.commit()
    await world.advance(hours=3)
    assert [r.status for r in await rounds(world)] == [RoundStatus.COLLECTING], "the step was taken"
    assert [m.card.key for _, m in world.platform.sent] == []
    await world.store.close()


async def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(lived: World, tmp_path: Path) -> None:
    world = await restored(lived, tmp_path, migrate=True)
    assert current(f"sqlite:///{tmp_path / 'restored.sqlite3'}") == current(f"sqlite:///{tmp_path / 'lived.sqlite3'}")
    assert len(await outbox(world)) == len(MEMBERS) + 1
    await world.store.close()


def test_the_drill_and_the_decision_are_commands(tmp_path: Path) -> None:
    config = tmp_path / "our.toml"
    key, database = tmp_path / "our.key", migrated(tmp_path / "store.sqlite3")
    config.write_text(f'[database]\nurl = "{database}"\n[keys]\nfile = "{key}"\n', encoding="utf-8")
    run = CliRunner()
    done = run.invoke(app, ["drill", "--config", str(config)])
    assert (done.exit_code, "The drill went well" in done.output) == (0, True), done.output
    for words in (["held"], ["drop"], ["release"]):
        done = run.invoke(app, ["outbox", *words, "--config", str(config)])
        assert (done.exit_code, "0 messages" in done.output) == (0, True), done.output
