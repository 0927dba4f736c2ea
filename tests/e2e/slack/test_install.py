"""A workspace installs the app by OAuth, its tokens are renewed, and it removes the app."""

from __future__ import annotations

import asyncio
import html
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from adapters.slack.config import SlackSettings
from adapters.slack.manifest import bot_scopes
from adapters.slack.oauth import SCOPES
from bot.ui.inbound import Gone, Say
from bot.ui.model import Card
from bot.ui.platform import Address, Message
from bot.ui.strings import LANGUAGES, words
from tests.standins.slack.person import Person
from tests.standins.slack.workspace import APP_SCOPES
from tests.standins.slack.world import World, connected

# The library signs in to oauth.v2.access with a helper that aiohttp is about to retire.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

CLINIC: dict[str, Any] = {"team": {"id": "T0CLINIC"}, "authed_user": {"id": "U0ADMIN"}}
ORGANISATION: dict[str, Any] = {
    "team": None,
    "enterprise": {"id": "E0REGION"},
    "is_enterprise_install": True,
    "authed_user": {"id": "U0ADMIN"},
}
OAUTH: dict[str, Any] = {"client_id": "1.2", "client_secret": "client-secret", "bot_token": ""}


@pytest.fixture
async def oauth() -> AsyncIterator[World]:
    """A program that any workspace may install."""
    async with connected("http", **OAUTH) as world:
        yield world


class Browser:
    """An administrator's browser: keeps cookies, follows nothing by itself."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cookie = ""

    async def get(self, path: str, *, cookie: str | None = None, speaks: str = "en") -> tuple[int, str, str]:
        """Status, body, and where it leads."""
        headers = {"Cookie": self.cookie if cookie is None else cookie, "Accept-Language": speaks}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(f"{self.world.address}{path}", headers=headers, allow_redirects=False) as answer,
        ):
            if "Set-Cookie" in answer.headers:
                self.cookie = answer.headers["Set-Cookie"].split(";")[0]
            return answer.status, await answer.text(), answer.headers.get("Location", "")

    async def begin(self) -> str:
        """Follow the installation link; the state Slack would bring back."""
        status, _, location = await self.get("/slack/install/start")
        assert status == 302
        query = parse_qs(urlsplit(location).query)
        assert location.startswith("https://slack.com/oauth/v2/authorize?")
        assert set(query["scope"][0].split(",")) == set(APP_SCOPES.split(","))
        return query["state"][0]

    async def agree(self, state: str, granted: dict[str, Any] = CLINIC, **how: str) -> tuple[int, str, str]:
        """Come back from Slack's page with a code."""
        self.world.slack.methods.codes["code-1"] = granted
        return await self.get(f"/slack/oauth_redirect?code=code-1&state={state}", **how)


async def install(world: World, granted: dict[str, Any] = CLINIC) -> None:
    browser = Browser(world)
    status, page, _ = await browser.agree(await browser.begin(), granted)
    assert (status, "is installed" in page) == (200, True)


async def test_the_installation_link_explains_before_it_leads_to_slack(oauth: World) -> None:
    status, page, location = await Browser(oauth).get("/slack/install")
    assert (status, location) == (200, "")
    assert "Add Intervision to Slack" in page
    assert 'href="/slack/install/start"' in page
    for scope in APP_SCOPES.split(","):
        assert f"({scope})" in page, "every scope with what it is for"
    assert "Installing it lets nobody in" in page


def test_every_scope_that_may_be_asked_for_is_explained() -> None:
    secrets = {"app_token": "xapp-1", "bot_token": "xoxb-1"}
    asked = SlackSettings(announcements=True, typed_messages=True, read_email=True, **secrets)
    assert set(bot_scopes(asked)) <= set(SCOPES)


async def test_the_page_after_the_installation_leads_back_and_names_the_next_step(oauth: World) -> None:
    browser = Browser(oauth)
    _, page, _ = await browser.agree(await browser.begin())
    assert "Open Intervision in Slack" in page
    assert "https://slack.com/" in page
    assert "intervision admin add-workspace slack T0CLINIC" in page
    refused = await Browser(oauth).get("/slack/oauth_redirect?error=access_denied&state=x")
    assert "was not installed" in refused[1]
    assert 'href="/slack/install"' in refused[1], "and the way to begin again"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_of_the_installation_speaks_the_browsers_language(oauth: World, language: str) -> None:
    w, speaks = words(language), f"fi,{language};q=0.8"
    browser = Browser(oauth)
    _, explains, _ = await browser.get("/slack/install", speaks=speaks)
    for sentence in ("title", "about", "nobody_in", "add"):
        assert html.escape(w(f"slack.install.{sentence}")) in explains
    assert all(html.escape(w(SCOPES[scope])) in explains for scope in APP_SCOPES.split(","))
    _, done, _ = await browser.agree(await browser.begin(), speaks=speaks)
    assert html.escape(w("slack.install.done")) in done
    assert html.escape(w("slack.install.open")) in done
    _, failed, _ = await Browser(oauth).get("/slack/oauth_redirect?error=access_denied&state=x", speaks=speaks)
    assert html.escape(w("slack.install.failed")) in failed
    assert html.escape(w("slack.install.again")) in failed
    assert all(f'<html lang="{language}">' in page for page in (explains, done, failed))


