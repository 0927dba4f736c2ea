"""Delivery and scale: messages a second, the tick on a large database, start and stop.

The real store, ticker and dispatcher on real databases; only the receiver is instant. On a machine that does other
work too the CPU time is what to compare: it is the elapsed time on cores that do nothing else.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sqlalchemy import insert, text

from benchmarks.model import Section, Table
from bot.app.tools import Tools
from bot.demo.clinic import ORGANISATION, START, found
from bot.demo.clock import VirtualClock
from bot.domain.person import Contact, Person, Role
from bot.log import Silent
from bot.ports.records import OutboxEntry, Timer
from bot.runtime.almanac import HolidayAlmanac
from bot.runtime.dispatcher import Dispatcher
from bot.runtime.system import SystemIds, SystemRng
from bot.runtime.ticker import Ticker
from storage.keys import KeyRing
from storage.mapping import to_row
from storage.migrate import upgrade
from storage.sql import SqlStore, open_store
from storage.tables import TABLES
from tests.postgres import database, server
from tests.world import RecordingPlatform

MESSAGES = 2_000
PEAK = 50_000
PEOPLE, GROUPS, HISTORY = 1_000_000, 50_000, 200_000
KEYS = KeyRing.of(b"k" * 32)


@dataclass
class Taken:
    """Elapsed and CPU seconds of a step in this process."""

    wall: float
    cpu: float


async def timed(step: Callable[[], Awaitable[Any]]) -> Taken:
    """Do it once."""
    wall, cpu = time.monotonic(), time.process_time()
    await step()
    return Taken(time.monotonic() - wall, time.process_time() - cpu)


def tools() -> Tools:
    """Without a gate: nothing is anonymised here."""
    return Tools(SystemIds(), SystemRng(), None, HolidayAlmanac(), "")  # type: ignore[arg-type]


async def fresh(url: str, clock: VirtualClock) -> SqlStore:
    """The demo clinic."""
    upgrade(url)
    store = await open_store(url, KEYS, clock)
    await found(store, SystemIds())
    return store


async def rows(store: SqlStore, kind: type[Any], made: list[Any]) -> None:
    """Many records in one transaction."""
    async with store._engine.begin() as connection:
        for at in range(0, len(made), 5_000):
            await connection.execute(insert(TABLES[kind]), [to_row(record) for record in made[at : at + 5_000]])


async def people(store: SqlStore, count: int) -> list[str]:
    """Therapists of the demo clinic with a web inbox each."""
    ids = [f"per_{n:07}" for n in range(count)]
    roles = frozenset({Role.THERAPIST})
    made = [Person(i, ORGANISATION, f"Therapist {i}", f"{i}@bench.example", "cli_kiel", roles, START) for i in ids]
    await rows(store, Person, made)
    contacts = [Contact(f"con_{i}", ORGANISATION, i, "web", ORGANISATION, i, seen_at=START) for i in ids]
    await rows(store, Contact, contacts)
    return ids


def messages(ids: list[str], clock: VirtualClock) -> list[OutboxEntry]:
    """One plain notice a person."""
    now, args = clock.now(), {"name": "Therapist", "code": "AB-12"}
    return [OutboxEntry(f"out_{i}", ORGANISATION, f"b:{i}", i, "not_reached", i, now, now, args) for i in ids]


# ---- messages a second


async def drain(url: str, count: int, lanes: int) -> tuple[Taken, int]:
    """Send `count` messages; the time, and by how many kB the process grew meanwhile."""
    clock = VirtualClock(START)
    store = await fresh(url, clock)
    receiver = _Counting()
    dispatcher = Dispatcher(store, clock, tools(), _Deaf(), {"web": receiver}, "bench", pause=0.01, lanes=lanes)
    everything = messages(await people(store, count + 1), clock)
    await rows(store, OutboxEntry, everything[:1])
    await dispatcher.drain()  # catalogues, calendars and statements are made once
    await rows(store, OutboxEntry, everything[1:])
    receiver.count = 0

    async def until_done() -> None:
        running = asyncio.create_task(dispatcher.run())
        while receiver.count < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        dispatcher.stop()
        await running

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken = await timed(until_done)
    await store.close()
    return taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


class _Counting(RecordingPlatform):
    """Takes a message at once and only counts it."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    async def send(self, to: Any, message: Any) -> str:
        self.count += 1
        return str(message.outbox_id)


class _Deaf(Silent):
    """Keeps nothing."""

    def info(self, action: str, **ids: object) -> None:
        """Nothing."""

    warning = error = info


# ---- the tick on a large database


