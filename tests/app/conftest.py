"""One gate for the whole session: its models load once."""

from __future__ import annotations

import pytest

from tests.gate import GateInAWorker, rules_alone
from tests.world import World, make_world


@pytest.fixture(scope="session")
def gate() -> GateInAWorker:
    """The real gate."""
    return rules_alone()


@pytest.fixture
async def world(gate: GateInAWorker) -> World:
    """The demo clinic on a Monday morning."""
    return await make_world(gate)
