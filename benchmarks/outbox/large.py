"""A look at what is due, and a claim, on a large database with nothing due; and how the database finds that out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from benchmarks.outbox.places import analyze, fresh, timed, tools
from bot.demo.clinic import ORGANISATION, START
from bot.demo.clock import VirtualClock
from bot.log import Silent
from bot.ports.records import OutboxEntry, Timer
from bot.runtime.ticker import Ticker
from storage.store import SqlStore
from storage.tables import OPEN, TABLES

PEOPLE, GROUPS, HISTORY = 1_000_000, 50_000, 200_000


async def large(url: str) -> tuple[list[float], list[float], list[str]]:
    """Seconds of looks at what is due, and of claims, with nothing due; and the plans of their queries."""
    clock = VirtualClock(START)
    store = await fresh(url, clock)
    async with store._engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SET LOCAL statement_timeout = 0"))  # the program's own is for its questions
        for statement in _filling(connection.dialect.name):
            await connection.execute(text(statement))
    await analyze(store)
    ticker, now = Ticker(store, clock, tools(), Silent()), clock.now()
    await ticker.tick()
    ticks = [(await timed(ticker.tick)).wall for _ in range(200)]

    async def claim() -> None:
        async with store.system() as system:
            assert await system.claim(now, now + timedelta(seconds=45), "bench", 100) == []
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
    timers, entries = TABLES[Timer], TABLES[OutboxEntry]
    tick = timers.select().where(timers.c.at <= START).order_by(timers.c.at, timers.c.id).limit(500)
    claim = entries.select().where(OPEN, entries.c.due_at <= START, entries.c.urgent.is_(False))
    claim = claim.order_by(entries.c.due_at, entries.c.created_at, entries.c.id).limit(100)
    shown = []
    async with store._engine.connect() as connection:
        explain = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        for query in (tick, claim):
            compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
            lines = [str(row[-1]).strip() for row in await connection.exec_driver_sql(explain + str(compiled))]
            shown.append("; ".join(line.split("  (cost")[0] for line in lines))
    return shown
