"""A therapist's private worksheet; its rows are sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Worksheet:
    """One person's worksheet; its rows are sealed under this id, whose key is destroyed with it.

    `oldest_at` is when the row that waits longest was changed last: rows are erased so many days after that.
    """

    id: str
    organisation: str
    person: str
    oldest_at: datetime
    version: int = 0
