"""What the demo bar's buttons do; mounted only in the demo."""

from __future__ import annotations

from aiohttp import web

from adapters.web import inbound
from adapters.web.base_view import Site
from adapters.web.sessions import Visitor
from adapters.web.tickets import Kind
from bot.ui.platform import Demo


class DemoPages:
    """Become someone, let time pass."""

    def __init__(self, site: Site, demo: Demo) -> None:
        self._site = site
        self._demo = demo

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_post("/demo/become", self._site.public(self._become))
        app.router.add_post("/demo/day", self._site.public(self._day))
        app.router.add_post("/demo/next", self._site.public(self._next))

    async def _become(self, request: web.Request, visitor: Visitor) -> web.Response:
        _, posted = await self._site.opened(request, visitor, Kind.DEMO)
        chosen = inbound.text_of(posted, "persona")
        for persona in await self._demo.personas():
            if persona.actor.user == chosen:
                response = await self._site.go(visitor, "/")
                self._site.door.let_in(response, await self._demo.session_as(persona.actor))
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
