"""One attempt at one message, from the adapter's call to what is known afterwards.

The entry is marked as begun right before the post, not earlier: only what dies between that mark and the answer leaves
a message of unknown fate. Where a platform cannot be asked later, few posts are unanswered at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.ports.records import OutboxEntry
from bot.ui.platform import SendingStopped

UNANSWERED = 10
"""Posts without an answer yet on a platform that cannot be asked: what a crash or an outage leaves unknown at most."""


@dataclass
class Attempt:
    """What an adapter awaits before it posts (`Message.posting`).

    `may_go` says whether it may still go out now; `begin` marks the entry, False when its lease is lost; `slots` is
    where few may be unanswered.
    """

    entry: OutboxEntry
    may_go: Callable[[], bool]
    begin: Callable[[OutboxEntry], Awaitable[bool]]
    slots: asyncio.Semaphore | None = None
    asked: bool = field(default=False, init=False)
    """The adapter was ready to post."""
    posted: bool = field(default=False, init=False)
    """The post may have gone out."""
    _holds: bool = field(default=False, init=False)

    async def posting(self) -> None:
        """Wait for a slot and mark the entry. Raises SendingStopped."""
        self.asked = True
        if self.posted:
            return
        if self.slots is not None and not self._holds:
            await self.slots.acquire()
            self._holds = True
        if not self.may_go() or not await self.begin(self.entry) or not self.may_go():
            raise SendingStopped(self.entry.id)
        self.posted = True

    def end(self) -> None:
        """Its answer is there, or nobody waits for it any more."""
        if self._holds and self.slots is not None:
            self._holds = False
            self.slots.release()
