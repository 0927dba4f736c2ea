"""The demo clinic for each test, one gate for all."""

from __future__ import annotations

import pytest

from bot.demo.clinic import person_id
from bot.domain.organisation import Clinic
from bot.domain.person import Person, Role
from tests.app.looking import ruled
from tests.app.risk import Chats, change, chats
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


@pytest.fixture
async def place(gate: GateInAWorker) -> Chats:
    """The demo clinic, its duty supervisor on Slack and Teams, its deputy on Teams."""
    made = await chats(gate)
    await made.connect("s", "slack", "teams")
    await made.connect("g", "teams")
    await change(made.world, (await made.world.find(Person, id=person_id("g")))[0], roles=frozenset(Role))
    for clinic in await made.world.find(Clinic):
        await change(made.world, clinic, duty_phone=f"duty-{clinic.id}")
    return made
