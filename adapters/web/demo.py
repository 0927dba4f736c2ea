"""What the demo bar's buttons do; mounted only in the demo."""

from __future__ import annotations

from aiohttp import web

from adapters.web import inbound
from adapters.web.base_view import Site
from adapters.web.sessions import Visitor
from adapters.web.tickets import Kind
from bot.ui.platform import Demo, Persona

_ANEW = 4
"""Seconds until the browser looks again; the demo is back after about one."""


class DemoPages:
    """Become someone, let time pass, begin anew."""

    def __init__(self, site: Site, demo: Demo) -> None:
        self._site = site
        self._demo = demo

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_post("/demo/become", self._site.public(self._become))
        app.router.add_post("/demo/day", self._site.public(self._day))
        app.router.add_post("/demo/next", self._site.public(self._next))
        app.router.add_post("/demo/again", self._site.public(self._again))
        app.router.add_get("/demo/mail", self._site.public(self._own_mails))
        app.router.add_get("/demo/mail/{user}", self._site.public(self._mails))
        app.router.add_get("/demo/mail/{user}/{id}", self._site.public(self._mail))

    async def _own_mails(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Those of whoever one is now, else of the first person."""
        personas = await self._demo.personas()
        mine = next((p for p in personas if p.actor == visitor.actor), personas[0])
        return await self._site.go(visitor, f"/demo/mail/{mine.actor.user}")

    async def _mails(self, request: web.Request, visitor: Visitor) -> web.Response:
        owner = await self._owner(request)
        mails = await self._demo.mails_of(owner.actor)
        return await self._site.show(request, visitor, "demo_mail.html", owner=owner, mails=mails)

    async def _mail(self, request: web.Request, visitor: Visitor) -> web.Response:
        """The mail as a mail program shows it; it brings its own styles, which our pages do not allow."""
        mails = await self._demo.mails_of((await self._owner(request)).actor)
        html = next((mail.html for mail in mails if mail.id == request.match_info["id"]), None)
        if html is None:
            raise web.HTTPNotFound
        policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'"
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=html, content_type="text/html", headers=headers)

    async def _owner(self, request: web.Request) -> Persona:
        for persona in await self._demo.personas():
            if persona.actor.user == request.match_info["user"]:
                return persona
        raise web.HTTPNotFound

    async def _become(self, request: web.Request, visitor: Visitor) -> web.Response:
        _, posted = await self._site.opened(request, visitor, Kind.DEMO)
        chosen = inbound.text_of(posted, "persona")
        for persona in await self._demo.personas():
            if persona.actor.user == chosen:
                response = await self._site.go(visitor, "/")
                self._site.cookies.let_in(response, await self._demo.session_as(persona.actor))
                return response
        raise web.HTTPNotFound

    async def _day(self, request: web.Request, visitor: Visitor) -> web.Response:
        ticket, _ = await self._site.opened(request, visitor, Kind.DEMO)
        await self._demo.advance(1)
        return await self._site.go(visitor, ticket.back)

    async def _next(self, request: web.Request, visitor: Visitor) -> web.Response:
        ticket, _ = await self._site.opened(request, visitor, Kind.DEMO)
        await self._demo.to_next_event()
        return await self._site.go(visitor, ticket.back)

    async def _again(self, request: web.Request, visitor: Visitor) -> web.Response:
        """The program begins anew a moment after this answer; the page that says so then leads to the start."""
        await self._site.opened(request, visitor, Kind.DEMO)
        await self._demo.restart()
        response = await self._site.show(request, visitor, "demo_again.html")
        response.headers["Refresh"] = f"{_ANEW}; url=/"
        return response
