"""Reads that are asked once: a batch of messages looks at the same organisation, clinics and closures many times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, cast

from bot.ports.work import UnitOfWork

R = TypeVar("R")


class Remembering:
    """A unit of work that only reads and answers a question it has answered before from memory.

    Records are frozen, so an answer can be given twice. Everything but `get` and `find` goes straight through.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._one: dict[tuple[type[Any], str], Any] = {}
        self._many: dict[object, list[Any]] = {}

    @property
    def unit(self) -> UnitOfWork:
        """This, for whoever asks for a unit of work."""
        return cast("UnitOfWork", self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    async def get(self, kind: type[R], id: str) -> R:
        """The record; raises NotFound."""
        if (kind, id) not in self._one:
            self._one[kind, id] = await self._uow.get(kind, id)
        return cast("R", self._one[kind, id])

    async def find(
        self, kind: type[R], *, order: Sequence[str] = ("id",), limit: int | None = None, **conditions: Any
    ) -> list[R]:
        """Every record that meets the conditions."""
        key = _question(kind, order, limit, conditions)
        if key not in self._many:
            known = self._value_by_value(kind, conditions) if order == ("id",) and limit is None else None
            if known is None:
                known = await self._uow.find(kind, order=order, limit=limit, **conditions)
            self._many[key] = known
        return list(self._many[key])

    def _value_by_value(self, kind: type[Any], conditions: dict[str, Any]) -> list[Any] | None:
        """What is asked for several values at once (`field__in`) and known of each; None when it is not."""
        several = [name for name in conditions if name.endswith("__in")]
        if len(several) != 1:
            return None
        rest = {name: value for name, value in conditions.items() if name not in several}
        field = several[0].removesuffix("__in")
        found: list[Any] = []
        for value in dict.fromkeys(conditions[several[0]]):
            its = self._many.get(_question(kind, ("id",), None, {field: value, **rest}))
            if its is None:
                return None
            found += its
        return sorted(found, key=lambda record: str(record.id))

    async def look_ahead(
        self, kind: type[R], field: str, values: Iterable[str], order: Sequence[str] = ("id",), **conditions: Any
    ) -> list[R]:
        """Ask in one question what will be asked value by value; everything found."""
        by_value: dict[str, list[Any]] = {value: [] for value in values}
        if not by_value:
            return []
        asked: dict[str, Any] = {f"{field}__in": list(by_value), **conditions}
        found = await self._uow.find(kind, order=order, **asked)
        for record in found:
            by_value[getattr(record, field)].append(record)
        for value, its in by_value.items():
            if field == "id" and its:
                self._one[kind, value] = its[0]
            self._many[_question(kind, order, None, {field: value, **conditions})] = its
        return found


def _question(kind: type[Any], order: Sequence[str], limit: int | None, conditions: dict[str, Any]) -> object:
    frozen = frozenset((name, tuple(v) if isinstance(v, list) else v) for name, v in conditions.items())
    return kind, tuple(order), limit, frozen
