"""Files from addresses that people typed: only from the open internet, within a size and a time.

A real server with a certificate of its own answers on loopback; names lead there as the tests say.
"""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import trustme
from aiohttp import web

from adapters.public_web import PublicWeb
from bot.app.steps.absence_calendars import NoCalendarAddress, checked_address
from bot.ports.web_files import FileUnread, WhyNot
from bot.ports.web_hosts import is_public

PUBLIC, INNER = "127.0.0.1", "10.1.2.3"
"""In these tests loopback is where the internet is."""


@dataclass
class Site:
    """The server: what each path answers, and who was asked for."""

    port: int
    trust: ssl.SSLContext
    names: dict[str, list[list[str]]] = field(default_factory=dict)
    """By host name what it means, one answer a question; the last one stays."""
    asked: list[str] = field(default_factory=list)

    async def ask(self, host: str, port: int) -> list[str]:
        answers = self.names.get(host, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def read(self, path: str, *, host: str = "calendar.example", **bounds: float) -> bytes:
        reader = PublicWeb(
            ask=self.ask,
            allowed=lambda address: address == PUBLIC,
            trust=self.trust,
            largest=int(bounds.get("largest", 1000)),
            seconds=bounds.get("seconds", 2),
        )
        address = path if "://" in path else f"https://{host}:{self.port}{path}"
        return await reader(address)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    authority = trustme.CA()
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("calendar.example", "inner.example").configure_cert(serving)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    found = Site(0, trust)

    async def answer(request: web.Request) -> web.StreamResponse:
        found.asked.append(request.path)
        match request.path:
            case "/plain":
                return web.Response(body=b"BEGIN:VCALENDAR", headers={"Set-Cookie": "seen=1"})
            case "/on":
                return web.Response(status=302, headers={"Location": "/plain"})
            case "/round":
                return web.Response(status=302, headers={"Location": "/round"})
            case "/http":
                return web.Response(status=302, headers={"Location": f"http://calendar.example:{found.port}/plain"})
            case "/inner":
                return web.Response(status=302, headers={"Location": f"https://inner.example:{found.port}/plain"})
            case "/literal":
                return web.Response(status=302, headers={"Location": f"https://{INNER}:{found.port}/plain"})
            case "/disguised":
                return web.Response(status=302, headers={"Location": f"https://①②⑦.0.0.1:{found.port}/plain"})
            case "/packed":
                return web.Response(body=gzip.compress(b"0" * 100_000), headers={"Content-Encoding": "gzip"})
            case "/slow":
                await asyncio.sleep(30)
            case "/large":
                return web.Response(body=b"0" * 5000)
        return web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, PUBLIC, 0, ssl_context=serving).start()
    found.port = runner.addresses[0][1]
    yield found
    await runner.cleanup()


async def test_a_file_is_read_also_behind_a_redirect(site: Site) -> None:
    assert await site.read("/plain") == b"BEGIN:VCALENDAR"
    assert await site.read("/on") == b"BEGIN:VCALENDAR"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/nothing", WhyNot.REFUSED),
        ("/round", WhyNot.REFUSED),
        ("/packed", WhyNot.REFUSED),
        ("/http", WhyNot.PRIVATE),
        ("/inner", WhyNot.PRIVATE),
        ("/literal", WhyNot.PRIVATE),
        ("/large", WhyNot.LARGE),
        ("http://calendar.example/plain", WhyNot.PRIVATE),
        ("https://somebody@calendar.example/plain", WhyNot.PRIVATE),
        ("https://10.1.2.3/plain", WhyNot.PRIVATE),
        ("https://[::1]/plain", WhyNot.PRIVATE),
        ("file:///etc/passwd", WhyNot.PRIVATE),
        ("/disguised", WhyNot.PRIVATE),
    ],
)
async def test_what_is_not_read(site: Site, path: str, why: WhyNot) -> None:
    site.names["inner.example"] = [[INNER]]
    with pytest.raises(FileUnread) as error:
        await site.read(path)
    assert error.value.why is why


async def test_a_slow_answer_ends_in_time(site: Site) -> None:
    with pytest.raises(FileUnread) as error:
        await site.read("/slow", seconds=0.2)
    assert error.value.why is WhyNot.SILENT


async def test_a_name_that_leads_inside_is_never_called(site: Site) -> None:
    site.names["inner.example"] = [[INNER]]
    with pytest.raises(FileUnread) as error:
        await site.read("/plain", host="inner.example")
    assert (error.value.why, site.asked) == (WhyNot.PRIVATE, [])


async def test_a_name_is_asked_once_so_that_it_cannot_change_in_between(site: Site) -> None:
    site.names["calendar.example"] = [[INNER, PUBLIC], [INNER]]
    assert await site.read("/plain") == b"BEGIN:VCALENDAR"  # of the two only the public one is called
    with pytest.raises(FileUnread) as error:
        await site.read("/plain")
    assert error.value.why is WhyNot.PRIVATE


async def test_a_certificate_of_somebody_else_is_no_answer(site: Site) -> None:
    with pytest.raises(FileUnread) as error:
        await site.read("/plain", host="other.example")
    assert (error.value.why, site.asked) == (WhyNot.SILENT, [])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "2001:db8::1",
        "2001:0:a00:1::",
        "64:ff9b:1::7f00:1",
        "fec0::1",
        "::127.0.0.1",
        "::ffff:0:7f00:1",
        "5f00::1",
        "192.88.99.1",
        "192.0.0.9",
        "192.0.0.192",
        "::ffff:192.0.0.9",
        "nonsense",
    ],
)
def test_addresses_inside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101", "2002:101:101::"])
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(address)


DISGUISED = [
    "①②⑦.0.0.1", "127。0。0。1", "127.0.0.１", "127．0．0．1", "١٢٧.0.0.1", "127.1", "127.0.1", "2130706433",
    "0x7f000001",
    "0x7f.1", "0177.0.0.1", "127.0.0.1.", "127.0.0.01", "localhost。example.org", "cal\u00ad.example.org",
    "ⅼocal.example.org",
    "ex%61mple.org", "example.org\\.x", "a..example.org", "[fe80::1%25lo]", "[::127.0.0.1]", "[64:ff9b:1::7f00:1]",
]  # fmt: skip
"""Hosts that a client or a system could read as another host than is written."""


@pytest.mark.parametrize("host", DISGUISED)
async def test_a_host_that_is_read_as_another_is_never_called(site: Site, host: str) -> None:
    with pytest.raises(NoCalendarAddress):
        checked_address(f"https://{host}/x")
    with pytest.raises(FileUnread) as error:
        await site.read(f"https://{host}:{site.port}/plain")
    assert (error.value.why, site.asked) == (WhyNot.PRIVATE, [])


@pytest.mark.parametrize(
    "host", ["kalender.example.org", "bücher.example.org", "日本.example.org", "a_b.1x.example", "1.1.1.1"]
)
def test_a_host_that_is_what_it_says_is_taken(host: str) -> None:
    assert checked_address(f"https://{host}/x") == f"https://{host}/x"


async def test_a_connection_is_looked_at_where_it_is_made(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PublicWeb, "_check", lambda self, address: None)
    reader = PublicWeb(ask=site.ask, trust=site.trust, seconds=2)
    for host in ("127.0.0.1", "①②⑦.0.0.1", "127。0。0。1"):
        with pytest.raises(FileUnread) as error:
            await reader(f"https://{host}:{site.port}/plain")
        assert (error.value.why, site.asked) == (WhyNot.PRIVATE, [])
