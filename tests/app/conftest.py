"""The demo clinic for each test, one gate for all."""

from __future__ import annotations

import pytest

from tests.app.looking import ruled
from tests.gate import GateInAWorker, rules_alone
from tests.world import World, make_world


@pytest.fixture(scope="session")
def gate() -> GateInAWorker:
    """The gate by its rules alone."""
    return rules_alone()


@pytest.fixture
async def world(gate: GateInAWorker) -> World:
    """The demo clinic on a Monday morning."""
    return await make_world(gate)


@pytest.fixture
async def looked(world: World) -> World:
    """A clinic in which every case is looked at."""
    await ruled(world, second_look="always")
    return world
