"""Session cookies and the visitor they identify: person, session, language."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from aiohttp import web

from bot.ui.inbound import Actor
from bot.ui.platform import Services
from bot.ui.strings import Words, preferred, words

_PATH = re.compile(r"(/[A-Za-z0-9._-]{1,80}){1,5}")
"""What may be returned to after signing in: a path of ours, without a query, and no other host."""


@dataclass(frozen=True)
class Visitor:
    """A browser. `binding` is the cookie value its tickets are bound to; `actor` is None until signed in.

    `words` are in the person's language, `browser` in the one the browser asks for.
    """

    binding: str
    words: Words
    browser: Words
    actor: Actor | None = None
    new: bool = False
    """True when the browser has no cookie of ours yet and must be given one for its forms to work."""


class SessionCookies:
    """Reads and writes the cookies. The session's value is kept nowhere on this side."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.secure = services.public_url.startswith("https://")
        prefix = "__Host-" if self.secure else ""
        parts = ("", "-visit", "-note", "-to", "-openid")
        self._session, self._visit, self._note, self._to, self._openid = (f"{prefix}intervision{p}" for p in parts)

    async def visitor(self, request: web.Request) -> Visitor:
        """Who asks; a session that ended makes a visitor who is not signed in."""
        browser = words(accepted_language(request))
        session = request.cookies.get(self._session, "")
        if session and self._services.sign_in:
            holder = await self._services.sign_in.holder(session)
            if holder:
                return Visitor(session, words(holder.language), browser, holder.actor)
        visit = request.cookies.get(self._visit, "")
        return Visitor(visit or secrets.token_urlsafe(24), browser, browser, new=not visit)

    def session_of(self, request: web.Request) -> str:
        """The session cookie's value, live or not; empty without one."""
        return request.cookies.get(self._session, "")

    def asking(self, request: web.Request) -> str:
        """The secret by which a browser is known before anybody signs in; empty in one that is new here."""
        return request.cookies.get(self._visit, "")

    def let_in(self, response: web.StreamResponse, session: str, seconds: int | None = None) -> None:
        """Give the browser its session, until it is closed or for so long where the device is remembered."""
        self._set(response, self._session, session, seconds)

    def let_out(self, response: web.StreamResponse) -> None:
        """Take the session cookie away."""
        response.del_cookie(self._session, path="/", secure=self.secure, httponly=True, samesite="Lax")

    def greet(self, response: web.StreamResponse, visitor: Visitor) -> None:
        """Give a new visitor the cookie that their forms are bound to."""
        if visitor.new:
            self._set(response, self._visit, visitor.binding)

    def note(self, request: web.Request) -> str:
        """The sealed note that waits for the next page, or empty."""
        return request.cookies.get(self._note, "")

    def leave_note(self, response: web.StreamResponse, sealed: str) -> None:
        """A note for the next page, which must come within a minute."""
        self._set(response, self._note, sealed, 60)

    def take_note(self, response: web.StreamResponse) -> None:
        """The note was shown."""
        response.del_cookie(self._note, path="/", secure=self.secure, httponly=True, samesite="Lax")

    def remember(self, response: web.StreamResponse, path: str) -> None:
        """Where to go after signing in; kept as long as a sign-in link lives."""
        self._set(response, self._to, path, 15 * 60)

    def wanted(self, request: web.Request) -> str:
        """The page of ours that was asked for before signing in, else the start page."""
        path = request.cookies.get(self._to, "")
        return path if _PATH.fullmatch(path) else "/"

    def forget_wanted(self, response: web.StreamResponse) -> None:
        """It was gone to."""
        response.del_cookie(self._to, path="/", secure=self.secure, httponly=True, samesite="Lax")

    def openid(self, request: web.Request) -> str:
        """What a sign-in at a provider must bring back, sealed; empty without one under way."""
        return request.cookies.get(self._openid, "")

    def begin_openid(self, response: web.StreamResponse, sealed: str) -> None:
        """A sign-in at a provider begins; it has ten minutes."""
        self._set(response, self._openid, sealed, 10 * 60)

    def end_openid(self, response: web.StreamResponse) -> None:
        """It is over, whatever came of it."""
        response.del_cookie(self._openid, path="/", secure=self.secure, httponly=True, samesite="Lax")

    def _set(self, response: web.StreamResponse, name: str, value: str, seconds: int | None = None) -> None:
        response.set_cookie(
            name, value, max_age=seconds, path="/", httponly=True, samesite="Lax", secure=self.secure or None
        )


def accepted_language(request: web.Request) -> str:
    """The first language the browser asks for that we speak; English otherwise."""
    return preferred(request.headers.get("Accept-Language", ""))
