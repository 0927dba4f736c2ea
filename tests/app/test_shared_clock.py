"""Programs whose machines' clocks differ agree on what time it is, and dead ones of a machine hold nothing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app.dependencies import Tools
from bot.demo.clock import VirtualClock
from bot.errors import SetupError
from bot.log import Silent
from bot.ports.records import Replica
from bot.ports.unit_of_work import StoreUnavailable
from bot.runtime.health import Health
from bot.runtime.heartbeat import Heartbeat
from bot.runtime.metrics import Metrics
from bot.runtime.shared_clock import SharedClock
from bot.runtime.system import SystemClock, SystemIds, SystemRng, has_ended, this_process
from bot.runtime.ticker import Ticker
from storage import open_store
from storage.keys import KeyRing
from storage.store import SqlStore
from tests.app.outbox_steps import outbox, tell
from tests.gate import NOBODY
from tests.migrated import migrated
from tests.waiting import until
from tests.world import World

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)


def test_the_databases_time_goes_on_by_uptime_whatever_the_machine_says() -> None:
    machine, seconds = VirtualClock(NOON + timedelta(minutes=10)), [100.0]
    clock = SharedClock(machine, lambda: seconds[0])
    assert clock.now() == machine.now(), "nobody was asked yet"
    clock.told(NOON, 100.0)
    assert (clock.now(), clock.offset, clock.off) == (NOON, 600.0, True)
    seconds[0] += 7
    machine._now += timedelta(days=3650)
    assert clock.now() == NOON + timedelta(seconds=7)


def test_a_file_has_no_clock_of_its_own() -> None:
    machine = VirtualClock(NOON)
    clock = SharedClock(machine)
    clock.told(None, 0.0)
    machine._now += timedelta(days=3650)
    assert (clock.now(), clock.off) == (machine.now(), False)


class Ahead:
    """A machine whose clock is set wrong."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        return SystemClock().now() + self._by


def heart_of(store: SqlStore, clock: SharedClock, name: str = "here:1:a") -> Heartbeat:
    ticker = Ticker(store, clock, Tools(SystemIds(), SystemRng(), NOBODY, NOBODY, ""), Silent())
    return Heartbeat(store, clock, Silent(), ticker, name, "1", shared=clock, metrics=Metrics())


@pytest.mark.postgres
@pytest.mark.parametrize("by", [timedelta(minutes=10), timedelta(minutes=-10), timedelta(seconds=4), timedelta(0)])
async def test_a_beat_takes_the_databases_time(postgres_migrated: str, by: timedelta) -> None:
    clock = SharedClock(Ahead(by))
    store = await open_store(postgres_migrated, KeyRing.of(b"k" * 32), clock)
    assert isinstance(store, SqlStore)
    heart = heart_of(store, clock)
    assert await heart.beat()
    assert abs(clock.now() - SystemClock().now()) < timedelta(seconds=1)
    assert abs(clock.offset - by.total_seconds()) < 1
    health = Health(store, clock, heart, heart.metrics)
    assert await health.ready() == (abs(by) < timedelta(seconds=10))
    assert heart.clock_off == (abs(by) >= timedelta(seconds=10))
    warned = [action for action, _ in heart.log.records]  # type: ignore[attr-defined]  # Silent keeps them
    assert ("clock.off" in warned) == (abs(by) >= timedelta(seconds=2))
    async with store.system(write=False) as system:
        (seen,) = await system.replicas(SystemClock().now() - timedelta(minutes=1))
    assert abs(seen.clock_offset - by.total_seconds()) < 1
    await store.close()


async def test_with_a_clock_that_is_off_only_alerts_go_out(world: World) -> None:
    world.dispatcher.paused = world.ticker.paused = lambda: True
    await tell(world, "not_reached")
    await tell(world, "risk_acknowledged", urgent=True)
    sending = asyncio.create_task(world.dispatcher.run())
    await until(lambda: bool(world.platform.sent), 5)
    await asyncio.sleep(0.1)
    world.dispatcher.stop()
    await sending
    assert [c.key for c in world.inbox("a")] == ["notice.risk_acknowledged"]


# ---- what dead programs hold


def test_a_process_is_known_by_more_than_its_number() -> None:
    ours = this_process()
    assert ours.split("/")[2] == str(os.getpid())
    assert not has_ended(ours)
    boot, namespace, pid, start = ours.split("/")
    assert has_ended(f"{boot}/{namespace}/{pid}/1"), "its number was given to another one since"
    assert not has_ended(f"{boot}/1/{pid}/1"), "another container: nobody here knows"
    assert not has_ended(f"another-boot/{namespace}/{pid}/{start}")
    assert not has_ended("")


async def test_a_starting_program_takes_back_what_its_machines_dead_ones_hold(world: World) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)  # noqa: ASYNC220  # at once
    boot, namespace, _, _ = this_process().split("/")
    start = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19]  # noqa: ASYNC240  # the kernel answers at once
    now = world.clock.now()
    await tell(world, "not_reached", "risk_acknowledged")
    dead = Replica("dead", "1", now, now, None, f"{boot}/{namespace}/{child.pid}/{start}")
    heart = Heartbeat(world.store, world.clock, Silent(), world.ticker, "alive", "1")
    async with world.store.system() as system:
        await system.beat(dead)
        await system.beat(replace(dead, id="elsewhere", process=""))
        claimed = await system.claim(now, now + timedelta(seconds=45), "dead", 10)
        await system.begin_sending(claimed[:1], now)
        await system.commit()
    assert await heart.take_back(alone=False) == 0, "it lives"
    child.kill()
    child.communicate()
    assert await heart.take_back(alone=False) == 2
    async with world.store.system() as system:
        assert [r.id for r in await system.replicas(now)] == ["elsewhere"]
        again = await system.claim(now, now + timedelta(seconds=45), "alive", 10)
    assert [bool(e.uncertain_at) for e in sorted(again, key=lambda e: e.id)] == [True, False]
    assert len(await outbox(world)) == 2


# ---- one program a file


async def test_a_second_program_on_a_file_is_refused_and_the_next_takes_everything_back(tmp_path: Path) -> None:
    url, keys = migrated(tmp_path / "store.sqlite3"), KeyRing.of(b"k" * 32)
    first = await open_store(url, keys, SystemClock())
    assert first.occupy()
    second = await open_store(url, keys, SystemClock())
    with pytest.raises(SetupError, match="Another program serves"):
        second.occupy()
    await first.close()
    assert second.occupy()
    await second.close()


@pytest.mark.parametrize("harm", ["exchanged", "log deleted"])
async def test_a_file_exchanged_under_the_program_makes_it_unready(tmp_path: Path, harm: str) -> None:
    """It would go on writing into a file that nobody finds any more."""
    path = tmp_path / "store.sqlite3"
    store = await open_store(migrated(path), KeyRing.of(b"k" * 32), SystemClock())
    assert await store.ready()
    if harm == "exchanged":
        copy = path.read_bytes()
        path.unlink()
        path.write_bytes(copy)
    else:
        path.with_name("store.sqlite3-wal").unlink()
    assert not await store.ready()
    await store.close()


async def test_a_locked_database_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    from storage import engine

    monkeypatch.setattr(engine, "BUSY_MILLISECONDS", 50)
    path = tmp_path / "store.sqlite3"
    store = await open_store(migrated(path), KeyRing.of(b"k" * 32), SystemClock())
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked by another program"):
        async with store.system() as system:
            await system.organisations()
    other.rollback()
    other.close()
    await store.close()
