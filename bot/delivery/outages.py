"""Circuit breakers: a workspace that does not answer is left alone until it does.

The first send without an answer opens the breaker; from then on nothing new goes out there. A harmless call looks
whether the workspace answers, less and less often; once it does, one message goes out on trial, and only its answer
lets the others follow. So an outage costs at most the messages that were under way when it began. Urgent messages are
not held: they go each time they are due, and are a trial, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.log import Log, report
from bot.runtime.metrics import Metrics
from bot.ui.platform import DeliveryFailed, DeliveryUnknown, Platform

FIRST_LOOK, LONGEST_LOOK = 2.0, 60.0
"""Seconds between two looks at a workspace that does not answer: doubled each time, up to the second."""
LOOK_TIMEOUT = 15.0
LOOK_EVERY = 0.5
NOBODY_TRIES = 20.0
"""Seconds after a look that had an answer: what waits is due by the next look, so it has tried by then, else nothing
does."""

Place = tuple[str, str]
"""A platform and the workspace or tenant on it."""


@dataclass
class _Outage:
    pause: float
    next_look: float
    answers: bool = False
    """The last look had an answer: one message may try."""
    answered: float = 0.0
    """When it had."""
    trying: str = ""


@dataclass
class Outages:
    """Which workspaces do not answer, as this program sees it; `uptime` in seconds."""

    platforms: Mapping[str, Platform]
    uptime: Callable[[], float]
    log: Log
    metrics: Metrics
    _open: dict[Place, _Outage] = field(default_factory=dict, init=False)

    @property
    def away(self) -> frozenset[Place]:
        """Workspaces that do not answer now."""
        return frozenset(self._open)

    def admits(self, place: Place, message: str) -> bool:
        """Whether this message may go out now; the one on trial is admitted until its result is told."""
        outage = self._open.get(place)
        if outage is None:
            return True
        if outage.answers and not outage.trying:
            outage.trying = message
        return outage.trying == message

    def wait(self, place: Place) -> float:
        """Seconds until a held message had better ask again."""
        outage = self._open.get(place)
        return max(FIRST_LOOK, outage.next_look - self.uptime()) if outage else 0.0

    def answered(self, place: Place) -> None:
        """A message had an answer, whatever it said."""
        self.metrics.answered(place[0])
        self._over(place)

    def _over(self, place: Place) -> None:
        if self._open.pop(place, None):
            self.metrics.back(place[0])
            self.log.info("dispatch.platform_back", platform=place[0])

    def silent(self, place: Place, message: str) -> None:
        """A message had no answer, or a gateway's."""
        self.metrics.silent(place[0])
        outage = self._open.get(place)
        if outage is None:
            self.log.warning("dispatch.platform_away", platform=place[0])
            self._open[place] = _Outage(FIRST_LOOK, self.uptime() + FIRST_LOOK)
        elif outage.trying == message:
            self._later(outage)

    def left(self, place: Place, message: str) -> None:
        """A message on trial did not go out after all: another may try."""
        outage = self._open.get(place)
        if outage is not None and outage.trying == message:
            outage.trying = ""

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Look at each workspace whose turn has come."""
        for place, outage in [*self._open.items()]:
            if outage.answers and not outage.trying and self.uptime() - outage.answered > NOBODY_TRIES:
                self._over(place)  # another program sent what waited, else this one would never know
        due = [place for place, o in self._open.items() if not o.answers and o.next_look <= self.uptime()]
        await asyncio.gather(*(self._look(place) for place in due))

    async def _look(self, place: Place) -> None:
        platform, tenant = place
        try:
            async with asyncio.timeout(LOOK_TIMEOUT):
                await self.platforms[platform].probe(tenant)
        except (DeliveryFailed, DeliveryUnknown, TimeoutError):
            answers = False
        except Exception as error:  # an adapter's mistake must not keep everybody's messages back for good
            report(self.log, "dispatch.broken", error, platform=platform)
            answers = True
        else:
            answers = True
        outage = self._open.get(place)
        if outage is None:
            return
        if answers:
            outage.answers, outage.answered = True, self.uptime()
        else:
            self.metrics.silent(platform)
            self._later(outage)

    def _later(self, outage: _Outage) -> None:
        outage.answers, outage.trying = False, ""
        outage.pause = min(outage.pause * 2, LONGEST_LOOK)
        outage.next_look = self.uptime() + outage.pause
