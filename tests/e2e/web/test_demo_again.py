"""*Begin anew* in the demo's bar, pressed in the running program."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from html import unescape
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).parents[3]


class Visit:
    """Somebody at the demo, without a browser."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http, self.url, self.page = http, url, ""

    async def open(self) -> str:
        """The start page."""
        async with self.http.get(self.url) as response:
            self.page = await response.text()
        return self.page

    async def press(self, action: str, **fields: str) -> str:
        """One of the bar's forms; the page that follows."""
        found = re.search(rf'action="/demo/{action}".*?name="ticket" value="([^"]+)"', self.page, re.S)
        assert found, action
        form = {"ticket": unescape(found[1]), **fields}
        async with self.http.post(f"{self.url}/demo/{action}", data=form) as response:
            assert response.status == 200
            self.page = await response.text()
        return self.page


@pytest.mark.slow
async def test_the_demo_begins_anew_as_on_its_first_day(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["-m", "bot", "demo", "--port", str(port), "--folder", str(tmp_path)]
    program = await asyncio.create_subprocess_exec(sys.executable, *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert program.stdout is not None
    ready = await asyncio.wait_for(_line(program.stdout, "The demo is ready"), 60)
    assert ready
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        visit = Visit(http, f"http://127.0.0.1:{port}")
        assert "18 Jan 2027" in await visit.open()
        assert "What to try" in await visit.press("become", persona="per_demo_a")
        assert "Press “Present a case”" in visit.page
        assert "19 Jan 2027" in await visit.press("day")
        assert "The demo begins anew" in await visit.press("again")
        assert await asyncio.wait_for(_line(program.stdout, "The demo is ready"), 30)
        assert "18 Jan 2027" in await visit.open()
        assert "Who would you like to be?" in visit.page
        assert "Read and ask" in await visit.press("become", persona="per_demo_a")
    program.terminate()
    assert await asyncio.wait_for(program.wait(), 30) == 0


async def _line(output: asyncio.StreamReader, start: str) -> bool:
    """Whether the program says so before it ends."""
    while line := await output.readline():
        if line.decode().startswith(start):
            return True
    return False
