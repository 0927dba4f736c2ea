"""The running adapter: its parts put together, started, stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from adapters.slack import library_logging as quiet
from adapters.slack.answers import Answers
from adapters.slack.api import SlackApi
from adapters.slack.channels import Channels
from adapters.slack.checks import Doctor
from adapters.slack.config import SlackSettings
from adapters.slack.directory import EmailDirectory
from adapters.slack.installations import Installations
from adapters.slack.outbound import Outbound
from adapters.slack.pacing import Pacer
from adapters.slack.people import People
from adapters.slack.pictures import Gallery
from adapters.slack.receiver import Receiver
from adapters.slack.rosters import SlackRosters
from adapters.slack.token_refresh import EVERY, Rotation
from bot.ui.inbound import Actor
from bot.ui.platform import Address, Introduction, Message, Problem, Services
from bot.ui.rosters import Account, Selection, Sources

if TYPE_CHECKING:
    from aiohttp import web

    from adapters.slack.socket import Socket

LOG = structlog.get_logger(__name__)
_DRAIN = 10.0
"""Seconds given to what is under way when the program stops."""


class SlackPlatform:
    """Slack, connected."""

    name = "slack"

    def __init__(self, settings: SlackSettings, services: Services) -> None:
        quiet.hush()
        self._settings = settings
        self._services = services
        self.installations = Installations(services.drawer, settings.bot_token.get_secret_value())
        self._api = SlackApi(settings.api_url, self.installations)
        channels = Channels(self._api, services.drawer, may_look=settings.announcements)
        gallery = Gallery(self._api, services.drawer)
        self._outbound = Outbound(self._api, channels, gallery, Pacer(), look_back=settings.typed_messages)
        people = People(self._api, channels, services)
        answers = Answers(settings, services, self._api, channels, gallery, self._outbound)
        self._receiver = Receiver(settings, services, self.installations, channels, people, answers)
        self._directory = EmailDirectory(self._api, self.installations, people, allowed=settings.read_email)
        self._rosters = SlackRosters(self._api, settings)
        self.rotation = Rotation(settings, self._api, self.installations, services.now)
        self._doctor = Doctor(settings, self._api, self.installations, services.public_url)
        self._socket: Socket | None = None
        self._rotating: asyncio.Task[None] | None = None

    def mount(self, web_app: web.Application) -> None:
        """Add the address for signed requests, and the pages of the installation."""
        from adapters.slack import app, oauth

        if self._settings.mode == "http":
            app.Door(app.build(self._settings, self._api, self.installations, self._receiver)).mount(web_app)
        if self._settings.by_oauth:
            flow = oauth.flow(self._settings, self._services, self.installations, self._api.client())
            oauth.mount(web_app, flow, self._settings)

    async def start(self) -> None:
        """Connect, and begin to look after the tokens."""
        await self._api.open()
        if self._settings.mode == "socket":
            from adapters.slack import app, socket

            built = app.build(self._settings, self._api, self.installations, self._receiver)
            self._socket = socket.Socket(self._settings, built, lambda: self._receiver.last_received)
            await self._socket.start()
        if self._settings.by_oauth:
            self._rotating = asyncio.create_task(self._rotate())

    async def stop(self) -> None:
        """Take no new work, finish what is under way, disconnect."""
        if self._rotating is not None:
            self._rotating.cancel()
            await asyncio.gather(self._rotating, return_exceptions=True)
        if self._socket is not None:
            await self._socket.stop()
        await self._receiver.drain(_DRAIN)
        await self._api.close()

    async def send(self, to: Address, message: Message) -> str:
        """Deliver or update one card."""
        return await self._outbound.send(to, message)

    @property
    def can_be_asked(self) -> bool:
        """Whether the app may read its own direct messages."""
        return self._settings.typed_messages

    async def introduce(self, email: str) -> Introduction:
        """Look somebody up by e-mail in every workspace that has the app."""
        return await self._directory.introduce(email)

    async def sources(self, asker: Actor) -> Sources:
        """Where an administrator can choose people from."""
        return await self._rosters.sources(asker)

    async def accounts(self, asker: Actor, wanted: Selection) -> Sequence[Account]:
        """The people chosen there. Raises RosterFailed."""
        return await self._rosters.accounts(asker, wanted)

    async def probe(self, tenant: str) -> None:
        """Whether the workspace answers."""
        await self._outbound.probe(tenant)

    async def check(self) -> Sequence[Problem]:
        """What is wrong with the connection right now."""
        if self._api.is_open:
            return await self._doctor.problems()
        await self._api.open()
        try:
            return await self._doctor.problems()
        finally:
            await self._api.close()

    async def _rotate(self) -> None:
        while True:
            await self.rotation.all()
            await asyncio.sleep(EVERY)
