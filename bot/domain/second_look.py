"""A second look: a supervisor reads a case after its author passed the gate and before any reviewer is chosen.

Optional, by policy. The record says who, when and what still told too much as keys; never a word of the text. What
the supervisor writes to the author lives encrypted beside the case. Which cases stand still meanwhile says `case.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.errors import Refusal


class NotToLookAt(Refusal):
    """Only a case that waits for a second look, and for this person's: all reasons why not read alike."""


class Telling(StrEnum):
    """What in a text may still tell who it is about; keys, so that no word of it enters the record."""

    NAME = "name"
    PLACE = "place"
    WORK = "work"
    DATE = "date"
    LIFE = "life"
    QUOTE = "quote"
    OTHER = "other"


class LookEnd(StrEnum):
    """How a second look ended."""

    PASSED = "passed"
    RETURNED = "returned"
    UNSEEN = "unseen"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class SecondLook:
    """One look at one version of a case's text; sent back and sent again makes another.

    `until` is when it is late (aware UTC). `readers` opened the text and never review this case; of them `stepped_out`
    recognised the patient. `decided_by` passed it or sent it back; nobody did when time or the author ended it.
    """

    id: str
    organisation: str
    case: str
    asked_at: datetime
    until: datetime
    readers: tuple[str, ...] = ()
    stepped_out: tuple[str, ...] = ()
    late_told_at: datetime | None = None
    end: str | None = None
    ended_at: datetime | None = None
    decided_by: str | None = None
    telling: tuple[str, ...] = ()
    version: int = 0

    @property
    def open(self) -> bool:
        """Nobody has decided yet."""
        return self.end is None

    def read_by(self, person: str) -> SecondLook:
        """Somebody opened the text; they never review this case."""
        self._must_be_open()
        return replace(self, readers=tuple(dict.fromkeys((*self.readers, person))))

    def step_out(self, person: str) -> SecondLook:
        """Somebody recognised the patient: nothing of the case is open to them any more."""
        self._must_be_open()
        return replace(self, stepped_out=tuple(dict.fromkeys((*self.stepped_out, person))))

    def decide(self, person: str, end: LookEnd, now: datetime, telling: tuple[str, ...] = ()) -> SecondLook:
        """A supervisor passed it or sent it back, with what still told too much."""
        self._must_be_open()
        return replace(self, end=end.value, ended_at=now, decided_by=person, telling=telling)

    def over(self, end: LookEnd, now: datetime) -> SecondLook:
        """It ended without a decision: time was over, or the author took the case back."""
        self._must_be_open()
        return replace(self, end=end.value, ended_at=now)

    def late(self, now: datetime) -> SecondLook:
        """Its day is over and people were told."""
        return replace(self, late_told_at=now)

    def _must_be_open(self) -> None:
        if not self.open:
            raise NotToLookAt
