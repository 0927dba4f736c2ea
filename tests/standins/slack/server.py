"""Slack as a server, with faults on demand, and the two ways in which it brings things to an app."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.standins import outage
from tests.standins.slack.api import Methods, Refuse
from tests.standins.slack.limits import message_faults
from tests.standins.slack.workspace import FORMS_ONLY, Json, Token, Workspace

SECRET = "signing-secret"
BOT = "xoxb-clinic"
APP = "xapp-clinic"
ACK_WITHIN = 3.0
FAULTS = frozenset({"rate", "error", "unavailable", "lost", "slow"})


@dataclass
class Fault:
    """What goes wrong with one call: `rate`, `error` (HTTP 500), `unavailable`, `lost` (done, no reply), `slow`;
    any other word is Slack's own for refusing it."""

    kind: str
    seconds: float = 1.0


@dataclass
class Delivery:
    """What an app said to something brought to it, and how long it took."""

    status: int
    body: Json | None
    seconds: float


@dataclass
class Slack:
    """The stand-in. `base` is its address once started; `app_url` where signed requests go."""

    kept: Workspace = field(default_factory=Workspace)
    app_url: str = ""
    base: str = ""
    calls: list[tuple[str, Json]] = field(default_factory=list)
    refusals: list[tuple[str, Json]] = field(default_factory=list)
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    opened: int = 0
    mute: bool = False
    ack_within: float = ACK_WITHIN
    latency: float = 0.0
    """Seconds between doing what a call asks and answering it."""
    down: str = ""
    """An outage of every call, of one of the kinds in `tests.standins.outage`."""
    _acks: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    _runner: web.AppRunner | None = None
    _session: aiohttp.ClientSession | None = None

    def __post_init__(self) -> None:
        self.methods = Methods(self.kept, lambda: self.base)
        self.kept.tokens[BOT] = Token("T0CLINIC")
        self.kept.tokens[APP] = Token("T0CLINIC", scopes="connections:write")

    async def start(self, port: int = 0) -> None:
        """Listen; on any free port unless one is named."""
        site = web.Application()
        site.router.add_post("/api/{method}", self._api)
        site.router.add_get("/api/{method}", self._api)
        site.router.add_post("/upload/{file}", self._upload)
        site.router.add_post("/respond/{id}", self._respond)
        site.router.add_get("/link", self._link)
        self._runner = web.AppRunner(site)
        await self._runner.setup()
        listening = web.TCPSite(self._runner, "127.0.0.1", port)
        await listening.start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()

    async def fall(self, how: str) -> None:
        """From now on an outage of this kind; "" ends it."""
        assert self._runner is not None
        if how == "refused":
            await outage.stop_listening(self._runner)
        elif self.down == "refused":
            await outage.listen_again(self._runner, int(self.base.rpartition(":")[2]))
        self.down = how

    async def stop(self) -> None:
        """Close everything."""
        for socket in [*self.sockets]:
            await socket.close()
        if self._session:
            await self._session.close()
        if self._runner:
            await self._runner.cleanup()

    def fail(self, method: str, *kinds: str, seconds: float = 1.0) -> None:
        """The next calls of a method go wrong like this."""
        self.faults.setdefault(method, deque()).extend(Fault(kind, seconds) for kind in kinds)

    def refuse(self, method: str, code: str) -> None:
        """The next call of a method is refused with Slack's word."""
        assert code not in FAULTS
        self.fail(method, code)

    def called(self, method: str) -> list[Json]:
        """The arguments of every call of a method so far."""
        return [given for name, given in self.calls if name == method]

    # ---- what the app calls ------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        given = await _arguments(request)
        if method in FORMS_ONLY and request.content_type == "application/json":
            given = {}
        self.calls.append((method, given))
        if self.down and self.down not in outage.DONE:
            return await outage.answer(self.down, request)
        waiting = self.faults.get(method)
        fault = waiting.popleft() if waiting else None
        if fault and fault.kind == "rate":
            headers = {"Retry-After": str(int(fault.seconds))}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        if fault and fault.kind in {"error", "unavailable"}:
            return web.Response(status=500 if fault.kind == "error" else 503, text="upstream")
        if fault and fault.kind not in FAULTS:
            return web.json_response({"ok": False, "error": fault.kind})
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if bearer.startswith("Basic "):
            given |= {"client_secret": aiohttp.BasicAuth.decode(bearer).password}
        try:
            body = {"ok": True, **self.methods.call(method, bearer, given)}
        except Refuse as refused:
            body = refused.body
            self.refusals.append((method, body))
        if self.latency:
            await asyncio.sleep(self.latency)
        if self.down in outage.DONE:
            return await outage.answer(self.down, request)
        if fault and fault.kind == "lost":
            assert request.transport is not None
            request.transport.close()
        token = self.kept.tokens.get(bearer)
        return web.json_response(body, headers={"x-oauth-scopes": token.scopes if token else ""})

    async def _upload(self, request: web.Request) -> web.Response:
        self.kept.files[request.match_info["file"]]["content"] = await request.read()
        return web.Response(text="OK")

    async def _respond(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        user, left = self.kept.response_urls.get(name, ("", 0))
        if left == 0:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        self.kept.response_urls[name] = (user, left - 1)
        body = await request.json()
        faults = message_faults(body)
        if faults:
            self.refusals.append(("response_url", {"faults": faults}))
            return web.json_response({"ok": False, "error": "invalid_blocks"}, status=400)
        whispers, replaced = self.kept.ephemeral.setdefault(user, []), self.kept.pressed.get(name)
        if body.get("replace_original") and replaced in whispers:
            whispers[whispers.index(replaced)] = body
        else:
            whispers.append(body)
        return web.Response(text="ok")

    # ---- what Slack brings -------------------------------------------------------------------

    async def bring(self, kind: str, body: Json, *, retry: int = 0, **forged: Any) -> Delivery:
        """Bring a `command`, `interaction` or `event` to the app, by socket if one is open."""
        began = time.monotonic()
        if self.sockets and not forged:
            status, answer = await self._by_socket(kind, body, retry)
        else:
            status, answer = await self._by_http(kind, body, retry, **forged)
        return Delivery(status, answer, time.monotonic() - began)

    async def _by_http(
        self, kind: str, body: Json, retry: int, *, secret: str = SECRET, age: int = 0
    ) -> tuple[int, Json | None]:
        raw = _encoded(kind, body)
        stamp = str(int(time.time()) - age)  # noqa: TID251  # Slack signs with the real time
        signature = hmac.new(secret.encode(), f"v0:{stamp}:{raw}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json" if kind == "event" else "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signature}",
        }
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        assert self._session is not None
        async with self._session.post(f"{self.app_url}/slack/events", data=raw, headers=headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith("{") else None

    async def _by_socket(self, kind: str, body: Json, retry: int) -> tuple[int, Json | None]:
        envelope = f"env{self.kept.number()}"
        types = {"command": "slash_commands", "interaction": "interactive", "event": "events_api"}
        sent = {"envelope_id": envelope, "type": types[kind], "payload": body, "accepts_response_payload": True}
        acknowledged: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._acks[envelope] = acknowledged
        await self.sockets[-1].send_json(sent | ({"retry_attempt": retry} if retry else {}))
        try:
            ack = await asyncio.wait_for(acknowledged, self.ack_within)
        except TimeoutError:
            return 504, None
        return 200, ack.get("payload")

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.opened += 1
        self.sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": len(self.sockets)})
        async for message in socket:
            if message.type is aiohttp.WSMsgType.PING and not self.mute:
                await socket.pong(message.data)
            elif message.type is aiohttp.WSMsgType.TEXT:
                said = json.loads(message.data)
                waiting = self._acks.pop(said["envelope_id"], None)
                if waiting and not waiting.done():
                    waiting.set_result(said)
        self.sockets.remove(socket)
        return socket


async def _arguments(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return dict(await request.json())
    return {**request.query, **dict(await request.post())}


def _encoded(kind: str, body: Json) -> str:
    if kind == "event":
        return json.dumps(body)
    return urlencode(body if kind == "command" else {"payload": json.dumps(body)})
