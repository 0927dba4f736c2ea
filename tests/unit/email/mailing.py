"""An e-mail adapter beside a relay, and what it takes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from adapters.email.config import EmailSettings
from adapters.email.plugin import PLUGIN, EmailPlatform
from bot.ui.inbound import Actor
from bot.ui.model import Action, Card, Row, Text, line, strong
from bot.ui.platform import Address, Message, Services
from tests.standins.mail import Relay, relay
from tests.unit.web.stage import MemoryDrawer

NOW = datetime(2027, 1, 18, 9, tzinfo=UTC)


PAGES = "https://supervision.clinic.example"


TO = Address(Actor("email", "org", "per_a"), {"address": "a@clinic.example"})


CARD = Card(
    "notice.assigned",
    "A case for you to review LE-823",
    (Text(line("Case ", strong("LE-823"), " <waits>")), Row(line("by Monday"), line("two colleagues"))),
    (Action("review.open", "Write the review", "asg_1"),),
)


def services(language: str = "en") -> Services:
    async def language_of(_actor: Actor) -> str:
        return language

    async def handle(_event: Any) -> Any: ...

    return Services(handle, MemoryDrawer(lambda: NOW), lambda: NOW, lambda kind: kind, PAGES, language_of)


@asynccontextmanager
async def mailing(folder: Path, security: Any = "starttls", **more: Any) -> AsyncIterator[tuple[EmailPlatform, Relay]]:
    async with relay(folder, security, login="username" in more) as there:
        raw = {"host": "localhost", "port": there.port, "security": security, "ca_file": str(folder / "relay.pem")}
        settings = EmailSettings.model_validate(
            {**raw, "sender": "Intervision <bot@clinic.example>", "timeout": 2, **more}
        )
        platform = PLUGIN.create(settings, services())
        assert isinstance(platform, EmailPlatform)
        yield platform, there
        await platform.stop()


def message(outbox_id: str = "out_1", posting: Callable[[], Awaitable[None]] | None = None, **more: Any) -> Message:
    begun: dict[str, Any] = {"posting": posting} if posting else {}
    return Message(outbox_id, CARD, **begun, **more)


def parts_of(mail: EmailMessage) -> list[str]:
    return [part.get_content().replace("\r\n", "\n") for part in mail.iter_parts()]
