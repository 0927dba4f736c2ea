"""A sign of life outwards, once a minute, only while everything is well: whoever misses it rings.

A page inside the program cannot say that the program is down.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.log import Log
from bot.ports.system import Clock
from bot.runtime.health import Health
from bot.runtime.ticker import Ticker

EVERY = timedelta(minutes=1)
FRESH = timedelta(minutes=2)
"""A look at what is due is as old as that at most."""


@dataclass
class DeadManSwitch:
    """Pings an address (`[monitor] ping_url`); `ping` says whether it answered, `away` whether a platform does not."""

    ping: Callable[[], Awaitable[bool]]
    health: Health
    ticker: Ticker
    clock: Clock
    log: Log
    away: Callable[[], bool]

    async def look(self) -> None:
        """Ping when the store takes writes, steps are looked at, and every platform answers."""
        if await self.well() and not await self.ping():
            self.log.warning("monitor.ping_failed")

    async def well(self) -> bool:
        """Whether everything is."""
        looked = self.ticker.ticked_at
        if self.away() or looked is None or abs(self.clock.now() - looked) > FRESH:
            return False
        return await self.health.ready()
