"""What questions cost a database, counted and not timed: statements, and the rows that it looks at for them.

On SQLite the steps of its machine stand for rows (a row it looks at takes about a dozen); on PostgreSQL its own counts
of rows read are taken. Neither depends on what else the machine does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, text

from storage.store import SqlStore

EVERY = 20
"""Steps of SQLite's machine between two looks at their number."""
STEPS_A_ROW = 12
_READ = "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0) FROM pg_stat_user_tables"


@dataclass
class Cost:
    """Of what was done within `Meter.measured`."""

    statements: int = 0
    rows: int = 0
    texts: Counter[str] = field(default_factory=Counter)
    """How often each statement was asked."""


class Meter:
    """Counts what a store's database does; nothing else may use the store meanwhile."""

    def __init__(self, store: SqlStore) -> None:
        self._engine = store._engine
        self._sqlite = self._engine.dialect.name == "sqlite"
        self._ticks = 0
        self._texts: Counter[str] = Counter()
        event.listen(self._engine.sync_engine, "before_cursor_execute", self._asked)
        if self._sqlite:
            event.listen(self._engine.sync_engine, "checkout", self._counted)

    @asynccontextmanager
    async def measured(self) -> AsyncIterator[Cost]:
        """The cost of what happens inside; complete once it is left."""
        cost = Cost()
        before = await self._rows()
        self._texts = Counter()
        yield cost
        cost.texts = self._texts
        cost.statements = self._texts.total()
        cost.rows = await self._rows() - before

    async def _rows(self) -> int:
        if self._sqlite:
            return self._ticks * EVERY // STEPS_A_ROW
        async with self._engine.connect() as connection:
            await connection.execute(text("SELECT pg_stat_force_next_flush()"))
            await connection.commit()
            return int((await connection.execute(text(_READ))).scalar_one())

    def _asked(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self._texts[statement] += 1

    def _counted(self, connection: Any, *_: Any) -> None:
        connection.run_async(lambda driver: driver.set_progress_handler(self._tick, EVERY))

    def _tick(self) -> int:
        self._ticks += 1
        return 0
