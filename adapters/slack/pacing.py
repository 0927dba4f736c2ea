"""Slack takes about one message a second in a channel, and forgives a short burst."""

from __future__ import annotations

import asyncio


class Pacer:
    """A queue per channel: `burst` messages at once, then one every `interval` seconds."""

    def __init__(self, interval: float = 1.0, burst: int = 3, patience: float = 10.0) -> None:
        self._interval = interval
        self._burst = burst
        self._patience = patience
        self._full_at: dict[str, float] = {}

    async def turn(self, channel: str) -> float:
        """Wait for this channel's turn; 0, or the seconds to come back after when the queue is too long."""
        now = asyncio.get_running_loop().time()
        full_at = max(self._full_at.get(channel, now), now)
        wait = full_at - now - (self._burst - 1) * self._interval
        if wait > self._patience:
            return wait
        self._full_at[channel] = full_at + self._interval
        if len(self._full_at) > 10_000:
            self._full_at = {name: at for name, at in self._full_at.items() if at > now}
        if wait > 0:
            await asyncio.sleep(wait)
        return 0.0
