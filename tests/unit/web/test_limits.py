"""Who asks too often waits, by address and by person; only a named proxy is believed about addresses."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from adapters import host
from adapters.limits import MOST_KEYS, Limit, address_of
from adapters.web import base_view as site
from adapters.web import calendar
from tests.unit.web.client import Browser
from tests.unit.web.stage import LINK, Stage


class Clock:
    """Seconds, moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0, 30), max_size=60))
def test_never_more_than_the_limit_within_its_window(pauses: list[float]) -> None:
    clock = Clock()
    limit = Limit(3, 60, 30, clock)
    let_in: list[float] = []
    for pause in pauses:
        clock.now += pause
        if not limit.count("a"):
            let_in.append(clock.now)
    windows = [sum(1 for other in let_in if start <= other < start + 30) for start in let_in]
    assert all(count <= 6 for count in windows)


def test_whoever_exceeds_it_rests_and_is_welcome_again() -> None:
    clock = Clock()
    limit = Limit(2, 60, 90, clock)
    assert [limit.count("a") for _ in range(3)] == [0, 0, 90]
    assert limit.count("b") == 0
    clock.now = 60
    assert limit.count("a") == 30
    clock.now = 90
    assert limit.wait("a") == 0
    assert limit.count("a") == 0


def test_ever_new_addresses_do_not_fill_the_memory() -> None:
    limit = Limit(1, 60, 60)
    for n in range(MOST_KEYS + 500):
        limit.count(str(n))
        limit.count(str(n))
    assert len(limit._seen) <= MOST_KEYS
    assert len(limit._resting) <= MOST_KEYS


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.7", ["203.0.113.5"], "192.0.2.7"),
        ("127.0.0.1", ["203.0.113.5"], "203.0.113.5"),
        ("127.0.0.1", ["10.0.0.1, 203.0.113.5"], "203.0.113.5"),
        ("127.0.0.1", ["198.51.100.9", "203.0.113.5"], "203.0.113.5"),
        ("127.0.0.1", ["198.51.100.9, 203.0.113.5", "10.89.77.4"], "203.0.113.5"),
        ("127.0.0.1", ["203.0.113.5, 10.89.77.4, 10.89.77.5"], "203.0.113.5"),
        ("127.0.0.1", ["203.0.113.5:4711"], "203.0.113.5"),
        ("127.0.0.1", ["[2001:db8::1:2]:4711"], "2001:db8::/64"),
        ("::ffff:127.0.0.1", ["203.0.113.5"], "203.0.113.5"),
        ("127.0.0.1", ["", " , "], "127.0.0.1"),
        ("10.89.77.3", ["203.0.113.5"], "203.0.113.5"),
        ("10.89.78.3", ["203.0.113.5"], "10.89.78.3"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("2001:db8::1:2", [], "2001:db8::/64"),
        ("127.0.0.1", ["<script>" * 30], ("<script>" * 30)[:64]),
        (None, [], ""),
    ],
)
def test_only_named_proxies_are_believed(peer: str | None, forwarded: list[str], expected: str) -> None:
    assert address_of(peer, forwarded, (ip_network("127.0.0.1"), ip_network("10.89.77.0/24"))) == expected


async def test_a_second_line_of_a_proxy_does_not_lead_round_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "PAGES", (5, 60.0, 60.0))
    async with Stage() as stage, Browser(stage, None) as browser:
        codes = []
        for n in range(8):
            lines = CIMultiDict([("X-Forwarded-For", f"198.51.100.{n}"), ("X-Forwarded-For", "203.0.113.5")])
            codes.append((await browser.http.get("/sign-in", headers=lines)).status)
        assert codes == [200] * 5 + [429] * 3


async def test_asking_for_links_is_limited_for_each_person_and_far_higher_for_an_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site, "ASKING", (2, 900.0, 900.0))
    monkeypatch.setattr(site, "FAILED_ATTEMPTS", (8, 900.0, 60.0))
    async with Stage() as stage, Browser(stage, None) as browser:

        async def ask(email: str) -> int:
            return (await browser.send((await browser.open("/sign-in")).form("/sign-in"), email=email)).status

        assert [await ask("one@clinic.example") for _ in range(3)] == [200, 200, 429]
        assert [await ask(f"colleague{n}@clinic.example") for n in range(6)] == [200] * 5 + [429]
        assert len(stage.sign_in.asked) == 7


