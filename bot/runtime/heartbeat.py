"""A sign of life in the database every few seconds, from which others see which replicas are at work.

The same write tells whether the store takes writes at all: readiness asks for nothing else.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.log import Log
from bot.ports.records import Replica
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store, StoreUnavailable
from bot.runtime.schedule import Schedule
from bot.runtime.ticker import Ticker

EVERY = 10.0
"""Seconds between two beats."""
ALIVE = timedelta(seconds=45)
"""A replica not seen for so long counts as gone."""


@dataclass
class Heart:
    """Beats for one program."""

    store: Store
    clock: Clock
    log: Log
    ticker: Ticker
    name: str
    version: str
    schedule: Schedule = field(default_factory=Schedule)
    """Followed here when the machine's clock is set."""
    _started_at: datetime | None = field(default=None, init=False)
    _beating: asyncio.Task[None] | None = field(default=None, init=False)

    def start(self) -> None:
        """Begin on the running event loop."""
        self._beating = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop and take the sign down."""
        if self._beating is None:
            return
        self._beating.cancel()
        await asyncio.gather(self._beating, return_exceptions=True)
        try:
            async with self.store.system() as system:
                await system.leave(self.name)
                await system.commit()
        except StoreUnavailable:
            self.log.warning("heart.store_unavailable")

    async def beat(self) -> bool:
        """One sign of life; False when the store took no write."""
        now = self.clock.now()
        self._started_at = self._started_at or now
        sign = Replica(self.name, self.version, self._started_at, now, self.ticker.ticked_at)
        try:
            async with self.store.system() as system:
                await system.beat(sign)
                await system.commit()
        except StoreUnavailable:
            self.log.warning("heart.store_unavailable")
            return False
        return True

    async def _run(self) -> None:
        while True:
            await self.beat()
            self.schedule.follow_clock()
            await asyncio.sleep(EVERY)
