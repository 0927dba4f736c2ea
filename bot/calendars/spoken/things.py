"""Days and stretches of days as they are said ("Friday", "week 7", "12 February"), before it is known which are meant.

Each is found from `today`, and for the end of a period also from the day it begins (`after`). What cannot be found
without a guess raises `Doubt` with the stretches that may be meant.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.easter import easter

from bot.calendars.spoken.readings import Why
from bot.domain.caseload import add_months

Stretch = tuple[date, date]
ONE_DAY = timedelta(days=1)
DAY_OFF = "dayoff"
"""The unit of "three days of leave" where one word says it: a length, and that somebody is away."""
ROLLED_OVER_DAYS = 300
"""A day without a year that lies further ahead has just passed, so the year before may be meant."""


class Doubt(Exception):
    """The words were read and still leave a question; `stretches` may be meant (an open end is None)."""

    def __init__(self, why: Why, *stretches: tuple[date, date | None]) -> None:
        super().__init__(why.value)
        self.why = why
        self.stretches = stretches


class Misfit(Exception):
    """The words do not fit together in this grouping; another one may mean something."""


class Thing(ABC):
    """Something said that begins on one day and ends on the same or a later one."""

    is_day = False

    @property
    def has_year(self) -> bool:
        """Whether its year was said."""
        return False

    @abstractmethod
    def find(self, today: date, after: date | None = None) -> Stretch:
        """First and last day; with `after` the first such stretch that ends there or later. Raises `Doubt`."""


@dataclass(frozen=True)
class FullDate(Thing):
    """A day with its year; `weekday` (0 is Monday) is a repetition that must agree."""

    day: date
    weekday: int | None = None
    is_day = True
    has_year = True

    def find(self, today: date, after: date | None = None) -> Stretch:
        return _agreeing(self.day, self.weekday)


@dataclass(frozen=True)
class DayOfYear(Thing):
    """12 February without a year: the next one; `weekday` must agree."""

    day: int
    month: int
    weekday: int | None = None
    is_day = True

    def find(self, today: date, after: date | None = None) -> Stretch:
        start = max(today, after or today)
        found = next_day_of_year(self.day, self.month, start)
        if (found - start).days > ROLLED_OVER_DAYS:
            raise Doubt(Why.REVERSED if after and after > today else Why.ROLLED_OVER, (found, found))
        return _agreeing(found, self.weekday)

    def last_before(self, end: date) -> date:
        """The last such day that is not after `end`, for "1 to 12 Feb 2027"."""
        for year in range(end.year, end.year - 9, -1):
            found = day_of(year, self.month, self.day)
            if found and found <= end:
                return _agreeing(found, self.weekday)[0]
        raise Doubt(Why.NO_SUCH_DAY)


@dataclass(frozen=True)
class Holiday(DayOfYear):
    """Christmas Eve, Boxing Day: a holiday with a fixed date, which is shown and asked about."""


@dataclass(frozen=True)
class EasterDay(Holiday):
    """Good Friday, Whit Monday: so many days from Easter Sunday, which is shown and asked about."""

    days: int = 0

    def find(self, today: date, after: date | None = None) -> Stretch:
        start = max(today, after or today)
        found = next(day for year in (start.year, start.year + 1) if (day := self._in(year)) >= start)
        if (found - start).days > ROLLED_OVER_DAYS:
            raise Doubt(Why.REVERSED if after and after > today else Why.ROLLED_OVER, (found, found))
        return found, found

    def last_before(self, end: date) -> date:
        found = self._in(end.year)
        return found if found <= end else self._in(end.year - 1)

    def _in(self, year: int) -> date:
        return easter(year) + self.days * ONE_DAY


@dataclass(frozen=True)
class DayOfMonth(Thing):
    """The 12th: of the month the other end names, else the next one. `marked` if written as a day ("12th", "12.")."""

    day: int
    marked: bool
    weekday: int | None = None
    is_day = True

    def find(self, today: date, after: date | None = None) -> Stretch:
        if not self.marked and after is None:
            raise Misfit
        start = after or today
        for ahead in range(13):
            month = add_months(start.replace(day=1), ahead)
            found = day_of(month.year, month.month, self.day)
            if found and (found >= start if after else found > start):
                return _agreeing(found, self.weekday)
        raise Doubt(Why.NO_SUCH_DAY)

    def last_before(self, end: date) -> date:
        """The last such day that is not after `end`, for "12 to 14 Feb"."""
        for back in range(13):
            month = add_months(end.replace(day=1), -back)
            found = day_of(month.year, month.month, self.day)
            if found and found <= end:
                return _agreeing(found, self.weekday)[0]
        raise Doubt(Why.NO_SUCH_DAY)


@dataclass(frozen=True)
class Weekday(Thing):
    """The next such day, today excluded; `said` is "", "this", "coming", "next" or "last"."""

    weekday: int
    said: str = ""
    is_day = True

    def find(self, today: date, after: date | None = None) -> Stretch:
        if self.said == "last":
            raise Doubt(Why.PAST)
        found = next_weekday(self.weekday, after or today)
        if self.said == "next":
            first = next_weekday(self.weekday, today)
            raise Doubt(Why.TWO_READINGS, (first, first), (first + 7 * ONE_DAY, first + 7 * ONE_DAY))
        if self.said == "this" and today.weekday() == self.weekday:
            raise Doubt(Why.TWO_READINGS, (today, today), (found, found))
        return found, found


@dataclass(frozen=True)
class Away(Thing):
    """Today, tomorrow, in two weeks; yesterday and a week ago are less than 0."""

    count: int
    unit: str = "day"
    is_day = True

    def find(self, today: date, after: date | None = None) -> Stretch:
        if self.count < 0:
            raise Doubt(Why.PAST)
        found = ahead(today, self.count, self.unit)
        return found, found


@dataclass(frozen=True)
class Week(Thing):
    """An ISO week by its number: the next one that is not over."""

    number: int
    year: int | None = None

    @property
    def has_year(self) -> bool:
        """Whether its year was said."""
        return self.year is not None

    def find(self, today: date, after: date | None = None) -> Stretch:
        start = max(today, after or today)
        if self.year is not None:
            monday = monday_of(self.year, self.number)
            if monday is None:
                raise Doubt(Why.NO_SUCH_DAY)
            return monday, monday + 6 * ONE_DAY
        for year in range(start.year - 1, start.year + 9):
            monday = monday_of(year, self.number)
            if monday and monday + 6 * ONE_DAY >= start:
                if (monday - start).days > ROLLED_OVER_DAYS:
                    raise Doubt(Why.ROLLED_OVER, (monday, monday + 6 * ONE_DAY))
                return monday, monday + 6 * ONE_DAY
        raise Doubt(Why.NO_SUCH_DAY)


@dataclass(frozen=True)
class WeekPair(Thing):
    """Two ISO weeks that follow each other, by the number of the first: "KW 29/30"."""

    number: int
    year: int | None = None

    @property
    def has_year(self) -> bool:
        """Whether its year was said."""
        return self.year is not None

    def find(self, today: date, after: date | None = None) -> Stretch:
        first, last = Week(self.number, self.year).find(today, after)
        if (last + ONE_DAY).isocalendar().week != self.number + 1:
            raise Doubt(Why.NO_SUCH_DAY)
        return first, last + 7 * ONE_DAY


@dataclass(frozen=True)
class WeekOf(Thing):
    """The week of 8 February: Monday to Sunday."""

    day: Thing

    @property
    def has_year(self) -> bool:
        """Whether its year was said."""
        return self.day.has_year

    def find(self, today: date, after: date | None = None) -> Stretch:
        found = self.day.find(today, after)[0]
        monday = found - found.weekday() * ONE_DAY
        return monday, monday + 6 * ONE_DAY


@dataclass(frozen=True)
class WeekAway(Thing):
    """This week (from today on), next week (1), the week after (2)."""

    weeks: int

    def find(self, today: date, after: date | None = None) -> Stretch:
        monday = today - today.weekday() * ONE_DAY + 7 * self.weeks * ONE_DAY
        return max(monday, today), monday + 6 * ONE_DAY


@dataclass(frozen=True)
class DayInWeek(Thing):
    """Friday of next week, Monday of week 7."""

    week: Week | WeekAway
    weekday: int
    is_day = True

    def find(self, today: date, after: date | None = None) -> Stretch:
        _, sunday = self.week.find(today, after)
        found = sunday - (6 - self.weekday) * ONE_DAY
        if found < today:
            raise Doubt(Why.PAST)
        return found, found


@dataclass(frozen=True)
class Weekend(Thing):
    """The next Saturday and Sunday, or those of a named week."""

    said: str = ""
    week: Week | WeekAway | None = None

    def find(self, today: date, after: date | None = None) -> Stretch:
        if self.week is not None:
            _, sunday = self.week.find(today, after)
            return sunday - ONE_DAY, sunday
        saturday = (after or today) + (5 - (after or today).weekday()) % 7 * ONE_DAY
        if self.said == "next":
            later = saturday + 7 * ONE_DAY
            raise Doubt(Why.TWO_READINGS, (saturday, saturday + ONE_DAY), (later, later + ONE_DAY))
        if today.weekday() >= 5 and after is None:  # on a weekend: this one or the one to come
            now = today, today + (6 - today.weekday()) * ONE_DAY
            later = today + (12 - today.weekday()) * ONE_DAY
            raise Doubt(Why.TWO_READINGS, now, (later, later + ONE_DAY))
        return saturday, saturday + ONE_DAY


def last_such_day(thing: Thing, today: date) -> date:
    """The last such day up to `today`; a day with its year is that day. Raises `Misfit`, or `Doubt` for a stretch."""
    match thing:
        case DayOfMonth(marked=False):
            raise Misfit  # a bare number
        case DayOfYear() | DayOfMonth():
            return thing.last_before(today)
        case Weekday():
            return today - ((today.weekday() - thing.weekday - 1) % 7 + 1) * ONE_DAY
        case Away(count, unit) if count < 0:
            return ahead(today, count, unit)
        case FullDate() | Away():
            return thing.find(today)[0]
    raise Doubt(Why.VAGUE)


def ahead(day: date, count: int, unit: str) -> date:
    """The day so many days, weeks or months later. Raises `Doubt` for lengths nobody means."""
    if abs(count) > 400:
        raise Doubt(Why.NO_SUCH_DAY)
    if unit in MONTHS_IN:
        return add_months(day, count * MONTHS_IN[unit])
    return day + count * DAYS_IN[unit] * ONE_DAY


DAYS_IN = {"day": 1, DAY_OFF: 1, "week": 7, "fortnight": 14}
MONTHS_IN = {"month": 1, "halfyear": 6, "year": 12}


def day_of(year: int, month: int, day: int) -> date | None:
    """A day of the calendar, None where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def next_day_of_year(day: int, month: int, start: date) -> date:
    """The next such day, `start` included; up to eight years lie between two of 29 February."""
    for year in range(start.year, start.year + 9):
        found = day_of(year, month, day)
        if found and found >= start:
            return found
    raise Doubt(Why.NO_SUCH_DAY)


def next_weekday(weekday: int, start: date) -> date:
    """The next such day, `start` excluded."""
    return start + ((weekday - start.weekday() - 1) % 7 + 1) * ONE_DAY


def monday_of(year: int, week: int) -> date | None:
    """The Monday of an ISO week, None in a year without it."""
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


def _agreeing(day: date, weekday: int | None) -> Stretch:
    """The day, unless the weekday said with it is another."""
    if weekday is not None and day.weekday() != weekday:
        raise Doubt(Why.WEEKDAY_DIFFERS, (day, day))
    return day, day
