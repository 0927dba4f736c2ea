"""What a store in memory holds, and how a unit of work changes a copy of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterable, Mapping
from copy import copy
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from bot.ports.records import (
    Replica,
)
from bot.ports.schema import UNIQUE

if TYPE_CHECKING:
    from storage.memory import MemoryStore

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda have, want: have == want,
    "in": lambda have, want: have in want,
    "not": lambda have, want: have != want,
    "lt": lambda have, want: have is not None and have < want,
    "le": lambda have, want: have is not None and have <= want,
    "gt": lambda have, want: have is not None and have > want,
    "ge": lambda have, want: have is not None and have >= want,
}


@dataclasses.dataclass
class State:
    """Everything kept; keys of texts begin with the organisation."""

    rows: dict[type[Any], dict[str, Any]]
    presenters: dict[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    texts: dict[tuple[str, str, str], dict[str, str]] = dataclasses.field(default_factory=dict)
    sealed: dict[tuple[str, str, str], bytes] = dataclasses.field(default_factory=dict)
    inbox: set[tuple[str, str]] = dataclasses.field(default_factory=set)

    replicas: dict[str, Replica] = dataclasses.field(default_factory=dict)
    last_done: dict[str, datetime] = dataclasses.field(default_factory=dict)

    def copied(self) -> State:
        """A copy whose changes leave the original alone; records themselves are frozen."""
        rows = {kind: dict(records) for kind, records in self.rows.items()}
        others = {spec.name: copy(getattr(self, spec.name)) for spec in dataclasses.fields(self) if spec.name != "rows"}
        return State(rows, **others)

    def seen_replicas(self, since: datetime) -> list[Replica]:
        """Replicas seen since a moment, oldest first."""
        return sorted((r for r in self.replicas.values() if r.seen_at >= since), key=lambda r: (r.started_at, r.id))


class Changes:
    """A copy of everything, put in place by `commit`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._state = store.state.copied()

    def _table(self, kind: type[Any]) -> dict[str, Any]:
        return self._state.rows[kind]

    async def commit(self) -> None:
        """Make it real."""
        self._store.state = self._state.copied()


def asked(kind: type[Any], conditions: Iterable[str], *names: str) -> None:
    """Refuse what no column answers, as a database does: a property is not stored."""
    stored = _columns(cast("Hashable", kind))
    unknown = {name.partition("__")[0] for name in conditions} | {name.lstrip("-") for name in names}
    if not unknown <= stored:
        raise KeyError(f"{kind.__name__} has no column {', '.join(sorted(unknown - stored))}")


@cache
def _columns(kind: Any) -> frozenset[str]:
    return frozenset(spec.name for spec in dataclasses.fields(kind))


def meets(record: Any, conditions: Mapping[str, Any]) -> bool:
    for key, want in conditions.items():
        name, _, how = key.partition("__")
        if not _COMPARISONS[how](getattr(record, name), want):
            return False
    return True


def by(name: str) -> Callable[[Any], tuple[bool, Any]]:
    """A sort key by field; empty values come first."""
    return lambda record: (getattr(record, name) is not None, getattr(record, name))


def is_taken(record: Any, table: Mapping[str, Any]) -> bool:
    for names in UNIQUE.get(type(record), ()):
        values = [getattr(record, name) for name in names]
        if None not in values and any([getattr(o, n) for n in names] == values for o in table.values()):
            return True
    return False
