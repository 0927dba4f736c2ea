"""Reads a file from an address that somebody typed: https, on the open internet, within a size and a time.

The name is resolved here, and the connection goes to an address that was looked at: a name that changes what it means
in between leads nowhere else, and each connection is looked at once more where it is made. Redirects are followed by
hand, each looked at as the first. Which hosts and networks are refused: `bot/ports/web_hosts.py`.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from urllib.parse import urljoin

import aiohttp
from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.ports.web_files import FileUnread, WhyNot
from bot.ports.web_hosts import is_public, may_be_called

LARGEST = 10_000_000
"""Bytes of a file."""
SECONDS = 20.0
"""For all of it, redirects too."""
MOST_REDIRECTS = 4
_CHUNK = 65_536

LookUp = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host name. Raises OSError."""


async def look_up(host: str, port: int) -> list[str]:
    """What the machine's own resolver says."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class Looked(AbstractResolver):
    """Gives the connection only addresses that may be called."""

    def __init__(
        self,
        ask: LookUp,
        allowed: Callable[[str], bool],
        refusal: Callable[[], Exception] = lambda: FileUnread(WhyNot.PRIVATE),
    ) -> None:
        self._ask = ask
        self._refusal = refusal
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._ask(host, port)
        allowed = [each for each in found if self._allowed(each)]
        if found and not allowed:
            raise self._refusal()
        return [
            ResolveResult(
                hostname=host,
                host=each,
                port=port,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for each in allowed
        ]

    async def close(self) -> None:
        """Nothing is kept open."""

    def socket(self, info: AddrInfoType) -> socket.socket:
        """The socket of a connection, by whatever way its address was come by."""
        if not self._allowed(str(info[4][0])):
            raise self._refusal()
        return socket.socket(family=info[0], type=info[1], proto=info[2])

    def session(self, trust: ssl.SSLContext | None, *, force_close: bool = False) -> aiohttp.ClientSession:
        """A session whose connections are looked at here; it ends with the block that uses it.

        Neither cookies nor a proxy of the environment, and nothing that is packed: its size is what is sent.
        """
        connector = aiohttp.TCPConnector(
            resolver=self,
            socket_factory=self.socket,
            use_dns_cache=False,
            force_close=force_close,
            ssl=trust or True,
        )
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, trust_env=False
        )


class PublicWeb:
    """Callable as `bot.ports.web_files.WebFiles`; tests give it their own network, certificates and bounds."""

    def __init__(
        self,
        *,
        ask: LookUp = look_up,
        allowed: Callable[[str], bool] = is_public,
        trust: ssl.SSLContext | None = None,
        largest: int = LARGEST,
        seconds: float = SECONDS,
    ) -> None:
        self._resolver = Looked(ask, allowed)
        self._allowed = allowed
        self._trust = trust
        self._largest = largest
        self._seconds = seconds

    async def __call__(self, address: str) -> bytes:
        """The file's bytes. Raises `FileUnread`."""
        try:
            async with asyncio.timeout(self._seconds):
                async with self._resolver.session(self._trust, force_close=True) as session:
                    return await self._follow(session, address)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise FileUnread(WhyNot.SILENT) from error

    async def _follow(self, session: aiohttp.ClientSession, address: str) -> bytes:
        for _ in range(MOST_REDIRECTS + 1):
            self._check(address)
            async with session.get(
                address, allow_redirects=False, headers={"Accept": "text/calendar, */*", "Accept-Encoding": "identity"}
            ) as answer:
                if 300 <= answer.status < 400 and "Location" in answer.headers:
                    address = urljoin(address, answer.headers["Location"])
                    continue
                if answer.status != 200 or answer.headers.get("Content-Encoding", "identity") != "identity":
                    raise FileUnread(WhyNot.REFUSED)
                return await self._body(answer)
        raise FileUnread(WhyNot.REFUSED)

    def _check(self, address: str) -> None:
        if not may_be_called(address, self._allowed):
            raise FileUnread(WhyNot.PRIVATE)

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > self._largest:
                raise FileUnread(WhyNot.LARGE)
        return bytes(body)
