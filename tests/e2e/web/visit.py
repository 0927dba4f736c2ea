"""Opening pages of the stage in Chromium as a signed-in person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, ViewportSize

from tests.unit.web.stage import KIEL, Stage

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1100, "height": 800}


@asynccontextmanager
async def visit(chromium: Browser, stage: Stage, *, signed_in: bool = True, **options: Any) -> AsyncIterator[Page]:
    """A page in a context of its own. Anything the console complains of, or any foreign request, fails the test."""
    context = await chromium.new_context(**({"viewport": DESK} | options))
    if signed_in:
        await context.add_cookies([{"name": "intervision", "value": stage.sign_in.let_in(KIEL), "url": stage.url}])
    context.set_default_timeout(5000)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"script: {error.message}"))
    page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said.text) else None)
    page.on("request", lambda r: None if r.url.startswith((stage.url, "data:")) else complaints.append(r.url))
    await page.goto(stage.url)
    yield page
    await context.close()
    assert not complaints


async def command(page: Page, text: str) -> None:
    """Type a command into the box."""
    await page.get_by_label("Type a command").fill(text)
    await page.get_by_role("button", name="Run").click()


def _is_complaint(text: str) -> bool:
    return "Content Security Policy" in text or "Refused to" in text
