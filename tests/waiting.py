"""Waiting in a test for a state of the product's own tasks, which tell nobody when they reach it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(true: Callable[[], bool], seconds: float) -> None:
    """Go on as soon as something is so. Raises TimeoutError after so many seconds."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.005)
