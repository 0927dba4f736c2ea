"""Which records a step left behind and how, so that a repeated press can be told from one on things that moved on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from bot.app.wrapped_uow import Wrapped
from bot.domain.person import Contact
from bot.ports.records import (
    AuditEntry,
    Draft,
    OutboxEntry,
    PersonQuarter,
    RecountMark,
    SeriesEntry,
    Session,
    SignInLink,
    Timer,
)
from bot.ports.schema import RECORDS
from bot.ports.unit_of_work import UnitOfWork

R = TypeVar("R")
NOT_THE_MATTER = frozenset(
    {AuditEntry, Contact, Draft, OutboxEntry, PersonQuarter, RecountMark, Session, SignInLink, Timer}
)
"""Records that change by themselves when a message is sent, a text is typed or a figure is counted."""
KINDS = {kind.__name__: kind for kind in RECORDS if kind not in NOT_THE_MATTER}
GONE = ""


class Noting(Wrapped):
    """A unit of work that notes which records were written through it, and the one that the event names.

    Everything else goes straight through.
    """

    def __init__(self, uow: UnitOfWork, subject: str) -> None:
        super().__init__(uow)
        self._subject = subject
        self._noted: set[tuple[str, str]] = set()

    async def get(self, kind: type[R], id: str) -> R:
        """The record; what the event names is noted."""
        found = await self._uow.get(kind, id)
        if id == self._subject:
            self._note((kind, id))
        return found

    async def add(self, *records: Any) -> None:
        """Insert, and note it."""
        await self._uow.add(*records)
        self._note(*((type(record), record.id) for record in records if hasattr(record, "id")))

    async def save(self, record: R) -> R:
        """Update, and note it."""
        saved = await self._uow.save(record)
        written: Any = record
        self._note((type(record), written.id))
        return saved

    async def remove(self, kind: type[Any], *ids: str) -> None:
        """Delete, and note it."""
        await self._uow.remove(kind, *ids)
        self._note(*((kind, id) for id in ids))

    def _note(self, *records: tuple[type[Any], str]) -> None:
        self._noted |= {(kind.__name__, id) for kind, id in records if kind.__name__ in KINDS}

    async def left(self) -> dict[str, str]:
        """How each record that was noted stands now, by its kind and id."""
        return await standing(self._uow, {f"{kind}:{id}": "" for kind, id in self._noted})


async def standing(uow: UnitOfWork, records: Mapping[str, str]) -> dict[str, str]:
    """How these records stand (a digest of each, `GONE` for those that are not there), by their kind and id."""
    by_kind: dict[str, list[str]] = {}
    for name in records:
        kind, _, id = name.partition(":")
        by_kind.setdefault(kind, []).append(id)
    stand = dict.fromkeys(records, GONE)
    for kind, ids in by_kind.items():
        for record in await uow.find(KINDS[kind], id__in=ids):
            stand[f"{kind}:{record.id}"] = digest(record)
    return stand


def digest(value: Any) -> str:
    """The same for the same content in every process, and no way back to it without knowing it."""
    if isinstance(value, SeriesEntry):
        value = value.plan  # the rest is written whenever a date comes up, a moment after the series began, too
    return hashlib.sha256(json.dumps(_plain(value), sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    match value:
        case Enum():
            return str(value.value)
        case datetime():
            return value.timestamp()
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case set() | frozenset():
            return sorted(str(_plain(each)) for each in value)
        case tuple() | list():
            return [_plain(each) for each in value]
        case str() | int() | float() | None:
            return value
        case _:
            return str(value)
