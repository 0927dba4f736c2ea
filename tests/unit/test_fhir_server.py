"""A server of health records: client credentials, https only, one server, no private network unless it is allowed.

A real server with a certificate of its own answers on loopback; which addresses are public is what a test says.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import trustme
from aiohttp import web

from adapters.fhir_server import CODES, FhirServer
from bot.ports.health_records import RecordsUnread, RecordsWhyNot
from tests.unit.reports.fhir_bundles import bundle, observation

LOOPBACK, INNER = "127.0.0.1", "10.1.2.3"
SIGNED = f"Basic {b64encode(b'our%20app:s%3Acret').decode()}"


@dataclass
class Record:
    """The server: how it answers, and what it was asked."""

    port: int
    trust: ssl.SSLContext
    means: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: int = 0
    pages: dict[str, web.Response] = field(default_factory=dict)
    token: object = field(default_factory=lambda: {"access_token": "t0ken", "expires_in": 3600})

    async def ask(self, host: str, port: int) -> list[str]:
        return [self.means.get(host, LOOPBACK)]

    def reader(self, **changes: Any) -> FhirServer:
        base = f"https://record.example:{self.port}"
        settings: dict[str, Any] = {
            "server": f"{base}/r4",
            "token_url": f"{base}/token",
            "client_id": "our app",
            "client_secret": "s:cret",
            "ask": self.ask,
            "public": lambda address: address == LOOPBACK,
            "trust": self.trust,
            "seconds": 2,
        }
        return FhirServer(**{**settings, **changes})


def page(*, more: str = "") -> web.Response:
    links = [{"relation": "self", "url": "x"}, *([{"relation": "next", "url": more}] if more else [])]
    return web.json_response(text=bundle(observation(), link=links))


@pytest.fixture
async def record() -> AsyncIterator[Record]:
    authority = trustme.CA()
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("record.example", "other.example", LOOPBACK).configure_cert(serving)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    found = Record(0, trust)

    async def token(request: web.Request) -> web.Response:
        found.tokens += 1
        form = await request.post()
        if request.headers.get("Authorization") != SIGNED or form["grant_type"] != "client_credentials":
            return web.Response(status=401)
        return web.json_response(found.token)

    async def answer(request: web.Request) -> web.Response:
        found.asked.append(str(request.rel_url))
        if request.headers.get("Authorization") != "Bearer t0ken":
            return web.Response(status=401)
        made = found.pages.get(request.match_info["kind"])
        return made or web.json_response({"resourceType": "Bundle", "total": 0})

    app = web.Application()
    app.add_routes([web.post("/token", token), web.get("/r4/{kind}", answer), web.get("/elsewhere/{kind}", answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, LOOPBACK, 0, ssl_context=serving)
    await site.start()
    found.port = runner.addresses[0][1]
    yield found
    await runner.cleanup()


async def why(reader: FhirServer, patient: str = "pseudo-7") -> RecordsWhyNot:
    with pytest.raises(RecordsUnread) as unread:
        await reader(patient)
    assert "pseudo-7" not in str(unread.value)
    return unread.value.why


async def test_scores_of_one_patient_are_asked_for_and_nothing_else(record: Record) -> None:
    record.pages["Observation"] = page()
    reader = record.reader(codes=("http://clinic.example|ISI",))
    pages = await reader("pseudo-7")
    assert [json.loads(each).get("total") for each in pages] == [None, 0]
    observations, responses = (dict(parse_qsl(urlsplit(each).query)) for each in record.asked)
    assert observations == {
        "patient": "pseudo-7",
        "code": ",".join((*CODES, "http://clinic.example|ISI")),
        "_count": "200",
    }
    assert responses == {"patient": "pseudo-7", "status": "completed", "_count": "100"}


async def test_further_pages_are_read_and_the_token_is_used_again(record: Record) -> None:
    record.pages["Observation"] = page(more=f"https://record.example:{record.port}/elsewhere/second?page=2")
    record.pages["second"] = page(more="/r4/third")
    record.pages["third"] = page()
    reader = record.reader()
    assert len(await reader("pseudo-7")) == 4
    record.pages["Observation"] = page()
    await reader("pseudo-8")
    assert record.tokens == 1


async def test_a_token_that_ended_is_asked_for_anew(record: Record) -> None:
    record.token = {"access_token": "t0ken", "expires_in": 10}
    reader = record.reader()
    await reader("pseudo-7")
    assert record.tokens == 2  # for each of the two questions


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (web.Response(status=302, headers={"Location": "/r4/other"}), RecordsWhyNot.REFUSED),
        (web.Response(status=404), RecordsWhyNot.REFUSED),
        (web.Response(status=403), RecordsWhyNot.SIGN_IN),
        (web.Response(text="<Bundle/>"), RecordsWhyNot.REFUSED),
        (web.Response(body=b"\xff\xfe{}"), RecordsWhyNot.REFUSED),
        (web.Response(text="[]"), RecordsWhyNot.REFUSED),
        (web.Response(text="{}", headers={"Content-Encoding": "gzip"}), RecordsWhyNot.REFUSED),
        (web.Response(text=json.dumps({"x": "y" * 20_000})), RecordsWhyNot.LARGE),
        (page(more="http://record.example/r4/Observation"), RecordsWhyNot.PRIVATE),
        (page(more="https://other.example/r4/Observation"), RecordsWhyNot.PRIVATE),
    ],
)
async def test_what_is_no_page_of_this_server_is_refused(
    record: Record, response: web.Response, expected: RecordsWhyNot
) -> None:
    record.pages["Observation"] = response
    assert await why(record.reader(largest=10_000)) is expected


async def test_pages_without_end_end(record: Record) -> None:
    record.pages["Observation"] = page(more="/r4/Observation")
    record.pages["Observation"].headers["Connection"] = "close"

    class Again(dict[str, web.Response]):
        def get(self, kind: str, default: Any = None) -> Any:
            return page(more="/r4/Observation")

    record.pages = Again()
    assert await why(record.reader(seconds=10)) is RecordsWhyNot.LARGE
    assert len(record.asked) == 25


@pytest.mark.parametrize(
    "given", [{}, {"access_token": 7}, {"access_token": "two\r\nlines"}, {"access_token": ""}, [], "text"]
)
async def test_what_is_no_token_is_no_way_in(record: Record, given: object) -> None:
    record.token = given
    assert await why(record.reader()) in {RecordsWhyNot.SIGN_IN, RecordsWhyNot.REFUSED}
    assert record.asked == []


async def test_a_wrong_secret_is_said(record: Record) -> None:
    assert await why(record.reader(client_secret="other")) is RecordsWhyNot.SIGN_IN


async def test_a_private_network_is_called_only_where_it_is_allowed(record: Record) -> None:
    record.means["record.example"] = INNER
    assert await why(record.reader()) is RecordsWhyNot.PRIVATE
    assert record.tokens == 0
    record.means.clear()
    assert await why(record.reader(public=lambda address: False)) is RecordsWhyNot.PRIVATE
    assert len(await record.reader(public=lambda address: False, private_network=True)("pseudo-7")) == 2


@pytest.mark.parametrize("what", ["server", "token_url"])
@pytest.mark.parametrize(
    "address", ["http://record.example/r4", "https://10.1.2.3/r4", "https://[::1]/r4", "https://a:b@record.example/r4"]
)
async def test_no_address_that_is_not_encrypted_and_public_is_called(record: Record, what: str, address: str) -> None:
    assert await why(record.reader(**{what: address})) is RecordsWhyNot.PRIVATE


async def test_silence_ends(record: Record) -> None:
    async def never(host: str, port: int) -> list[str]:
        await asyncio.sleep(60)
        return []

    assert await why(record.reader(ask=never, seconds=0.1)) is RecordsWhyNot.SILENT
    assert await why(record.reader(server="https://record.example:1/r4")) is RecordsWhyNot.SILENT


@pytest.mark.parametrize("patient", ["", "a/b", "a&patient=b", "x" * 65, "../Patient"])
async def test_what_is_no_id_is_not_asked_for(record: Record, patient: str) -> None:
    assert await why(record.reader(), patient) is RecordsWhyNot.REFUSED
    assert record.tokens == 0


def test_the_secret_is_in_no_text_of_it() -> None:
    assert "s3cret" not in repr(FhirServer("https://a.example", "https://a.example/t", "id", "s3cret"))


@pytest.mark.parametrize("lasts", [10**400, -(10**400), 10**4000, True, 0])
async def test_a_token_of_any_length_of_time_is_used(record: Record, lasts: int) -> None:
    record.token = {"access_token": "t0ken", "expires_in": lasts}
    assert await record.reader()("P12")


@pytest.mark.parametrize("host", ["①②⑦.0.0.1", "127。0。0。1", "127.0.0.１", "2130706433", "[::127.0.0.1]"])
@pytest.mark.parametrize("which", ["server", "token_url"])
async def test_a_host_that_is_read_as_another_is_not_called(record: Record, host: str, which: str) -> None:
    with pytest.raises(RecordsUnread) as error:
        await record.reader(**{which: f"https://{host}:{record.port}/r4"})("P12")
    assert (error.value.why, record.asked) == (RecordsWhyNot.PRIVATE, [])
