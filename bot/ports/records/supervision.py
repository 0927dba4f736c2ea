"""Entries of the supervision log, their signatures, and reports as they were published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class LogEntry:
    """A supervision event as kept: `bot.domain.supervision.SupervisionEvent` with what storing it needs.

    `source` is unique per organisation and makes entries of rounds appear exactly once
    ("case:<case>:<person>"); `day` is the last of `days`, by which it is found. `counts_on` is the round's own day on
    which it counts for the rhythm, where it was in time; `moved_from` the first day of a chain whose day was corrected.
    Facts, never text: who supervised lies sealed beside it.
    """

    id: str
    organisation: str
    source: str
    person: str
    clinic: str
    role: str
    mode: str
    days: tuple[date, ...]
    day: date
    minutes: int
    group_size: int
    recorded_at: datetime
    recorded_by: str
    type: str = "peer"
    medium: str = "written"
    minutes_estimated: bool = False
    documented: bool = True
    round: str | None = None
    members: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    corrects: str | None = None
    withdrawn: bool = False
    signed_by: str | None = None
    signed_at: datetime | None = None
    counts_on: date | None = None
    method: str = ""
    moved_from: date | None = None


@dataclass(frozen=True)
class SignRequest:
    """A person asks somebody who took part, or a supervisor, to sign these entries of their log."""

    id: str
    organisation: str
    person: str
    signer: str
    entries: tuple[str, ...]
    asked_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Signature:
    """The digest (SHA-256, hex) of a log entry's facts as they were when it was signed; one an entry, never changed."""

    id: str
    organisation: str
    entry: str
    person: str
    signed_by: str
    signed_at: datetime
    digest: str


@dataclass(frozen=True)
class PublishedReport:
    """A quarter's first report as `bot.reports.published.dump` wrote it; `number` 0: a year's first pages."""

    id: str
    organisation: str
    year: int
    number: int
    published_at: datetime
    data: Mapping[str, Any]