async def test_a_good_link_is_never_refused_however_many_were_tried_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "FAILED_ATTEMPTS", (3, 900.0, 900.0))
    monkeypatch.setattr(site, "PAGES", (6, 60.0, 60.0))
    async with Stage() as stage, Browser(stage, None) as guessing:
        codes = [(await guessing.open(f"/sign-in/guess-{n}")).status for n in range(8)]
        assert codes == [403, 403, 403, 429, 429, 429, 429, 429]
        page = await guessing.open(f"/sign-in/{LINK}")
        assert page.status == 200
        assert (await guessing.send(page.form(f"/sign-in/{LINK}"))).path == "/"


async def test_a_visitors_flood_does_not_shut_out_the_colleagues_behind_the_same_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site, "PAGES", (5, 60.0, 60.0))
    async with Stage() as stage, Browser(stage, None) as stranger, Browser(stage) as new, Browser(stage) as early:
        assert (await early.open("/")).status == 200
        codes = [(await stranger.open("/sign-in")).status for _ in range(20)]
        assert codes.count(429) >= 15
        assert [(await early.open("/")).status for _ in range(4)] == [200] * 4
        assert (await new.open("/")).status == 200, "seen for the first time while the flood lasts"
        turned = await stranger.http.get("/sign-in")
        assert int(turned.headers["Retry-After"]) > 0
        assert "112" in await turned.text()
        stranger.http.cookie_jar.update_cookies({"intervision": "made-up"})
        assert (await stranger.open("/sign-in")).status == 429, "a made-up session opens nothing"


async def test_a_flood_is_turned_away_before_anything_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "PAGES", (5, 60.0, 60.0))
    async with Stage() as stage, Browser(stage, None) as browser:
        codes = [(await browser.http.get("/sign-in")).status for _ in range(7)]
        assert codes == [200] * 5 + [429] * 2
        assert (await browser.http.get("/healthz")).status == 200


async def test_a_signed_in_browser_may_not_flood_either_and_keeps_what_was_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site, "STEPS", (2, 60.0, 30.0))
    async with Stage() as stage, Browser(stage) as browser:
        assert (await browser.command("card everything")).status == 200
        form = (await browser.command("form everything")).form("/submit")
        page = await browser.send(form, t_title="half a page of work")
        assert page.status == 429
        assert "half a page of work" in page.text
        assert int(page.headers["Retry-After"]) > 0


async def test_one_calendar_is_read_so_often_and_others_from_the_same_address_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calendar, "READS", (2, 3600.0, 600.0))
    read: list[str] = []

    async def feed(secret: str) -> bytes:
        read.append(secret)
        return b"BEGIN:VCALENDAR"

    app = web.Application()
    calendar.CalendarFeed(feed).mount(app)
    async with TestClient(TestServer(app)) as client:
        one, other = f"/calendar/{'a' * 40}.ics", f"/calendar/{'b' * 40}.ics"
        assert [(await client.get(one)).status for _ in range(3)] == [200, 200, 429]
        assert (await client.get(other)).status == 200
        assert int((await client.get(one)).headers["Retry-After"]) > 0
        assert len(read) == 3


async def test_guessing_calendars_is_a_flood_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "FAILED_ATTEMPTS", (3, 60.0, 60.0))
    asked: list[str] = []

    async def nothing(secret: str) -> None:
        asked.append(secret)

    app = web.Application()
    calendar.CalendarFeed(nothing).mount(app)
    async with TestClient(TestServer(app)) as client:
        codes = [(await client.get(f"/calendar/{'a' * 39}{n}.ics")).status for n in range(5)]
        assert codes == [404, 404, 404, 429, 429]
        assert len(asked) == 3


async def test_a_request_that_trickles_in_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "LONGEST_ANSWER", 0.2)
    async with Stage() as stage:
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.host.port)
        writer.write(
            b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\na="
        )
        await writer.drain()
        assert b" 408 " in await asyncio.wait_for(reader.readline(), 5)
        writer.close()
