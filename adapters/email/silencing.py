"""*List-Unsubscribe*: one press in the mail program, and what can wait no longer comes by mail (RFC 8058).

The link names a person by opaque ids and proves by a code that we made it; nobody has to sign in, and it does nothing
else. Mail programs post to it by themselves; whoever opens it reads what it does and presses a button, so that programs
which look ahead at links silence nobody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from html import escape
from typing import Any

from aiohttp import web

from adapters.host import came_from
from adapters.limits import Limit
from bot.ui.inbound import ActionPressed, Actor, Done
from bot.ui.platform import Services
from bot.ui.strings import words

PATH = "/mail/silence"
TRIES = (30, 60.0, 60.0)
"""Requests a minute from one address."""
_KEPT_AT = "silence/secret"
"""The drawer's entry that holds the key of the links."""
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\
<meta name="color-scheme" content="light dark"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{text}</p>{form}<p><a href="{settings}">{name}</a></p></main></body></html>
"""
_POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class Silencing:
    """Makes the links, and answers them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tries = Limit(*TRIES)
        self._key = b""

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get(PATH + "/{token}", self._look)
        app.router.add_post(PATH + "/{token}", self._press)

    async def link(self, actor: Actor) -> str:
        """Where this person turns off what can wait."""
        named = f"{actor.tenant}:{actor.user}"
        token = base64.urlsafe_b64encode(named.encode()).rstrip(b"=").decode()
        return f"{self._services.public_url}{PATH}/{token}.{await self._code(named)}"

    async def _look(self, request: web.Request) -> web.Response:
        actor = await self._named(request)
        w = words(await self._services.language_of(actor))
        form = f'<form method="post"><button>{escape(w("email.silence"))}</button></form>'
        return self._page(w, w("email.silence"), w("email.silence.text"), form)

    async def _press(self, request: web.Request) -> web.Response:
        actor = await self._named(request)
        event = ActionPressed(event_id=self._services.new_id("event"), actor=actor, key="settings.silence_mail")
        outcome = await self._services.handle(event)
        w = words(await self._services.language_of(actor))
        if not isinstance(outcome, Done):
            return self._page(w, w("email.silence"), w("email.silence.failed"), "", 503)
        return self._page(w, w("email.silenced"), outcome.note, "")

    async def _named(self, request: web.Request) -> Actor:
        """The person of a link that we made."""
        if wait := self._tries.count(came_from(request)):
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(wait)})
        text, _, code = request.match_info["token"].partition(".")
        try:
            named = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        except ValueError:
            raise web.HTTPNotFound from None
        if not hmac.compare_digest(code.encode(), (await self._code(named)).encode()):
            raise web.HTTPNotFound
        tenant, _, user = named.partition(":")
        return Actor("email", tenant, user)

    async def _code(self, named: str) -> str:
        if not self._key:
            self._key = await self._secret()
        return hmac.new(self._key, named.encode(), hashlib.sha256).hexdigest()[:32]

    async def _secret(self) -> bytes:
        held = await self._services.drawer.get(_KEPT_AT)
        if held is None:
            await self._services.drawer.put(_KEPT_AT, secrets.token_bytes(32))
            held = await self._services.drawer.get(_KEPT_AT)
        assert held is not None
        return held

    def _page(self, w: Any, title: str, text: str, form: str, status: int = 200) -> web.Response:
        html = _PAGE.format(
            language=escape(w.language),
            title=escape(title),
            text=escape(text),
            form=form,
            settings=escape(f"{self._services.public_url}/settings"),
            name=escape(w("settings.title")),
        )
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        return web.Response(text=html, content_type="text/html", status=status, headers=headers)
