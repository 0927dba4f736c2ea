"""The metronome: APScheduler asks every few seconds, stored dates answer.

Nothing is kept in the scheduler. A restart, a missed tick or three replicas change nothing: each timer
is handled in a unit of work of its own that looks at the facts again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.app.context import Work
from bot.app.handlers.timers import due
from bot.app.tools import Tools
from bot.log import Log
from bot.ports.records import Timer
from bot.ports.system import Clock
from bot.ports.work import ChangedMeanwhile, NotFound, Store, StoreUnavailable
from bot.runtime.housekeeping import Housekeeper

BATCH = 500
AFTER_ERROR = timedelta(minutes=5)


@dataclass
class Ticker:
    """Does what is due; `seconds` between two looks, 30 at most."""

    store: Store
    clock: Clock
    tools: Tools
    log: Log
    seconds: float = 15
    housekeeper: Housekeeper | None = None
    _scheduler: Any = field(default=None, init=False)

    def start(self) -> None:
        """Begin ticking on the running event loop."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            self.tick, "interval", seconds=self.seconds, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; a step under way is finished by the caller's loop."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    async def tick(self) -> int:
        """Everything due now, oldest first; how many timers were handled."""
        if self.housekeeper:
            await self.housekeeper.run_if_due()
        handled = 0
        tried: set[str] = set()
        while True:
            try:
                async with self.store.system() as system:
                    timers = [t for t in await system.due_timers(self.clock.now(), BATCH) if t.id not in tried]
            except StoreUnavailable:
                self.log.warning("tick.store_unavailable")
                return handled
            if not timers:
                return handled
            for timer in timers:
                tried.add(timer.id)
                handled += await self._one(timer)

    async def _one(self, timer: Timer) -> bool:
        try:
            async with self.store.begin(timer.organisation) as uow:
                stored = await uow.get(Timer, timer.id)
                if stored.at > self.clock.now():
                    return False
                await due(Work(uow, self.clock.now(), self.tools), stored)
                await uow.commit()
                return True
        except (ChangedMeanwhile, NotFound, StoreUnavailable):
            return False
        except Exception as error:  # one broken step must not stop everybody's clocks
            # A traceback could hold what somebody typed: the kind of the error must do.
            self.log.error("tick.failed", what=timer.what, subject=timer.subject, error=type(error).__name__)  # noqa: TRY400
            await self._later(timer)
            return False

    async def _later(self, timer: Timer) -> None:
        async with self.store.begin(timer.organisation) as uow:
            await uow.wake(timer.what, timer.subject, self.clock.now() + AFTER_ERROR)
            await uow.commit()
