"""Row ↔ record: plain values for the database, frozen dataclasses for the rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache, lru_cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from sqlalchemy.engine import RowMapping

from storage.tables import bare

R = TypeVar("R")
_LISTS = (tuple, frozenset)
_PLAIN = frozenset({str, int, float, bool, type(None), datetime, date})
"""Types whose values go into the database as they are."""


def to_row(record: Any) -> dict[str, Any]:
    """The values of a record's columns."""
    values = [(name, getattr(record, name)) for name in _names(cast("Hashable", type(record)))]
    return {name: value if type(value) in _PLAIN else _plain(value) for name, value in values}


def to_record(kind: type[R], row: Mapping[str, Any] | RowMapping) -> R:
    """The record of a row."""
    values: Mapping[Any, Any] = row
    return to_records(kind, [[values[name] for name in _names(cast("Hashable", kind))]])[0]


def to_records(kind: type[R], rows: Iterable[Sequence[Any]]) -> list[R]:
    """The records of whole rows, their columns in the order of the fields."""
    readers = _places(cast("Hashable", kind))
    records = []
    for row in rows:
        values = list(row)
        for place, read in readers:
            values[place] = read(values[place])
        records.append(kind(*values))
    return records


def fields_of(kind: type[Any], names: Sequence[str]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Reads a row of just these columns, in their order."""
    readers = _readers(cast("Hashable", kind))
    if not any(name in readers for name in names):
        return tuple
    return lambda row: tuple(readers.get(name, _as_it_is)(value) for name, value in zip(names, row, strict=True))


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | frozenset):
        items = [item.isoformat() if isinstance(item, date) else _plain(item) for item in value]
        return sorted(items) if isinstance(value, frozenset) else items
    return dict(value) if isinstance(value, Mapping) else value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a record, in their order."""
    return tuple(spec.name for spec in dataclasses.fields(kind))


@cache
def _readers(kind: Any) -> dict[str, Callable[[Any], Any]]:
    """How to read the columns that do not hold their field's value as it is, by name."""
    hints = get_type_hints(kind)
    kinds = {spec.name: bare(hints[spec.name])[0] for spec in dataclasses.fields(kind)}
    return {name: _reader(hint) for name, hint in kinds.items() if get_origin(hint) in _LISTS}


@cache
def _places(kind: Any) -> list[tuple[int, Callable[[Any], Any]]]:
    """The same by their place among the fields."""
    readers = _readers(kind)
    return [(at, readers[name]) for at, name in enumerate(_names(kind)) if name in readers]


def _reader(hint: Any) -> Callable[[Any], Any]:
    origin, inner = cast("Any", get_origin(hint)), get_args(hint)
    item = date.fromisoformat if inner[0] is date else inner[0]

    @lru_cache(maxsize=1000)
    def read(values: tuple[Any, ...]) -> Any:
        return origin(item(each) for each in values)

    # Thousands of people hold the same few roles, and what is read cannot be changed.
    return lambda value: read(tuple(value))


def _as_it_is(value: Any) -> Any:
    return value
