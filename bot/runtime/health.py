"""Whether this program can do its work right now, and its numbers for monitors.

Ready means: the store took a write within the last two seconds, the disk under it has room, the senders run, and the
anonymisation gate has shown that it works.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.ports.system import Clock
from bot.ports.unit_of_work import Store, StoreUnavailable
from bot.runtime.clock_jumps import doubted
from bot.runtime.heartbeat import ALIVE, Heartbeat
from bot.runtime.metrics import Metrics
from bot.runtime.system import uptime

FRESH = 2.0
"""Seconds for which an answer holds, so that nobody who asks often makes work."""


@dataclass
class Health:
    """Asked by `/readyz` and `/metrics`; `sending` says whether the senders run, `gate` whether texts can be read.

    `missing` names what the last answer lacked: gate, senders, store or the right time; "" when nothing.
    """

    store: Store
    clock: Clock
    heart: Heartbeat
    metrics: Metrics
    sending: Callable[[], bool] = lambda: True
    gate: Callable[[], bool] = lambda: True
    wanted: int = 1
    """Programs that are to be at work."""
    missing: str = field(default="store", init=False)
    _asked: float = field(default=float("-inf"), init=False)

    async def ready(self) -> bool:
        """Whether people can be served."""
        if uptime() - self._asked > FRESH:
            self.missing = await self._missing()
            self._asked = uptime()
        return not self.missing

    async def _missing(self) -> str:
        if not self.sending():
            return "senders"
        if not (await self.store.ready() and await self.heart.beat()):
            return "store"
        if self.heart.clock_off:
            return "clock"
        return "" if self.gate() else "gate"

    async def page(self) -> bytes:
        """All numbers in Prometheus' text format; without the store's while it does not answer."""
        ready = await self.ready()
        now = self.clock.now()  # afterwards: an answer that took seconds made the last look one of the future
        looked = self.heart.ticker.ticked_at
        self.metrics.looked((now - looked).total_seconds() if looked else 0.0)
        try:
            async with self.store.system(write=False) as system:
                queue = await system.queue(now)
                replicas = await system.replicas(now - ALIVE)
                backup, doubt = await system.last_done("backup"), await doubted(system)
        except StoreUnavailable:
            self.metrics.state(ready=False)
        else:
            oldest = (now - queue.oldest).total_seconds() if queue.oldest else 0.0
            age = (now - backup).total_seconds() if backup else 0.0
            self.metrics.state(
                ready=ready,
                queue=queue,
                oldest=oldest,
                replicas=len(replicas),
                wanted=self.wanted,
                backup_age=age,
                clock_jumped=doubt is not None,
            )
        return self.metrics.text()
