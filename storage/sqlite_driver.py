"""A SQLite cursor that fetches the rows with the statement: one hop to the connection's thread, not four.

aiosqlite makes four: open a cursor, execute, fetch, close. A page asks some twenty small questions, and the trips would
cost more than the answers. Here the first rows come with the statement, and a cursor closes with its last row; only a
long result takes further trips.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from itertools import islice
from typing import Any

import aiosqlite

AHEAD = 500
"""Rows that come with the statement."""


def connect(database: str, **options: Any) -> Awaitable[aiosqlite.Connection]:
    """A connection as `aiosqlite.connect` makes it, with such cursors; its thread ends with the program."""
    connection = _Connection(lambda: sqlite3.connect(database, **options), iter_chunk_size=AHEAD)
    connection._thread.daemon = True
    return connection


class _Connection(aiosqlite.Connection):
    def cursor(self) -> _Cursor:  # type: ignore[override]  # nothing to wait for yet
        return _Cursor(self)


class _Cursor(aiosqlite.Cursor):
    """Opened by its statement; methods that begin with `_on_thread` run on the connection's thread."""

    _cursor: sqlite3.Cursor

    def __init__(self, connection: _Connection) -> None:
        self._conn = connection
        self._rows = deque[Any]()
        self._open = False

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> _Cursor:
        await self._there(self._on_thread, "execute", sql, () if parameters is None else parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> _Cursor:
        await self._there(self._on_thread, "executemany", sql, parameters)
        return self

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = size or 1
        if len(self._rows) < wanted and self._open:
            await self._there(self._on_thread_read, max(wanted, AHEAD))
        return [self._rows.popleft() for _ in range(min(wanted, len(self._rows)))]

    async def fetchall(self) -> list[Any]:
        if self._open:
            await self._there(self._on_thread_read, None)
        rows, self._rows = self._rows, deque()
        return list(rows)

    async def _there(self, work: Callable[..., Any], *given: Any) -> None:
        await self._execute(work, *given)  # type: ignore[no-untyped-call]  # aiosqlite leaves it untyped

    async def close(self) -> None:
        self._rows.clear()
        if self._open:
            self._open = False
            await self._there(self._cursor.close)

    def _on_thread(self, how: str, sql: str, parameters: Iterable[Any]) -> None:
        self._cursor = self._conn._conn.cursor()
        getattr(self._cursor, how)(sql, parameters)
        self._open = True
        self._on_thread_read(AHEAD)

    def _on_thread_read(self, most: int | None) -> None:
        before = len(self._rows)
        self._rows.extend(islice(self._cursor, most))
        if most is None or len(self._rows) - before < most:
            self._cursor.close()
            self._open = False