async def test_an_installed_workspace_is_served(oauth: World) -> None:
    await install(oauth)
    anna = oauth.person()
    oauth.core.answer = lambda _: Say(Card("home", "Welcome"))
    await anna.opens_home()
    assert "Welcome" in anna.home
    assert await oauth.platform.send(Address(oauth.actor(), {}), Message("o", Card("k", "Hello", summary="s")))


async def test_no_token_is_checked_with_slack_for_every_request(oauth: World) -> None:
    await install(oauth)
    anna = oauth.person()
    for _ in range(5):
        await anna.types("/case")
    assert oauth.slack.called("auth.test") in ([], oauth.slack.called("auth.test")[:1])


async def test_an_organisation_installs_for_all_its_workspaces(oauth: World) -> None:
    await install(oauth, ORGANISATION)
    oauth.slack.kept.person("W0ANNA", team_id="T0WARD2")
    anna = Person(oauth.slack, "W0ANNA", team="T0WARD2", enterprise="E0REGION")
    oauth.core.answer = lambda _: Say(Card("home", "Welcome"))
    await anna.opens_home()
    assert "Welcome" in anna.home
    assert {e.actor.tenant for e in oauth.core.heard} == {"E0REGION"}


async def test_a_workspace_without_the_app_is_told(oauth: World) -> None:
    anna = oauth.person()
    await anna.types("/case")
    await anna.until("not installed in this workspace")
    assert oauth.core.heard == []


@pytest.mark.parametrize("wrong", ["used twice", "another browser", "expired", "made up"])
async def test_a_state_is_good_once_for_ten_minutes_in_one_browser(oauth: World, wrong: str) -> None:
    browser = Browser(oauth)
    state = await browser.begin()
    cookie = None
    if wrong == "used twice":
        await browser.agree(state)
    elif wrong == "another browser":
        cookie = ""
    elif wrong == "expired":
        oauth.clock.advance(minutes=11)
    else:
        state = "made-up"
        cookie = "slack-app-oauth-state=made-up"
    kept = dict(oauth.drawer.kept)
    status, page, _ = await (browser.agree(state, cookie=cookie) if cookie is not None else browser.agree(state))
    assert status in {400, 401}
    assert "was not installed" in page
    assert not set(oauth.drawer.kept) - set(kept)


async def test_an_administrator_who_cancels_reads_so(oauth: World) -> None:
    status, page, _ = await Browser(oauth).get("/slack/oauth_redirect?error=<script>access_denied")
    assert status == 200
    assert "&lt;script&gt;access_denied" in page


async def test_an_idle_workspaces_token_is_renewed_in_time_and_once(oauth: World) -> None:
    await install(oauth)
    await expires_in(oauth, hours=12)
    first = await oauth.platform.installations.token("T0CLINIC")
    await oauth.platform.rotation.all()
    assert await oauth.platform.installations.token("T0CLINIC") == first
    oauth.clock.advance(hours=10)
    await asyncio.gather(*(oauth.platform.rotation.one("T0CLINIC") for _ in range(5)))
    assert await oauth.platform.installations.token("T0CLINIC") != first
    exchanges = [c for c in oauth.slack.called("oauth.v2.access") if c.get("grant_type") == "refresh_token"]
    assert len(exchanges) == 1
    oauth.clock.advance(hours=10)
    assert await oauth.platform.rotation.one("T0CLINIC")


async def test_a_replica_that_died_while_renewing_holds_up_nobody(oauth: World) -> None:
    await install(oauth)
    await expires_in(oauth, hours=12)
    await oauth.platform.installations.take_permit("T0CLINIC")
    oauth.clock.advance(hours=10)
    assert not await oauth.platform.rotation.one("T0CLINIC")
    oauth.clock.advance(hours=1.5)
    assert await oauth.platform.rotation.one("T0CLINIC")


async def test_a_renewal_that_fails_is_tried_again(oauth: World) -> None:
    await install(oauth)
    await expires_in(oauth, hours=2)
    oauth.slack.fail("oauth.v2.access", "error")
    await oauth.platform.rotation.all()
    await oauth.platform.rotation.all()
    found = await oauth.platform.installations.fresh("T0CLINIC")
    assert found is not None
    assert found.bot_token_expires_at == int(oauth.clock().timestamp()) + 43200


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}]
)
async def test_a_removed_app_leaves_no_token_behind(oauth: World, event: dict[str, Any]) -> None:
    await install(oauth)
    anna = oauth.person()
    await anna.opens_home()
    assert (await anna.brings(event)).status == 200
    assert oauth.drawer.kept == {}
    assert oauth.core.of(Gone)[-1].actor == oauth.actor("")
    assert (await anna.brings(event)).status == 200


async def test_a_revoked_user_token_is_none_of_ours(oauth: World) -> None:
    await install(oauth)
    anna = oauth.person()
    await anna.brings({"type": "tokens_revoked", "tokens": {"oauth": ["U0ADMIN"]}})
    assert await oauth.platform.installations.token("T0CLINIC")
    assert oauth.core.of(Gone) == []


async def expires_in(world: World, *, hours: float) -> None:
    """Set the token's end by the test's clock (the library set it by the machine's)."""
    found = await world.platform.installations.fresh("T0CLINIC")
    assert found is not None
    found.bot_token_expires_at = int(world.clock().timestamp() + hours * 3600)
    await world.platform.installations.save(found)
