"""What a store in memory holds, and how a unit of work changes a copy of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterable, Mapping
from copy import copy
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from bot.ports.records import (
    Replica,
)
from bot.ports.schema import UNIQUE

if TYPE_CHECKING:
    from storage.memory import MemoryStore

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "has": lambda have, want: want in have,
    "in": lambda have, want: have in want,
    "not": lambda have, want: have != want,
    "lt": lambda have, want: have is not None and have < want,
    "le": lambda have, want: have is not None and have <= want,
    "gt": lambda have, want: have is not None and have > want,
    "ge": lambda have, want: have is not None and have >= want,
}


@dataclasses.dataclass
class State:
    """Everything kept; keys of texts begin with the organisation. Only `Changes` changes tables; records are frozen."""

    rows: dict[type[Any], dict[str, Any]]
    presenters: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    texts: Mapping[tuple[str, str, str], dict[str, str]] = dataclasses.field(default_factory=dict)
    sealed: Mapping[tuple[str, str, str], bytes] = dataclasses.field(default_factory=dict)
    inbox: Mapping[tuple[str, str], datetime] = dataclasses.field(default_factory=dict)

    replicas: Mapping[str, Replica] = dataclasses.field(default_factory=dict)
    last_done: Mapping[str, datetime] = dataclasses.field(default_factory=dict)

    def seen_replicas(self, since: datetime) -> list[Replica]:
        """Replicas seen since a moment, oldest first."""
        return sorted((r for r in self.replicas.values() if r.seen_at >= since), key=lambda r: (r.started_at, r.id))


class Changes:
    """The state as it is, of which a table is copied before it is changed; put in place by `commit`.

    A state that is in place is never changed: whoever reads it goes on seeing it as it was.
    """

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._state = store.state
        self._own: set[object] = set()
        """Tables and parts of the state that are copies of this unit of work."""

    def _table(self, kind: type[Any]) -> Mapping[str, Any]:
        """A table, to read."""
        return MappingProxyType(self._state.rows[kind])

    def _changing(self, kind: type[Any]) -> dict[str, Any]:
        """A table, to change."""
        if kind not in self._own:
            self._begin()
            self._state.rows[kind] = dict(self._state.rows[kind])
            self._own.add(kind)
        return self._state.rows[kind]

    def _part(self, name: str) -> Any:
        """Another part of the state by its name, to change."""
        if name not in self._own:
            self._begin()
            setattr(self._state, name, copy(getattr(self._state, name)))
            self._own.add(name)
        return getattr(self._state, name)

    def _begin(self) -> None:
        if not self._own:
            self._state = copy(self._state)
            self._state.rows = dict(self._state.rows)

    async def commit(self) -> None:
        """Make it real."""
        if self._own:
            self._store.state = self._state
            self._own = set()


def asked(kind: type[Any], conditions: Iterable[str], *names: str) -> None:
    """Refuse what no column answers, as a database does: a property is not stored."""
    _asked(cast("Hashable", kind), tuple(conditions), names)


@cache
def _asked(kind: Any, conditions: tuple[str, ...], names: tuple[str, ...]) -> None:
    stored = {spec.name for spec in dataclasses.fields(kind)}
    unknown = {name.partition("__")[0] for name in conditions} | {name.lstrip("-") for name in names}
    if not unknown <= stored:
        raise KeyError(f"{kind.__name__} has no column {', '.join(sorted(unknown - stored))}")


def meeting(table: Mapping[str, Any], organisation: str, conditions: Mapping[str, Any]) -> list[Any]:
    """The organisation's records that meet every condition, one condition after the other."""
    records: Iterable[Any] = table.values()
    if "id" in conditions:
        records = [table[conditions["id"]]] if conditions["id"] in table else []
    found = [record for record in records if record.organisation == organisation]
    for key, want in conditions.items():
        name, _, how = key.partition("__")
        if how:
            compare = _COMPARISONS[how]
            found = [record for record in found if compare(getattr(record, name), want)]
        else:
            found = [record for record in found if getattr(record, name) == want]
    return found


def by(name: str) -> Callable[[Any], tuple[bool, Any]]:
    """A sort key by field; empty values come first."""
    return lambda record: (getattr(record, name) is not None, getattr(record, name))


def is_taken(record: Any, table: Mapping[str, Any]) -> bool:
    for names in UNIQUE.get(type(record), ()):
        values = [getattr(record, name) for name in names]
        if None not in values and any([getattr(o, n) for n in names] == values for o in table.values()):
            return True
    return False
