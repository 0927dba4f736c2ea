"""Single sign-on of the personal tab: a token that Entra ID gave Teams for this app says who is looking.

The tab gets a sign-in link for that person, single-use and short-lived like any other; the pages
themselves are never framed. Rules: Microsoft's "Access tokens in the Microsoft identity platform",
validation of v2.0 tokens, and "Enable SSO for tab app".
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

import jwt

from adapters.teams.activity import PLATFORM
from adapters.teams.tokens import Forged, KeyRing, key_id, verified
from bot.ui.inbound import Actor

SCOPE = "access_as_user"
"""The one scope that Teams asks for; the app registration exposes it under this name."""


def resource(app_id: str, host: str) -> str:
    """The application id URI that the manifest and the app registration name alike."""
    return f"api://{host}/{app_id}"


class SingleSignOn:
    """Reads the tab's tokens."""

    def __init__(
        self,
        app_id: str,
        host: str,
        issuer: str,
        tenants: Collection[str],
        ring: KeyRing,
        now: Callable[[], datetime],
    ) -> None:
        self._audiences = [app_id, resource(app_id, host)]
        self._issuer = issuer
        self._tenants = tenants
        self._ring = ring
        self._now = now

    async def actor(self, token: str) -> Actor:
        """Whose token it is. Raises Forged with the reason, or KeysUnavailable."""
        key = await self._ring.key(key_id(token))
        if key is None:
            raise Forged("signed by an unknown key")
        tenant = _claimed_tenant(token)
        if tenant not in self._tenants:
            raise Forged("tenant is not allowed")
        claims = verified(token, key, self._audiences, self._issuer.format(tenant=tenant), self._now())
        if SCOPE not in str(claims.get("scp", "")).split():
            raise Forged("not for the tab")
        user = claims.get("oid")
        if not isinstance(user, str) or not user:
            raise Forged("names nobody")
        return Actor(PLATFORM, tenant, user)


def _claimed_tenant(token: str) -> str:
    """The tenant as the token has it, still to be proved by issuer and signature."""
    try:
        return str(jwt.decode(token, options={"verify_signature": False}).get("tid", ""))
    except jwt.PyJWTError as wrong:
        raise Forged(type(wrong).__name__) from None
