"""Connections: SQLite by default (one file, WAL, one writer at a time), PostgreSQL for several replicas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot import private_files
from bot.errors import SetupError
from storage import sqlite_driver as readahead

BUSY_MILLISECONDS = 10_000
WRITES = "intervision_writes"


def async_url(url: str) -> str:
    """The configured URL with the driver this program uses. Raises SetupError for another database."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SetupError("database.url: this is not a database URL; write sqlite:///path or postgresql://…") from None
    backend = parsed.get_backend_name()
    driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}.get(backend)
    if driver is None:
        raise SetupError(f"database.url: {backend} is not supported; use sqlite or postgresql.")
    return parsed.set(drivername=driver).render_as_string(hide_password=False)


def make_engine(url: str) -> AsyncEngine:
    """An engine with the settings this program relies on."""
    url = async_url(url)
    if url.startswith("sqlite"):
        return _sqlite(url)
    options = f"-c statement_timeout={BUSY_MILLISECONDS} -c idle_in_transaction_session_timeout=30000"
    return create_async_engine(
        url,
        pool_size=5,
        hide_parameters=True,
        max_overflow=5,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={"options": options, **_network(url)},
    )


def _network(url: str) -> dict[str, int]:
    """How soon a server that does not answer any more is given up, in seconds; the address may say otherwise.

    A machine that vanishes closes no connection: without these, the system waits for it for a quarter of an hour.
    """
    patience = {"connect_timeout": 10, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    wanted = {**patience, "tcp_user_timeout": 20_000}  # the last one in milliseconds
    return {name: value for name, value in wanted.items() if name not in make_url(url).query}


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite URL."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def _sqlite(url: str) -> AsyncEngine:
    path = sqlite_file(url)
    if path is not None:
        try:
            private_files.folder(path.parent)
        except OSError as error:
            raise SetupError(
                f"The database folder {path.parent} cannot be made ({type(error).__name__}): check its rights."
            ) from None
    engine = create_async_engine(
        url, pool_size=8, max_overflow=0, hide_parameters=True, connect_args={"timeout": BUSY_MILLISECONDS / 1000}
    )

    @event.listens_for(engine.sync_engine, "do_connect")
    def connect(dialect: Any, _record: object, where: list[str], options: dict[str, Any]) -> Any:
        return dialect.dbapi.connect(*where, async_creator_fn=readahead.connect, **options)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # Transactions are begun by the event below, not by the driver.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MILLISECONDS}",
            "temp_store=MEMORY",
            "secure_delete=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once: taking it later can fail in the middle of the work.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
