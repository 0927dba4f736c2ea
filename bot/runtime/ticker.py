"""The metronome: APScheduler asks every few seconds, stored dates answer.

Nothing is kept in the scheduler. A restart, a missed tick or three replicas change nothing: each timer is
taken and handled in a unit of work that looks at the facts again; of several replicas one has it. Where many come at
once some share a unit of work, and what one of them breaks is done again one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from bot.app.caching_uow import Remembering
from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.timers import MANY, due, look_ahead
from bot.log import Log, report
from bot.ports.records import Timer
from bot.ports.system import Clock
from bot.ports.unit_of_work import ChangedMeanwhile, Store, StoreUnavailable
from bot.runtime.housekeeping import Housekeeper
from bot.runtime.metrics import Metrics
from bot.runtime.system import SystemClock, uptime

BATCH = 500
TOGETHER = 25
"""Timers that share a unit of work at most: on SQLite everybody's writes wait for it."""
AFTER_ERROR = timedelta(minutes=5)
LONG_TICK = 10
"""Seconds a single step may well take."""


@dataclass
class Ticker:
    """Does what is due; `seconds` between two looks, 30 at most."""

    store: Store
    clock: Clock
    tools: Tools
    log: Log
    seconds: float = 2
    housekeeper: Housekeeper | None = None
    uptime: Callable[[], float] = uptime
    metrics: Metrics = field(default_factory=Metrics)
    ticked_at: datetime | None = field(default=None, init=False)
    """When the last look at what is due ended."""
    _stopping: bool = field(default=False, init=False)
    _looked: float = field(default=0.0, init=False)
    _scheduler: Any = field(default=None, init=False)

    def start(self) -> None:
        """Begin ticking on the running event loop, at once; the metronome goes by the machine's clock, not by ours."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            self.tick,
            "interval",
            seconds=self.seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=SystemClock().now(),
            id="tick",
        )
        self._looked = self.uptime()
        self._scheduler.start()

    def nudge(self) -> None:
        """Called now and then: a clock that was set back must not let the metronome wait until it has caught up."""
        if self._scheduler is not None and self.uptime() - self._looked > 3 * self.seconds + LONG_TICK:
            self.log.warning("tick.nudged")
            self._looked = self.uptime()
            self._scheduler.reschedule_job("tick", trigger="interval", seconds=self.seconds)
            self._scheduler.modify_job("tick", next_run_time=SystemClock().now())

    def stop(self) -> None:
        """Stop ticking; the step under way is finished, the rest waits for another replica or the next start."""
        self._stopping = True
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    async def tick(self) -> int:
        """Everything due now, oldest first; how many timers were handled by this replica."""
        began, handled = self.uptime(), 0
        if self.housekeeper:
            await self.housekeeper.run_if_due()
        tried: set[str] = set()
        while timers := [t for t in await self._due() if t.id not in tried]:
            while timers:
                if self._stopped():
                    return handled
                self._looked = self.uptime()
                first = _first(timers)
                tried |= {timer.id for timer in first}
                timers = timers[len(first) :]
                handled += await self._several(first)
        self.ticked_at, self._looked = self.clock.now(), self.uptime()
        self.metrics.ticked(self.uptime() - began)
        return handled

    def _stopped(self) -> bool:
        return self._stopping

    async def _due(self) -> list[Timer]:
        try:
            async with self.store.system(write=False) as system:
                return await system.due_timers(self.clock.now(), BATCH)
        except StoreUnavailable:
            self.log.warning("tick.store_unavailable")
            return []

    async def _several(self, timers: Sequence[Timer]) -> int:
        try:
            return await self._together(timers)
        except StoreUnavailable:
            return 0
        except Exception:  # one by one, so that it concerns only the one it is about
            return sum([await self._one(timer) for timer in timers])

    async def _one(self, timer: Timer) -> int:
        try:
            return await self._together([timer])
        except (ChangedMeanwhile, StoreUnavailable):
            return 0
        except Exception as error:  # one broken step must not stop everybody's clocks
            report(self.log, "tick.failed", error, what=timer.what, subject=timer.subject)
            self.metrics.step(timer.what, "broken")
            await self._later(timer)
            return 0

    async def _together(self, timers: Sequence[Timer]) -> int:
        """Handle timers of one kind and organisation in one unit of work; how many this replica had."""
        what = timers[0].what
        async with self.store.begin(timers[0].organisation) as uow:
            taken = await uow.take(timers)
            mine = [timer for timer in timers if timer.id in taken]
            reads = Remembering(uow)
            await look_ahead(reads, what, [timer.subject for timer in mine])
            work = Work(reads.unit, self.clock.now(), self.tools)
            for timer in mine:
                await due(work, timer)
            await uow.commit()
        self.metrics.step(what, "done", len(mine))
        self.metrics.step(what, "taken", len(timers) - len(mine))
        return len(mine)

    async def _later(self, timer: Timer) -> None:
        with suppress(StoreUnavailable):
            async with self.store.begin(timer.organisation) as uow:
                if await uow.take([timer]):
                    await uow.wake(timer.what, timer.subject, self.clock.now() + AFTER_ERROR)
                    await uow.commit()


def _first(timers: Sequence[Timer]) -> list[Timer]:
    """The first of these, with those behind it that may share its unit of work."""
    kind = (timers[0].organisation, timers[0].what)
    most = TOGETHER if timers[0].what in MANY else 1
    return [*takewhile(lambda timer: (timer.organisation, timer.what) == kind, timers[:most])]