async def large(url: str) -> tuple[list[float], list[float], list[str]]:
    """Seconds of looks at what is due, and of claims, with nothing due; and the plans of their queries."""
    clock = VirtualClock(START)
    store = await fresh(url, clock)
    async with store._engine.begin() as connection:
        for statement in _filling(connection.dialect.name):
            await connection.execute(text(statement))
    if not url.startswith("sqlite"):
        async with store._engine.connect() as connection:
            await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))
    ticker, now = Ticker(store, clock, tools(), Silent()), clock.now()
    await ticker.tick()
    ticks = [(await timed(ticker.tick)).wall for _ in range(200)]

    async def claim() -> None:
        async with store.system() as system:
            assert await system.claim(now, now + timedelta(seconds=45), "bench", 20) == []
            await system.commit()

    claims = [(await timed(claim)).wall for _ in range(200)]
    plans = await _plans(store)
    await store.close()
    return ticks, claims, plans


def _filling(dialect: str) -> Iterator[str]:
    """SQL that fills the tables inside the database."""

    def numbers(count: int) -> str:
        if dialect == "postgresql":
            return f"FROM generate_series(1, {count}) AS s(n)"
        return (
            f"FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c)"
        )

    def copy(table: str, source: str, changed: dict[str, str], count: int) -> str:
        columns = {column.name: f"p.{_quoted(column.name)}" for column in _table(table).columns} | changed
        names = ", ".join(_quoted(name) for name in columns)
        return (
            f"INSERT INTO {_quoted(table)} ({names}) SELECT {', '.join(columns.values())} {numbers(count)}, {source} p"
        )

    later = "'2028-01-01 08:00:00+00'" if dialect == "postgresql" else "'2028-01-01 08:00:00.000000'"
    one = "(SELECT * FROM {} LIMIT 1)"
    yield copy("person", one.format("person"), {"id": "'px' || n", "email": "'px' || n"}, PEOPLE)
    yield copy("group", one.format('"group"'), {"id": "'gx' || n"}, GROUPS)
    yield (
        "INSERT INTO timer (id, organisation, what, subject, at) "
        f"SELECT 'series.open:' || n, '{ORGANISATION}', 'series.open', n, {later} {numbers(GROUPS)}"
    ).replace("'series.open', n,", "'series.open', CAST(n AS VARCHAR),")
    base = dict.fromkeys(("lease_until", "failed_at", "uncertain_at", "dropped_at", "begun_at"), "NULL")
    moment = "'2027-01-01 08:00:00+00'" if dialect == "postgresql" else "'2027-01-01 08:00:00.000000'"
    fixed = {
        "id": "'ox' || n", "organisation": f"'{ORGANISATION}'", "dedupe": "'ox' || n", "person": "'px' || n",
        "card": "'reminder'", "subject": "'x'", "created_at": moment, "due_at": moment, "args": "'{}'", "slot": "''",
        "urgent": "false" if dialect == "postgresql" else "0", "attempts": "1", "lease_by": "''", "sent_at": moment,
        "failure": "''", "platform": "'web'", "delivered_id": "'d'", "contact": "''",
    }  # fmt: skip
    values = base | fixed
    names = ", ".join(values)
    yield f"INSERT INTO outbox_entry ({names}) SELECT {', '.join(values.values())} {numbers(HISTORY)}"


def _table(name: str) -> Any:
    return next(table for table in TABLES.values() if table.name == name)


def _quoted(name: str) -> str:
    return f'"{name}"'


async def _plans(store: SqlStore) -> list[str]:
    """What the database does for the tick's question and for a claim's."""
    from storage.tables import OPEN

    timers, entries = TABLES[Timer], TABLES[OutboxEntry]
    tick = timers.select().where(timers.c.at <= START).order_by(timers.c.at, timers.c.id).limit(500)
    claim = entries.select().where(OPEN, entries.c.due_at <= START, entries.c.urgent.is_(False))
    claim = claim.order_by(entries.c.due_at, entries.c.created_at, entries.c.id).limit(20)
    shown = []
    async with store._engine.connect() as connection:
        explain = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        for query in (tick, claim):
            compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
            lines = [str(row[-1]).strip() for row in await connection.exec_driver_sql(explain + str(compiled))]
            shown.append("; ".join(line.split("  (cost")[0] for line in lines))
    return shown


# ---- start and stop


