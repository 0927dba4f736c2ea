"""What became of a case: one question to its presenter some weeks after the takeaway, answered once or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.errors import Refusal


class NoFollowUp(Refusal):
    """What became of a case is told once, after its takeaway."""


@dataclass(frozen=True)
class FollowUp:
    """The presenter was asked on `asked_at` what became of a case, and told it on `answered_at` or skipped it.

    The text lives under a key of its own, the record's id: the case's text is gone soon after it was asked for.
    `purged_at` is when the text went; that there was one stays as a fact, as long as those of the case.
    """

    id: str
    organisation: str
    case: str
    group: str
    asked_at: datetime
    answered_at: datetime | None = None
    skipped_at: datetime | None = None
    purged_at: datetime | None = None
    version: int = 0

    @property
    def waits(self) -> bool:
        """Asked, and neither told nor skipped."""
        return not (self.answered_at or self.skipped_at or self.purged_at)
