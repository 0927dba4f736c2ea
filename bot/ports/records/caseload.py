"""Dated facts about how somebody works, as they were recorded: mode, leave, share of full time, experience."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class ModeEntry:
    """A dated fact of someone's caseload mode (see `bot.domain.caseload.ModeChange`), for good or until `until_day`.

    The note of a correction passed the gate and lies encrypted as the part "note" of this entry's id. An entry that
    was amended or deleted stays, `cancelled_at`; the one in its place names it in `replaces`.
    """

    id: str
    organisation: str
    person: str
    mode: str
    from_day: date
    recorded_at: datetime
    recorded_by: str
    until_day: date | None = None
    cancelled_at: datetime | None = None
    replaces: str | None = None


@dataclass(frozen=True)
class LeaveEntry:
    """A leave, both ends included; open-ended without `last_day`.

    An entry that was amended or given up stays, `cancelled_at`; the one in its place names it in `replaces`.
    `own_cases` says what becomes of the person's own open cases when it begins: "keep", "withdraw", or "cover",
    then `cover` is the therapist who presents them from that day on.
    """

    id: str
    organisation: str
    person: str
    first_day: date
    last_day: date | None
    recorded_at: datetime
    recorded_by: str
    cancelled_at: datetime | None = None
    own_cases: str = "keep"
    cover: str | None = None
    replaces: str | None = None

    @property
    def active(self) -> bool:
        """Neither amended nor given up."""
        return self.cancelled_at is None


@dataclass(frozen=True)
class FteEntry:
    """From `from_day` on the person works this share of full time (see `bot.domain.caseload.FteChange`).

    A deleted entry stays, `cancelled_at`.
    """

    id: str
    organisation: str
    person: str
    fte: float
    from_day: date
    recorded_at: datetime
    recorded_by: str
    cancelled_at: datetime | None = None


@dataclass(frozen=True)
class LimitEntry:
    """From `from_day` on, until `until_day` or for good, the person's own share of reviews or cap on open ones.

    The one recorded last for a day counts (`bot.domain.caseload.ReviewLimit`); a deleted entry stays, `cancelled_at`.
    """

    id: str
    organisation: str
    person: str
    from_day: date
    recorded_at: datetime
    recorded_by: str
    until_day: date | None = None
    percent: int | None = None
    cap: int | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True)
class ExperienceEntry:
    """Since when the person practises, as somebody recorded it; the entry recorded last counts."""

    id: str
    organisation: str
    person: str
    practising_since: date
    recorded_at: datetime
    recorded_by: str
