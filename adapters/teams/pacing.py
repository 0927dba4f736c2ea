"""Teams' sending limits, kept before Teams has to remind us of them.

Microsoft, "Optimize your bot with rate limiting": per bot and conversation 7 messages in 1 s, 8 in
2 s, 60 in 30 s, 1800 in an hour; per app and tenant 50 requests a second.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable

PER_CONVERSATION = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
_MARGIN = 0.1
"""Seconds added to each window: requests do not arrive at the distance at which they left."""
_REMEMBERED = 20_000
"""Conversations whose recent sends are remembered; the one idle longest goes first."""


class Window:
    """Sends allowed within sliding windows of `(count, seconds)`."""

    def __init__(self, limits: tuple[tuple[int, float], ...]) -> None:
        self._limits = limits
        self._sent: deque[float] = deque(maxlen=max(count for count, _ in limits))
        self._not_before = 0.0

    def reserve(self, now: float) -> float:
        """Book the next free moment at or after `now` and return it."""
        at = max(now, self._not_before, self._sent[-1] if self._sent else 0.0)
        for count, seconds in self._limits:
            if len(self._sent) >= count:
                at = max(at, self._sent[-count] + seconds + _MARGIN)
        self._sent.append(at)
        return at

    def pause(self, until: float) -> None:
        """Send nothing before `until`."""
        self._not_before = max(self._not_before, until)


class Pacer:
    """Lets a send wait until its conversation and its tenant have room."""

    def __init__(
        self,
        per_second: int,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._per_second = per_second
        self._clock = clock
        self._sleep = sleep
        self._conversations: OrderedDict[str, Window] = OrderedDict()
        self._tenants: dict[str, Window] = {}

    async def turn(self, tenant: str, conversation: str) -> None:
        """Return when this send may go out; sends to one place keep their order.

        The tenant's slot is taken only when the conversation is free: one busy chat delays no other.
        """
        await self._until(self._conversation(conversation).reserve(self._clock()))
        await self._until(self._tenant(tenant).reserve(self._clock()))

    async def _until(self, moment: float) -> None:
        wait = moment - self._clock()
        if wait > 0:
            await self._sleep(wait)

    def pause(self, conversation: str, seconds: float) -> None:
        """Teams said "too many requests": leave this conversation alone for a while."""
        self._conversation(conversation).pause(self._clock() + seconds)

    def _conversation(self, conversation: str) -> Window:
        window = self._conversations.setdefault(conversation, Window(PER_CONVERSATION))
        self._conversations.move_to_end(conversation)
        if len(self._conversations) > _REMEMBERED:
            self._conversations.popitem(last=False)
        return window

    def _tenant(self, tenant: str) -> Window:
        return self._tenants.setdefault(tenant, Window(((self._per_second, 1.0),)))
