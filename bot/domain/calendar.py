"""Working days and wall time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class WorkCalendar:
    """Working weekdays minus closed days."""

    closed: Callable[[date], bool]
    weekdays: frozenset[int] = frozenset(range(5))

    def is_working(self, day: date) -> bool:
        """Whether people work on this day."""
        return day.weekday() in self.weekdays and not self.closed(day)

    def add_working_days(self, start: date, n: int) -> date:
        """The n-th working day after (n > 0) or before (n < 0) `start`."""
        step = timedelta(days=1 if n > 0 else -1)
        day, left = start, abs(n)
        while left:
            day += step
            left -= self.is_working(day)
        return day


def wall_time(day: date, at: time, zone: str) -> datetime:
    """Local wall time as aware UTC."""
    local = datetime.combine(day, at, ZoneInfo(zone))
    return local.astimezone(UTC)
