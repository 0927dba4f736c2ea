"""`intervision check` on an installation in which nothing works yet, though nothing is broken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.admin.readiness import unready
from bot.cli.checks import _public_address
from bot.config import ServerSettings
from bot.demo.clock import VirtualClock
from bot.domain.organisation import Organisation
from storage.memory import MemoryStore
from tests.world import World

NOW = datetime(2027, 1, 18, 8, tzinfo=UTC)


async def test_an_installation_without_an_organisation_is_not_in_order(world: World) -> None:
    clock = VirtualClock(NOW)
    (problem,) = await unready(MemoryStore(clock), clock, world.tools)
    assert "add-organisation" in problem.remedy
    assert not problem.fatal


async def test_an_organisation_without_people_is_not_in_order(world: World) -> None:
    clock = VirtualClock(NOW)
    store = MemoryStore(clock)
    async with store.begin("org_new") as uow:
        await uow.add(Organisation(id="org_new", organisation="org_new", name="Our service", created_at=NOW))
        await uow.commit()
    (problem,) = await unready(store, clock, world.tools)
    assert (problem.where, "admin import" in problem.remedy) == ("org_new", True)


@pytest.mark.parametrize(
    ("bind", "url", "wrong"),
    [
        ("127.0.0.1", "", False),
        ("::1", "", False),
        ("0.0.0.0", "", True),
        ("0.0.0.0", "https://intervision.example.org", False),
    ],
)
def test_links_that_lead_nowhere_are_named(bind: str, url: str, wrong: bool) -> None:
    given = {"bind": bind} | ({"public_url": url} if url else {})
    assert bool(_public_address(ServerSettings.model_validate(given))) is wrong
