"""Working days and wall time.

Days are calendar dates, local to the people concerned; moments are aware UTC. What this file may not know: which days
a country keeps (`bot/calendars/public_holidays.py`) and whose leave it is (`caseload.py`).
Next: `series.py` (when rounds take place) and `reminders.py` (when people hear of them).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.errors import Refusal

_LONGEST_STANDSTILL = 400  # days in a row without a working day; beyond this the closed days are a mistake


class NoWorkingDays(Refusal):
    """A calendar without a working day for more than a year can date nothing; `day` is where the search began."""


class UnknownZone(Refusal):
    """A time zone is named as IANA does, e.g. "Europe/Copenhagen"; `zone` is what was given."""


@dataclass(frozen=True)
class WorkCalendar:
    """Working weekdays (0 = Monday) minus closed days: public holidays, closures, explicit closed days."""

    closed: Callable[[date], bool]
    weekdays: frozenset[int] = frozenset(range(5))

    def is_working(self, day: date) -> bool:
        """Whether people work on this day."""
        return day.weekday() in self.weekdays and not self.closed(day)

    def next_working_day(self, day: date) -> date:
        """`day` itself if it is a working day, else the first one after it. Raises `NoWorkingDays`."""
        return self._seek(day, timedelta(days=1), self.is_working)

    def add_working_days(self, start: date, n: int) -> date:
        """The n-th working day after (n > 0) or before (n < 0) `start`; `start` itself for 0.

        `start` need not be a working day and is never counted. Raises `NoWorkingDays`.
        """
        step = timedelta(days=1 if n > 0 else -1)
        day = start
        for _ in range(abs(n)):
            day = self._seek(day + step, step, self.is_working)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier.

        The inverse of `add_working_days`: n working days lie between a day and its n-th working day.
        """
        if end < start:
            return -sum(self.is_working(end + timedelta(days=i)) for i in range((start - end).days))
        return sum(self.is_working(start + timedelta(days=i)) for i in range(1, (end - start).days + 1))

    def only(self, weekdays: Collection[int]) -> WorkCalendar:
        """The same calendar for a person who works on these weekdays only."""
        return WorkCalendar(self.closed, self.weekdays & frozenset(weekdays))

    def without(self, absent: Callable[[date], bool]) -> WorkCalendar:
        """The same calendar for a person who is `absent` on some days (leave)."""
        return WorkCalendar(lambda day: self.closed(day) or absent(day), self.weekdays)

    @staticmethod
    def _seek(day: date, step: timedelta, wanted: Callable[[date], bool]) -> date:
        first = day
        for _ in range(_LONGEST_STANDSTILL):
            if wanted(day):
                return day
            day += step
        raise NoWorkingDays(day=first)


def wall_time(day: date, at: time, zone: str) -> datetime:
    """Local wall time as aware UTC. Raises `UnknownZone`.

    A time the clock change skips moves on by the change (02:30 becomes 03:30); of a time that comes twice the first
    is meant: so a daily 02:30 happens exactly once every day.
    """
    # Before the change's offset is what fold=0 means in both cases (PEP 495).
    return datetime.combine(day, at.replace(fold=0), zone_of(zone)).astimezone(UTC)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises `UnknownZone`, never an error about files."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # not found, not a name, a folder such as "Europe"
        raise UnknownZone(zone=name) from error
