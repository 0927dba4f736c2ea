"""What replicas of the fleet send to: the real Slack and Teams adapters against their stand-ins, and how to hurt those.

A message is known by the mark in its text and the chat it stands in, never by an id of the product.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.plugin import PLUGIN as SLACK
from adapters.teams.config import TeamsSettings
from adapters.teams.platform import TeamsPlatform
from bot.demo.clinic import ORGANISATION, START
from bot.domain.person import Contact
from bot.ports.unit_of_work import Store
from bot.ui.inbound import Actor, Done, Event, Outcome
from bot.ui.platform import Platform, Services
from bot.ui.strings import words
from tests.standins.slack.server import BOT, SECRET, Slack
from tests.standins.teams.connector import APP_ID, TENANT, Connector
from tests.standins.teams.connector import BOT as TEAMS_BOT
from tests.standins.teams.services import Clock
from tests.standins.teams.world import GivenToken

LATENCY = 0.03
"""Seconds between a message's arrival and its answer, so that kills fall in between."""
AGAIN = words("en")("notice.perhaps_again")
_MARK = re.compile(r"(?:Group )?\d+-\d+")
"""The fleet's marks: of a message, and of a group whose round opens."""


@dataclass(frozen=True)
class Counted:
    """What became of the marks that were owed."""

    lost: int
    doubled: int
    """Copies too many that do not say that they may be a second one."""
    again: int
    """Messages that came a second time and say so."""


def counted(owed: dict[str, int], shown: list[tuple[str, str]]) -> Counted:
    """`owed`: by mark, in how many chats it is to stand; `shown`: each message's chat and whole text."""
    assert all(_MARK.fullmatch(mark) for mark in owed), "marks of another form would count as lost"
    copies: defaultdict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
    for chat, text in shown:
        for mark in owed.keys() & _MARK.findall(text):
            copies[mark, chat][AGAIN in text] += 1
    chats: Counter[str] = Counter(mark for mark, _ in copies)
    return Counted(
        lost=sum(max(0, wanted - chats[mark]) for mark, wanted in owed.items()),
        doubled=sum(max(0, each[False] - 1) for each in copies.values()),
        again=sum(each.total() > 1 and each[True] > 0 for each in copies.values()),
    )


@dataclass
class SlackRow:
    """Slack with or without the scope to read its own messages."""

    can_be_asked: bool
    kind: str = "slack"
    slack: Slack = field(default_factory=lambda: Slack(latency=LATENCY))

    @property
    def name(self) -> str:
        return "Slack, may read its own messages" if self.can_be_asked else "Slack as installed by default"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[dict[str, Any]]:
        self.slack.kept.tokens[BOT].scopes += ",im:history"
        await self.slack.start()
        try:
            yield {"kind": "slack", "address": f"{self.slack.base}/api/", "typed_messages": self.can_be_asked}
        finally:
            await self.slack.stop()

    def contact(self, person: str, number: int) -> Contact:
        user = f"U{number:05}"
        self.slack.kept.person(user)
        return Contact(f"con_{person}", ORGANISATION, person, "slack", "T0CLINIC", user, seen_at=START)

    async def fall(self, how: str) -> None:
        """From now on an outage of this kind (`tests.standins.outage`), or "" for well again."""
        await self.slack.fall(how)

    def shown(self) -> list[tuple[str, str]]:
        messages = self.slack.kept.messages.items()
        return [(chat, json.dumps(m, ensure_ascii=False)) for chat, there in messages for m in there.values()]


@dataclass
class TeamsRow:
    """Teams, which shows a bot no history."""

    can_be_asked: bool = False
    kind: str = "teams"
    name: str = "Microsoft Teams"
    connector: Connector = field(default_factory=lambda: Connector(Clock(), latency=LATENCY))

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[dict[str, Any]]:
        await self.connector.server.start_server()
        try:
            yield {"kind": "teams", "metadata": self.connector.metadata_url}
        finally:
            await self.connector.server.close()

    def contact(self, person: str, number: int) -> Contact:
        user = f"29:{number:032x}"
        reference = {"service": self.connector.url, "bot": TEAMS_BOT, "user": user, "tenant": TENANT}
        return Contact(
            f"con_{person}", ORGANISATION, person, "teams", TENANT, f"{number:032x}", reference, seen_at=START
        )

    async def fall(self, how: str) -> None:
        """As for Slack."""
        await self.connector.fall(how)

    def shown(self) -> list[tuple[str, str]]:
        posted = [p for p in self.connector.posted.values() if p.id not in self.connector.deleted]
        return [(p.conversation, json.dumps(p.activity, ensure_ascii=False)) for p in posted]


def adapter(given: dict[str, Any], store: Store, clock: Any) -> Platform:
    """The product's adapter as a replica runs it."""
    ids = itertools.count(1)

    async def nothing(_: Event) -> Outcome:
        return Done()

    async def english(_: Actor) -> str:
        return "en"

    offered = Services(
        nothing,
        store.drawer(given["kind"]),
        clock.now,
        lambda kind: f"{kind}_{next(ids)}",
        "https://x.example",
        english,
    )
    if given["kind"] == "slack":
        settings = {"mode": "http", "api_url": given["address"], "signing_secret": SECRET, "bot_token": BOT}
        made: Platform = SLACK.create(SLACK.settings(**settings, typed_messages=given["typed_messages"]), offered)
        return made
    teams = TeamsSettings(
        app_id=APP_ID, app_secret="s", tenant_id=TENANT, service_hosts=["127.0.0.1"], metadata_url=given["metadata"]
    )
    return TeamsPlatform(teams, offered, GivenToken())
