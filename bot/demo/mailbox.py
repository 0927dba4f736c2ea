"""The mails that demo people would have got: each message is drawn as a mail as well, for the demo's mailbox page."""

from __future__ import annotations

import email
from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from typing import Any, Protocol

from bot.app.entry import Entry
from bot.demo.clinic import ORGANISATION
from bot.domain.person import Person
from bot.ports.unit_of_work import Store
from bot.ui.inbound import Actor
from bot.ui.platform import Address, DemoMail, Drawer, Message, Services

SENDER = "Intervision <intervision@demo.example>"
KEPT = 60
"""Mails of a person; older ones go."""
_PREFIX = "mail/"


class Draws(Protocol):
    """An adapter that draws a message as a mail."""

    async def drawn(self, to: Address, message: Message) -> EmailMessage:
        """The mail, as it would be handed to a relay."""


class DemoMailbox:
    """Draws and keeps; nothing is sent."""

    def __init__(self, store: Store, entry: Entry, public_url: str) -> None:
        from adapters import discover

        self._store = store
        self._drawer: Drawer = store.drawer("demo")
        services = Services(
            handle=entry.handle,
            drawer=self._drawer,
            now=entry.clock.now,
            new_id=entry.tools.ids.new,
            public_url=public_url,
            language_of=self._language_of,
        )
        plugin = discover()["email"]
        settings = plugin.settings.model_validate({"host": "localhost", "security": "none", "sender": SENDER})
        made: Any = plugin.create(settings, services)
        self._draws: Draws = made

    async def put(self, to: Address, message: Message) -> None:
        """Keep the mail of a message; what only changes an older one would be none."""
        if message.only_edit:
            return
        person = await self._person(to.actor)
        mail = await self._draws.drawn(
            Address(to.actor, {"address": person.email}), replace(message, replaces="", follows="")
        )
        key = f"{_PREFIX}{person.id}/"
        held = await self._drawer.keys(key)
        number = int(held[-1].removeprefix(key).partition("-")[0]) + 1 if held else 0
        await self._drawer.put(f"{key}{number:06}-{message.outbox_id}", mail.as_bytes())
        for old in held[: 1 - KEPT]:
            await self._drawer.delete(old)

    async def _person(self, actor: Actor) -> Person:
        async with self._store.begin(ORGANISATION, write=False) as uow:
            return await uow.get(Person, actor.user)

    async def _language_of(self, actor: Actor) -> str:
        return (await self._person(actor)).language

    async def of(self, person: str) -> Sequence[DemoMail]:
        """A person's mails, newest first."""
        found = []
        for key in reversed(await self._drawer.keys(f"{_PREFIX}{person}/")):
            held = await self._drawer.get(key)
            if held is not None:
                found.append(_read(key.rpartition("/")[2], held))
        return found


def _read(id: str, raw: bytes) -> DemoMail:
    mail = email.message_from_bytes(raw, policy=default)
    parts = {part.get_content_type(): str(part.get_content()) for part in mail.walk() if not part.is_multipart()}
    return DemoMail(
        id,
        str(mail["To"]),
        str(mail["Subject"]),
        mail["Date"].datetime,
        parts.get("text/plain", ""),
        parts.get("text/html", ""),
        silences=mail["List-Unsubscribe"] is not None,
    )
