"""Intents and timers of a unit of work are written together: a statement for twenty costs little more than for one.

They wait until their table is asked or the unit of work commits, so nobody inside or outside sees the difference.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.records import OutboxEntry, Timer
from storage.in_clause import among
from storage.mapping import to_row
from storage.tables import TABLES


class Later:
    """What one unit of work still has to write of them."""

    kinds = frozenset({OutboxEntry, Timer})

    def __init__(self, connection: AsyncConnection, organisation: str) -> None:
        self._connection = connection
        self._organisation = organisation
        self._entries: dict[str, OutboxEntry] = {}
        self._timers: dict[str, Timer | None] = {}

    def post(self, entry: OutboxEntry) -> None:
        """An intent; of several with one dedupe key the first counts."""
        self._entries.setdefault(entry.dedupe, entry)

    def wake(self, id: str, timer: Timer | None) -> None:
        """A timer, or that there is to be none; what was said last counts."""
        self._timers[id] = timer

    async def write(self) -> None:
        """Write everything, in the order of the keys: two units of work with keys in common do not lock each other."""
        if self._entries:
            rows = [to_row(entry) for _, entry in sorted(self._entries.items())]
            await self._connection.execute(_post(self._connection.dialect.name), rows)
        if self._timers:
            gone = [id for id, timer in self._timers.items() if timer is None]
            rows = [to_row(timer) for _, timer in sorted(self._timers.items()) if timer is not None]
            if gone:
                table = TABLES[Timer]
                mine = among(table.c.id, gone) & (table.c.organisation == self._organisation)
                await self._connection.execute(delete(table).where(mine))
            if rows:
                await self._connection.execute(_wake(self._connection.dialect.name), rows)
        self._entries, self._timers = {}, {}


@cache
def _post(dialect: str) -> Any:
    return _insert(dialect, OutboxEntry).on_conflict_do_nothing()


@cache
def _wake(dialect: str) -> Any:
    # One statement: two units of work that set the same timer at once must not trip over each other.
    query = _insert(dialect, Timer)
    return query.on_conflict_do_update(index_elements=["id"], set_={"at": query.excluded.at})


def _insert(dialect: str, kind: type[Any]) -> Any:
    make: Any = postgresql if dialect == "postgresql" else sqlite
    return make.insert(TABLES[kind])
