"""Slack, connected both ways."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.standins.slack.world import World, connected


@pytest.fixture(params=["http", "socket"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """The adapter by signed requests and by Socket Mode; nothing that it sends may be refused for its form."""
    async with connected(request.param) as made:
        yield made
        faults = [r for r in made.slack.refusals if r[1].get("error") in {"invalid_blocks", "invalid_arguments"}]
        assert faults == []


@pytest.fixture
async def http() -> AsyncIterator[World]:
    """By signed requests only, where the way in does not matter or HTTP is the subject."""
    async with connected("http") as made:
        yield made
