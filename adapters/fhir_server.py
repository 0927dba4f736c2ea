"""Reads a patient's scores from a FHIR R4 server: OAuth 2.0 client credentials, https, GET only.

Asked for are Observations of the known codes and completed QuestionnaireResponses of one patient, nothing else. The
connection goes to an address that was looked at (`public_web.py`): private networks only where the configuration allows
them. No redirect is followed, and a further page only on the same server. The token stays in memory until it ends.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import aiohttp

from adapters.public_web import Looked, LookUp, look_up
from bot.ports.health_records import RECORD_ID, RecordsUnread, RecordsWhyNot
from bot.ports.web_hosts import is_public, may_be_called

LARGEST = 10_000_000
"""Bytes of all answers about a patient."""
MOST_PAGES = 25
SECONDS = 20.0
"""For all of it."""
EARLY = 30.0
"""A token is asked for anew so many seconds before it ends."""
LONGEST_TOKEN = 86_400
"""Seconds; a token that lasts longer is asked for anew after a day."""
CODES = (
    "http://loinc.org|44261-6",
    "http://loinc.org|70274-6",
    "http://snomed.info/sct|720433000",
    "http://snomed.info/sct|445455005",
)
_CHUNK = 65_536


@dataclass
class FhirServer:
    """Callable as `bot.ports.health_records.HealthRecords`; tests give it their own network and certificates."""

    server: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    codes: Sequence[str] = ()
    private_network: bool = False
    ask: LookUp = look_up
    public: Callable[[str], bool] = is_public
    trust: ssl.SSLContext | None = None
    largest: int = LARGEST
    seconds: float = SECONDS
    _token: str = field(default="", init=False, repr=False)
    _ends: float = field(default=0.0, init=False)

    async def __call__(self, patient: str) -> Sequence[str]:
        """The pages about a patient. Raises `RecordsUnread`."""
        if not RECORD_ID.fullmatch(patient):
            raise RecordsUnread(RecordsWhyNot.REFUSED)
        resolver = Looked(self.ask, self._allowed, lambda: RecordsUnread(RecordsWhyNot.PRIVATE))
        try:
            async with asyncio.timeout(self.seconds):
                async with resolver.session(self.trust) as session:
                    return await self._read(session, patient)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise RecordsUnread(RecordsWhyNot.SILENT) from error

    def _allowed(self, address: str) -> bool:
        return self.private_network or self.public(address)

    async def _read(self, session: aiohttp.ClientSession, patient: str) -> list[str]:
        codes = ",".join((*CODES, *self.codes))
        searches = (
            f"Observation?{urlencode({'patient': patient, 'code': codes, '_count': '200'})}",
            f"QuestionnaireResponse?{urlencode({'patient': patient, 'status': 'completed', '_count': '100'})}",
        )
        pages: list[str] = []
        for search in searches:
            address = f"{self.server.rstrip('/')}/{search}"
            while address:
                if len(pages) >= MOST_PAGES:
                    raise RecordsUnread(RecordsWhyNot.LARGE)
                room = self.largest - sum(map(len, pages))
                text = await self._get(session, address, room)
                pages.append(text)
                address = self._next(address, text)
        return pages

    async def _get(self, session: aiohttp.ClientSession, address: str, room: int) -> str:
        self._check(address)
        headers = {
            "Authorization": f"Bearer {await self._signed_in(session)}",
            "Accept": "application/fhir+json; fhirVersion=4.0",
            "Accept-Encoding": "identity",
        }
        async with session.get(address, allow_redirects=False, headers=headers) as answer:
            if answer.status in (401, 403):
                self._token = ""
                raise RecordsUnread(RecordsWhyNot.SIGN_IN)
            if answer.status != 200 or answer.headers.get("Content-Encoding", "identity") != "identity":
                raise RecordsUnread(RecordsWhyNot.REFUSED)
            return await self._body(answer, room)

    async def _signed_in(self, session: aiohttp.ClientSession) -> str:
        """The token, asked for where there is none or it is about to end."""
        if self._token and time.monotonic() < self._ends:
            return self._token
        self._check(self.token_url)
        form = {"grant_type": "client_credentials", **({"scope": self.scope} if self.scope else {})}
        # RFC 6749 section 2.3.1: id and secret are encoded before they are joined.
        joined = f"{quote(self.client_id, safe='')}:{quote(self.client_secret, safe='')}"
        signed = f"Basic {b64encode(joined.encode()).decode()}"
        headers = {"Authorization": signed, "Accept": "application/json", "Accept-Encoding": "identity"}
        async with session.post(self.token_url, data=form, allow_redirects=False, headers=headers) as answer:
            if answer.status != 200:
                raise RecordsUnread(RecordsWhyNot.SIGN_IN)
            given = _read_object(await self._body(answer, _CHUNK))
        token, lasts = given.get("access_token"), given.get("expires_in", 60)
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise RecordsUnread(RecordsWhyNot.SIGN_IN)
        self._token = token
        self._ends = time.monotonic() + (min(max(lasts, 0), LONGEST_TOKEN) if isinstance(lasts, int) else 60) - EARLY
        return token

    def _check(self, address: str) -> None:
        if not may_be_called(address, self._allowed):
            raise RecordsUnread(RecordsWhyNot.PRIVATE)

    def _next(self, address: str, text: str) -> str:
        """The address of the following page on this server; "" after the last."""
        links = _read_object(text).get("link", [])
        for link in links if isinstance(links, list) else []:
            if isinstance(link, dict) and link.get("relation") == "next" and isinstance(link.get("url"), str):
                following: str = urljoin(address, link["url"])
                if urlsplit(following)[:2] != urlsplit(self.server)[:2]:
                    raise RecordsUnread(RecordsWhyNot.PRIVATE)
                return following
        return ""

    async def _body(self, answer: aiohttp.ClientResponse, room: int) -> str:
        body = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > room:
                raise RecordsUnread(RecordsWhyNot.LARGE)
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise RecordsUnread(RecordsWhyNot.REFUSED) from None


def _read_object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RecordsUnread(RecordsWhyNot.REFUSED)
    return found
