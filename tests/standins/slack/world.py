"""A Slack with our adapter connected to it and a scripted core behind; for tests and the benchmark."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from adapters.slack.platform import SlackPlatform
from adapters.slack.plugin import PLUGIN
from bot.ui.inbound import Actor, Done, Event, Outcome
from bot.ui.platform import Services
from tests.standins.slack.person import Person
from tests.standins.slack.server import APP, BOT, SECRET, Slack
from tests.standins.teams.services import Clock, MemoryDrawer


@dataclass
class Core:
    """Answers as scripted, after `delay` seconds; like the real one an event id takes effect once."""

    answer: Callable[[Event], Outcome] = lambda _: Done()
    delay: float = 0.0
    heard: list[Event] = field(default_factory=list)
    acted: dict[str, Outcome] = field(default_factory=dict)

    async def handle(self, event: Event) -> Outcome:
        """The scripted outcome, the same for the same event."""
        self.heard.append(event)
        await asyncio.sleep(self.delay)
        if event.event_id not in self.acted:
            self.acted[event.event_id] = self.answer(event)
        return self.acted[event.event_id]

    def of(self, kind: type[Any]) -> list[Any]:
        """The events of one kind."""
        return [event for event in self.heard if isinstance(event, kind)]


class Links:
    """Sign-in links, numbered."""

    async def link_for(self, actor: Actor) -> str:
        """A link for the person."""
        return f"https://clinic.example/sign-in/{actor.user}"


@dataclass
class World:
    """Everything a test touches."""

    slack: Slack
    platform: SlackPlatform
    core: Core
    drawer: MemoryDrawer
    clock: Clock
    address: str

    def person(self, user: str = "U0ANNA", **about: Any) -> Person:
        """Somebody in the workspace."""
        self.slack.kept.person(user, **about)
        return Person(self.slack, user)

    def actor(self, user: str = "U0ANNA") -> Actor:
        """The same as the core knows them."""
        return Actor("slack", "T0CLINIC", user)

    async def settled(self) -> None:
        """Wait until every answer under way stands where people see it: an acknowledgement comes before it."""
        await until(lambda: not self.platform._receiver._work, 20)


async def until(true: Callable[[], bool], seconds: float = 4.0) -> None:
    """Wait until something has happened."""
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never happened")


@asynccontextmanager
async def connected(
    mode: str,
    *,
    handle: Callable[[Event], Awaitable[Outcome]] | None = None,
    language_of: Callable[[Actor], Awaitable[str]] | None = None,
    **settings: Any,
) -> AsyncIterator[World]:
    """The adapter, connected to the stand-in by `http` or `socket`; `handle` replaces the scripted core."""
    slack, core, clock = Slack(), Core(), Clock()
    drawer = MemoryDrawer(clock)
    await slack.start()
    given = {
        "mode": mode,
        "api_url": f"{slack.base}/api/",
        "signing_secret": SECRET,
        "app_token": APP,
        "bot_token": BOT,
    }
    ids = itertools.count(1)

    async def english(_: Actor) -> str:
        return "en"

    services = Services(
        handle=handle or core.handle,
        drawer=drawer,
        now=clock,
        new_id=lambda kind: f"{kind}_{next(ids)}",
        public_url="https://clinic.example",
        language_of=language_of or english,
        sign_in=Links(),  # type: ignore[arg-type]  # only the one method the adapter uses
    )
    platform = PLUGIN.create(PLUGIN.settings(**(given | settings)), services)
    site = web.Application()
    platform.mount(site)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.app_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    await platform.start()
    try:
        yield World(slack, platform, core, drawer, clock, slack.app_url)
    finally:
        await platform.stop()
        await runner.cleanup()
        await slack.stop()
