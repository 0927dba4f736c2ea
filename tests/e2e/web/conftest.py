"""The web adapter on a scripted core, and a Chromium to look at it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.browser import chromium
from tests.unit.web.stage import Stage

__all__ = ["chromium"]


@pytest_asyncio.fixture(loop_scope="session")
async def stage() -> AsyncIterator[Stage]:
    """A running adapter with its demo bar."""
    async with Stage(demo=True) as running:
        yield running
