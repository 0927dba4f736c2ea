"""Row ↔ record: plain values for the database, frozen dataclasses for the rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from sqlalchemy.engine import RowMapping

from storage.tables import bare

R = TypeVar("R")
LISTS = (tuple, frozenset)


def to_row(record: Any) -> dict[str, Any]:
    """The values of a record's columns."""
    return {spec.name: _plain(getattr(record, spec.name)) for spec in dataclasses.fields(record)}


def to_record(kind: type[R], row: Mapping[str, Any] | RowMapping) -> R:
    """The record of a row."""
    readers: dict[str, Any] = _readers(cast("Hashable", kind))
    values: Mapping[Any, Any] = row
    return kind(**{name: read(values[name]) for name, read in readers.items()})


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
    hints = get_type_hints(kind)
    if all(get_origin(bare(hints[name])[0]) not in LISTS for name in names):
        return tuple
    wanted = [readers[name] for name in names]
    return lambda row: tuple(read(value) for read, value in zip(wanted, row, strict=True))


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | frozenset):
        items = [item.isoformat() if isinstance(item, date) else _plain(item) for item in value]
        return sorted(items) if isinstance(value, frozenset) else items
    return dict(value) if isinstance(value, Mapping) else value


@cache
def _readers(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {spec.name: _reader(bare(hints[spec.name])[0]) for spec in dataclasses.fields(kind)}


@cache
def _places(kind: Any) -> list[tuple[int, Any]]:
    """Which columns do not hold their field's value as it is."""
    hints = get_type_hints(kind)
    kinds = [bare(hints[spec.name])[0] for spec in dataclasses.fields(kind)]
    return [(at, _reader(hint)) for at, hint in enumerate(kinds) if get_origin(hint) in LISTS]


def _reader(hint: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in LISTS:
        item = date.fromisoformat if inner[0] is date else inner[0]
        return lambda value: origin(item(each) for each in value)
    return lambda value: value
