"""Posts in flight: how many are without an answer at a time, where nobody can find out later what became of them.

Whatever kills the program leaves these, and only these, of unknown fate. So a workspace is written to one post after
the other, which is fast enough for everything but a wave; what has waited too long for its turn goes beside the others,
up to `most` on the platform.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_IN_FLIGHT = 10
"""Posts without an answer yet on a platform that cannot be asked: what a crash or an outage leaves unknown at most."""


@dataclass
class InFlight:
    """Turns to post on one platform; `patience` in seconds."""

    patience: float
    most: int = MOST_IN_FLIGHT
    _turns: dict[str, asyncio.Semaphore] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._all = asyncio.Semaphore(self.most)

    async def enter(self, workspace: str) -> Callable[[], None]:
        """Wait for a turn; what ends it."""
        turn = self._turns.setdefault(workspace, asyncio.Semaphore(1))
        held = [self._all]
        try:
            async with asyncio.timeout(self.patience):
                await turn.acquire()
            held.append(turn)
        except TimeoutError:
            pass
        try:
            await self._all.acquire()
        except BaseException:
            for each in held[1:]:
                each.release()
            raise

        def leave() -> None:
            while held:
                held.pop().release()

        return leave
