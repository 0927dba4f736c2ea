"""One web server for all adapters: it mounts each platform's routes and guards what every response shares.

It knows no vendor and draws no page. `/healthz` says that the process answers, `/readyz` that it can
do its work, `/metrics` its numbers. Access is not logged: addresses and paths say who works with whom.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

import structlog
from aiohttp import web

from adapters.limits import address_of
from bot.errors import SetupError
from bot.log import report
from bot.ui.platform import Platform

LARGEST_REQUEST = 1024 * 1024
"""Bytes; far above the longest form, far below what would hurt."""
LONGEST_ANSWER = 60.0
"""Seconds for one request from its first byte to its answer; a body that trickles in is not waited for."""
LONGEST_IDLE = 75.0
"""Seconds for a connection on which no request is complete: nobody holds one with half a heading. More than the 60
for which reverse proxies keep theirs."""
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_GRACE = 6.0
"""Seconds that requests under way are given at shutdown."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
}
_log = structlog.get_logger("intervision.host")

PROXIES = web.AppKey("proxies", tuple[IPv4Network | IPv6Network, ...])
"""Networks of reverse proxies whose word about where a request comes from is taken."""


def came_from(request: web.Request) -> str:
    """The address a request comes from, for limits; a forwarded one only where a named proxy says so."""
    proxies = request.app.get(PROXIES, ())
    return address_of(request.remote, request.headers.getall("X-Forwarded-For", []), proxies)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Host:
    """The server. `port` 0 lets the system choose (tests); `ready` says whether the program can do its work, `missing`
    the part that keeps it from it.

    `metrics` makes the page of numbers, shown to nobody ("off"), to callers on this machine ("local") or to all.
    """

    def __init__(
        self,
        bind: str,
        port: int,
        platforms: Sequence[Platform],
        *,
        ready: Callable[[], Awaitable[bool]],
        missing: Callable[[], str] = lambda: "",
        proxies: tuple[IPv4Network | IPv6Network, ...] = (IPv4Network("127.0.0.1"), IPv6Network("::1")),
        metrics: Callable[[], Awaitable[bytes]] | None = None,
        metrics_for: Literal["off", "local", "all"] = "off",
    ) -> None:
        self._bind = bind
        self._port = port
        self._ready = ready
        self._missing = missing
        self._metrics = metrics
        self._metrics_for = metrics_for
        self._stopping = False
        app = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[_failures])
        app[PROXIES] = proxies
        app.on_response_prepare.append(_harden)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        if metrics is not None and metrics_for != "off":
            app.router.add_get("/metrics", self._page)
        for platform in platforms:
            platform.mount(app)
        self._runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=_GRACE, keepalive_timeout=LONGEST_IDLE
        )

    @property
    def port(self) -> int:
        """The port that is really listened on, once started."""
        return int(self._runner.addresses[0][1]) if self._runner.addresses else self._port

    async def start(self) -> None:
        """Listen. Raises SetupError when the address cannot be had."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._bind, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise SetupError(self._remedy(error)) from error

    async def stop(self) -> None:
        """Take no new connections, let requests under way finish (up to ten seconds), close."""
        self._stopping = True
        await self._runner.cleanup()

    async def _healthz(self, request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, request: web.Request) -> web.Response:
        if not self._stopping and await self._ready():
            return web.Response(text="ready\n")
        missing = "" if self._stopping else self._missing()
        return web.Response(text=f"not ready: {missing}\n" if missing else "not ready\n", status=503)

    async def _page(self, request: web.Request) -> web.Response:
        if self._metrics is None or (self._metrics_for == "local" and not _is_local(request)):
            raise web.HTTPNotFound
        return web.Response(body=await self._metrics(), headers={"Content-Type": PROMETHEUS})

    def _remedy(self, error: OSError) -> str:
        where = f"{self._bind}:{self._port}"
        # From Python 3.13 on, asyncio names no number where none of the addresses is this machine's.
        number = errno.EADDRNOTAVAIL if error.errno is None else error.errno
        if isinstance(error, socket.gaierror) or number == errno.EADDRNOTAVAIL:
            return f"Cannot listen on {where}: this machine has no such address; set [server] bind to one of its own."
        if number == errno.EADDRINUSE:
            return (
                f"Port {self._port} on {self._bind} is in use by another program; stop it or set another [server] port."
            )
        if number == errno.EACCES:
            return f"Not allowed to listen on {where}; set [server] port to 1024 or above."
        return f"Cannot listen on {where} ({errno.errorcode.get(number, error)})."


def _is_local(request: web.Request) -> bool:
    """From this machine itself: a proxy on it forwards for others and says so."""
    forwarded = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "Via"))
    try:
        return not forwarded and ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


def log_failure(request: web.Request, error: BaseException, reference: str = "") -> None:
    """Log a programming error by its type and place alone; its message might hold what someone typed.

    The path is the pattern that matched, because the real one may hold a sign-in token.
    """
    resource = request.match_info.route.resource
    path = resource.canonical if resource else ""
    report(_log, "request.failed", error, method=request.method, path=path, subject=reference)


@web.middleware
async def _failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        async with asyncio.timeout(LONGEST_ANSWER):
            return await handler(request)
    except web.HTTPException:
        raise
    except TimeoutError:
        return web.Response(text="This took too long; please try again.\n", status=408, headers={"Connection": "close"})
    except Exception as error:  # the last line of defence: an answer instead of a traceback
        log_failure(request, error)
        return web.Response(text="Something went wrong here. It was logged; please try again.\n", status=500)


async def _harden(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.pop("Server", None)
