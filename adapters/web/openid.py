"""Single sign-on with OpenID Connect: discovery, authorization code with PKCE, and a checked ID token.

Sources: OpenID Connect Core 1.0 (3.1), Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (issuer in the answer). Every call goes
to the provider that the configuration names; nothing a browser says chooses an address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import jwt
from pydantic import BaseModel, ConfigDict, Field, field_validator

from adapters.outgoing import session
from bot.errors import IntervisionError
from bot.ui.sign_in import Vouched

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a public key; "none" and those with the client's secret are never taken."""
LEEWAY_SECONDS = 60
_LONGEST_SUBJECT = 255
"""ASCII characters (Core 1.0, 2: sub)."""
_FRESH_SECONDS = 3600.0
_LARGEST_ANSWER = 512 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=10)


class ProviderSettings(BaseModel):
    """A section `[adapters.web.providers.<name>]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(min_length=1, max_length=40)
    """What people know it by: "Northern Clinic account"."""
    issuer: str
    """The provider's issuer identifier, exactly as its discovery document states it."""
    client_id: str
    client_secret: str
    organisation: str = ""
    """The id of the organisation whose people sign in here; needed where the database holds several."""
    domains: tuple[str, ...] = ()
    """Ends of e-mail addresses that are believed ("clinic.example"); empty for all."""
    groups: tuple[str, ...] = ()
    """Only members of one of these sign in here, spelled as the provider sends them; empty for everybody."""
    groups_claim: str = Field(default="groups", min_length=1)
    """Where the provider names an account's groups or roles."""
    addresses_are_verified: bool = False
    """True where only the clinic can set an account's e-mail address and the provider sends no `email_verified`
    (Entra ID of one tenant)."""

    @field_validator("issuer")
    @classmethod
    def _is_safe(cls, issuer: str) -> str:
        url = urlsplit(issuer)
        if url.scheme != "https" and url.hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise ValueError("must begin with https://")
        return issuer


class ProviderAway(IntervisionError):
    """The provider did not answer, or not as OpenID Connect says."""


class ProviderRefused(IntervisionError):
    """The provider does not take our client id, secret or return address; only an administrator can mend that."""


