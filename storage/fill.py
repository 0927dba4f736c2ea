"""Very many records at once into an empty database: invented ones, to see how an installation of a size behaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import create_engine, insert, text

from storage.mapping import to_row
from storage.migrate import sync_url
from storage.tables import TABLES, authorship, drawer

AT_ONCE = 5_000
T = TypeVar("T")


def fill(
    url: str,
    organisation: str,
    records: Iterable[Any],
    presenters: Iterable[tuple[str, str]] = (),
    kept: Iterable[str] = (),
) -> int:
    """Insert records in their order, who presented which case, and keys of the web page's drawer; how many rows."""
    engine, count = create_engine(sync_url(url)), 0
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # References are checked by plans made while the tables were empty: they would read them whole for each row.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for some in _portions(records):
            by_kind: dict[type[Any], list[dict[str, Any]]] = {}
            for record in some:
                by_kind.setdefault(type(record), []).append(to_row(record))
            for kind in (kind for kind in TABLES if kind in by_kind):
                connection.execute(insert(TABLES[kind]), by_kind[kind])
                count += len(by_kind[kind])
        for pairs in _portions(presenters):
            rows = [{"case_id": case, "organisation": organisation, "person": person} for case, person in pairs]
            connection.execute(insert(authorship), rows)
            count += len(rows)
        for keys in _portions(kept):
            connection.execute(insert(drawer), [{"adapter": "web", "key": key, "content": b""} for key in keys])
            count += len(keys)
    engine.dispose()
    return count


def _portions(of: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(of)
    while some := list(islice(rest, AT_ONCE)):
        yield some
