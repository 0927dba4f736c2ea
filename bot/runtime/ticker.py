"""The metronome asks every few seconds what is due; stored dates answer.

It keeps nothing. A restart, a missed tick, a corrected clock or three replicas change nothing: each timer is
taken and handled in a unit of work that looks at the facts again; of several replicas one has it. Where many come at
once some share a unit of work, and what one of them breaks is done again one by one. Urgent timers (of holds) have a
lane of their own: an alert's escalation does not wait for a thousand rounds that open in the same minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, cast

from bot.app.caching_uow import Remembering
from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.timers import TOGETHER, due, look_ahead
from bot.log import Log, report
from bot.ports.records import URGENT, OutboxEntry, Timer
from bot.ports.system import Clock
from bot.ports.unit_of_work import ChangedMeanwhile, Store, StoreUnavailable, UnitOfWork
from bot.runtime.metrics import Metrics
from bot.runtime.system import uptime

BATCH = 500
AFTER_ERROR = timedelta(minutes=5)
AT_ONCE = timedelta(minutes=1)
"""What a step plans so soon belongs to it."""


@dataclass
class Ticker:
    """Does what is due; `seconds` between two looks, 30 at most."""

    store: Store
    clock: Clock
    tools: Tools
    log: Log
    seconds: float = 2
    uptime: Callable[[], float] = uptime
    metrics: Metrics = field(default_factory=Metrics)
    paused: Callable[[], bool] = lambda: False
    """Whether only urgent timers are handled here."""
    ticked_at: datetime | None = field(default=None, init=False)
    """When the last look at what is due ended."""
    _quiet_until: datetime | None = field(default=None, init=False)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _ticking: list[asyncio.Task[None]] = field(default_factory=list, init=False)

    def start(self) -> None:
        """Begin ticking on the running event loop, at once."""
        for only_urgent in (False, True):
            self._ticking.append(asyncio.create_task(self._run(only_urgent=only_urgent)))

    def stop(self) -> None:
        """Stop ticking; the step under way is finished, the rest waits for another replica or the next start."""
        self._stopping.set()

    async def _run(self, *, only_urgent: bool) -> None:
        """Look, rest, look again. The rest goes by the event loop's clock, which nobody can set."""
        while not self._stopping.is_set():
            try:
                await self.tick(only_urgent=only_urgent)
            except Exception as error:  # the clocks of everybody must not stop with one mistake
                report(self.log, "tick.broken", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self.seconds)

    async def tick(self, *, only_urgent: bool = False) -> int:
        """Everything due now, what is urgent first, then oldest first; how many timers this replica handled."""
        began, handled = self.uptime(), 0
        for urgent in (True,) if only_urgent or self.paused() else (True, False):
            handled += await self._handle(only_urgent=urgent)
        if not only_urgent:
            self.ticked_at = self.clock.now()
            self.metrics.ticked(self.uptime() - began)
        return handled

    async def _handle(self, *, only_urgent: bool) -> int:
        handled = 0
        tried: set[str] = set()
        while timers := [t for t in await self._due(only_urgent=only_urgent) if t.id not in tried]:
            while timers:
                if self._stopping.is_set():
                    return handled
                first = _first(timers)
                tried |= {timer.id for timer in first}
                timers = timers[len(first) :]
                handled += await self._several(first)
        return handled

    async def _due(self, *, only_urgent: bool) -> list[Timer]:
        try:
            async with self.store.system(write=False) as system:
                self._quiet_until = await system.quiet_until()
                return await system.due_timers(self.clock.now(), BATCH, only_urgent=only_urgent)
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
            now = self.clock.now()
            for timer in mine:
                until = self._quiet_until
                if until is None or timer.at > until or timer.what in URGENT:
                    unit = reads.unit
                else:
                    unit = cast("UnitOfWork", Quiet(reads.unit, now, until))
                await due(Work(unit, now, self.tools, by_date=True), timer)
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


class Quiet:
    """A unit of work in which nobody is told anything: what a step would tell was told before a restore."""

    def __init__(self, uow: UnitOfWork, now: datetime, until: datetime) -> None:
        self._uow = uow
        self._now = now
        self._until = until

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    async def post(self, entry: OutboxEntry) -> None:
        """Keep the intent, so that it is not made anew, as one that was dropped; alerts go out."""
        if not entry.urgent:
            entry = replace(entry, dropped_at=self._now, failure="restored")
        await self._uow.post(entry)

    async def wake(self, what: str, subject: str, at: datetime | None) -> None:
        """A step that follows at once followed before the restore, too: it is as quiet as this one."""
        if at is not None and at <= self._now + AT_ONCE:
            at = min(at, self._until)
        await self._uow.wake(what, subject, at)


def _first(timers: Sequence[Timer]) -> list[Timer]:
    """The first of these, with those behind it that may share its unit of work."""
    kind = (timers[0].organisation, timers[0].what)
    most = TOGETHER.get(timers[0].what, 1)
    return [*takewhile(lambda timer: (timer.organisation, timer.what) == kind, timers[:most])]
