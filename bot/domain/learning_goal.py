"""A person's own learning goal, which nobody else reads, and the half-years by which they look at it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import Refusal

_KEY = re.compile(r"([1-9][0-9]{3})-([12])")


class NoLearningGoal(Refusal):
    """Nothing to end: the person has no learning goal now."""


@dataclass(frozen=True)
class LearningGoal:
    """One sentence, encrypted under the record's id, from `set_on` until it was ended or replaced on `ended_on`.

    `themes` are those the person wants to work on. What they wrote about a half-year rests under the same key.
    """

    id: str
    organisation: str
    person: str
    set_on: date
    themes: tuple[str, ...] = ()
    ended_on: date | None = None
    version: int = 0


@dataclass(frozen=True, order=True)
class HalfYear:
    """January to June (`number` 1) or July to December (2)."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 1 if self.number == 1 else 7, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        following = date(self.year, 7, 1) if self.number == 1 else date(self.year + 1, 1, 1)
        return following - timedelta(days=1)

    @property
    def previous(self) -> HalfYear:
        """The one before."""
        return HalfYear(self.year, 1) if self.number == 2 else HalfYear(self.year - 1, 2)

    @property
    def key(self) -> str:
        """As it stands in an address: "2027-1"."""
        return f"{self.year}-{self.number}"

    @classmethod
    def of(cls, day: date) -> HalfYear:
        """The half-year a day lies in."""
        return cls(day.year, 1 if day.month < 7 else 2)

    @classmethod
    def read(cls, key: str, today: date) -> HalfYear:
        """What a key names; today's for anything else, and for what has not begun."""
        now = cls.of(today)
        named = _KEY.fullmatch(key)
        return min(cls(int(named[1]), int(named[2])), now) if named else now
