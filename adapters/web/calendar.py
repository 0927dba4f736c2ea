"""Calendars under secret addresses, for calendar programs: no cookie, no page, no words on whether one ever existed."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from aiohttp import web

from adapters.host import came_from
from adapters.limits import Limit

READS = (30, 3600.0, 600.0)
"""Reads of one calendar within an hour; programs ask every few minutes at most, and those of many people may come from
one address of their maker."""
FAILED_ATTEMPTS = (600, 60.0, 60.0)
"""Requests a minute from one address, whatever they ask for."""


class CalendarFeed:
    """Serves `/calendar/<secret>.ics`."""

    def __init__(self, read: Callable[[str], Awaitable[bytes | None]]) -> None:
        self._read = read
        self._reads, self._failed_attempts = Limit(*READS), Limit(*FAILED_ATTEMPTS)

    def mount(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_get("/calendar/{secret:[A-Za-z0-9_-]{20,100}}.ics", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        secret = request.match_info["secret"]
        # Counted by the hash alone, so that the table of counts holds no secret.
        wait = self._failed_attempts.count(came_from(request)) or self._reads.count(
            hashlib.sha256(secret.encode()).hexdigest()
        )
        if wait:
            return web.Response(status=429, text="Too many requests.\n", headers={"Retry-After": str(wait)})
        found = await self._read(secret)
        if found is None:
            return web.Response(status=404, text="There is no calendar at this address.\n")
        headers = {"Content-Disposition": 'inline; filename="intervision.ics"', "Cache-Control": "private, no-store"}
        return web.Response(body=found, content_type="text/calendar", charset="utf-8", headers=headers)
