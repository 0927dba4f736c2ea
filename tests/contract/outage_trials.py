"""Each adapter with what it sends to, and every way in which that can be away when it is called.

A trial sends one message so that its first call is of a chosen kind, and counts what stands in the chat.
"""

from __future__ import annotations

import socket
import ssl
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import trustme
from aiohttp import ClientTimeout, web

from adapters.email.plugin import EmailPlatform
from bot.ui.model import Card
from bot.ui.platform import Address, Message, Platform
from tests.standins import mail, outage
from tests.standins.slack.server import BOT
from tests.standins.slack.world import World as SlackWorld
from tests.standins.slack.world import connected
from tests.standins.teams.connector import personal_chat
from tests.standins.teams.world import KIEL
from tests.standins.teams.world import World as TeamsWorld
from tests.standins.teams.world import world as teams_world
from tests.unit.email.mailing import TO, mailing

CARD = Card("notice.assigned", "A case for you", summary="A case for you.")
OPENING, LOOK, EDIT, POST = "opening", "look-up", "edit", "post"
NO_NAME, UNTRUSTED, NO_WAY = "no name", "untrusted", "no way"
CONNECTION = (NO_NAME, UNTRUSTED, NO_WAY)
"""The name of the host is not found; its certificate is one nobody trusts; what is sent there vanishes."""
KINDS = (*outage.KINDS, *CONNECTION)
PATIENCE = 0.2
"""Seconds for an answer in an outage."""
LIMITS = ClientTimeout(total=PATIENCE, connect=PATIENCE / 2)
WAITED_FOR = {"silent", "half", "half lost", "no way", "storm"}
"""Kinds in which something has to be waited for."""


class Trial(ABC):
    """One adapter; `calls` are the kinds it has."""

    calls: tuple[str, ...]
    platform: Platform

    @abstractmethod
    async def fall(self, how: str) -> None:
        """From now on an outage of this kind; "" ends it."""

    @abstractmethod
    def shown(self) -> int:
        """How many messages stand in the chat."""

    @abstractmethod
    def posts(self) -> int:
        """How often a new message was asked for, done or not."""

    @abstractmethod
    def to(self, call: str) -> Address:
        """Where to send so that the first call is of this kind."""

    async def before(self, call: str) -> dict[str, Any]:
        """What must have happened for a message to begin with such a call; its other facts."""
        if call != OPENING:
            delivered = await self.platform.send(self.to(call), Message("before", CARD))
            return {"replaces": delivered} if call == EDIT else {"retried": call == LOOK}
        return {}


class SlackTrial(Trial):
    """Slack; `asked`: the app may read its own messages."""

    calls = (OPENING, LOOK, EDIT, POST)

    def __init__(self, world: SlackWorld, places: dict[str, str]) -> None:
        self._world, self.platform, self._places = world, world.platform, places
        assert world.platform._api._session
        self._session, self._inbox = world.platform._api._session, world.person()
        self._limits = self._session._timeout
        world.slack.kept.tokens[BOT].scopes += ",im:history"

    async def fall(self, how: str) -> None:
        self._session._timeout = LIMITS if how else self._limits
        self._world.platform._api._base_url = f"{self._places.get(how, self._world.slack.base)}/api/"
        await self._world.slack.fall("" if how in CONNECTION else how)

    def shown(self) -> int:
        return len(self._inbox.inbox)

    def posts(self) -> int:
        return len(self._world.slack.called("chat.postMessage"))

    def to(self, call: str) -> Address:
        return Address(self._world.actor(), {})


