"""A program on SQLite that is killed, a clock that is wrong, a restore: the real adapters against their stand-ins.

The short forms run in CI for the receiver that is hardest, Slack as installed by default. `make soak` plays all
receivers for longer and keeps the rows of the benchmark page.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storage import open_store
from storage.backup import restore_backup, write_backup
from storage.keys import KeyRing
from tests.faults import rows
from tests.faults.fleet import fleet
from tests.faults.playing import A_SECOND, KILLS, LEASE, LONG, PATIENCE, PEOPLE, ROWS, SEED, settled
from tests.faults.receivers import counted
from tests.migrated import migrated

RECEIVERS = list(ROWS) if LONG else ["slack"]
SECONDS = 20.0 if LONG else 2.0
KEYS = KeyRing.of(b"k" * 32)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("receiver", RECEIVERS)
async def test_a_program_on_sqlite_that_is_killed_loses_nothing_and_doubles_nothing_unsaid(
    tmp_path: Path, receiver: str
) -> None:
    row, kills = ROWS[receiver](), min(KILLS, 100)
    async with fleet(migrated(tmp_path / "a.sqlite3"), SEED, 1, PEOPLE, LEASE, row) as ships:
        await ships.watch_doubts()
        done = asyncio.Event()
        await ships.plan(kills // 2, seconds=kills)
        loading = asyncio.create_task(ships.load(done, 10))
        for _ in range(kills):
            await ships.at_work(1)
            await asyncio.sleep(ships.chance.uniform(0.3, 1.0))
            await ships.kill()
        done.set()
        await loading
        found = await settled(ships, row, 1)
        unknown = await ships.doubted()
        if LONG:
            rows.keep(rows.KILLS, found, row.name, "1 on SQLite", kills, len(ships.owed()), unknown)
        assert (found.lost, found.doubled) == (0, 0)
        assert row.can_be_asked or unknown <= kills, "more than one a kill"
        assert not row.can_be_asked or found.again == 0


@pytest.mark.postgres
@pytest.mark.skipif(not LONG, reason="only in make soak: CI plays it with a plain receiver (test_fleet.py)")
@pytest.mark.parametrize("wrong_by", [600, -600, 6])
@pytest.mark.parametrize("receiver", RECEIVERS)
async def test_a_second_program_whose_clock_is_wrong_doubles_nothing(
    postgres_migrated: str, receiver: str, wrong_by: int
) -> None:
    row = ROWS[receiver]()
    async with fleet(postgres_migrated, SEED, 1, PEOPLE, LEASE, row) as ships:
        await ships.start(1, skew=wrong_by)
        done = asyncio.Event()
        loading = asyncio.create_task(ships.load(done, A_SECOND))
        await asyncio.sleep(SECONDS)
        done.set()
        await loading
        await ships.drained(within=PATIENCE)
        found = counted(ships.owed(), row.shown())
        rows.keep(rows.CLOCKS, found, row.name, f"{wrong_by:+} s", len(ships.owed()))
        assert (found.lost, found.doubled, found.again) == (0, 0, 0)


@pytest.mark.parametrize("decision", ["none yet", "drop", "release"] if LONG else ["drop"])
@pytest.mark.parametrize("receiver", RECEIVERS)
async def test_a_restore_sends_nothing_again_until_somebody_says_so(
    tmp_path: Path, receiver: str, decision: str
) -> None:
    """The worst case: all that the backup holds as unsent went out before the database was lost."""
    row, many = ROWS[receiver](), 300 if LONG else 40
    file, url = tmp_path / "night.backup", migrated(tmp_path / "restored.sqlite3")
    async with fleet(migrated(tmp_path / "lived.sqlite3"), SEED, 1, PEOPLE, LEASE, row) as ships:
        await ships.post(many)
        await ships.drained(within=PATIENCE)
        await ships.stop()
        if LONG:  # the general invitation comes half a minute after those whose turn it is are asked
            await ships.plan(10, seconds=0)
        await ships.post(many)
        await write_backup(ships.url, KEYS, file, ships.clock.now())
        await ships.start()
        await ships.opened(within=PATIENCE)
        await ships.drained(within=PATIENCE)
        await ships.stop()
        assert counted(ships.owed(), row.shown()).lost == 0, "all of it was sent"
        restored = await restore_backup(url, KEYS, file, ships.clock.now())
        ships.url, ships.store, lived = url, await open_store(url, KEYS, ships.clock), ships.store
        await lived.close()
        try:
            if decision != "none yet":
                async with ships.store.system() as system:
                    decide = system.drop_held if decision == "drop" else system.release_held
                    await decide(ships.clock.now())
                    await system.commit()
            await ships.start()
            await ships.post(20)
            await asyncio.sleep(SECONDS)
            await ships.hours_later(5)
            await asyncio.sleep(SECONDS)
            found = counted(ships.owed(), row.shown())
        finally:
            await ships.store.close()
        if LONG:
            rows.keep(rows.RESTORE, found, row.name, decision, many + 30, restored.messages + restored.steps)
        assert found.lost == 0, "what came up afterwards went out"
        if decision != "release":
            assert (found.doubled, found.again) == (0, 0)
