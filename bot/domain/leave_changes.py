"""What a new leave does to leave that is entered already: nothing in the way, an extension, or a question.

Only leave that overlaps is in the way. A new period that begins or ends on the same day and covers all of it prolongs
it. Anything else is ambiguous (is the old end wrong, or is this a second trip?), so the person is asked: replace, join,
or leave it as it was.

A day of return says which leave it ends only where it lies in one, follows one or prolongs the current one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.caseload import Period


class HowToSettle(StrEnum):
    """What becomes of leave that overlaps a new one."""

    REPLACE = "replace"
    """The new period stands in its place."""
    JOIN = "join"
    """One leave from the first day of any to the last of any."""
    ADD = "add"
    """Each stays an entry of its own: the same days as joined, so it is not offered. Older messages have its button."""


@dataclass(frozen=True)
class Overlap:
    """A new period and what it overlaps."""

    new: Period
    known: tuple[Period, ...]

    @property
    def joined(self) -> Period:
        """From the first day of any to the last of any; open-ended if one is."""
        periods = (self.new, *self.known)
        ends = [p.last for p in periods if p.last]
        return Period(min(p.first for p in periods), max(ends) if len(ends) == len(periods) else None)

    @property
    def repeats(self) -> bool:
        """It is entered already, day for day."""
        return self.known == (self.new,)

    @property
    def covers(self) -> bool:
        """The new period covers everything it overlaps, also where that is nothing."""
        return self.joined == self.new

    @property
    def extends(self) -> bool:
        """It covers at most one leave, and begins or ends with it."""
        one = self.known[0] if self.known else self.new
        shared = one.first == self.new.first or one.last == self.new.last
        return self.covers and len(self.known) < 2 and shared

    @property
    def choices(self) -> tuple[HowToSettle, ...]:
        """What there is to ask; empty when only one thing can be meant. What covers all joins it by replacing it."""
        if self.extends:
            return ()
        return (HowToSettle.REPLACE,) if self.covers else (HowToSettle.REPLACE, HowToSettle.JOIN)


def overlap(new: Period, known: Sequence[Period]) -> Overlap:
    """The new period with what it overlaps, by first day."""
    touched = [p for p in known if _overlaps(new, p)]
    return Overlap(new, tuple(sorted(touched, key=lambda p: p.first)))


def returned_from(leaves: Sequence[Period], day: date, today: date) -> Period | None:
    """The leave that whoever works again on `day` returns from; None where another one can be meant.

    The one that contains the day, or ends the day before; else the one that runs today, if no other lies between.
    """
    found = next((p for p in leaves if day in p or p.last == day - timedelta(days=1)), None)
    if found:
        return found
    before = leave_before(leaves, day)
    return before if before and today in before else None


def leave_before(leaves: Sequence[Period], day: date) -> Period | None:
    """The last leave that is over before a day."""
    return max((p for p in leaves if p.last and p.last < day), key=lambda p: p.first, default=None)


def _overlaps(one: Period, other: Period) -> bool:
    return (one.last is None or other.first <= one.last) and (other.last is None or one.first <= other.last)
