"""What cannot wait also rings in the activity feed, by Microsoft Graph; its faults change nothing about a delivery."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from adapters.teams import activity_feed
from adapters.teams.config import TeamsSettings
from adapters.teams.platform import TeamsPlatform
from adapters.teams.sdk import ConnectorUnreachable
from bot.ui.model import Action, Card
from bot.ui.platform import DeliveryFailed, Message
from tests.standins.teams.connector import APP_ID, BOT_TOKEN, TENANT
from tests.standins.teams.services import Clock, Core, services
from tests.standins.teams.world import KIEL, GivenToken, World, world

ALERT = Message(
    "out_1",
    Card("risk", "Somebody raised a concern", (), (Action("risk.ack", "I take this on"),), "Please look at it now."),
    urgent=True,
)


@dataclass
class Graph:
    """Microsoft Graph, as far as it takes notifications."""

    answers: list[int] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.asked.append((request.match_info["user"], request.headers["Authorization"], await request.json()))
        return web.Response(status=self.answers.pop(0) if self.answers else 204)


@asynccontextmanager
async def ringing(*answers: int, **settings: Any) -> AsyncIterator[tuple[World, Graph]]:
    graph, app = Graph(list(answers)), web.Application()
    app.router.add_post("/v1.0/users/{user}/teamwork/sendActivityNotification", graph.take)
    async with TestServer(app) as server:
        given = {"activity_feed_graph": True, "graph_url": str(server.make_url("")), **settings}
        async with world(**given) as w:
            yield w, graph


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity_feed, "PAUSES", (0.0, 0.0))


async def test_an_alert_rings_for_its_person_and_names_nobody() -> None:
    async with ringing() as (w, graph):
        await w.platform.send(w.address(), ALERT)
        await w.platform.stop()
        ((user, token, body),) = graph.asked
        assert (user, token) == (KIEL, f"Bearer {BOT_TOKEN}")
        assert body["activityType"] == activity_feed.ACTIVITY
        assert body["previewText"] == {"content": "Please look at it now."}
        assert body["templateParameters"] == []
        assert body["topic"]["webUrl"] == f"https://teams.microsoft.com/l/chat/0/0?users=28:{APP_ID}"
        assert 0 < body["chainId"] < 2**53, "a number that JSON keeps"


@pytest.mark.parametrize(
    "changes", [{"urgent": False}, {"only_edit": True, "replaces": "1"}, {"replaces": "1"}], ids=str
)
async def test_nothing_else_rings(changes: dict[str, Any]) -> None:
    async with ringing() as (w, graph):
        await w.platform.send(w.address(), dataclasses.replace(ALERT, **changes))
        await w.platform.stop()
        assert graph.asked == []


async def test_the_same_message_tried_again_replaces_its_first_ring() -> None:
    async with ringing() as (w, graph):
        for id in ("out_1", "out_1", "out_2"):
            await w.platform.send(w.address(), dataclasses.replace(ALERT, outbox_id=id))
        await w.platform.stop()
        first, again, other = [body["chainId"] for _, _, body in graph.asked]
        assert first == again != other


@pytest.mark.parametrize("status", [401, 408, 429, 500, 502, 503, 504])
async def test_a_busy_graph_is_asked_again(status: int) -> None:
    async with ringing(status) as (w, graph):
        await w.platform.send(w.address(), ALERT)
        await w.platform.stop()
        assert len(graph.asked) == 2


@pytest.mark.parametrize("status", [302, 400, 403, 404])
async def test_a_refusal_is_logged_once_and_the_message_is_delivered(status: int) -> None:
    async with ringing(status) as (w, graph):
        with capture_logs() as logged:
            assert await w.platform.send(w.address(), ALERT)
            await w.platform.stop()
        assert len(graph.asked) == 1
        (line,) = [each for each in logged if each["event"] == "teams.feed_refused"]
        assert (line["code"], line["subject"]) == (str(status), KIEL)


async def test_it_rings_although_the_chat_takes_no_message() -> None:
    async with ringing() as (w, graph):
        w.connector.blocked.add(f"29:{KIEL}")
        with pytest.raises(DeliveryFailed):
            await w.platform.send(w.address(), ALERT)
        await w.platform.stop()
        assert len(graph.asked) == 1


class NoToken(GivenToken):
    """Entra ID gives out none for Graph."""

    async def token(self) -> str:
        raise ConnectorUnreachable("Entra ID gave no token: AADSTS7000215")


@pytest.mark.parametrize("works", [True, False])
async def test_check_says_where_no_token_for_graph_is_given_out(works: bool) -> None:
    settings = TeamsSettings(
        app_id=APP_ID,
        app_secret="s",
        tenant_id=TENANT,
        activity_feed_graph=True,
    )
    graph = GivenToken() if works else NoToken()
    platform = TeamsPlatform(settings, services(Core(), Clock()), GivenToken(), lambda _: graph)
    found = [p for p in await platform.check() if p.where.endswith("activity_feed_graph")]
    assert len(found) == (not works)
    assert all("AADSTS7000215" in p.what and TENANT in p.what and not p.fatal for p in found)


async def test_without_the_option_graph_is_never_asked() -> None:
    async with ringing(activity_feed_graph=False) as (w, graph):
        await w.platform.send(w.address(), ALERT)
        await w.platform.stop()
        assert graph.asked == []
