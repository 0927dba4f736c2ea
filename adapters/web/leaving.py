"""The page on which somebody who has left fetches their log, hours and texts, by the link they were sent."""

from __future__ import annotations

from aiohttp import web

from adapters.host import came_from
from adapters.web import inbound
from adapters.web.answers import download
from adapters.web.base_view import Site
from adapters.web.sessions import Visitor
from adapters.web.tickets import Kind
from bot.errors import Refusal
from bot.ui.sign_in import Leavers


class LeavingPages:
    """Says what is in the archive and until when, hands it out, and ends the link."""

    def __init__(self, site: Site, service: Leavers) -> None:
        self._site, self._service = site, service

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/leaving/{token}", self._site.public(self._ask))
        app.router.add_post("/leaving/{token}", self._site.public(self._hand))
        app.router.add_post("/leaving/{token}/end", self._site.public(self._end))

    async def _ask(self, request: web.Request, visitor: Visitor) -> web.Response:
        return await self._page(request, visitor)

    async def _hand(self, request: web.Request, visitor: Visitor) -> web.Response:
        _, posted = await self._site.opened(request, visitor, Kind.LEAVING)
        try:
            document = await self._service.file(request.match_info["token"], inbound.text_of(posted, "rules"))
        except Refusal:  # an entry was altered after it was signed
            return await self._page(request, visitor, 409, said="web.leaving.changed")
        return download(document) if document else await self._page(request, visitor)

    async def _end(self, request: web.Request, visitor: Visitor) -> web.Response:
        await self._site.opened(request, visitor, Kind.LEAVING)
        await self._service.end(request.match_info["token"])
        return await self._page(request, visitor)

    async def _page(self, request: web.Request, visitor: Visitor, status: int = 200, said: str = "") -> web.Response:
        asked = await self._service.asked(request.match_info["token"])
        if asked is None:
            if wait := self._site.failed_attempts.count(came_from(request)):
                return await self._site.too_often(request, visitor, wait)
            status = 404
        return await self._site.show(
            request, visitor, "leaving.html", status=status, asked=asked, token=request.match_info["token"], said=said
        )
