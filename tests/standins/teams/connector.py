"""Teams' connector: publishes its keys, signs what it delivers, and refuses what Teams refuses."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.standins import outage
from tests.standins.teams.cards import TEAMS_LIMIT, cards_of, faults, utf16

Json = dict[str, Any]
APP_ID = "7d0e3a52-5b52-4c2b-9f5e-1f4f0c7f0a01"
TENANT = "2f1b6a7c-8a52-4d70-9d3e-0b5a6f1c0b02"
ISSUER = "https://api.botframework.com"
BOT = f"28:{APP_ID}"
BOT_TOKEN = "a token that Entra ID gave the bot"


@cache
def _private(kid: str) -> rsa.RSAPrivateKey:
    """Made once a test run: making one takes longer than a test."""
    return rsa.generate_private_key(65537, 2048)


@dataclass
class SigningKey:
    """One of the connector's keys."""

    kid: str
    endorsements: tuple[str, ...] = ("msteams",)

    @property
    def private(self) -> rsa.RSAPrivateKey:
        """The private half."""
        return _private(self.kid)

    def published(self) -> Json:
        """The public half as it stands in the key set."""
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**public, "use": "sig", "kid": self.kid, "endorsements": list(self.endorsements)}


@dataclass
class Fault:
    """What the next request runs into. `status` 0: it is done, but the answer is lost on the way."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    code: str = "ServiceError"


@dataclass
class Posted:
    """A message of the bot as the conversation shows it now."""

    conversation: str
    id: str
    activity: Json
    edits: int = 0


class Connector:
    """Start it, point the bot's settings at it, read `posted`."""

    def __init__(self, now: Any, latency: float = 0.0) -> None:
        self.now = now
        self.latency = latency
        self.down = ""
        """An outage of every call, of one of the kinds in `tests.standins.outage`."""
        self.keys = [SigningKey("key-1")]
        self.posted: dict[str, Posted] = {}
        self.deleted: set[str] = set()
        self.blocked: set[str] = set()
        self.gone: set[str] = set()
        self.members: dict[str, list[Json]] = {}
        self.rosters_down = 0
        self.slow = 0.0
        """Seconds after which rosters and keys are answered."""
        """A status with which every question for members is answered."""
        self.requests: list[tuple[str, str]] = []
        self.key_requests = 0
        self.keys_down = False
        self.wrong: list[str] = []
        self.faults: deque[Fault] = deque()
        self.enforce_rate = False
        self.fail_at = 0
        """The how-manieth request from now on is refused with 503; 0: none."""
        self._times: dict[str, deque[float]] = {}
        self._ids = itertools.count(1_700_000_000_000)
        app = web.Application(client_max_size=2**21)
        app.router.add_get("/openid", self._openid)
        app.router.add_get("/keys", self._jwks)
        app.router.add_get("/v3/conversations", self._list)
        app.router.add_post("/v3/conversations", self._create)
        app.router.add_post("/v3/conversations/{conversation}/activities", self._post)
        app.router.add_put("/v3/conversations/{conversation}/activities/{id}", self._put)
        app.router.add_delete("/v3/conversations/{conversation}/activities/{id}", self._delete)
        app.router.add_get("/v3/conversations/{conversation}/members/{user}", self._member)
        app.router.add_get("/v3/conversations/{conversation}/pagedmembers", self._members)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        """The service URL that activities carry, with a trailing slash as Teams writes it."""
        return str(self.server.make_url("/"))

    @property
    def metadata_url(self) -> str:
        """Where the keys are announced."""
        return str(self.server.make_url("/openid"))

    def token(self, *, key: SigningKey | None = None, algorithm: str = "RS256", **claims: Any) -> str:
        """A token as the connector signs it; `claims` replace or, when None, remove single ones."""
        now = int(self.now().timestamp())
        all_claims = {
            "iss": ISSUER,
            "aud": APP_ID,
            "serviceurl": self.url,
            "nbf": now - 10,
            "exp": now + 3600,
            **claims,
        }
        signer = key or self.keys[0]
        kept = {k: v for k, v in all_claims.items() if v is not None}
        return jwt.encode(kept, signer.private, algorithm=algorithm, headers={"kid": signer.kid})

    def messages(self, conversation: str) -> list[Posted]:
        """What a conversation shows, oldest first."""
        return [p for p in self.posted.values() if p.conversation == conversation and p.id not in self.deleted]

    async def fall(self, how: str) -> None:
        """From now on an outage of this kind; "" ends it."""
        assert self.server.runner is not None
        if how == "refused":
            await outage.stop_listening(self.server.runner)
        elif self.down == "refused":
            await outage.listen_again(self.server.runner, self.server.port or 0)
        self.down = how

    # ---- what the bot calls ------------------------------------------------------------------

    async def _openid(self, request: web.Request) -> web.Response:
        self.key_requests += 1
        await asyncio.sleep(self.slow)
        if self.keys_down:
            return web.Response(status=500)
        return web.json_response({"issuer": ISSUER, "jwks_uri": str(self.server.make_url("/keys"))})

    async def _jwks(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [key.published() for key in self.keys]})

    async def _list(self, request: web.Request) -> web.StreamResponse:
        """Teams has no such list, and says so, whether it is busy or not."""
        self.requests.append((request.method, request.path))
        if self.down:
            return await outage.answer(self.down, request)
        fault = self.faults.popleft() if self.faults else None
        return _error(fault.status, fault.code, fault.headers) if fault else _error(405, "MethodNotAllowed")

    async def _create(self, request: web.Request) -> web.StreamResponse:
        body = await self._checked(request, "create")
        if isinstance(body, web.StreamResponse):
            return body
        user = body["members"][0]["id"]
        if user in self.blocked:
            return _error(403, "MessageWritesBlocked")
        return await self._answered(request, {"id": personal_chat(user)}, 201)

    async def _post(self, request: web.Request) -> web.StreamResponse:
        conversation = request.match_info["conversation"]
        body = await self._checked(request, conversation)
        if isinstance(body, web.StreamResponse):
            return body
        posted = Posted(conversation, str(next(self._ids)), body)
        self.posted[posted.id] = posted
        return await self._answered(request, {"id": posted.id}, 201)

    async def _put(self, request: web.Request) -> web.StreamResponse:
        conversation = request.match_info["conversation"]
        body = await self._checked(request, conversation)
        if isinstance(body, web.StreamResponse):
            return body
        found = self.posted.get(request.match_info["id"])
        if found is None or found.id in self.deleted or found.conversation.split(";")[0] != conversation.split(";")[0]:
            return _error(404, "ActivityNotFoundInConversation")
        found.activity, found.edits = body, found.edits + 1
        return await self._answered(request, {"id": found.id}, 200)

    async def _delete(self, request: web.Request) -> web.Response:
        self.requests.append((request.method, request.path))
        self.deleted.add(request.match_info["id"])
        return web.Response(status=200)

    async def _member(self, request: web.Request) -> web.Response:
        self.requests.append((request.method, request.path))
        await asyncio.sleep(self.slow)
        if self.rosters_down:
            return _error(self.rosters_down, "ServiceError")
        everybody = [m for members in self.members.values() for m in members]
        found = [m for m in everybody if m["id"] == request.match_info["user"]]
        return web.json_response(found[0]) if found else _error(403, "Forbidden")

    async def _members(self, request: web.Request) -> web.Response:
        self.requests.append((request.method, request.path))
        await asyncio.sleep(self.slow)
        if self.rosters_down:
            return _error(self.rosters_down, "ServiceError")
        size, start = 2, int(request.query.get("continuationToken", "0"))
        members = self.members.get(request.match_info["conversation"], [])
        more = str(start + size) if start + size < len(members) else None
        return web.json_response({"members": members[start : start + size], "continuationToken": more})

    # ---- strictness --------------------------------------------------------------------------

    async def _checked(self, request: web.Request, conversation: str) -> Json | web.StreamResponse:
        """The body, or the refusal that Teams would give."""
        self.requests.append((request.method, request.path))
        if self.down and self.down not in outage.DONE:
            return await outage.answer(self.down, request)
        if request.headers.get("Authorization") != f"Bearer {BOT_TOKEN}":
            return _error(401, "Unauthorized")
        if self.faults and self.faults[0].status:
            fault = self.faults.popleft()
            return _error(fault.status, fault.code, fault.headers)
        if self.fail_at:
            self.fail_at -= 1
            if not self.fail_at:
                return _error(503, "ServiceUnavailable")
        if conversation in self.blocked:
            return _error(403, "MessageWritesBlocked")
        if conversation in self.gone:
            return _error(404, "ConversationNotFound")
        if self.enforce_rate and self._too_fast(conversation):
            return _error(429, "Throttled", {"Retry-After": "1"})
        body: Json = await request.json()
        if utf16(body) > TEAMS_LIMIT:
            return _error(413, "MessageSizeTooBig")
        wrong = [fault for card in cards_of(body) for fault in faults(card)]
        if conversation != "create" and body.get("type") not in {"message", "typing"}:
            wrong.append(f"activity type {body.get('type')}")
        if body.get("type") == "message" and not body.get("text") and not body.get("attachments"):
            wrong.append("an empty message")
        self.wrong += wrong
        return _error(400, "BadSyntax") if wrong else body

    def _too_fast(self, conversation: str) -> bool:
        """7 in a second, 8 in two."""
        times = self._times.setdefault(conversation, deque())
        now = asyncio.get_running_loop().time()
        times.append(now)
        return sum(t > now - 1 for t in times) > 7 or sum(t > now - 2 for t in times) > 8

    async def _answered(self, request: web.Request, body: Json, status: int) -> web.StreamResponse:
        """The answer, unless it is lost after the work was done."""
        if self.latency:
            await asyncio.sleep(self.latency)
        if self.down in outage.DONE:
            return await outage.answer(self.down, request)
        if self.faults and not self.faults[0].status:
            self.faults.popleft()
            assert request.transport is not None
            request.transport.close()
        return web.json_response(body, status=status)


def personal_chat(user: str) -> str:
    """The one-to-one chat of a user with the bot; always the same for the same user."""
    return f"a:chat-{user.removeprefix('29:')}"


def _error(status: int, code: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"code": code, "message": code}}, status=status, headers=headers)
