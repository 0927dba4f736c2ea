"""E-mail: the way to people who use no chat. It only sends; what is to be pressed or written stands on the web pages.

`relay.py` speaks SMTP, `answers.py` knows what its answers mean, `render.py` draws a card as a mail, `bounces.py` reads
what comes back, `silencing.py` answers *List-Unsubscribe*.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any

from adapters.email.bounces import Bounces
from adapters.email.config import EmailSettings
from adapters.email.relay import Relay
from adapters.email.render import Envelope, mail
from adapters.email.silencing import Silencing
from bot.ui.model import Card, Text, line
from bot.ui.platform import Address, Capabilities, DeliveryFailed, Message, Platform, Problem, Services
from bot.ui.strings import FALLBACK, words

_REMEDIES = {
    "wrong_certificate": "name the certificates to trust in ca_file, or the host as its certificate does",
    "no_encryption": 'the relay offers no STARTTLS: use its port for security = "tls"',
    "password_refused": "see username and password_file",
    "sender_refused": "the relay must allow the address in sender",
    "ca_file_unreadable": "see ca_file",
    "no_answer": "see host and port, and whether this machine may reach them",
}


CAPABILITIES = Capabilities(interrupts=True, edits=False, by_address=True)


class EmailPlatform:
    """Sends cards as mails."""

    name = "email"
    capabilities = CAPABILITIES

    can_be_asked = False
    """Nobody can look into a mailbox. The message id is the same in every attempt, and most servers show it once."""

    def __init__(self, settings: EmailSettings, services: Services) -> None:
        self._settings = settings
        self._services = services
        self._relay = Relay(settings)
        self._silencing = Silencing(services)
        self._bounces = Bounces(settings.bounces, services, settings.address) if settings.bounces else None

    async def start(self) -> None:
        """Look for mails that come back, where that is set up; connections to the relay are made when needed."""
        if self._bounces:
            self._bounces.start()

    async def stop(self) -> None:
        """Say goodbye to the relay."""
        if self._bounces:
            await self._bounces.stop()
        await self._relay.close()

    async def send(self, to: Address, message: Message) -> str:
        """Hand the card to the relay as a mail; its message id."""
        address = to.reference.get("address", "")
        if not address:
            raise DeliveryFailed("no_address", permanent=True)
        silence = "" if message.urgent else await self._silencing.link(to.actor)
        drawn = await self.drawn(to, message, silence)
        await self._relay.send(address, drawn, message.posting)
        return str(drawn["Message-ID"])

    async def drawn(self, to: Address, message: Message, silence: str | None = None) -> EmailMessage:
        """The card as a mail; `silence` as in `render.mail`."""
        envelope = Envelope(
            self._settings.sender,
            to.reference["address"],
            f"<{message.outbox_id}@{self._settings.domain}>",
            self._services.now(),
            message.follows or message.replaces,
            message.urgent,
        )
        w = words(await self._services.language_of(to.actor))
        return mail(message.card, w, envelope, public_url=self._services.public_url, silence=silence)

    async def send_test(self, address: str) -> None:
        """A mail that says that mails arrive. Raises DeliveryFailed, DeliveryUnknown."""
        id = self._services.new_id("test")
        envelope = Envelope(self._settings.sender, address, f"<{id}@{self._settings.domain}>", self._services.now())
        w = words(FALLBACK)
        card = Card("email.test", w("email.test.title"), (Text(line(w("email.test.text"))),))
        drawn = mail(card, w, envelope, public_url=self._services.public_url)
        try:
            await self._relay.send(address, drawn, _at_once)
        finally:
            await self._relay.close()

    async def probe(self, tenant: str) -> None:
        """Whether the relay answers."""
        await self._relay.probe()

    async def check(self) -> Sequence[Problem]:
        """Connect, encrypt, say who sends; nothing is sent."""
        where = f"adapters.email ({self._settings.host}:{self._settings.port})"
        try:
            await self._relay.try_sender()
        except DeliveryFailed as failure:
            kind = failure.reason.partition(" ")[0]
            return [Problem(where, f"the mail relay does not take our mails: {failure.reason}", _REMEDIES[kind])]
        finally:
            await self._relay.close()
        if self._bounces and (wrong := await self._bounces.check()):
            what = f"mails that come back cannot be read: {wrong}"
            remedy = _REMEDIES.get(wrong.partition(" ")[0], "see host, port, username and folder")
            return [Problem("adapters.email.bounces", what, remedy, fatal=False)]
        return []

    def mount(self, web: Any) -> None:
        """The page behind *List-Unsubscribe*; mails themselves are not answered."""
        self._silencing.mount(web)


async def _at_once() -> None:
    """Nobody counts a test."""


class EmailPlugin:
    """How the e-mail adapter is found and made."""

    name = "email"
    settings: type[Any] = EmailSettings
    capabilities = CAPABILITIES

    def create(self, settings: Any, services: Services) -> Platform:
        """Build the platform; no network traffic."""
        return EmailPlatform(settings, services)


PLUGIN = EmailPlugin()
