"""A platform that keeps its messages in memory, with the kit of the sending contract (docs/howto/new-platform.md)."""

from __future__ import annotations

import re
from keyword import iskeyword

from bot.errors import SetupError
from bot.scaffold.changes import Changes, check_title

README = """# {title}

What {title} is, and how a clinic connects it.

| File | Holds |
|---|---|
| `plugin.py` | the adapter: settings, sending |
"""

PLUGIN = '''"""{title}: keeps what it is told to send, until you write the call that sends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.ui.model import Card
from bot.ui.platform import Address, Capabilities, Message, Platform, Problem, Services


class {Title}Settings(BaseModel):
    """The section `[adapters.{name}]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    """Where the service is reached, as https://…"""


class {Title}Platform:
    """Messages by {title}. What comes in from there is an `Event` for `services.handle`."""

    name = "{name}"
    can_be_asked = True
    """A message sent again takes its own place, so nothing has to be looked for."""

    def __init__(self, settings: {Title}Settings, services: Services) -> None:
        self._settings = settings
        self._services = services
        self.sent: dict[str, Card] = {{}}

    async def start(self) -> None:
        """Nothing is connected yet."""

    async def stop(self) -> None:
        """Nothing is under way."""

    async def send(self, to: Address, message: Message) -> str:
        """Post or update. Raise `DeliveryFailed` when nothing arrived, `DeliveryUnknown` when an answer was lost."""
        await message.posting()
        place = message.replaces or message.outbox_id
        self.sent[place] = message.card
        return place

    async def probe(self, tenant: str) -> None:
        """One harmless call on the way messages take."""

    async def check(self) -> Sequence[Problem]:
        """What is wrong with the connection right now."""
        return ()

    def mount(self, web: Any) -> None:
        """No routes."""


class {Title}Plugin:
    """How the program finds this adapter."""

    name = "{name}"
    capabilities = Capabilities(interrupts=True)
    settings = {Title}Settings

    def create(self, settings: {Title}Settings, services: Services) -> Platform:
        """Build it; no network traffic yet."""
        return {Title}Platform(settings, services)


PLUGIN = {Title}Plugin()
'''

KIT = '''"""{title}, which refuses nothing yet: give `trouble` its three ways once `send` talks to a stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from adapters.{name}.plugin import {Title}Platform, {Title}Settings
from bot.ui.inbound import Actor
from bot.ui.platform import Address, Services
from tests.contract.kits import Stand, Trouble


@asynccontextmanager
async def stand() -> AsyncIterator[Stand]:
    """The adapter and how many messages it keeps."""
    platform = {Title}Platform({Title}Settings(address="https://service.example.org"), cast("Services", None))

    def trouble(what: Trouble) -> None:
        raise AssertionError(what)

    address = Address(Actor("{name}", "tenant", "user"), {{}})
    yield Stand(platform, address, lambda: len(platform.sent), trouble, frozenset())
'''


def add_platform(changes: Changes, name: str, title: str) -> None:
    """A folder of adapters/ with its kit; `title` is what people call the platform."""
    if not re.fullmatch(r"[a-z]{2,20}", name) or iskeyword(name):
        raise SetupError("a platform's name is one word of small letters, and none of Python's own")
    check_title(title)
    words = {"name": name, "title": title, "Title": name.capitalize()}
    changes.create(f"adapters/{name}/__init__.py", f'"""{title}."""\n')
    changes.create(f"adapters/{name}/README.md", README.format(**words))
    changes.create(f"adapters/{name}/plugin.py", PLUGIN.format(**words))
    changes.create(f"tests/contract/kits/{name}.py", KIT.format(**words))
    changes.catalogues(name, [(f"{name}.name", title)])
    changes.tell(f"{title} as a platform.")
