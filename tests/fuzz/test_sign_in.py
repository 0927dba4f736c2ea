"""Hostile requests at the doors of signing in: links, single sign-on, passkeys, *List-Unsubscribe*; all of them public.

With `FUZZ_REQUESTS=100000` (`make soak`) a hundred thousand, in CI a few hundred. First with limits that never stop
anybody, so that every door is reached, then with the real ones: whoever is signed in at the same address, and whoever
holds a good link, is still served, and quickly.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
import pytest
from yarl import URL

from adapters.email.plugin import PLUGIN as MAIL
from adapters.host import Host
from adapters.web import base_view as site
from adapters.web.plugin import PLUGIN, WebSettings
from bot.app.steps.passkeys import PasskeyService
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import ORGANISATION, START, person_id
from bot.domain.person import Person
from bot.ports.unit_of_work import Store
from bot.ui.inbound import Actor
from bot.ui.platform import Services
from tests.fuzz.mischief import Mischief
from tests.fuzz.storm import KEEP_FROM, REQUESTS, Failures, listening, storm
from tests.gate import rules_alone
from tests.standins.authenticator import Authenticator
from tests.standins.openid import CLIENT, SECRET, provider
from tests.unit.web.client import Reading
from tests.world import World, make_world

SHARE = 1.0 if REQUESTS >= KEEP_FROM else 0.2
BACK = "/sign-in/with/clinic/back"
PATHS = (
    *("/sign-in", "/sign-in/x", "/sign-in/with/clinic", BACK, "/sign-in/with/x", "/sign-in/with/x/back"),
    *("/sign-in/passkey", "/sign-out", "/settings/passkeys", "/settings/passkeys/new", "/settings/passkeys/rename"),
    *("/settings/passkeys/remove", "/mail/silence/x", "/mail/silence/b3JnOnBlcg.0123", "/calendar/x.ics"),
)
FIELDS = ("email", "credential", "ticket", "remember", "name", "List-Unsubscribe", "state", "code", "iss", "error")
EVERY = 0.2
"""Seconds between two pages of somebody honest: quicker than anybody reads, slower than what counts as a flood."""
SLOWEST = 0.5
"""Seconds for a page of somebody honest meanwhile, on a busy machine; the median must be far below."""


@dataclass
class Doors:
    """The pages with single sign-on, passkeys and mail, somebody honest who is signed in, and somebody hostile."""

    world: World
    url: str
    service: SignInService
    session: str
    hostile: str


@asynccontextmanager
async def doors(store: Store, failures: Failures) -> AsyncIterator[Doors]:
    world = await make_world(rules_alone(), store=store)
    service = SignInService(world.store, world.clock, world.tools)

    async def english(_: Actor) -> str:
        return "en"

    async with provider(START) as standin:
        services = Services(
            handle=failures.watched(world.entry.handle),
            drawer=world.store.drawer("web"),
            now=world.clock.now,
            new_id=world.tools.ids.new,
            public_url="http://localhost:8377",
            language_of=english,
            sign_in=service,
            passkeys=PasskeyService(world.store, world.clock, world.tools),
            carriers=("email",),
        )
        known = {"label": "Clinic", "issuer": standin.url, "client_id": CLIENT, "client_secret": SECRET}
        web = PLUGIN.create(WebSettings.model_validate({"providers": {"clinic": known}}), services)
        raw = {"host": "127.0.0.1", "port": 1, "security": "none", "sender": "bot@clinic.example"}
        mail = MAIL.create(MAIL.settings.model_validate(raw), services)
        host = Host("127.0.0.1", 0, [mail, web], ready=world.store.ready)
        await host.start()
        await web.start()
        a, c = [(await world.find(Person, id=person_id(key)))[0] for key in "ac"]
        try:
            yield Doors(
                world,
                f"http://127.0.0.1:{host.port}",
                service,
                await service.open_session(a),
                await service.open_session(c),
            )
        finally:
            await host.stop()
            await web.stop()


async def send(http: aiohttp.ClientSession, at: Doors, m: Mischief) -> tuple[int, str]:
    """A form as the page has it with hostile values, or anything at any of the doors."""
    r = m.random
    path = r.choice(PATHS) if r.random() < 0.9 else "/sign-in/" + m.text()[:200]
    method = r.choice(("GET", "POST", "POST", "POST", "HEAD", "PUT"))
    values = [(name, m.text()) for name in r.sample(FIELDS, r.randrange(len(FIELDS)))]
    cookies = {"intervision": at.hostile} if r.random() < 0.2 else {}
    if r.random() < 0.5:  # with the page's own tickets and cookies: past the first guard
        way = r.choice(("/sign-in", "/sign-in/passkey", BACK))
        cookies, values, path, method = await _honest_until_here(http, at, m, way, values)
    headers = {"X-Forwarded-For": _header(m), "Content-Type": "application/x-www-form-urlencoded"}
    # A longer line is turned away before any door: 400, and the connection is closed.
    query = {name: value[:120] for name, value in values[:5]} if method in {"GET", "HEAD"} else {}
    body = urlencode(values, errors="replace").encode() if method in {"POST", "PUT"} else None
    if r.random() < 0.1 and body:
        body = m.body(dict(values))
    target = URL(at.url).with_path(path).with_query(query)
    async with http.request(method, target, headers=headers, data=body, cookies=cookies, allow_redirects=False) as said:
        return said.status, await said.text(errors="replace")


async def _honest_until_here(
    http: aiohttp.ClientSession, at: Doors, m: Mischief, way: str, values: list[tuple[str, str]]
) -> tuple[dict[str, str], list[tuple[str, str]], str, str]:
    """A real page's ticket and cookies, and of a passkey or provider an answer that is wrong in its bytes alone."""
    if way == BACK:
        async with http.get(f"{at.url}/sign-in/with/clinic", allow_redirects=False) as begun:
            state = URL(begun.headers.get("Location", "")).query.get("state", "")
            return {name: each.value for name, each in begun.cookies.items()}, [
                ("state", state if m.random.random() < 0.8 else m.text()), ("code", m.text()[:400]), *values[:2],
            ], BACK, "GET"  # fmt: skip
    async with http.get(f"{at.url}/sign-in") as answer:
        page = Reading(await answer.text())
        cookies = {name: each.value for name, each in answer.cookies.items()}
    forms = [form for form in page.forms if form.action == way]
    if not forms:
        return cookies, values, way, "POST"
    drawn = forms[0].values
    if way == "/sign-in/passkey":
        (options,) = [given["data-options"] for _, given in page.tags if "data-options" in given]
        signed = bytearray(Authenticator("http://localhost:8377").sign(options).encode())
        for _ in range(m.random.randrange(4)):
            signed[m.random.randrange(len(signed))] = m.random.randrange(32, 127)
        drawn = {**drawn, "credential": signed.decode()}
    else:
        drawn = {**drawn, "email": m.random.choice((m.text(), "a@demo.example", f"{m.text()[:20]}@demo.example"))}
    return cookies, [*drawn.items(), *values[:2]], way, "POST"


