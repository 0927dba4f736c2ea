"""Marks of what a transaction's changes overtake in the kept quarters, written with it (`bot.ports.recount`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from secrets import randbelow
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.case import Case
from bot.ports.records import PersonQuarter, RecountMark
from bot.ports.recount import Mark, marks_of, person_mark, stamped
from storage.in_clause import among
from storage.mapping import to_row
from storage.tables import TABLES, authorship

VERSIONS = 2**31 - 1
"""Versions of a mark are drawn below this."""


class Overtaken:
    """What one unit of work has changed so far."""

    def __init__(self, connection: AsyncConnection, organisation: str) -> None:
        self._connection = connection
        self._organisation = organisation
        self._marks: list[Mark] = []

    def changed(self, record: Any) -> None:
        """A record was added, changed or removed."""
        self._marks += marks_of(record)

    async def presenter_changes(self, cases: Sequence[str]) -> None:
        """These cases lose who presented them, as it stands now."""
        mine = among(authorship.c.case_id, cases) & (authorship.c.organisation == self._organisation)
        query = select(authorship.c.person).where(mine)
        self._marks += [person_mark(who) for who in (await self._connection.execute(query)).scalars()]

    async def presented(self, case: str) -> None:
        """A case has another presenter now."""
        table = TABLES[Case]
        mine = (table.c.id == case) & (table.c.organisation == self._organisation)
        submitted = (await self._connection.execute(select(table.c.submitted_at).where(mine))).scalar()
        if submitted:  # a case that is added afterwards is marked then
            self._marks.append((f"case:{case}", submitted.date()))

    async def write(self) -> None:
        """Write them; a mark that stands keeps the earlier day and gets a new version."""
        if self._marks:
            rows = [to_row(mark) for mark in stamped(self._organisation, self._marks, randbelow(VERSIONS))]
            await self._connection.execute(_mark(self._connection.dialect.name), rows)
        self._marks = []


@cache
def _mark(dialect: str) -> Any:
    make: Any = postgresql if dialect == "postgresql" else sqlite
    query = make.insert(TABLES[RecountMark])
    least: Any = func.least if dialect == "postgresql" else func.min
    since = least(TABLES[RecountMark].c.since, query.excluded.since)
    return query.on_conflict_do_update(index_elements=["id"], set_={"since": since, "version": query.excluded.version})


@cache
def put_quarters(dialect: str) -> Any:
    """Insert rows of people's quarters, or replace what they count."""
    make: Any = postgresql if dialect == "postgresql" else sqlite
    query = make.insert(TABLES[PersonQuarter])
    kept = {name: getattr(query.excluded, name) for name in ("clinic", "data")}
    return query.on_conflict_do_update(index_elements=["id"], set_=kept)
