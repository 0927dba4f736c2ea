"""Moving everything from one database to another, row by row, and comparing every row before it counts.

The source is read in one snapshot and left as it was; the target fills in one transaction. Whatever goes wrong,
the target is empty again and the source untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, create_engine, func, insert, select, text, tuple_
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.errors import SetupError
from storage.migrate import check_version, reason, sync_url, upgrade
from storage.tables import metadata, replica

AT_ONCE = 500
PASSING = frozenset({"replica", "compatible", "last_done"})
"""Tables that say something about programs, not about the organisations."""


def copy_database(source: str, target: str, seen_since: datetime, tell: Callable[[str, int], None]) -> int:
    """Copy and compare; how many rows. `tell` hears each table with its rows once it is copied.

    Raises SetupError when a program is still at work on the source (seen since `seen_since`), when the target is the
    source or not empty, when either does not answer, and when any row came out different.
    """
    if make_url(source) == make_url(target):
        raise SetupError("--to names the database in use; name another one.")
    check_version(source)
    upgrade(target)
    try:
        with _connected(source) as old, _connected(target) as new:
            if old.execute(select(func.count()).where(replica.c.seen_at >= seen_since)).scalar_one():
                raise SetupError("A program is at work on this database: stop intervision serve, then copy.")
            return _copy(old, new, tell)
    except DBAPIError as error:
        raise SetupError(
            f"The copy failed: {reason(error)}. The new database is left empty, the old as it was."
        ) from None


def _copy(old: Connection, new: Connection, tell: Callable[[str, int], None]) -> int:
    tables = [table for table in metadata.sorted_tables if table.name not in PASSING]
    for table in tables:
        if new.execute(select(func.count()).select_from(table)).scalar_one():
            raise SetupError(f"The new database is not empty (table {table.name}): name an empty one.")
    total = 0
    for table in tables:
        copied = 0
        for rows in _batches(old, table):
            new.execute(insert(table), rows)
            _compare(new, table, rows)
            copied += len(rows)
        if new.execute(select(func.count()).select_from(table)).scalar_one() != copied:
            raise SetupError(f"Table {table.name} did not come out the same; the new database is left empty.")
        _count_on(new, table)
        tell(table.name, copied)
        total += copied
    new.commit()
    return total


def _batches(old: Connection, table: Table) -> Iterator[Sequence[dict[str, Any]]]:
    found = old.execution_options(yield_per=AT_ONCE).execute(select(table).order_by(*table.primary_key.columns))
    for rows in found.mappings().partitions():
        yield [dict(row) for row in rows]


def _compare(new: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Read the batch back from the target: every column of every row must be what the source said."""
    key = [column.name for column in table.primary_key.columns]
    wanted = {tuple(row[name] for name in key): row for row in rows}
    columns = tuple_(*(table.c[name] for name in key)) if len(key) > 1 else table.c[key[0]]
    values = list(wanted) if len(key) > 1 else [each[0] for each in wanted]
    found = {
        tuple(row[n] for n in key): dict(row)
        for row in new.execute(select(table).where(columns.in_(values))).mappings()
    }
    for which, row in wanted.items():
        if found.get(which) != row:
            raise SetupError(
                f"A row of table {table.name} did not come out the same ({'/'.join(map(str, which))}); "
                "the new database is left empty."
            )


def _count_on(new: Connection, table: Table) -> None:
    """Numbers that the database counts itself go on after the highest that was copied."""
    counted = table.autoincrement_column
    if counted is None or new.dialect.name != "postgresql":
        return
    highest = select(func.max(counted)).scalar_subquery()
    sequence = func.pg_get_serial_sequence(f'"{table.name}"', counted.name)
    new.execute(select(func.setval(sequence, func.coalesce(highest, 0) + 1, text("false"))))


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """A transaction on a database, rolled back unless committed, with its engine released."""
    engine = create_engine(sync_url(url))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
