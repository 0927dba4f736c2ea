"""The documentation's site in a browser: everything is found, nothing is wider or taller than its text."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.async_api import Browser, TimeoutError

from tests.browser import IN_BROWSER, chromium

pytestmark = IN_BROWSER
__all__ = ["chromium"]

ROOT = Path(__file__).parents[3]
AROUND_THE_TEXT = 700
"""Pixels of a page that are not its text: head, foot and the space between them at 1,280 px."""
PHONE, DESK = 360, 1280
LOOK = """() => ({
  title: document.title,
  tall: document.documentElement.scrollHeight,
  text: document.querySelector('article').getBoundingClientRect().height,
  logo: document.querySelector('.md-header .md-logo').getBoundingClientRect().height,
})"""
ASKED = {
    "sign in": "signing-in",
    "reset password": "signing-in",
    "passkey": "signing-in",
    "oidc": "single-sign-on",
    "update": "deploy/index",
    "docker": "deploy/index",
    "nginx": "deploy/index",
    "alarms": "deploy/index",
    "uninstall": "howto/uninstall",
    "python version": "requirements",
    "supported systems": "requirements",
    "disk space": "requirements",
    "backup": "howto/restore",
    "lost key": "howto/renew-keys",
    "postgresql": "howto/postgresql",
    "slack": "slack",
    "teams": "teams",
    "leave": "howto/parental-leave",
    "holiday": "howto/holiday-closure",
    "risk alert": "howto/risk-case",
    "masked": "anonymisation",
    "rotation": "rotation",
    "report": "reports",
    "add person": "guides/administrator",
    "import people": "guides/administrator",
    "prometheus": "operate",
    "not delivered": "operate",
    "incident": "howto/incident",
    "changelog": "changelog",
    "promises": "promises",
}
"""What people look for, and the page that answers."""
FIRST = 3
"""The answer stands among so many hits."""
HITS = """() => [...document.querySelectorAll('.md-search-result__item a:first-of-type')]
  .map(a => new URL(a.href).pathname.slice(1).replace('.html', ''))"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The built site's folder and the address where it is served."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    subprocess.run(build, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=True, capture_output=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
async def test_every_page_is_found_whole_and_no_larger_than_its_text(chromium: Browser, site: tuple[Path, str]) -> None:
    folder, address = site
    pages = sorted(str(page.relative_to(folder)) for page in folder.rglob("*.html") if page.name != "404.html")
    assert len(pages) > 50
    faults: list[str] = []
    context = await chromium.new_context()
    page = await context.new_page()
    page.on("response", lambda r: faults.append(f"{page.url}: {r.status} {r.url}") if r.status >= 400 else None)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    for name in pages:
        await page.set_viewport_size({"width": DESK, "height": 900})
        await page.goto(f"{address}/{name}")
        seen = await page.evaluate(LOOK)
        if seen["tall"] > seen["text"] + AROUND_THE_TEXT or seen["logo"] > 100 or not seen["title"]:
            faults.append(f"{name}: {seen}")
        for width in (DESK, PHONE):
            await page.set_viewport_size({"width": width, "height": 900})
            if over := await page.evaluate(SIDEWAYS):
                faults.append(f"{name}: {over} px wider than {width}")
    await context.close()
    assert not faults, "\n".join(faults)


@pytest.mark.slow
async def test_a_search_shows_the_page_that_answers_first(chromium: Browser, site: tuple[Path, str]) -> None:
    context = await chromium.new_context(viewport={"width": DESK, "height": 900})
    page = await context.new_page()
    faults: list[str] = []
    await page.goto(f"{site[1]}/index.html")
    for words, answer in ASKED.items():
        await page.fill("[data-md-component=search-query]", "")
        await page.wait_for_function(f"() => ({HITS})().length === 0")
        await page.type("[data-md-component=search-query]", words)
        try:
            await page.wait_for_function(
                f"n => [...new Set(({HITS})())].slice(0, {FIRST}).includes(n)", arg=answer, timeout=4000
            )
        except TimeoutError:
            faults.append(f"{words!r}: {list(dict.fromkeys(await page.evaluate(HITS)))[:FIRST]}, not {answer}")
    await context.close()
    assert not faults, "\n".join(faults)
