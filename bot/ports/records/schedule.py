"""What happens later: series of rounds, and moments at which something is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class SeriesEntry:
    """A group's recurring plan of rounds; `plan` is the serialised rule of `bot.domain.series`.

    `clinic` is the one whose working days it follows. `handled` is the last planned date that was dealt with: the next
    one is looked for after it, so nothing happens twice. `next_at` is when the next occurrence opens (aware UTC).
    """

    id: str
    organisation: str
    group: str
    clinic: str
    plan: Mapping[str, Any]
    made_at: datetime
    handled: date | None = None
    next_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 0


URGENT = frozenset({"hold.answer", "hold.delivery", "hold.escalate"})
"""Kinds of timers that wait for no others: an alert goes on to the next person."""


@dataclass(frozen=True)
class Timer:
    """Something to look at when its moment comes, then decided from the facts; `id` is "<what>:<subject>"."""

    id: str
    organisation: str
    what: str
    subject: str
    at: datetime