def _header(m: Mischief) -> str:
    return "".join(c for c in m.text()[:300] if c.isascii() and c.isprintable())


async def _somebody_honest(http: aiohttp.ClientSession, at: Doors) -> float:
    """Opens their start page at the same address; seconds."""
    began = time.perf_counter()
    async with http.get(f"{at.url}/notices", cookies={"intervision": at.session}) as answer:
        assert answer.status == 200, await answer.text()
    return time.perf_counter() - began


async def test_every_door_of_signing_in_withstands_a_storm(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("PAGES", "STEPS", "ASKING", "FAILED_ATTEMPTS", "LOOKS"):
        monkeypatch.setattr(site, limit, (10**9, 60.0, 1.0))
    jar = aiohttp.DummyCookieJar
    with listening() as failures:
        async with doors(store, failures) as at, aiohttp.ClientSession(cookie_jar=jar()) as http:
            seen = (await storm("Signing in", 0.8 * SHARE, lambda m: send(http, at, m), failures)).statuses
            assert seen["200"] > 10, "some of it got through to the pages"
            assert seen["403"] > 10, "some of it was looked at and refused"
            await _somebody_honest(http, at)


async def test_the_limits_of_signing_in_stop_a_storm_and_nobody_else(store: Store) -> None:
    waits: list[float] = []
    with listening() as failures:
        async with doors(store, failures) as at, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            link = await at.service.link_for_person(ORGANISATION, person_id("b"))
            before = [await _somebody_honest(http, at) for _ in range(5)]
            last = (0, "0", "")
            for _ in range(620):  # the flood that the limits are there for
                async with http.get(f"{at.url}/sign-in/x") as answer:
                    assert answer.status < 500
                    last = answer.status, answer.headers.get("Retry-After", "0"), await answer.text()
            assert (last[0], int(last[1]) > 0, "112" in last[2]) == (429, True, True)
            last_look = 0.0

            async def counted(m: Mischief) -> tuple[int, str]:
                nonlocal last_look
                if time.monotonic() - last_look > EVERY:
                    waits.append(await _somebody_honest(http, at))
                    last_look = time.monotonic()
                return await send(http, at, m)

            seen = (await storm("Signing in, with limits", 0.2 * SHARE, counted, failures)).statuses
            assert seen["429"] > 10
            async with http.get(f"{at.url}/sign-in/{link.rpartition('/')[2]}") as page:
                assert page.status == 200, "a good link is never refused"
                form, cookies = Reading(await page.text()).forms[0], page.cookies
            given = {name: each.value for name, each in cookies.items()}
            async with http.post(
                f"{at.url}{form.action}", data=form.values, cookies=given, allow_redirects=False
            ) as home:
                assert home.status == 303
                assert "intervision" in home.cookies
    # On a machine that is busy with other tests a page takes longer before the storm, too.
    assert statistics.median(waits) < max(SLOWEST / 5, 3 * statistics.median(before))
    assert max(waits) < SLOWEST * 4
