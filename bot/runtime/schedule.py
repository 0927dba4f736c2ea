"""Work of the program itself that comes again and again, by APScheduler: housekeeping, never what people wait for.

What is due for people is a stored date that the ticker asks for (`bot.runtime.ticker`). Here nothing is stored, either:
a job runs at the start and then at its interval, one at a time. A clock that is corrected, by years or either way,
neither makes it run once for each interval that the clock skipped nor lets it wait until the clock has caught up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bot.runtime.system import SystemClock


class Schedule:
    """Jobs at intervals, on the running event loop."""

    def __init__(self) -> None:
        self._scheduler: Any = None
        self._every: dict[str, timedelta] = {}

    def start(self, jobs: dict[str, tuple[Callable[[], Awaitable[None]], timedelta]]) -> None:
        """Run each job now and then again, so long after it was due last."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for name, (job, every) in jobs.items():
            self._every[name] = every
            self._scheduler.add_job(
                job, _again(every), id=name, coalesce=True, max_instances=1, misfire_grace_time=None
            )
        self._scheduler.start()

    def follow_clock(self) -> None:
        """Called every few seconds: a job planned further ahead than its interval waits for a clock set back."""
        now = SystemClock().now()
        for name, every in self._every.items() if self._scheduler else ():
            job = self._scheduler.get_job(name)
            if job is not None and job.next_run_time - now > every:
                job.modify(next_run_time=now)

    def stop(self) -> None:
        """Run no more jobs; one that is under way is cancelled at its next wait, and its transaction undone."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None


def _again(every: timedelta) -> Any:
    """Now, then `every` after each run. APScheduler's own interval lists all that it missed, years of it if need be."""
    from apscheduler.triggers.base import BaseTrigger

    class Again(BaseTrigger):  # type: ignore[misc]  # APScheduler ships no types
        def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
            return now if previous_fire_time is None else now + every

    return Again()
