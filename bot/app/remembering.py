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
            self._many[key] = await self._uow.find(kind, order=order, limit=limit, **conditions)
        return list(self._many[key])

    async def look_ahead(self, kind: type[Any], field: str, values: Iterable[str], **conditions: Any) -> None:
        """Ask in one question what will be asked value by value."""
        wanted = list(dict.fromkeys(values))
        asked: dict[str, Any] = {f"{field}__in": wanted, **conditions}
        by_value: dict[str, list[Any]] = {value: [] for value in wanted}
        for record in await self._uow.find(kind, **asked):
            by_value[getattr(record, field)].append(record)
        for value, its in by_value.items():
            if field == "id" and its:
                self._one[kind, value] = its[0]
            for one in ({field: value}, {f"{field}__in": [value]}):
                self._many[_question(kind, ("id",), None, {**one, **conditions})] = its


def _question(kind: type[Any], order: Sequence[str], limit: int | None, conditions: dict[str, Any]) -> object:
    frozen = frozenset((name, tuple(v) if isinstance(v, list) else v) for name, v in conditions.items())
    return kind, tuple(order), limit, frozen
