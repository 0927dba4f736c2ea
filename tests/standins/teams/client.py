"""A person with a Teams client: types, presses, fills in and sends, in the connector's own form."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from aiohttp.test_utils import TestClient

from tests.standins.teams.cards import button, cards_of
from tests.standins.teams.connector import BOT, TENANT, Connector, personal_chat

Json = dict[str, Any]
_ids = itertools.count(1)


@dataclass
class Answer:
    """What the bot answered over HTTP."""

    status: int
    body: Json

    @property
    def dialog(self) -> Json:
        """The card of the dialog that opened or stayed open."""
        assert self.body.get("task", {}).get("type") == "continue", self.body
        card: Json = self.body["task"]["value"]["card"]["content"]
        return card

    @property
    def said(self) -> str:
        """The sentence with which a dialog closed, or that stands below a card."""
        return str(self.body["task"]["value"] if "task" in self.body else self.body["value"])


@dataclass
class Person:
    """Somebody in Teams. Without `chat` set, they write in their personal chat."""

    bot: TestClient[Any, Any]
    connector: Connector
    aad: str
    name: str = "Therapist A (Kiel)"
    tenant: str = TENANT
    chat: str = ""
    kind: str = "personal"
    locale: str = "en-GB"
    token: str | None = None
    extra: Json = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id that is valid for this bot only."""
        return f"29:{self.aad}"

    @property
    def conversation(self) -> str:
        """Where they write."""
        return self.chat or personal_chat(self.id)

    def activity(self, kind: str, **rest: Any) -> Json:
        """An activity of theirs."""
        return {
            "type": kind,
            "id": f"f:{next(_ids)}",
            "channelId": "msteams",
            "serviceUrl": self.connector.url,
            "from": {"id": self.id, "name": self.name, "aadObjectId": self.aad},
            "recipient": {"id": BOT, "name": "Intervision"},
            "conversation": {"id": self.conversation, "conversationType": self.kind, "tenantId": self.tenant},
            "channelData": {"tenant": {"id": self.tenant}},
            "locale": self.locale,
            "localTimezone": "Europe/Berlin",
            **self.extra,
            **rest,
        }

    async def post(self, activity: Json) -> Answer:
        """Deliver an activity to the bot, signed by the connector."""
        token = self.token if self.token is not None else self.connector.token(serviceurl=activity["serviceUrl"])
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.bot.post("/api/messages", json=activity, headers=headers) as answer:
            body = await answer.json() if answer.content_type == "application/json" else {}
            return Answer(answer.status, body)

    async def types(self, text: str, **rest: Any) -> Answer:
        """Write a message."""
        return await self.post(self.activity("message", text=text, **rest))

    async def installs(self) -> None:
        """Add the app: Teams announces it in two ways."""
        await self.post(self.activity("installationUpdate", action="add"))
        added = [{"id": self.id, "aadObjectId": self.aad}, {"id": BOT}]
        await self.post(self.activity("conversationUpdate", membersAdded=added))

    async def presses(self, card: Json, title: str, *, message: str = "", **inputs: str) -> Answer:
        """Press a button of a message's card."""
        pressed = button(card, title)
        data = {**pressed["data"], **inputs}
        if pressed["type"] == "Action.Execute":
            action = {"type": "Action.Execute", "verb": pressed["verb"], "data": data}
            value: Json = {"action": action, "trigger": "manual"}
            return await self.invokes("adaptiveCard/action", value, message)
        if data.get("msteams", {}).get("type") == "task/fetch":
            return await self.invokes("task/fetch", {"data": data, "context": {"theme": "default"}}, message)
        return await self.post(self.activity("message", value=data, replyToId=message))

    async def sends(self, dialog: Json, title: str, **inputs: str) -> Answer:
        """Press a button of a dialog; its inputs go along as Teams sends them."""
        data = {**button(dialog, title)["data"], **inputs}
        return await self.invokes("task/submit", {"data": data, "context": {"theme": "default"}})

    async def invokes(self, name: str, value: Json, message: str = "") -> Answer:
        """Any invoke."""
        reply = {"replyToId": message} if message else {}
        return await self.post(self.activity("invoke", name=name, value=value, **reply))

    def sees(self) -> list[Json]:
        """The cards in their personal chat, oldest first."""
        return [
            card for posted in self.connector.messages(personal_chat(self.id)) for card in cards_of(posted.activity)
        ]

    def reads(self) -> list[str]:
        """The sentences in their personal chat."""
        shown = self.connector.messages(personal_chat(self.id))
        return [posted.activity["text"] for posted in shown if posted.activity.get("text")]

    def last(self) -> str:
        """The id of the newest message in their personal chat."""
        return self.connector.messages(personal_chat(self.id))[-1].id
