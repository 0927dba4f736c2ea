"""What a soak's programs send to instead of chat platforms: it counts what arrives and answers a moment later."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, web

from bot.ui.platform import Address, DeliveryFailed, DeliveryUnknown, Message, Problem


class Receiver:
    """Counts by the outbox's id what `arrived`, and how often of that `again`, as a repetition that says so."""

    def __init__(self, delay: float = 0.02) -> None:
        self.arrived: Counter[str] = Counter()
        self.again: Counter[str] = Counter()
        self.busy = False
        """Asks for patience, as platforms do."""
        self._delay = delay

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Its address on this machine."""
        app = web.Application()
        app.router.add_post("/{id}", self._take)
        app.router.add_get("/{id}", self._look)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        if self.busy:
            return web.Response(status=429, headers={"Retry-After": "1"})
        id = request.match_info["id"]
        self.arrived[id] += 1
        self.again[id] += "again" in request.query
        await asyncio.sleep(self._delay)
        return web.Response()

    async def _look(self, request: web.Request) -> web.Response:
        return web.Response(status=200 if request.match_info["id"] in self.arrived else 404)


class Posting:
    """A platform that posts to the receiver; where it can be asked a retried message is looked for first."""

    def __init__(self, receiver: str, name: str = "web", *, can_be_asked: bool = True) -> None:
        self.name = name
        self.can_be_asked = can_be_asked
        self._receiver = receiver
        self._session: ClientSession | None = None

    async def start(self) -> None:
        """Connect."""
        self._session = ClientSession(timeout=ClientTimeout(total=10))

    async def stop(self) -> None:
        """Disconnect."""
        if self._session:
            await self._session.close()

    async def send(self, to: Address, message: Message) -> str:
        """Post a message; its id. Raises DeliveryFailed or DeliveryUnknown."""
        assert self._session is not None
        at = f"{self._receiver}/{message.outbox_id}"
        try:
            if message.retried and self.can_be_asked:
                async with self._session.get(at) as answer:
                    if answer.status == 200:
                        return message.outbox_id
            await message.posting()
            async with self._session.post(at, params={"again": "1"} if message.retried else {}) as answer:
                if answer.status == 429:
                    raise DeliveryFailed("rate_limited", retry_after=float(answer.headers["Retry-After"]))
        except ClientConnectorError as error:
            raise DeliveryFailed(type(error).__name__) from None
        except (ClientError, TimeoutError) as error:
            raise DeliveryUnknown(type(error).__name__) from None
        return message.outbox_id

    async def probe(self, tenant: str) -> None:
        """It always answers."""

    async def check(self) -> Sequence[Problem]:
        """Nothing is ever wrong."""
        return ()

    def mount(self, web: Any) -> None:
        """It has no routes."""
