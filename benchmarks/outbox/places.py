"""Databases with the demo clinic and as many people more as a measurement needs; the machine's clock, moved."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from bot.anonymise import GateSettings
from bot.app.dependencies import Tools
from bot.demo.clinic import ORGANISATION, START, found
from bot.domain.person import Contact, Person, Role
from bot.ports.records import OutboxEntry
from bot.ports.system import Clock
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.system import SystemIds, SystemRng
from storage.keys import KeyRing
from storage.mapping import to_row
from storage.migrate import upgrade
from storage.store import SqlStore, open_store
from storage.tables import TABLES
from tests.gate import GateInAWorker
from tests.postgres import database, server

KEYS = KeyRing.of(b"k" * 32)
APART = multiprocessing.get_context("spawn")
"""Programs of their own, so that memory and processor time are theirs alone."""


PATIENCE = 300
"""Seconds."""


@dataclass
class Taken:
    """Elapsed and CPU seconds of a step."""

    wall: float
    cpu: float


async def timed(step: Callable[[], Awaitable[Any]]) -> Taken:
    """Do it once in this process."""
    wall, cpu = time.monotonic(), time.process_time()
    await step()
    return Taken(time.monotonic() - wall, time.process_time() - cpu)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Look every second until it is so: other programs bring it about, so there is nothing to be woken by."""
    async with asyncio.timeout(PATIENCE):
        seen = await true()
        for _ in range(PATIENCE):
            if seen:
                return
            await asyncio.sleep(1)
            seen = await true()


def tools() -> Tools:
    """Without a gate: nothing is anonymised here."""
    return Tools(SystemIds(), SystemRng(), GateInAWorker(GateSettings()), HolidayCalendars(), "")


def warm() -> None:
    """Imports and calendars a program makes once in its life."""
    tools().calendars.calendar("DE", "SH", frozenset()).is_working(START.date())


async def fresh(url: str, clock: Clock) -> SqlStore:
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


async def analyze(store: SqlStore) -> None:
    """What PostgreSQL does by itself within a minute after many rows came."""
    async with store._engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            own = await connection.execution_options(isolation_level="AUTOCOMMIT")
            for statement in ("SET statement_timeout = 0", "ANALYZE", "RESET statement_timeout"):
                await own.execute(text(statement))


async def people(store: SqlStore, count: int) -> list[str]:
    """Therapists of the demo clinic with a web inbox each."""
    ids = [f"per_{n:07}" for n in range(count)]
    roles = frozenset({Role.THERAPIST})
    made = [Person(i, ORGANISATION, f"Therapist {i}", f"{i}@bench.example", "cli_kiel", roles, START) for i in ids]
    await rows(store, Person, made)
    contacts = [Contact(f"con_{i}", ORGANISATION, i, "web", ORGANISATION, i, seen_at=START) for i in ids]
    await rows(store, Contact, contacts)
    return ids


def messages(ids: list[str], now: datetime) -> list[OutboxEntry]:
    """One plain notice a person."""
    args = {"name": "Therapist", "code": "AB-12"}
    return [OutboxEntry(f"out_{i}", ORGANISATION, f"b:{i}", i, "not_reached", i, now, now, args) for i in ids]


@contextmanager
def databases(folder: Path) -> Iterator[Callable[[str], Any]]:
    """`given("SQLite")` and `given("PostgreSQL")`: context managers with the address of a fresh database each."""
    with server(durable=True) as at:

        @contextmanager
        def given(kind: str) -> Iterator[str]:
            if kind == "SQLite":
                path = folder / f"{time.monotonic_ns()}.sqlite3"
                yield f"sqlite:///{path}"
                path.unlink()
            else:
                with database(at) as url:
                    yield url.render_as_string(hide_password=False)

        yield given
