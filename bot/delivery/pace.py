"""How many people's messages are claimed at a time: as many as this machine decides well within a lease.

What is decided too late is sent by nobody: its lease is half over, it is given back and claimed again. On a slow
machine a large batch would go on like that for ever, so a batch that took long halves the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SLOW, QUICK = 1 / 8, 1 / 32
"""Shares of a lease for deciding a batch: beyond the first the next is half as large, below the second twice."""


@dataclass
class Pace:
    """The size of a batch, `largest` at first; `lease` in seconds."""

    largest: int
    lease: float
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = self.largest

    def decided(self, seconds: float) -> None:
        """A batch took so long from its claim until it was decided."""
        if seconds > SLOW * self.lease:
            self.size = max(1, self.size // 2)
        elif seconds < QUICK * self.lease:
            self.size = min(self.largest, self.size * 2)