class TeamsTrial(Trial):
    """Microsoft Teams."""

    calls = (OPENING, EDIT, POST)

    def __init__(self, world: TeamsWorld, places: dict[str, str]) -> None:
        self._world, self.platform, self._places = world, world.platform, places
        assert world.platform._session
        self._session, self._how = world.platform._session, ""
        self._limits = self._session._timeout

    async def fall(self, how: str) -> None:
        self._how = how
        assert self._world.platform._outbound
        self._session._timeout = LIMITS if how else self._limits
        for tenant in self._world.platform._outbound._services:
            self._world.platform._outbound._services[tenant] = self._service
        await self._world.connector.fall("" if how in CONNECTION else how)

    def shown(self) -> int:
        return len(self._world.connector.messages(personal_chat(f"29:{KIEL}")))

    def posts(self) -> int:
        asked = self._world.connector.requests
        return sum(method == "POST" and path.endswith("/activities") for method, path in asked)

    def to(self, call: str) -> Address:
        known = {} if call == OPENING else {"conversation": personal_chat(f"29:{KIEL}")}
        return self._world.address(service=self._service, **known)

    @property
    def _service(self) -> str:
        return f"{self._places[self._how]}/" if self._how in CONNECTION else self._world.connector.url


class MailTrial(Trial):
    """E-mail: connecting and naming the addressee are its opening; nothing can be edited or looked for."""

    calls = (OPENING, POST)

    def __init__(self, platform: EmailPlatform, relay: mail.Relay, between: mail.Between, elsewhere: dict[str, Any]):
        self.platform, self._relay, self._between, self._elsewhere = platform, relay, between, elsewhere
        self._ours = platform._relay
        self._settings = self._ours._settings

    async def fall(self, how: str) -> None:
        if how in CONNECTION or (how and self._at_opening):
            await self._ours.close()
        changed = {"timeout": PATIENCE, **self._elsewhere.get(how, {})} if how else {}
        self._ours._settings = self._settings.model_copy(update=changed)
        await self._between.fall("" if how in CONNECTION else how)

    def shown(self) -> int:
        return len(self._relay.taken)

    def posts(self) -> int:
        return self._between.texts

    def to(self, call: str) -> Address:
        self._at_opening = call == OPENING
        return TO


@contextmanager
def nowhere() -> Iterator[dict[str, str]]:
    """Addresses by the outage of the connection that whoever calls them meets."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(2):  # nobody accepts: with its queue full, what is sent there is dropped
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        yield {NO_NAME: "https://platform.invalid", NO_WAY: f"http://127.0.0.1:{full.getsockname()[1]}"}


@asynccontextmanager
async def _untrusted() -> AsyncIterator[str]:
    """A server whose certificate is by an authority that nobody knows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    try:
        yield f"https://localhost:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def slack() -> AsyncIterator[Trial]:
    """Slack, by its stand-in."""
    with nowhere() as places:
        async with _untrusted() as untrusted, connected("http", typed_messages=True) as world:
            yield SlackTrial(world, {**places, UNTRUSTED: untrusted})


@asynccontextmanager
async def microsoft_teams() -> AsyncIterator[Trial]:
    """Teams, by its stand-in."""
    hosts = ["127.0.0.1", "localhost", "platform.invalid"]
    with nowhere() as places:
        async with _untrusted() as untrusted, teams_world(service_hosts=hosts) as world:
            yield TeamsTrial(world, {**places, UNTRUSTED: untrusted})


@asynccontextmanager
async def email() -> AsyncIterator[Trial]:
    """E-mail, by a relay with something before it."""
    with nowhere() as places, tempfile.TemporaryDirectory() as folder:
        async with _untrusted() as untrusted, mailing(Path(folder), "none") as (platform, relay):
            between = mail.Between(relay.port)
            await between.start()
            relays = platform._relay
            relays._settings = relays._settings.model_copy(update={"port": between.port})
            elsewhere = {
                NO_NAME: {"host": "platform.invalid"},
                NO_WAY: {"port": _port(places[NO_WAY])},
                UNTRUSTED: {"port": _port(untrusted), "security": "tls", "ca_file": ""},
            }
            try:
                yield MailTrial(platform, relay, between, elsewhere)
            finally:
                await relays.close()
                await between.stop()


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


TRIALS = {"slack": slack, "teams": microsoft_teams, "email": email}
CALLS = {"slack": SlackTrial.calls, "teams": TeamsTrial.calls, "email": MailTrial.calls}
