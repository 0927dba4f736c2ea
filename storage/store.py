"""The store on SQLAlchemy: opens units of work, turns the database's failures into `StoreUnavailable`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import disk_usage
from typing import IO

from sqlalchemy import event, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import private_files
from bot.errors import SetupError
from bot.ports.system import Clock
from bot.ports.unit_of_work import StoreUnavailable
from storage.engine import BUSY_MILLISECONDS, WRITES, make_engine, sqlite_file
from storage.key_sources import FileSource
from storage.key_value import SqlDrawer
from storage.keys import KeyRing
from storage.migrate import check_version
from storage.system import SqlSystemWork
from storage.tables import data_key, drawer
from storage.unit_of_work import SqlWork

READ_ONLY = "25006"
"""PostgreSQL's word for a write on a standby."""
ROOM = 16 * 1024 * 1024
"""Below these free bytes on the disk `ready()` is false, so that work under way can finish."""


class SqlStore:
    """Implements `bot.ports.unit_of_work.Store`."""

    def __init__(self, engine: AsyncEngine, keys: KeyRing, clock: Clock) -> None:
        self._engine = engine
        event.listen(engine.sync_engine, "handle_error", _unavailable)
        self._file = sqlite_file(str(engine.url))
        # SQLite has one writer at a time. Those of this program wait in the order they came; waiting inside SQLite is
        # trying again now and then, and whoever writes often would leave the others no gap.
        self._writer = asyncio.Lock() if engine.dialect.name == "sqlite" else None
        self._keys = keys
        self._clock = clock
        self._opened = _identity(self._file)
        self._occupied: IO[str] | None = None

    @asynccontextmanager
    async def begin(self, organisation: str, *, write: bool = True) -> AsyncIterator[SqlWork]:
        """A unit of work for one organisation; leaving it without `commit` undoes everything."""
        async with self._connection(write=write) as connection:
            yield SqlWork(connection, organisation, self._keys, writes=write)

    @asynccontextmanager
    async def system(self, *, write: bool = True) -> AsyncIterator[SqlSystemWork]:
        """A unit of work of the runtime."""
        async with self._connection(write=write) as connection:
            yield SqlSystemWork(connection)

    def drawer(self, adapter: str) -> SqlDrawer:
        """The adapter's encrypted drawer."""
        return SqlDrawer(self._connection, self._keys, self._clock, adapter)

    def occupy(self) -> bool:
        """Lock a file beside the SQLite file until this program ends, however it ends."""
        if self._file is None:
            return False
        import fcntl

        beside = self._file.with_name(f"{self._file.name}.serving")
        try:
            lock = private_files.added_to(beside)
        except OSError as error:
            raise SetupError(f"{beside} cannot be written ({type(error).__name__}): is the folder read-only?") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise SetupError(
                f"Another program serves {self._file} already. A SQLite file is for one program: stop that one, "
                "or move to PostgreSQL (intervision migrate --to)."
            ) from None
        self._occupied = lock
        return True

    async def ready(self) -> bool:
        """Whether the database answers and takes a writer's lock; a SQLite file has room to grow and is still there."""
        if self._file is not None and disk_usage(self._file.parent).free < ROOM:
            return False
        try:
            async with self._connection(write=True) as connection:
                await connection.execute(select(drawer.c.key).limit(1))
                return self._still_there()
        except StoreUnavailable:
            return False

    def _still_there(self) -> bool:
        """Whether what is written now stands under the file's name: not exchanged, and with its log, in use now."""
        if self._file is None:
            return True
        log = self._file.with_name(f"{self._file.name}-wal")
        return _identity(self._file) == self._opened and log.exists()

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()
        if self._occupied:
            self._occupied.close()

    @asynccontextmanager
    async def _connection(self, *, write: bool) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._turn(write=write), self._engine.connect() as connection:
                await connection.execution_options(**{WRITES: write})
                yield connection
        except DBAPIError as error:
            raise StoreUnavailable(why(error.orig)) from None
        except SQLAlchemyError as error:
            raise StoreUnavailable(type(error).__name__) from None

    @asynccontextmanager
    async def _turn(self, *, write: bool) -> AsyncIterator[None]:
        """A writer's turn among this program's writers; raises StoreUnavailable when it does not come in time."""
        if self._writer is None or not write:
            yield
            return
        try:
            async with asyncio.timeout(BUSY_MILLISECONDS / 1000):
                await self._writer.acquire()
        except TimeoutError:
            raise StoreUnavailable("busy") from None
        try:
            yield
        finally:
            self._writer.release()


WHY = {
    "locked": "it is locked by another program",
    "disk is full": "its disk is full",
    "readonly": "it is read-only",
    "read-only": "it is read-only",
    "unable to open": "its file cannot be opened: is it, or its folder, read-only?",
    "disk I/O error": "its disk or file is damaged, or the file was exchanged",
    "connection": "it does not answer",
}


def why(error: object) -> str:
    """What a database's error means, in words of ours: its own may quote what was written."""
    said = str(error)
    return next((words for part, words in WHY.items() if part in said), type(error).__name__)


def _identity(file: Path | None) -> tuple[int, int] | None:
    """Which file stands under this name now."""
    try:
        found = file.stat() if file else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def _unavailable(failed: ExceptionContext) -> StoreUnavailable | None:
    """A statement that fails says so by name where it stands: whoever looks at its rule's mistakes must not take a
    broken connection for one. A connection that is only tried before it is used is replaced without a word. A server
    that takes no writes any more was replaced by another: its connections are given up. Who cancels is no failure.
    """
    if not isinstance(failed.original_exception, Exception):
        return None
    if getattr(failed.original_exception, "sqlstate", None) == READ_ONLY:
        failed.is_disconnect = True
    return None if failed.is_pre_ping else StoreUnavailable(why(failed.original_exception))


async def open_store(url: str, keys: KeyRing, clock: Clock, *, texts: bool = True) -> SqlStore:
    """Open a migrated database; with `texts` off for whoever reads nothing encrypted, whatever the keys are.

    Raises SetupError when it is not migrated, too new, cannot be opened, or holds texts under a key that is not there.
    """
    check_version(url)
    engine = make_engine(url)
    try:
        async with engine.connect() as connection:
            used = set(await connection.scalars(select(data_key.c.kek).distinct()))
        if texts:
            _refuse_lost_keys(sorted(used.difference(keys.keys)), keys)
    except DBAPIError as error:
        await engine.dispose()
        raise SetupError(f"The database cannot be used now: {why(error.orig)}.") from None
    except SetupError:
        await engine.dispose()
        raise
    return SqlStore(engine, keys, clock)


def _refuse_lost_keys(lost: list[str], keys: KeyRing) -> None:
    """A fresh key opens nothing: better no service than one that cannot show what was entrusted to it."""
    if not lost:
        return
    if isinstance(keys.source, FileSource):
        keys.source.take_back()
    raise SetupError(
        f"{keys.source.where}: the database holds texts under the key {', '.join(lost)}, which is not there. "
        "Put it back from your backup; nothing was changed."
    )