class NotVouched(IntervisionError):
    """The answer does not prove who somebody is. `reason` is a word for the log, never a value from outside."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotInGroup(IntervisionError):
    """The provider vouches for somebody, and names none of the groups that may sign in."""


@dataclass(frozen=True)
class Begun:
    """A sign-in under way: where the browser goes, and what it must bring back."""

    url: str
    state: str
    nonce: str
    verifier: str


class Provider:
    """One provider. `back` is our address that it sends the browser to, `now` the time by which a token lives."""

    def __init__(self, settings: ProviderSettings, back: str, now: Callable[[], datetime]) -> None:
        self.settings = settings
        self._back, self._now = back, now
        self._about: Mapping[str, Any] = {}
        self._keys: jwt.PyJWKSet | None = None
        self._read_at = -_FRESH_SECONDS

    async def begin(self) -> Begun:
        """A new sign-in. Raises ProviderAway."""
        about = await self._discovered()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "scope": "openid email profile",
            "client_id": self.settings.client_id,
            "redirect_uri": self._back,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        there = about["authorization_endpoint"]
        return Begun(f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}", state, nonce, verifier)

    async def finish(self, answer: Mapping[str, str], begun: Begun) -> tuple[Vouched, str]:
        """The account the provider vouches for; without an address to be believed, the reason for that, too.

        Raises NotVouched, NotInGroup, ProviderAway or ProviderRefused.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise NotVouched("state")
        if answer.get("iss", self.settings.issuer) != self.settings.issuer:
            raise NotVouched("issuer")
        if "error" in answer or not answer.get("code"):
            raise NotVouched("declined" if answer.get("error") == "access_denied" else "no_code")
        token, access = await self._exchanged(answer["code"], begun.verifier)
        claims = await self._claims(token, begun.nonce)
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= _LONGEST_SUBJECT:
            raise NotVouched("subject")
        needed = {"email", *([self.settings.groups_claim] if self.settings.groups else [])}
        if not needed <= set(claims):
            claims = {**claims, **await self._user_info(access, claims)}
        self._demand_group(claims)
        try:
            return Vouched(self.settings.issuer, claims["sub"], self._address(claims)), ""
        except NotVouched as doubt:
            return Vouched(self.settings.issuer, claims["sub"]), doubt.reason

    async def check(self) -> str:
        """What is wrong with the provider, in a sentence; empty when its discovery document is as it should be."""
        self._read_at = -_FRESH_SECONDS
        try:
            await self._discovered()
        except ProviderAway as away:
            return str(away)
        return ""

    async def _discovered(self) -> Mapping[str, Any]:
        if monotonic() - self._read_at > _FRESH_SECONDS or not self._about:
            about = await self._read(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
            if about.get("issuer") != self.settings.issuer:
                raise ProviderAway("its discovery document names another issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not isinstance(about.get(name), str):
                    raise ProviderAway(f"its discovery document has no {name}")
            self._about, self._keys, self._read_at = about, None, monotonic()
        return self._about

    async def _user_info(self, access: str, claims: Mapping[str, Any]) -> dict[str, Any]:
        """What the provider says of the account beside the token; with `code` an address may stand there (Core 5.4).

        Where the token names an address, `email_verified` is believed of the token alone.
        """
        there = (await self._discovered()).get("userinfo_endpoint")
        if not isinstance(there, str) or not access:
            return {}
        said = await self._read(there, auth=f"Bearer {access}")
        if said.get("sub") != claims["sub"]:  # 5.3.2: another account's answer must not be used
            raise NotVouched("user_info_of_another")
        names = {self.settings.groups_claim} - set(claims)
        if "email" not in claims:
            names |= {"email", "email_verified"}
        return {name: said[name] for name in names if name in said}

    def _demand_group(self, claims: Mapping[str, Any]) -> None:
        """Raise NotInGroup where groups are demanded and none of them is named; too many to list is none, too."""
        named = claims.get(self.settings.groups_claim)
        found = [named] if isinstance(named, str) else named if isinstance(named, list) else []
        if self.settings.groups and not any(each in self.settings.groups for each in found):
            raise NotInGroup("no group that may sign in")

    async def _exchanged(self, code: str, verifier: str) -> tuple[str, str]:
        """The ID token and the access token for a code."""
        about = await self._discovered()
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": verifier,
        }
        ways = about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        auth = None
        if "client_secret_basic" in ways:
            auth = aiohttp.encode_basic_auth(quote(self.settings.client_id, ""), quote(self.settings.client_secret, ""))
        else:
            asked |= {"client_id": self.settings.client_id, "client_secret": self.settings.client_secret}
        given = await self._read(about["token_endpoint"], asked, auth)
        if given.get("error") in {"invalid_client", "unauthorized_client"}:
            raise ProviderRefused(f"it refused our client id or secret ({given['error']})")
        token = given.get("id_token")
        if not isinstance(token, str):
            raise NotVouched("code_used" if given.get("error") == "invalid_grant" else "no_id_token")
        return token, str(given.get("access_token", ""))

    async def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        """The claims of a token that this provider signed for us, for this sign-in, just now (Core 3.1.3.7)."""
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise NotVouched("algorithm")
            key = await self._key(header.get("kid"))
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                ALGORITHMS,
                audience=self.settings.client_id,
                issuer=self.settings.issuer,
                # The library would ask the machine's clock; the program has one of its own (`_lives`).
                options={
                    "require": ["iss", "sub", "aud", "exp", "iat"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            lives = _lives(claims, self._now().timestamp())
        except (jwt.InvalidTokenError, TypeError, ValueError) as error:
            raise NotVouched(type(error).__name__) from None
        if not lives:
            raise NotVouched("time")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise NotVouched("nonce")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self.settings.client_id:
            raise NotVouched("authorized_party")
        return claims

    async def _key(self, kid: str | None) -> jwt.PyJWK:
        """The provider's key of that name; keys are read again once when it is new."""
        for again in (False, True):
            if self._keys is None or again:
                found = await self._read((await self._discovered())["jwks_uri"])
                try:
                    self._keys = jwt.PyJWKSet.from_dict(dict(found))
                except jwt.PyJWTError:
                    raise ProviderAway("its keys cannot be read") from None
            usable = [key for key in self._keys.keys if key.public_key_use in {None, "sig"}]
            named = [key for key in usable if kid is None or key.key_id == kid]
            if len(named) == 1:
                return named[0]
        raise NotVouched("key")

    def _address(self, claims: Mapping[str, Any]) -> str:
        email = claims.get("email")
        if not isinstance(email, str) or "@" not in email:
            raise NotVouched("no_email")
        if claims.get("email_verified") is not True and not self.settings.addresses_are_verified:
            raise NotVouched("email_not_verified")
        if self.settings.domains and email.rpartition("@")[2].casefold() not in map(
            str.casefold, self.settings.domains
        ):
            raise NotVouched("domain")
        return email

    async def _read(
        self, url: str, form: Mapping[str, str] | None = None, auth: str | None = None
    ) -> Mapping[str, Any]:
        """A JSON object from the provider: of a page, or as the answer to a form. Raises ProviderAway."""
        headers = {"Accept": "application/json"} | ({"Authorization": auth} if auth else {})
        try:
            async with (
                session(timeout=_TIMEOUT, headers=headers) as pool,
                pool.request("POST" if form else "GET", url, data=form) as answer,
            ):
                body = b""
                async for part in answer.content.iter_chunked(64 * 1024):
                    body += part
                    if len(body) > _LARGEST_ANSWER:
                        raise ProviderAway("its answer is too long")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ProviderAway(f"it does not answer ({type(error).__name__})") from None
        if answer.status >= 500:
            raise ProviderAway(f"its answer cannot be used (status {answer.status})")
        try:
            found = json.loads(body)
        except ValueError:
            raise ProviderAway(f"its answer is no JSON (status {answer.status})") from None
        if not isinstance(found, dict):
            raise ProviderAway("its answer is no JSON object")
        return cast("Mapping[str, Any]", found)


def _lives(claims: Mapping[str, Any], now: float) -> bool:
    """Whether a token is neither over nor from the future."""
    begins = max(float(claims["iat"]), float(claims.get("nbf", 0)))
    return begins - LEEWAY_SECONDS <= now < float(claims["exp"]) + LEEWAY_SECONDS
