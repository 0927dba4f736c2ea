"""A real Chromium for end-to-end tests: the one found on the machine, driven by Playwright.

Without one the tests are skipped, visibly; with CI=true that is a failure. A test module that uses
it names its loop, because Playwright lives in one: `pytestmark = IN_BROWSER`. Import `chromium`
into the module or its conftest.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.needed import needed

IN_BROWSER = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def found() -> str | None:
    """The path of the machine's Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One headless Chromium for the whole run; each test opens a context of its own."""
    path = found()
    needed("" if path else "no Chromium found (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()
