"""Calendars under secret addresses, for calendar programs: no cookie, no page, no words on whether one ever existed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web


class CalendarFeed:
    """Serves `/calendar/<secret>.ics`."""

    def __init__(self, read: Callable[[str], Awaitable[bytes | None]]) -> None:
        self._read = read

    def mount(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_get("/calendar/{secret:[A-Za-z0-9_-]{20,100}}.ics", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        found = await self._read(request.match_info["secret"])
        if found is None:
            return web.Response(status=404, text="There is no calendar at this address.\n")
        headers = {"Content-Disposition": 'inline; filename="intervision.ics"', "Cache-Control": "private, no-store"}
        return web.Response(body=found, content_type="text/calendar", charset="utf-8", headers=headers)
