"""Whether a request really comes from Teams' connector: its signed token, checked in every part.

Done here and not by the SDK, which fetches keys with a blocking call inside the event loop and
answers forged tokens with a server error. Rules: Microsoft's "Authenticate requests from the Bot
Connector service to your bot" (REST authentication page), requirements 1 to 7.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt

from adapters.teams.spans import Json
from bot.errors import IntervisionError

SKEW = timedelta(minutes=5)
"""How far the two clocks may differ."""
LOOK_UP = 2.0
"""Seconds that a request waits for something that lies elsewhere; Teams gives an invoke five."""
_FRESH = timedelta(hours=24)
_ASK_AGAIN = timedelta(minutes=5)
"""An unknown key id makes us look for new keys, at most this often."""

Fetch = Callable[[str], Awaitable[Mapping[str, Any]]]


class Forged(IntervisionError):
    """The request carries no token that Teams' connector signed for this bot and this activity."""


class KeysUnavailable(IntervisionError):
    """The published keys could not be fetched and none are known yet."""


@dataclass(frozen=True)
class Key:
    """A published key and the channels it may speak for."""

    public: jwt.PyJWK
    endorsements: frozenset[str]


class KeyRing:
    """Microsoft's published keys: kept for a day, looked up again when an unknown one turns up."""

    def __init__(self, metadata_url: str, fetch: Fetch, now: Callable[[], datetime]) -> None:
        self._url = metadata_url
        self._fetch = fetch
        self._now = now
        self._keys: dict[str, Key] = {}
        self._fetched: datetime | None = None
        self._asked: datetime | None = None
        self._lock = asyncio.Lock()

    async def key(self, kid: str) -> Key | None:
        """The key with this id, or None. Raises KeysUnavailable when no key at all is known."""
        if kid not in self._keys or self._older_than(self._fetched, _FRESH):
            async with self._lock:
                if self._older_than(self._asked, _ASK_AGAIN):
                    await self._refresh()
        if not self._keys:
            raise KeysUnavailable(f"no signing keys from {self._url}; can this machine reach it?")
        return self._keys.get(kid)

    async def _refresh(self) -> None:
        """New keys replace the old ones; a failed look-up keeps them."""
        try:
            async with asyncio.timeout(LOOK_UP):
                metadata = await self._fetch(self._url)
                published = await self._fetch(_beside(self._url, str(metadata["jwks_uri"])))
            keys = {str(k["kid"]): _key(k) for k in published["keys"] if k.get("kty") == "RSA"}
        except (OSError, TimeoutError, ValueError, KeyError, TypeError, jwt.PyJWTError):
            # A quick second look while nothing is known; else the known keys stay good for a while.
            self._asked = self._now() if self._keys else None
            return
        self._asked = self._fetched = self._now()
        self._keys = keys

    def _older_than(self, moment: datetime | None, age: timedelta) -> bool:
        return moment is None or self._now() - moment >= age


def _beside(metadata_url: str, keys_url: str) -> str:
    """The address of the keys, which lie where their metadata does. Raises ValueError for one elsewhere."""
    here, there = urlsplit(metadata_url), urlsplit(keys_url)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise ValueError("keys elsewhere")
    return keys_url


def _key(published: Mapping[str, Any]) -> Key:
    return Key(jwt.PyJWK(dict(published), algorithm="RS256"), frozenset(published.get("endorsements", ())))


class Guard:
    """Lets in what the connector signed for this bot."""

    def __init__(self, app_id: str, issuer: str, ring: KeyRing, now: Callable[[], datetime]) -> None:
        self._app_id = app_id
        self._issuer = issuer
        self._ring = ring
        self._now = now

    async def check(self, authorization: str, activity: Json) -> None:
        """Return when the token is good. Raises Forged with the reason, or KeysUnavailable."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Forged("no bearer token")
        key = await self._ring.key(key_id(token))
        if key is None:
            raise Forged("signed by an unknown key")
        claims = verified(token, key, self._app_id, self._issuer, self._now())
        if _same(claims.get("serviceurl")) is None or _same(claims["serviceurl"]) != _same(activity.get("serviceUrl")):
            raise Forged("service URL differs from the token's")
        channel = activity.get("channelId")
        if not isinstance(channel, str) or channel not in key.endorsements:
            raise Forged("the key is not endorsed for this channel")


def verified(token: str, key: Key, audience: str | list[str], issuer: str, now: datetime) -> dict[str, Any]:
    """The claims of a token whose signature, audience, issuer and times hold. Raises Forged with the reason."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key.public,
            algorithms=["RS256"],
            audience=audience,
            issuer=issuer,
            options={
                "require": ["exp", "iss", "aud"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except jwt.PyJWTError as wrong:
        raise Forged(type(wrong).__name__) from None
    _check_times(claims, now)
    return claims


def _check_times(claims: Mapping[str, Any], at: datetime) -> None:
    """By our own clock, so that tests and the demo's virtual days hold."""
    now, skew = at.timestamp(), SKEW.total_seconds()
    until, since = claims["exp"], claims.get("nbf", 0)
    if not isinstance(until, (int, float)) or not isinstance(since, (int, float)):
        raise Forged("times that are no numbers")
    if now > until + skew:
        raise Forged("expired")
    if now < since - skew:
        raise Forged("not valid yet")


def key_id(token: str) -> str:
    """The id of the key that a token says it was signed with. Raises Forged for what is no token."""
    try:
        return str(jwt.get_unverified_header(token).get("kid", ""))
    except jwt.PyJWTError as wrong:
        raise Forged(type(wrong).__name__) from None


def _same(url: object) -> str | None:
    return url.rstrip("/").lower() if isinstance(url, str) and url else None