def start_and_stop(url: str, folder: Path) -> tuple[float, float]:
    """Seconds from the start of `serve` to ready, and from SIGTERM to its end, with a queue of 100,000."""

    async def fill() -> None:
        clock = VirtualClock(START)
        store = await fresh(url, clock)
        later = VirtualClock(START + timedelta(days=3650))
        ids = await people(store, 1_000)
        made = [e for _ in range(100) for e in messages(ids, later)]
        made = [replace(e, id=f"{e.id}-{n}", dedupe=f"{e.dedupe}-{n}") for n, e in enumerate(made)]
        await rows(store, OutboxEntry, made)
        await store.close()

    asyncio.run(fill())
    config = folder / "bench.toml"
    config.write_text(
        f'[server]\nport = 18999\n[database]\nurl = "{url}"\n[keys]\nfile = "{folder / "key"}"\n[adapters.web]\n',
        encoding="utf-8",
    )
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve", "--config", str(config)], stderr=subprocess.DEVNULL, env={**os.environ}
    )
    while True:
        try:
            with urllib.request.urlopen("http://127.0.0.1:18999/readyz", timeout=1) as answer:
                if answer.status == 200:
                    break
        except OSError:
            if process.poll() is not None:
                raise
            time.sleep(0.05)
    ready = time.monotonic() - began
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    return ready, time.monotonic() - began


@contextmanager
def places() -> Iterator[tuple[Callable[[str], str], Callable[[], Any]]]:
    """Addresses of fresh databases: SQLite by name, PostgreSQL one after the other."""
    with tempfile.TemporaryDirectory() as folder, server() as at:
        yield lambda name: f"sqlite:///{folder}/{name}.sqlite3", lambda: database(at)


def run() -> Section:
    """Measure everything."""
    with places() as (sqlite, postgres):
        rates = []
        taken, _ = asyncio.run(drain(sqlite("rate"), MESSAGES, 8))
        rates.append(_rate("SQLite, 8 senders", MESSAGES, taken, "400"))
        with postgres() as url:
            taken, _ = asyncio.run(drain(url.render_as_string(hide_password=False), MESSAGES, 8))
            rates.append(_rate("PostgreSQL, 8 senders", MESSAGES, taken, "1,000"))
        with postgres() as url:
            taken, grown = asyncio.run(drain(url.render_as_string(hide_password=False), PEAK, 40))
            rates.append(_rate(f"PostgreSQL, peak of {PEAK:,} (grew by {grown / 1024:.0f} MB)", PEAK, taken, "–"))
        ticks, claims, plans = asyncio.run(large(sqlite("large")))
        sizes = [_look("SQLite", ticks, claims)]
        with postgres() as url:
            ticks, claims, more = asyncio.run(large(url.render_as_string(hide_password=False)))
            sizes.append(_look("PostgreSQL", ticks, claims))
        with tempfile.TemporaryDirectory() as folder:
            ready, stopped = start_and_stop(sqlite("start"), Path(folder))
    return Section(
        title="Delivery and scale",
        intro="The whole way of a message: claimed, decided, drawn, begun, given to an instant receiver, settled.",
        tables=(
            Table(
                ("what", "messages", "elapsed, s", "a second", "CPU of the program, s", "a CPU second", "limit"),
                tuple(rates),
            ),
            Table(
                ("database", "a look at what is due, median", "99th percentile", "a claim, median", "limit"),
                tuple(sizes),
                f"Nothing due, {PEOPLE:,} people, {GROUPS:,} groups with a timer each, {HISTORY:,} sent messages",
            ),
            Table(
                ("what", "measured", "limit"),
                (
                    ("start of serve to ready, 100,000 messages waiting", f"{ready:.1f} s", "3 s"),
                    ("SIGTERM to exit", f"{stopped:.1f} s", "10 s"),
                ),
            ),
        ),
        notes=(
            "Other work ran on the machine; CPU seconds are what a free core would take.",
            f"SQLite's plan of the look: {plans[0]}.",
            f"SQLite's plan of the claim: {plans[1]}.",
            f"PostgreSQL's plan of the look: {more[0]}.",
            f"PostgreSQL's plan of the claim: {more[1]}.",
        ),
    )


def _rate(what: str, count: int, taken: Taken, limit: str) -> tuple[str, ...]:
    return (
        what, f"{count:,}", f"{taken.wall:.1f}", f"{count / taken.wall:,.0f}", f"{taken.cpu:.1f}",
        f"{count / taken.cpu:,.0f}", limit,
    )  # fmt: skip


def _look(what: str, ticks: list[float], claims: list[float]) -> tuple[str, ...]:
    ms = [f"{1000 * value:.1f} ms" for value in (median(ticks), quantiles(ticks, n=100)[98], median(claims))]
    return (what, *ms, "5 ms")
