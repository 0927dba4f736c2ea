"""What cannot wait, in a person's activity feed by way of Microsoft Graph, besides the message in their chat.

A chat that is muted rings nowhere; the feed does. It is an addition: whether it worked changes nothing about a
delivery, and a fault is logged with its remedy. It names nobody and no case. Microsoft, "Send activity feed
notifications to users in Microsoft Teams".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import aiohttp
import structlog

from adapters.teams.sdk import BearerTokens, ConnectorUnreachable
from adapters.teams.spans import Json
from bot.ui.inbound import Actor
from bot.ui.platform import Problem
from bot.ui.strings import Words

log = structlog.get_logger(__name__)
PERMISSION = "TeamsActivity.Send.User"
"""The only Graph permission: granted with the app package, for the people who have the app."""
ACTIVITY = "cannotWait"
"""The activity type that the manifest declares."""
PAUSES = (1.0, 4.0)
"""Seconds before a busy Graph, or one that wants a fresh token, is asked again."""
_BUSY = {401, 408, 429, 500, 502, 503, 504}
_PREVIEW = 150
"""Characters that Teams shows."""


class ActivityFeed:
    """Rings in people's activity feeds."""

    def __init__(
        self, session: aiohttp.ClientSession, graph: str, app: str, tokens: Callable[[str], BearerTokens]
    ) -> None:
        """`graph`: Graph's address. `tokens`: of a tenant, for Graph."""
        self._session = session
        self._graph = graph.rstrip("/")
        self._app = app
        self._tokens = tokens

    async def ring(self, to: Actor, outbox_id: str, summary: str, words: Words) -> None:
        """Tell the person once, however often the same message is tried; never raises."""
        url = f"{self._graph}/v1.0/users/{quote(to.user, safe='')}/teamwork/sendActivityNotification"
        body = notification(self._app, outbox_id, summary, words)
        for pause in (*PAUSES, None):
            code = await self._sent(url, to.tenant, body)
            if not code:
                return
            if pause is None or code not in {str(status) for status in _BUSY}:
                log.warning("teams.feed_refused", code=code, subject=to.user)
                return
            await asyncio.sleep(pause)

    async def _sent(self, url: str, tenant: str, body: Json) -> str:
        """Why it was not taken: a status, or what failed; empty when it was."""
        tokens = self._tokens(tenant)
        try:
            headers = {"Authorization": f"Bearer {await tokens.token()}"}
            async with self._session.post(url, json=body, headers=headers, allow_redirects=False) as answer:
                if answer.status == 401:
                    tokens.forget()
                return "" if answer.status == 204 else str(answer.status)
        except ConnectorUnreachable:
            return "no_token"
        except (aiohttp.ClientError, TimeoutError) as wrong:
            return type(wrong).__name__


async def check(tenants: frozenset[str], tokens: Callable[[str], BearerTokens]) -> list[Problem]:
    """Whether Entra ID gives out tokens for Graph in each tenant. The consent itself shows only when it rings."""
    found = []
    for tenant in sorted(tenants):
        try:
            await tokens(tenant).token()
        except ConnectorUnreachable as wrong:
            found.append(
                Problem(
                    "adapters.teams.activity_feed_graph",
                    f"no token for Microsoft Graph in tenant {tenant}: {wrong}",
                    "Check graph_url and the app registration, or set activity_feed_graph = false. Messages are sent "
                    "without it.",
                    fatal=False,
                )
            )
    return found


def notification(app: str, outbox_id: str, summary: str, words: Words) -> Json:
    """The body that Graph takes: it opens the chat with the bot. The same message again replaces its first ring."""
    chain = int.from_bytes(sha256(outbox_id.encode()).digest()[:6])
    topic: dict[str, Any] = {
        "source": "text",
        "value": words("app.name"),
        "webUrl": f"https://teams.microsoft.com/l/chat/0/0?users=28:{app}",
    }
    preview = {"content": summary[:_PREVIEW]}
    return {
        "topic": topic,
        "activityType": ACTIVITY,
        "chainId": chain,
        "previewText": preview,
        "templateParameters": [],
    }
