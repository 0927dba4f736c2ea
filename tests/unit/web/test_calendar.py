"""The address of a calendar, as a calendar program calls it."""

from __future__ import annotations

import aiohttp

from adapters.host import Host
from adapters.web.calendar import CalendarFeed

SECRET = "s" * 43


class OneFeed:
    """A platform with the calendar's route only."""

    name = "calendars"

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def read(self, secret: str) -> bytes | None:
        self.asked.append(secret)
        return b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n" if secret == SECRET else None

    def mount(self, web: aiohttp.web.Application) -> None:
        CalendarFeed(self.read).mount(web)


async def yes() -> bool:
    return True


async def test_a_secret_address_serves_its_calendar_and_nothing_else() -> None:
    feed = OneFeed()
    host = Host("127.0.0.1", 0, [feed], ready=yes)  # type: ignore[list-item]  # a platform that only mounts
    await host.start()
    try:
        base = f"http://127.0.0.1:{host.port}/calendar"
        async with aiohttp.ClientSession() as http:
            async with http.get(f"{base}/{SECRET}.ics") as response:
                assert response.status == 200
                assert response.content_type == "text/calendar"
                assert "no-store" in response.headers["Cache-Control"]
                assert response.headers["Referrer-Policy"] == "no-referrer"
                assert "Set-Cookie" not in response.headers
                assert (await response.read()).startswith(b"BEGIN:VCALENDAR")
            for wrong in ("t" * 43, "short", f"{SECRET}/..", "x" * 300):
                async with http.get(f"{base}/{wrong}.ics") as response:
                    assert response.status == 404
    finally:
        await host.stop()
    assert feed.asked == [SECRET, "t" * 43]
