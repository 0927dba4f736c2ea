"""A clock that moves only when told."""

from __future__ import annotations

from datetime import datetime, timedelta


class VirtualClock:
    """Starts at a moment (aware UTC) and never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The virtual moment."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self._now += max(by, timedelta())

    def advance_to(self, moment: datetime) -> None:
        """Move to a moment, if it lies ahead."""
        self._now = max(self._now, moment)
