"""The two pages that the manifest names: the personal tab and the privacy page.

A tab shows nothing but the way to the web pages, which are never framed. With single sign-on the
way is a sign-in link for the person who looks; without it the pages ask for a sign-in of their own.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from adapters.host import came_from
from adapters.limits import Limit
from adapters.teams.config import TeamsSettings
from adapters.teams.sso import SingleSignOn
from adapters.teams.tokens import Forged, KeyRing, KeysUnavailable
from bot.ui.platform import Services
from bot.ui.strings import Words, preferred, words

log = structlog.get_logger(__name__)

_FRAMES = "https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft https://*.office.com"
_PRIVACY = ("what", "texts", "chat", "who", "kept", "rights")
_TERMS = ("use", "emergency")
_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>:root{{color-scheme:light dark;font:16px/1.5 "Segoe UI",system-ui,sans-serif}}
main{{max-width:36rem;margin:3rem auto;padding:0 1rem}}
.open{{display:inline-block;padding:.6rem 1.2rem;border:1px solid;border-radius:.3rem}}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>
"""
_STATIC = Path(__file__).parent / "static"
_TEAMS_JS = "teams-js-2.58.0.min.js"
"""Microsoft's TeamsJS (MIT, licence beside it), served by ourselves: nothing is fetched from anybody."""
SCRIPTS = (_TEAMS_JS, "tab.js")
SIGN_ONS = (300, 60.0, 60.0)
"""Tokens a minute from one address: a tab asks when it opens and every ten minutes, a clinic is behind one address."""
IN_VAIN = (20, 900.0, 900.0)
"""Refused tokens within a quarter of an hour from one address; then it rests as long. Other ways in stay open."""
_MOST = 20_000
"""Bytes of a sign-on request; Entra ID's tokens have some three thousand."""


class Pages:
    """The routes beside the messaging endpoint."""

    def __init__(self, settings: TeamsSettings, services: Services, ring: KeyRing) -> None:
        self._settings = settings
        self._services = services
        host = urlsplit(services.public_url).netloc
        tenants = settings.tenants
        self._sign_ons, self._in_vain = Limit(*SIGN_ONS), Limit(*IN_VAIN)
        self._sign_on = SingleSignOn(settings.app_id, host, settings.sso_issuer, tenants, ring, services.now)

    def mount(self, app: web.Application) -> None:
        """Add the personal tab and the privacy page; with single sign-on what the tab needs for it."""
        app.router.add_get("/teams/tab", self._tab)
        app.router.add_get("/teams/privacy", self._privacy)
        if self._settings.sso:
            app.router.add_post("/teams/sso", self._signed_on)
            for name in SCRIPTS:
                app.router.add_get(f"/teams/{name}", self._script)

    async def _tab(self, request: web.Request) -> web.Response:
        say = _words(request)
        about, open_it = escape(say("teams.manifest.full")), escape(say("teams.open_in_browser"))
        url = escape(self._services.public_url, quote=True)
        link = f'<p><a class="open" href="{url}/" target="_blank" rel="noopener">{open_it}</a></p>'
        scripts = "".join(f'<script src="/teams/{name}"></script>' for name in SCRIPTS) if self._settings.sso else ""
        return _page(say, say("app.name"), f"<p>{about}</p>{link}{scripts}", scripts=self._settings.sso)

    async def _privacy(self, request: web.Request) -> web.Response:
        """What the app does with data in Teams, and its terms of use."""
        say = _words(request)
        privacy = "".join(f"<li>{escape(say(f'teams.privacy.{part}'))}</li>" for part in _PRIVACY)
        terms = "".join(f"<li>{escape(say(f'teams.terms.{part}'))}</li>" for part in _TERMS)
        title = escape(say("teams.terms"))
        return _page(say, say("teams.privacy"), f'<ul>{privacy}</ul><h2 id="terms">{title}</h2><ul>{terms}</ul>')

    async def _script(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(_STATIC / request.path.rsplit("/", 1)[-1], headers={"Cache-Control": "max-age=3600"})

    async def _signed_on(self, request: web.Request) -> web.Response:
        """A sign-in link for the person whose token the tab got from Teams; 401 for anything else, 429 too often."""
        address = came_from(request)
        wait = self._sign_ons.count(address) or self._in_vain.wait(address)
        if wait:
            return web.json_response({}, status=429, headers={"Retry-After": str(wait)})
        try:
            actor = await self._sign_on.actor(await _token(request))
            assert self._services.sign_in is not None, "single sign-on leads to the web pages"
            url = await self._services.sign_in.link_for(actor)
        except (Forged, KeyError) as wrong:
            if isinstance(wrong, Forged):  # a stranger with a true token tries nothing
                self._in_vain.count(address)
            log.warning("teams.sso_refused", reason=str(wrong))
            return web.json_response({}, status=401)
        except KeysUnavailable as wrong:
            log.error("teams.no_keys", reason=str(wrong))  # noqa: TRY400 - the reason says it all
            return web.json_response({}, status=503)
        return web.json_response({"url": url}, headers={"Cache-Control": "no-store"})


async def _token(request: web.Request) -> str:
    """The token in the body. Raises Forged when there is none."""
    if (request.content_length or 0) > _MOST:
        raise Forged("too long")
    try:
        asked = json.loads(await request.read())
    except (ValueError, RecursionError):
        raise Forged("no JSON") from None
    token = asked.get("token") if isinstance(asked, dict) else None
    if not isinstance(token, str):
        raise Forged("no token")
    return token


def _words(request: web.Request) -> Words:
    return words(preferred(request.headers.get("Accept-Language", "")))


def _page(say: Words, title: str, body: str, *, scripts: bool = False) -> web.Response:
    """Only Teams may frame it, and it runs no script but ours."""
    ours = " script-src 'self'; connect-src 'self';" if scripts else ""
    policy = f"default-src 'none'; style-src 'unsafe-inline';{ours} frame-ancestors {_FRAMES}"
    page = _PAGE.format(lang=say.language, title=escape(title), body=body)
    return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": policy})
