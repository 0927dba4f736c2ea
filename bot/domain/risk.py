"""A hold: who raised a risk concern about a case, and what became of the alert. Never clinical detail.

DOMAIN.md section 5: this is not an emergency channel; the record says who, when, acknowledged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.errors import Refusal


class HoldOver(Refusal):
    """The hold was already released or the case withdrawn."""


class HoldOrigin(StrEnum):
    """Where a hold came from."""

    SUBMISSION = "submission"
    CONCERN = "concern"


@dataclass(frozen=True)
class Hold:
    """One stop of one case; no case yet when raised at submission.

    `alerted` is the person alerted now: the duty supervisor, later the deputy.
    """

    id: str
    organisation: str
    case: str | None
    origin: str
    raised_by: str
    raised_at: datetime
    alerted: str | None = None
    alerted_at: datetime | None = None
    undelivered_at: datetime | None = None
    escalated_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    released_by: str | None = None
    released_at: datetime | None = None
    version: int = 0

    def acknowledge(self, person: str, now: datetime) -> Hold:
        """A supervisor took it on; the first one counts."""
        return self if self.acknowledged_at else replace(self, acknowledged_by=person, acknowledged_at=now)

    def escalate(self, deputy: str, now: datetime) -> Hold:
        """Nobody acknowledged in time: the deputy is alerted."""
        return replace(self, alerted=deputy, alerted_at=now, escalated_at=now)

    def release(self, person: str, now: datetime) -> Hold:
        """Only a supervisor releases a hold (checked by the command's roles)."""
        if self.released_at:
            raise HoldOver
        return replace(self, released_by=person, released_at=now)
