"""The web adapter on a scripted core, and a Chromium to look at it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.browser import chromium
from tests.e2e.web.demo import Running
from tests.unit.web.stage import Stage

__all__ = ["chromium"]


@pytest_asyncio.fixture(loop_scope="session")
async def stage() -> AsyncIterator[Stage]:
    """A running adapter with its demo bar."""
    async with Stage(demo=True) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """The real demo, one for the tests of a module: each acts as a person of its own."""
    running = await Running.begin(tmp_path_factory.mktemp("demo"))
    yield running
    await running.app.stop()
