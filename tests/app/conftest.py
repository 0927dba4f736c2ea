"""One gate for the whole session: its models load once."""

from __future__ import annotations

import pytest

from bot.anonymise import GateSettings
from tests.gate import GateInAWorker
from tests.world import World, make_world


@pytest.fixture(scope="session")
def gate() -> GateInAWorker:
    """The real gate."""
    return GateInAWorker(GateSettings())


@pytest.fixture
async def world(gate: GateInAWorker) -> World:
    """The demo clinic on a Monday morning."""
    return await make_world(gate)
