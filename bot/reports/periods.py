"""Quarters and years, the spans a report is made of: whole ones only, and only once they are over.

How people type them: `typed_periods.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import Refusal


class NoSuchQuarter(Refusal):
    """Typed words that name no quarter and no year; `forms` lists examples."""


class QuarterNotOver(Refusal):
    """A quarter is reported from the day after its last; `last` is that day."""


class QuarterNoLongerKept(Refusal):
    """The log of a quarter has gone with its years, at least in part; `year` and `number` name the first kept."""


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter, `number` 1–4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        """The one after."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> Quarter:
        """The one before."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter a day lies in."""
        return cls(day.year, (day.month + 2) // 3)


@dataclass(frozen=True, order=True)
class Year:
    """A calendar year."""

    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.number, 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.number, 12, 31)

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """Its four quarters in order."""
        return tuple(Quarter(self.number, number) for number in (1, 2, 3, 4))
