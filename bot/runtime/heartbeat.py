"""A sign of life in the database every few seconds, from which others see which replicas are at work.

The same write tells whether the store takes writes at all: readiness asks for nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.log import Log
from bot.ports.records import Replica
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store, StoreUnavailable
from bot.runtime.metrics import Metrics
from bot.runtime.schedule import Schedule
from bot.runtime.shared_clock import WARN, SharedClock
from bot.runtime.system import has_ended, this_process
from bot.runtime.ticker import Ticker

EVERY = 10.0
"""Seconds between two beats."""
_EVER = datetime.min.replace(tzinfo=UTC)
ALIVE = timedelta(seconds=45)
"""A replica not seen for so long counts as gone."""
AWAY = "away:"
"""Before a platform's name: when a program noted last that it does not answer."""


@dataclass
class Heartbeat:
    """Beats for one program."""

    store: Store
    clock: Clock
    log: Log
    ticker: Ticker
    name: str
    version: str
    schedule: Schedule = field(default_factory=Schedule)
    """Followed here when the machine's clock is set."""
    shared: SharedClock | None = None
    """Told the database's time with each beat."""
    metrics: Metrics = field(default_factory=Metrics)
    away: Callable[[], Collection[str]] = tuple
    """The platforms that do not answer this program now; noted for `intervision status`."""
    _away: set[str] = field(default_factory=set, init=False)
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
        try:
            async with self.store.system() as system:
                if self.shared:
                    asked = self.shared.uptime()
                    self.shared.told(await system.time(), asked)
                await system.beat(self._sign())
                away = set(self.away())
                for name in away:
                    await system.done(AWAY + name, self.clock.now())
                for name in self._away - away:
                    await system.forget(AWAY + name)
                await system.commit()
                self._away = away
        except StoreUnavailable:
            self.log.warning("heart.store_unavailable")
            return False
        if self._offset:
            self.metrics.clock(self._offset)
        if abs(self._offset) >= WARN:
            self.log.warning("clock.off", seconds=round(self._offset, 1))
        return True

    async def take_back(self, *, alone: bool) -> int:
        """End the leases of programs that are known to be dead: of this machine, or all others where this is `alone`.

        Else what they held waits until its leases run out; with kills every few seconds nothing would be sent at all.
        """
        try:
            async with self.store.system() as system:
                others = [r for r in await system.replicas(_EVER) if r.id != self.name]
                dead = [r.id for r in others if alone or has_ended(r.process)]
                ended = await system.bury(dead, self.clock.now())
                await system.commit()
        except StoreUnavailable:
            self.log.warning("heart.store_unavailable")
            return 0
        if dead:
            self.log.info("heart.took_back", count=ended)
        return ended

    @property
    def clock_off(self) -> bool:
        """Whether the machine's clock is too far from the database's to work on by."""
        return self.shared is not None and self.shared.off

    @property
    def _offset(self) -> float:
        return self.shared.offset if self.shared else 0.0

    def _sign(self) -> Replica:
        now = self.clock.now()
        self._started_at = self._started_at or now
        return Replica(
            self.name, self.version, self._started_at, now, self.ticker.ticked_at, this_process(), self._offset
        )

    async def _run(self) -> None:
        while True:
            await self.beat()
            self.schedule.follow_clock()
            await asyncio.sleep(EVERY)
