"""Single sign-on of the personal tab: real tokens, and Microsoft's TeamsJS in a real browser inside a host's frame."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import async_playwright, expect

from adapters.teams import pages
from adapters.teams.sso import resource
from bot.ui.inbound import Actor
from tests.browser import FLAGS, found
from tests.standins.teams.connector import APP_ID, TENANT, SigningKey
from tests.standins.teams.world import KIEL, World, world

ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
HOST = "intervision.example.org"


class Entra:
    """Publishes keys and signs the tab's tokens."""

    def __init__(self) -> None:
        self.key = SigningKey("entra-1")
        app = web.Application()
        app.router.add_get("/openid", self._metadata)
        app.router.add_get("/keys", self._keys)
        self.server = TestServer(app)

    async def _metadata(self, request: web.Request) -> web.Response:
        return web.json_response({"jwks_uri": str(self.server.make_url("/keys"))})

    async def _keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [self.key.published()]})

    def token(self, w: World, *, key: SigningKey | None = None, **claims: Any) -> str:
        """A token for the person in Kiel; `claims` replace or, when None, remove single ones."""
        now = w.clock.at.timestamp()
        given = {
            "iss": ISSUER,
            "aud": resource(APP_ID, HOST),
            "tid": TENANT,
            "oid": KIEL,
            "scp": "access_as_user",
            "nbf": now - 10,
            "exp": now + 3600,
            **claims,
        }
        signer = key or self.key
        kept = {k: v for k, v in given.items() if v is not None}
        return jwt.encode(kept, signer.private, algorithm="RS256", headers={"kid": signer.kid})


class Links:
    """Sign-in links for those the core knows."""

    def __init__(self) -> None:
        self.made: list[Actor] = []

    async def link_for(self, actor: Actor) -> str:
        """A numbered link; KeyError for a stranger, as the real one."""
        if actor.user != KIEL:
            raise KeyError("unknown actor")
        self.made.append(actor)
        return f"https://{HOST}/sign-in/link-{len(self.made)}"


@asynccontextmanager
async def tab(**settings: Any) -> AsyncIterator[tuple[World, Entra, Links]]:
    """A bot whose tab signs people on."""
    entra, links = Entra(), Links()
    await entra.server.start_server()
    given = {"sso": True, "sso_metadata_url": str(entra.server.make_url("/openid")), **settings}
    try:
        async with world(sign_in=links, **given) as w:
            yield w, entra, links
    finally:
        await entra.server.close()


async def sign_on(w: World, token: object) -> tuple[int, dict[str, str]]:
    async with w.bot.post("/teams/sso", json={"token": token}) as answer:
        return answer.status, await answer.json()


async def test_the_person_of_the_token_gets_a_sign_in_link() -> None:
    async with tab() as (w, entra, links):
        assert await sign_on(w, entra.token(w)) == (200, {"url": f"https://{HOST}/sign-in/link-1"})
        assert links.made == [Actor("teams", TENANT, KIEL)]


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://login.microsoftonline.com/common/v2.0"},
        {"aud": "api://elsewhere.example.org/" + APP_ID},
        {"tid": "99999999-0000-4000-8000-000000000000"},
        {"tid": None},
        {"scp": "User.Read"},
        {"scp": None},
        {"oid": None},
        {"oid": "cccccccc-0000-4000-8000-00000000000c"},
        {"exp": 1},
        {"exp": "soon"},
        {"nbf": 9_999_999_999},
    ],
    ids=str,
)
async def test_every_single_defect_is_refused(claims: dict[str, Any]) -> None:
    async with tab() as (w, entra, links):
        assert await sign_on(w, entra.token(w, **claims)) == (401, {})
        assert links.made == []


@pytest.mark.parametrize("token", ["", "x.y.z", 7, None, {"a": 1}, "é" * 5000], ids=lambda t: str(t)[:8])
async def test_what_is_no_token_is_refused(token: object) -> None:
    async with tab() as (w, _, _links):
        assert await sign_on(w, token) == (401, {})
        async with w.bot.post("/teams/sso", data=b"[" * 9000) as answer:
            assert answer.status == 401


