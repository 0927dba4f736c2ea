"""One clock for all programs on a database: the database's.

Leases, claims and due moments are compared by several machines, so they have to come from one place. Each sign of life
asks the database what time it is; between two of them the machine's uptime carries it on, which nobody can set. On
SQLite there is one program and one machine, and its clock is the shared one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.ports.system import Clock
from bot.runtime.system import uptime

WARN, STOP = 2.0, 10.0
"""Seconds the machine's clock may be off before it is said, and before only alerts go out from here."""


@dataclass
class SharedClock:
    """The database's time as far as it was asked; `offset` is how many seconds the machine is ahead of it."""

    machine: Clock
    uptime: Callable[[], float] = uptime
    offset: float = field(default=0.0, init=False)
    _there: datetime | None = field(default=None, init=False)
    _asked: float = field(default=0.0, init=False)

    def now(self) -> datetime:
        """Aware UTC."""
        if self._there is None:
            return self.machine.now()
        return self._there + timedelta(seconds=self.uptime() - self._asked)

    def told(self, there: datetime | None, asked: float) -> None:
        """The database said `there` (None: it has no clock of its own) to a question asked at this uptime."""
        if there is None:
            return
        answered = self.uptime()
        self._there, self._asked = there, (asked + answered) / 2
        self.offset = (self.machine.now() - self.now()).total_seconds()

    @property
    def off(self) -> bool:
        """The machine's clock is so wrong that somebody should look before it works on."""
        return abs(self.offset) >= STOP
