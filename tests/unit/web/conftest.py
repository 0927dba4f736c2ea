"""A stage and a signed-in browser for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.web.client import Browser
from tests.unit.web.stage import Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage() as running:
        yield running


@pytest.fixture
async def browser(stage: Stage) -> AsyncIterator[Browser]:
    async with Browser(stage) as open_browser:
        yield open_browser
