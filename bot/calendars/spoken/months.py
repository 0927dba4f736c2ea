"""Months and what is left of a week, a month or a year, as they are said.

Next: `saying.py`, which says in which words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.calendars.spoken.readings import Why
from bot.calendars.spoken.things import ONE_DAY, ROLLED_OVER_DAYS, Doubt, Stretch, Thing
from bot.domain.caseload import add_months


@dataclass(frozen=True)
class Month(Thing):
    """July: exact only as "the whole of July"; as a beginning its first day, as an end "the end of July"."""

    month: int
    year: int | None = None
    whole: bool = False

    @property
    def has_year(self) -> bool:
        """Whether its year was said."""
        return self.year is not None

    def find(self, today: date, after: date | None = None) -> Stretch:
        start = max(today, after or today)
        first = date(self.year or start.year, self.month, 1)
        last = add_months(first, 1) - ONE_DAY
        if self.year is None and last < start:
            first = date(start.year + 1, self.month, 1)
            last = add_months(first, 1) - ONE_DAY
        if self.year is None and (first - start).days > ROLLED_OVER_DAYS:
            raise Doubt(Why.ROLLED_OVER, (first, last))
        if first < today <= last:
            raise Doubt(Why.TWO_READINGS, (today, last), *self._next_year(first))
        return first, last

    def _next_year(self, first: date) -> tuple[Stretch, ...]:
        if self.year is not None:
            return ()
        later = first.replace(year=first.year + 1)
        return ((later, add_months(later, 1) - ONE_DAY),)


@dataclass(frozen=True)
class MonthAway(Thing):
    """This month (from today on) or next month; exact only as the whole of it."""

    months: int
    whole: bool = False

    def find(self, today: date, after: date | None = None) -> Stretch:
        first = add_months(today.replace(day=1), self.months)
        return max(first, today), last_day_of(first)


@dataclass(frozen=True)
class RestOf(Thing):
    """The rest of the week, month or year, from today."""

    unit: str

    def find(self, today: date, after: date | None = None) -> Stretch:
        if self.unit == "week":
            return today, today + (6 - today.weekday()) * ONE_DAY
        if self.unit == "year":
            return today, date(today.year, 12, 31)
        return today, add_months(today.replace(day=1), 1) - ONE_DAY


@dataclass(frozen=True)
class RestOfMonth(Thing):
    """The rest of September, said in September."""

    month: Month

    def find(self, today: date, after: date | None = None) -> Stretch:
        year = self.month.year or today.year
        last = add_months(date(year, self.month.month, 1), 1) - ONE_DAY
        if (year, self.month.month) != (today.year, today.month):
            raise Doubt(Why.VAGUE, self.month.find(today))
        return today, last


@dataclass(frozen=True)
class EndOf(Thing):
    """The last day of a week, month or year; exact only as the end of a period ("until the end of February")."""

    of: Thing
    is_day = True

    @property
    def has_year(self) -> bool:
        """Whether its year was said."""
        return self.of.has_year

    def find(self, today: date, after: date | None = None) -> Stretch:
        try:
            last = self.of.find(today, after)[1]
        except Doubt as doubt:
            # "until the end of January" in January: this one.
            if doubt.why is not Why.TWO_READINGS or not isinstance(self.of, Month):
                raise
            last = doubt.stretches[0][1] or today
        return last, last


def last_day_of(first: date) -> date:
    """The last day of the month that begins on `first`."""
    return add_months(first, 1) - ONE_DAY
