"""One attempt at one message, from the adapter's call to what is known afterwards.

The entry is marked as begun right before the post, not earlier, and its answer is kept right after it: only what dies
in between leaves a message of unknown fate. Where a platform cannot be asked later, few posts are in between at a time
(`bot.delivery.in_flight`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.ports.records import OutboxEntry
from bot.ui.platform import SendingStopped


@dataclass
class Attempt:
    """What an adapter awaits before it posts (`Message.posting`).

    `may_go` says whether it may still go out now; `begin` marks the entry, False when its lease is lost; `turn` waits
    for a turn to post and gives what ends it.
    """

    entry: OutboxEntry
    may_go: Callable[[], bool]
    begin: Callable[[OutboxEntry], Awaitable[bool]]
    turn: Callable[[], Awaitable[Callable[[], None]]] | None = None
    asked: bool = field(default=False, init=False)
    """The adapter was ready to post."""
    posted: bool = field(default=False, init=False)
    """The post may have gone out."""
    _leave: Callable[[], None] | None = field(default=None, init=False)

    async def posting(self) -> None:
        """Wait for a turn and mark the entry. Raises SendingStopped."""
        self.asked = True
        if self.posted:
            return
        if self.turn is not None and self._leave is None:
            self._leave = await self.turn()
        if not self.may_go() or not await self.begin(self.entry) or not self.may_go():
            raise SendingStopped(self.entry.id)
        self.posted = True

    def end(self) -> None:
        """Its answer is kept, or nobody waits for it any more."""
        if self._leave is not None:
            self._leave()
            self._leave = None
