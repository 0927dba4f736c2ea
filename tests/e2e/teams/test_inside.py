"""Nothing makes the program call addresses inside (server-side request forgery): a listener there hears nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.outgoing import session
from adapters.slack.api import SlackApi, SlackError
from adapters.teams.config import TeamsSettings
from adapters.teams.files import Files
from adapters.teams.hosts import allowed_service
from adapters.teams.sdk import Connector, ConnectorRefused, NoAnswer, Place
from adapters.teams.tokens import KeyRing, KeysUnavailable
from tests.standins.slack.server import BOT
from tests.standins.slack.world import connected
from tests.standins.teams.world import GivenToken, world


@dataclass
class Inside:
    """A service of the inner network, and a server that sends everybody on to it."""

    url: str = ""
    heard: list[str] = field(default_factory=list)
    door: str = ""


@asynccontextmanager
async def inside() -> AsyncIterator[Inside]:
    found = Inside()

    async def hear(request: web.Request) -> web.Response:
        found.heard.append(request.path)
        return web.json_response({"keys": [], "id": "1"})

    async def send_on(request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect(f"{found.url}/secrets")

    async def metadata(request: web.Request) -> web.Response:
        return web.json_response({"jwks_uri": f"{found.url}/keys"})

    quiet, door = web.Application(), web.Application()
    quiet.router.add_route("*", "/{tail:.*}", hear)
    door.router.add_get("/openid", metadata)
    door.router.add_route("*", "/{tail:.*}", send_on)
    async with TestServer(quiet) as one, TestServer(door) as other:
        found.url, found.door = str(one.make_url("")).rstrip("/"), str(other.make_url("")).rstrip("/")
        yield found


async def test_a_connector_that_sends_us_on_is_not_followed() -> None:
    async with inside() as network, session() as http:
        connector = Connector("", GivenToken(), http)
        with pytest.raises(NoAnswer):
            await connector.send(Place(network.door, "a:1", "28:bot"), {"type": "message", "text": "x"})
        assert network.heard == []


async def test_a_gateways_page_of_words_is_read_by_its_status() -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", page)
    async with TestServer(app) as server, session() as http:
        place = Place(str(server.make_url("")), "a:1", "28:bot")
        with pytest.raises(ConnectorRefused) as refused:
            await Connector("", GivenToken(), http).send(place, {"type": "message", "text": "x"})
        assert refused.value.status == 502


async def test_keys_are_taken_from_beside_their_metadata_only() -> None:
    async with inside() as network, world() as w:
        for metadata in (f"{network.door}/openid", f"{network.door}/elsewhere"):
            with pytest.raises(KeysUnavailable):
                await KeyRing(metadata, w.platform._fetch, w.connector.now).key("1")
        assert network.heard == []


@pytest.mark.parametrize("url", ["http://login.example.org/openid", "file:///etc/passwd", "ftp://x/", ""])
def test_metadata_is_read_over_https_only(url: str) -> None:
    with pytest.raises(ValueError, match="not an https address"):
        TeamsSettings(anonymous=True, metadata_url=url)


HOSTS = ("*.botframework.com", "smba.trafficmanager.net")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/smba.trafficmanager.net",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evilbotframework.com/",
        "https://evil.example\\.botframework.com/",
        "https://evil.example%2f.botframework.com/",
        "https://x.botframework.com@evil.example/",
        "https://evil.example@x.botframework.com/",
        "https://[::1].botframework.com/",
        "https://x.botframework.com:99999/",
        "http://x.botframework.com/",
        "file://x.botframework.com/etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1/",
        "https://\u2460\u2461\u2466.botframework.com/",
        "",
    ],
)
def test_a_service_address_in_disguise_is_refused(url: str) -> None:
    assert not allowed_service(url, HOSTS, loopback=False)
    assert allowed_service("https://amer.ng.botframework.com/v3", HOSTS, loopback=False)


async def test_a_file_goes_to_microsofts_storage_only() -> None:
    async with inside() as network, session() as http, world() as w:
        files = Files(w.platform._services, http)
        for url in (network.url, f"{network.url}/a.sharepoint.com", "https://sharepoint.com.evil.example/", "x"):
            assert not await files._upload(url, b"content")
        assert network.heard == []


async def test_slack_is_answered_at_slacks_addresses_only() -> None:
    async with inside() as network, connected("http") as slack:
        api: SlackApi = slack.platform._api
        for url in (
            f"{network.url}/respond",
            "https://hooks.slack.com.evil.example/",
            "https://hooks.slack.com:22/",
            "[",
        ):
            with pytest.raises(SlackError, match="address_elsewhere"):
                await api.respond(url, {"text": "x"})
        sending_on = SlackApi(f"{network.door}/api/", api._tokens)
        await sending_on.open()
        try:
            with pytest.raises(SlackError):
                await sending_on.respond(f"{network.door}/respond", {"text": "x"})
            with pytest.raises(SlackError):
                await sending_on.call_with(BOT, "T1", "auth.test")
        finally:
            await sending_on.close()
        assert network.heard == []
