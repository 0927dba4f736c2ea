"""A provider of single sign-on that is as strict as the real ones, and lies where a test tells it to."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlencode

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "intervision", "a secret: with/signs"


@dataclass
class OpenIdStandIn:
    """Everybody who comes is signed in as `claims` says; `lies` change the token, `broken` an answer."""

    now: int
    """Seconds since 1970."""
    url: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"email": "a@clinic.example", "email_verified": True})
    lies: dict[str, Any] = field(default_factory=dict)
    broken: dict[str, web.Response] = field(default_factory=dict)
    user_info: dict[str, Any] | None = None
    """What is said of the account beside the token; None where nothing is."""
    key_name: str = "key-1"
    algorithm: str = "RS256"
    secret: str = SECRET
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    _codes: dict[str, Mapping[str, str]] = field(default_factory=dict)

    async def discovery(self, _: web.Request) -> web.Response:
        about = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        if self.user_info is not None:
            about["userinfo_endpoint"] = f"{self.url}/me"
        return self.broken.get("discovery") or web.json_response(about)

    async def keys(self, _: web.Request) -> web.Response:
        key = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        keys = {"keys": [{**key, "kid": self.key_name, "use": "sig", "alg": "RS256"}]}
        return self.broken.get("keys") or web.json_response(keys)

    async def authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        assert len(asked["state"]) >= 32
        assert len(asked["nonce"]) >= 32
        code = secrets.token_urlsafe(16)
        self._codes[code] = dict(asked)
        back = urlencode({"code": code, "state": asked["state"], "iss": self.url})
        return web.Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{back}"})

    async def token(self, request: web.Request) -> web.Response:
        if "token" in self.broken:
            return self.broken["token"]
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        name, _, secret = base64.b64decode(given).decode().partition(":")
        if scheme != "Basic" or (unquote(name), unquote(secret)) != (CLIENT, self.secret):
            return web.json_response({"error": "invalid_client"}, status=401)
        form = await request.post()
        asked = self._codes.pop(str(form["code"]), None)
        challenge = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        if (
            asked is None
            or asked["redirect_uri"] != form["redirect_uri"]
            or asked["code_challenge"] != base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        ):
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"token_type": "Bearer", "access_token": "x", "id_token": self._token(asked["nonce"])})

    async def me(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer x":
            return web.json_response({"error": "invalid_token"}, status=401)
        return self.broken.get("me") or web.json_response(self.user_info)

    def _token(self, nonce: str) -> str:
        said = {"iss": self.url, "sub": "account-1", "aud": CLIENT, "iat": self.now, "exp": self.now + 300}
        said |= {"nonce": nonce}
        said |= self.claims | self.lies
        said = {name: value for name, value in said.items() if value is not None}
        signs: Any = self.key
        if self.algorithm == "none":
            signs = None
        elif self.algorithm.startswith("HS"):
            signs = "what everybody can read, as long as a key for this has to be"
        return jwt.encode(said, signs, self.algorithm, headers={"kid": self.key_name})


@asynccontextmanager
async def provider(now: datetime) -> AsyncIterator[OpenIdStandIn]:
    """A provider on a free port."""
    standin = OpenIdStandIn(int(now.timestamp()))
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", standin.discovery)
    app.router.add_get("/keys", standin.keys)
    app.router.add_get("/me", standin.me)
    app.router.add_get("/authorize", standin.authorize)
    app.router.add_post("/token", standin.token)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    standin.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield standin
    finally:
        await runner.cleanup()