async def test_a_key_of_somebody_elses_is_refused_and_unsigned_tokens_too() -> None:
    async with tab() as (w, entra, _):
        assert (await sign_on(w, entra.token(w, key=SigningKey("entra-2"))))[0] == 401
        unsigned = jwt.encode({"tid": TENANT, "oid": KIEL}, "", algorithm="none", headers={"kid": "entra-1"})
        assert (await sign_on(w, unsigned))[0] == 401


async def test_without_keys_the_tab_is_asked_to_come_back() -> None:
    async with tab(sso_metadata_url="http://127.0.0.1:9/openid") as (w, entra, _):
        assert (await sign_on(w, entra.token(w)))[0] == 503


async def test_an_old_token_is_refused_by_our_own_clock() -> None:
    async with tab() as (w, entra, _):
        token = entra.token(w)
        w.clock.at += timedelta(hours=2)
        assert (await sign_on(w, token))[0] == 401


async def test_without_the_setting_there_is_no_sign_on() -> None:
    async with world() as w:
        async with w.bot.post("/teams/sso", json={"token": "x"}) as answer:
            assert answer.status == 404
        async with w.bot.get("/teams/tab") as answer:
            assert "<script" not in await answer.text()


async def test_tokens_in_vain_rest_the_address_and_strangers_with_true_tokens_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "IN_VAIN", (2, 900.0, 900.0))
    async with tab() as (w, entra, links):
        stranger = entra.token(w, oid="cccccccc-0000-4000-8000-00000000000c")
        assert [(await sign_on(w, stranger))[0] for _ in range(4)] == [401] * 4
        assert [(await sign_on(w, "x.y.z"))[0] for _ in range(4)] == [401, 401, 401, 429]
        async with w.bot.post("/teams/sso", json={"token": entra.token(w)}) as answer:
            assert answer.status == 429
            assert int(answer.headers["Retry-After"]) > 0
        assert links.made == []


async def test_a_flood_of_tokens_is_turned_away_before_any_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SIGN_ONS", (3, 60.0, 60.0))
    async with tab() as (w, entra, _):
        codes = [(await sign_on(w, entra.token(w)))[0] for _ in range(5)]
        assert codes == [200, 200, 200, 429, 429]


HOST_PAGE = f"""<!doctype html><iframe src="https://{HOST}/teams/tab" width="600" height="400"></iframe><script>
addEventListener("message", ({{data, source}}) => {{
  const say = args => source.postMessage({{id: data.id, uuidAsString: data.uuidAsString, args}}, "*");
  if (data.func === "initialize") say(["content", "web", JSON.stringify({{apiVersion: 4, supports: {{}}}}), "2.58.0"]);
  if (data.func === "authentication.getAuthToken") say([true, TOKEN]);
}});
</script>"""


@pytest.mark.browser
async def test_in_teams_frame_the_button_signs_its_reader_in() -> None:
    if found() is None:
        pytest.skip("no Chromium found: run .ci/chromium")
    async with tab() as (w, entra, links), async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=found(), args=list(FLAGS))
        page = await browser.new_page()
        base = str(w.bot.make_url("/")).rstrip("/")
        html = HOST_PAGE.replace("TOKEN", f'"{entra.token(w)}"')

        async def served(route: Any) -> None:
            """Teams' own page, and ours as a proxy with a certificate would serve it, its rules on framing included."""
            url = route.request.url
            if url.startswith("https://teams.microsoft.com/host"):
                await route.fulfill(body=html, content_type="text/html")
            elif url.startswith(f"https://{HOST}/"):
                await route.fulfill(response=await route.fetch(url=url.replace(f"https://{HOST}", base)))
            else:
                await route.abort()

        await page.route("**/*", served)
        await page.goto("https://teams.microsoft.com/host")
        button = page.frame_locator("iframe").locator("a.open")
        await expect(button).to_have_attribute("href", f"https://{HOST}/sign-in/link-1")
        assert links.made == [Actor("teams", TENANT, KIEL)]
        await browser.close()
