"""The database goes away in the middle: connections break, the server crashes, its disk is full. Nothing is lost."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import create_engine, event, text

from bot.app.notice_kinds import NoticeKind, Ring
from bot.delivery import notices
from bot.demo.clinic import GROUP, ORGANISATION, START, person_id
from bot.demo.clock import VirtualClock
from bot.domain.organisation import Membership
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ports.records import OutboxEntry
from bot.ports.unit_of_work import StoreUnavailable
from bot.ui.model import Card
from storage.keys import KeyRing
from storage.migrate import sync_url, upgrade
from storage.store import SqlStore, open_store
from tests.app.outbox_steps import outbox, tell, titles
from tests.app.series_steps import begin
from tests.gate import rules_alone
from tests.migrated import migrated
from tests.postgres import VARIABLE, cluster, database
from tests.world import World, make_world

# A connection that the server broke is thrown away as it is: there is nobody at the other end to close it with.
pytestmark = pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
NOTE = OutboxEntry("", ORGANISATION, "", person_id("a"), "not_reached", "x", START, START + timedelta(days=9))


@asynccontextmanager
async def world_on(url: str) -> AsyncIterator[World]:
    """The demo clinic on this database, which is migrated."""
    clock = VirtualClock(START)
    store = await open_store(url, KeyRing.of(b"k" * 32), clock)
    world = await make_world(rules_alone(), store=store)
    world.clock = clock
    world.dispatcher.clock = world.ticker.clock = clock
    yield world
    await store.close()
    gc.collect()  # what is thrown away is thrown away within the test


def cut(url: str) -> None:
    """Every other connection to the database breaks."""
    engine = create_engine(sync_url(url))
    with engine.connect() as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    engine.dispose()


def breaking(how: Callable[[], Any], times: int) -> Callable[..., Awaitable[Card | None]]:
    """A message that is being drawn when the database goes, `times` times."""
    draw, left = notices.NOTICES["not_reached"].build, [times]

    async def drawn(ctx: Any, entry: OutboxEntry) -> Card | None:
        if left[0]:
            left[0] -= 1
            await asyncio.to_thread(how)
        await ctx.uow.find(Person, email=f"{left[0]}@nowhere.example")
        return await draw(ctx, entry)

    return drawn


async def settled(world: World) -> None:
    """Everything due now, however often the database does not answer."""
    while True:
        with suppress(StoreUnavailable):
            await world.settle()
            return
        await asyncio.sleep(0.05)


@pytest.mark.postgres
async def test_a_broken_connection_is_told_by_name_where_it_breaks(postgres_migrated: str) -> None:
    async with world_on(postgres_migrated) as world, world.store.begin(ORGANISATION) as uow:
        await uow.find(Person)
        cut(postgres_migrated)
        with pytest.raises(StoreUnavailable):
            await uow.find(Person)
    assert await world.store.ready()


@pytest.mark.postgres
async def test_a_server_that_takes_no_writes_any_more_is_left_for_the_one_that_does(postgres_migrated: str) -> None:
    """A primary became a standby: its connections still answer, and would be kept for half an hour."""
    async with world_on(postgres_migrated) as world:
        async with sql(world)._engine.connect() as pooled:
            await pooled.exec_driver_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
            await pooled.commit()
        with pytest.raises(StoreUnavailable):
            await tell(world, "not_reached", to="a")
        await tell(world, "not_reached", to="a")
        await settled(world)
        assert len(titles(world, "a")) == 1


@pytest.mark.postgres
async def test_messages_being_drawn_when_connections_break_are_not_given_up(
    postgres_migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it happens: an outage of the database says nothing about a message."""
    async with world_on(postgres_migrated) as world:
        await tell(world, "not_reached", to="a")
        await tell(world, "not_reached", to="b")
        broken = breaking(lambda: cut(postgres_migrated), times=10)
        monkeypatch.setitem(notices.NOTICES, "not_reached", NoticeKind(broken, Ring.ASKS))
        for _ in range(12):
            await settled(world)
        assert (len(titles(world, "a")), len(titles(world, "b"))) == (1, 1)
        assert {(e.attempts, e.failure) for e in await outbox(world)} == {(1, "")}


@pytest.mark.postgres
@pytest.mark.skipif(VARIABLE in os.environ, reason="crashes the server: needs one of its own")
@pytest.mark.parametrize("went_out", [True, False], ids=["its end cannot be written", "its begin cannot be written"])
async def test_a_crash_and_restart_of_the_server_loses_and_doubles_nothing(*, went_out: bool) -> None:
    with cluster() as server, database(server.url) as at:
        url = at.render_as_string(hide_password=False)
        upgrade(url)
        async with world_on(url) as world:
            await tell(world, "not_reached", to="a")
            crashed = asyncio.Event()

            async def crash(*_: Any) -> str:
                """The server is gone after the message went out, or before it may."""
                sent = await send(*_) if went_out else ""
                if not crashed.is_set():
                    await asyncio.to_thread(server.crash)
                    crashed.set()
                return sent or await send(*_)

            send = world.platform.send
            cast("Any", world.platform).send = crash
            sending = asyncio.create_task(world.dispatcher.drain())
            await crashed.wait()
            assert not await world.store.ready()
            with pytest.raises(StoreUnavailable):
                await tell(world, "risk_acknowledged", to="b")
            await asyncio.to_thread(server.start)
            await sending
            assert await world.store.ready()
            await tell(world, "risk_acknowledged", to="b")
            await settled(world)
            assert (len(titles(world, "a")), len(titles(world, "b"))) == (1, 1)


