"""The demo clinic reached over Teams: the real core behind the adapter, everybody in the tenant's roster."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.teams.config import TeamsSettings
from adapters.teams.platform import TeamsPlatform
from bot.app.dependencies import Anonymiser
from bot.demo.clinic import KEYS
from bot.ports.unit_of_work import Store
from bot.ui.inbound import Actor, Event, Outcome
from bot.ui.platform import Platform, Services
from tests.standins.teams.client import Person
from tests.standins.teams.connector import APP_ID, TENANT, Connector, personal_chat
from tests.standins.teams.services import MemoryDrawer
from tests.standins.teams.world import GivenToken
from tests.witness import Witness
from tests.world import World, make_world

Handle = Callable[[Event], Awaitable[Outcome]]


@dataclass
class TeamsClinic:
    """The core's world, the connector between, and what the core answered."""

    world: World
    connector: Connector
    platform: TeamsPlatform
    witness: Witness
    bot: TestClient[Any, Any]
    platforms: dict[str, Platform]

    def person(self, key: str) -> Person:
        """A demo person with a Teams client."""
        return Person(self.bot, self.connector, aad_of(key), name=f"Therapist {key.upper()}")


def aad_of(key: str) -> str:
    """The Entra id of a demo person."""
    return f"aaaaaaaa-0000-4000-8000-{KEYS.index(key) + 1:012}"


@asynccontextmanager
async def teams_clinic(
    gate: Anonymiser,
    *,
    language_of: Callable[[Actor], Awaitable[str]] | None = None,
    store: Store | None = None,
    connected: Collection[str] | None = None,
    watched: Callable[[Handle], Handle] = lambda handle: handle,
    **settings: Any,
) -> AsyncIterator[TeamsClinic]:
    """The clinic, running; the roster knows everybody by their e-mail address."""
    platforms: dict[str, Platform] = {}
    world = await make_world(gate, platforms=platforms, store=store, connected=connected)
    platforms["web"] = world.platform
    witness = Witness(world)
    connector = Connector(world.clock.now)
    await connector.server.start_server()

    async def english(actor: Actor) -> str:
        return "en"

    services = Services(
        handle=watched(witness.handle),
        drawer=MemoryDrawer(world.clock.now),
        now=world.clock.now,
        new_id=world.tools.ids.new,
        public_url="https://intervision.example.org",
        language_of=language_of or english,
    )
    given = {
        "app_id": APP_ID,
        "app_secret": "s",
        "tenant_id": TENANT,
        "service_hosts": ("127.0.0.1",),
        "metadata_url": connector.metadata_url,
    }
    platform = TeamsPlatform(TeamsSettings(**(given | settings)), services, GivenToken())
    platforms["teams"] = platform
    app = web.Application()
    platform.mount(app)
    bot = TestClient(TestServer(app))
    await bot.start_server()
    await platform.start()
    for key in KEYS:
        user = f"29:{aad_of(key)}"
        seen = {"id": user, "name": key, "aadObjectId": aad_of(key), "email": f"{key}@demo.example", "userRole": "user"}
        connector.members[personal_chat(user)] = [seen]
    try:
        yield TeamsClinic(world, connector, platform, witness, bot, platforms)
    finally:
        await platform.stop()
        await bot.close()
        await connector.server.close()
        assert connector.wrong == []
