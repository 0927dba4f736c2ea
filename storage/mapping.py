"""Row ↔ record: plain values for the database, frozen dataclasses for the rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from sqlalchemy.engine import RowMapping

from storage.tables import bare

R = TypeVar("R")


def to_row(record: Any) -> dict[str, Any]:
    """The values of a record's columns."""
    return {spec.name: _plain(getattr(record, spec.name)) for spec in dataclasses.fields(record)}


def to_record(kind: type[R], row: Mapping[str, Any] | RowMapping) -> R:
    """The record of a row."""
    readers: dict[str, Any] = _readers(cast("Hashable", kind))
    values: Mapping[Any, Any] = row
    return kind(**{name: read(values[name]) for name, read in readers.items()})


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


def _reader(hint: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {tuple, frozenset}:
        item = date.fromisoformat if inner[0] is date else inner[0]
        return lambda value: origin(item(each) for each in value)
    return lambda value: value