# ---- a full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own of 48 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only with the right to mount; the next test fills a database without it")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)  # a test that failed may still hold its database


async def test_a_full_disk_loses_nothing_and_says_so(small_disk: Path) -> None:
    ballast = small_disk / "ballast"

    def fill() -> None:
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(64 * 1024))

    received = await _full(migrated(small_disk / "a.sqlite3"), fill, ballast.unlink, room_is_seen=True)
    assert received == {"a": 1, "b": 1, "s": 1}


async def test_a_database_that_may_not_grow_loses_nothing_and_says_so(tmp_path: Path) -> None:
    """The same without the right to mount: SQLite itself refuses every new page."""
    limit = [2**30]

    def to_the_brim(store: SqlStore) -> None:
        @event.listens_for(store._engine.sync_engine, "begin")
        def limited(connection: Any) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count={limit[0]}")

    received = await _full(
        migrated(tmp_path / "a.sqlite3"),
        lambda: limit.__setitem__(0, 1),
        lambda: limit.__setitem__(0, 2**30),
        prepare=to_the_brim,
    )
    assert received == {"a": 1, "b": 1, "s": 1}


async def test_a_round_that_is_due_while_the_disk_is_full_opens_once_there_is_room(tmp_path: Path) -> None:
    limit = [2**30]
    async with world_on(migrated(tmp_path / "a.sqlite3")) as world:

        @event.listens_for(sql(world)._engine.sync_engine, "begin")
        def limited(connection: Any) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count={limit[0]}")

        members = [f"per_{n:03}" for n in range(80)]  # so many invitations need new pages
        async with world.store.begin(ORGANISATION) as uow:
            one = await uow.get(Person, person_id("a"))
            for id in members:
                await uow.add(replace(one, id=id, email=f"{id}@nowhere.example"))
                await uow.add(Membership(f"mem_{id}", ORGANISATION, GROUP, id, START.date()))
            await uow.commit()
        entry = await begin(world, anchor="2027-02-01")
        limit[0] = 1
        await _refused(world)
        world.clock.advance(timedelta(days=8))
        assert await world.ticker.tick() == 0
        assert not await world.find(Round, series=entry.id)
        limit[0] = 2**30
        await world.ticker.tick()
        await world.ticker.tick()
        (round_,) = await world.find(Round, series=entry.id)
        assert round_.occurrence == date(2027, 2, 1)
        cards = ["please_present", "round_open"]
        invited = Counter(e.person for e in await world.find(OutboxEntry, card__in=cards, person__in=members))
        assert invited == Counter(members)


def sql(world: World) -> SqlStore:
    """The store, known to be a database."""
    assert isinstance(world.store, SqlStore)
    return world.store


async def _full(
    url: str,
    fill: Callable[[], Any],
    make_room: Callable[[], Any],
    *,
    prepare: Callable[[SqlStore], None] = lambda _: None,
    room_is_seen: bool = False,
) -> dict[str, int]:
    """How many messages each person received in the end, after refusals while there was no room."""
    async with world_on(url) as world:
        prepare(sql(world))
        people = ("a", "b", "s")
        for key in people:
            await tell(world, "not_reached", to=key)
        assert await world.store.ready()
        send = world.platform.send
        cast("Any", world.platform).send = _first(fill, send)
        sending = asyncio.create_task(world.dispatcher.drain())
        await _refused(world)
        if room_is_seen:
            assert not await world.store.ready()
        await asyncio.sleep(0.1)
        make_room()
        async with asyncio.timeout(20):
            await sending
        assert await world.store.ready()
        await world.settle()
        assert all(entry.sent_at or entry.failure == "merged" for entry in await outbox(world) if entry.due_at == START)
        return {key: len(titles(world, key)) for key in people}


async def _refused(world: World) -> None:
    """Whoever wants to write hears that nothing was kept."""
    async with asyncio.timeout(20):
        for number in count():
            try:
                async with world.store.begin(ORGANISATION) as uow:
                    await uow.add(*(replace(NOTE, id=f"o{number}-{n}", dedupe=f"{number}-{n}") for n in range(50)))
                    await uow.commit()
            except StoreUnavailable:
                return
            await asyncio.sleep(0)


def _first(step: Callable[[], Any], then: Callable[..., Awaitable[str]]) -> Callable[..., Awaitable[str]]:
    """Do something before the first call."""
    done: list[bool] = []

    async def both(*args: Any) -> str:
        if not done:
            done.append(True)
            await asyncio.to_thread(step)
        return await then(*args)

    return both
