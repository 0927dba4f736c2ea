"""A swap: a reviewer asks colleagues to take a review over, and keeps it until one of them does.

Nobody reads who asks or whom else was asked. The presenter is asked like everybody else and answered like everybody
who cannot have the review, so that neither the question nor the answer tells whose case it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import Refusal


class SwapAfterBeginning(Refusal):
    """A review that was begun stays where it is: its question or its draft is its reviewer's."""


class SwapOver(Refusal):
    """The review does not come to whoever would take it; one answer for every reason, also for its presenter."""


@dataclass(frozen=True)
class Swap:
    """An open question to colleagues about one assignment; the record goes when it is answered or taken back.

    `person` asks, `asked` are asked, `passed` are those of them who said no or cannot have it (person ids).
    """

    id: str
    organisation: str
    assignment: str
    person: str
    asked: tuple[str, ...]
    asked_at: datetime
    passed: tuple[str, ...] = ()
    version: int = 0

    @property
    def answered(self) -> bool:
        """Whether everybody who was asked said no or cannot have it."""
        return set(self.asked) <= set(self.passed)

    def pass_on(self, person: str) -> Swap:
        """Not this time; it is not held against anybody."""
        return replace(self, passed=tuple(dict.fromkeys((*self.passed, person))))

    def ask_again(self, person: str) -> Swap:
        """Somebody takes their no back."""
        return replace(self, passed=tuple(each for each in self.passed if each != person))
