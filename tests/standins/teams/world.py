"""A bot and a connector that talk to each other over real sockets, and people who use them."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.teams.config import TeamsSettings
from adapters.teams.platform import TeamsPlatform
from bot.ui.inbound import Actor, Event, Outcome
from bot.ui.platform import Address, Drawer, Services
from tests.standins.teams.client import Person
from tests.standins.teams.connector import APP_ID, BOT, BOT_TOKEN, TENANT, Connector
from tests.standins.teams.services import Clock, Core, services

_ids = itertools.count(1)
KIEL = "aaaaaaaa-0000-4000-8000-00000000000a"
LUND = "bbbbbbbb-0000-4000-8000-00000000000b"


class GivenToken:
    """Stands for Entra ID."""

    async def token(self) -> str:
        """Always the same token."""
        return BOT_TOKEN

    def forget(self) -> None:
        """There is no other."""


def new_id(kind: str) -> str:
    """An id that no other program makes."""
    return f"{kind}_shared_{next(_ids):04}"


@dataclass
class World:
    """Everything a test talks to."""

    core: Core
    clock: Clock
    connector: Connector
    platform: TeamsPlatform
    services: Services
    bot: TestClient[Any, Any]

    def person(self, aad: str = KIEL, **rest: Any) -> Person:
        """Somebody with a Teams client."""
        return Person(self.bot, self.connector, aad, **rest)

    def address(self, aad: str = KIEL, **changes: str) -> Address:
        """Where the core would reach them."""
        reference = {"service": self.connector.url, "bot": BOT, "user": f"29:{aad}", "tenant": TENANT}
        return Address(Actor("teams", TENANT, aad), {**reference, **changes})


@asynccontextmanager
async def world(
    answer: Callable[[Event], Outcome] | None = None,
    *,
    sign_in: Any = None,
    drawer: Drawer | None = None,
    **settings: Any,
) -> AsyncIterator[World]:
    """A running bot with a scripted core, and the connector it trusts; with `drawer` one that others share."""
    clock = Clock()
    core = Core(answer) if answer else Core()
    connector = Connector(clock)
    await connector.server.start_server()
    given = {
        "app_id": APP_ID,
        "app_secret": "s",
        "tenant_id": TENANT,
        "service_hosts": ["127.0.0.1"],
        "metadata_url": connector.metadata_url,
        **settings,
    }
    offered = replace(services(core, clock), sign_in=sign_in)
    offered = replace(offered, drawer=drawer or offered.drawer, new_id=new_id if drawer else offered.new_id)
    platform = TeamsPlatform(TeamsSettings(**given), offered, GivenToken())
    app = web.Application()
    platform.mount(app)
    client = TestClient(TestServer(app))
    await client.start_server()
    await platform.start()
    try:
        yield World(core, clock, connector, platform, offered, client)
    finally:
        await platform.stop()
        await client.close()
        await connector.server.close()
