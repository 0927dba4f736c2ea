"""The web pages of the demo in each language on a phone: no word of another language, none cut off or pushed aside."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from bot.demo.clinic import GROUP, KEYS, ORGANISATION, person_id
from bot.demo.control import DemoControl, open_demo
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Person
from bot.main import App
from bot.ui.inbound import Actor
from bot.ui.strings import LANGUAGES
from tests.browser import IN_BROWSER
from tests.e2e.web.test_accessible import RULES, TOO_SMALL
from tests.e2e.web.visit import PHONE
from tests.untranslated import foreign_words

pytestmark = IN_BROWSER
TYPED = ("/help", "/caseload", "/caseload zzz", "/case new", "/review", "/supervision", "/settings", "/zzz")
FOR_SUPERVISORS = ("/round", "/round new", "/supervision overview")
# What people wrote is in their language, not in the page's.
WORDS = """() => {
    const theirs = [...document.querySelectorAll("blockquote, .preview, .titled, textarea, #persona")];
    theirs.forEach(e => { e.hidden = true; });
    const shown = document.body.innerText;
    theirs.forEach(e => { e.hidden = false; });
    return shown;
}"""
CUT = """() => {
    const all = [...document.querySelectorAll("body *")];
    const seen = all.filter(e => e.checkVisibility() && !e.closest(".unseen, .skip"));
    const pen = document.createElement("canvas").getContext("2d");
    const side = (e, at) => parseFloat(getComputedStyle(e)[at]);
    const room = e => e.clientWidth - side(e, "paddingLeft") - side(e, "paddingRight");
    const wide = e => { pen.font = getComputedStyle(e).font; return pen.measureText(e.placeholder).width; };
    const boxes = seen.filter(e => e.clientWidth > 8 && ["hidden", "clip"].includes(getComputedStyle(e).overflowX));
    return [...boxes.filter(e => e.scrollWidth > e.clientWidth + 1 && !e.placeholder),
            ...seen.filter(e => e.placeholder && wide(e) > room(e))].map(e => e.outerHTML.slice(0, 120));
}"""
PICTURES = os.environ.get("INTERVISION_PICTURES", "")
"""A folder for pictures of every page, to look at."""


@dataclass
class Demo:
    """The running demo."""

    app: App
    control: DemoControl
    url: str

    async def speak(self, language: str) -> None:
        """Everybody reads this language; people and group have names of none."""
        async with self.app.store.begin(ORGANISATION) as uow:
            for key in KEYS:
                person = await uow.get(Person, person_id(key))
                await uow.save(replace(person, language=language, language_chosen=True, name=f"zz{key}"))
            await uow.save(replace(await uow.get(Group, GROUP), name="zzgroup"))
            for number, clinic in enumerate(await uow.find(Clinic)):
                await uow.save(replace(clinic, name=f"zzclinic{number}"))
            await uow.commit()

    async def cookie(self, key: str) -> dict[str, str]:
        """The session of a demo person."""
        actor = Actor("web", ORGANISATION, person_id(key))
        return {"name": "intervision", "value": await self.control.session_as(actor), "url": self.url}


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """The real demo, served on a free port; the languages take turns in it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app, control = await open_demo(tmp_path_factory.mktemp("demo"), port)
    await app.start(ticking=False)
    yield Demo(app, control, f"http://127.0.0.1:{port}")
    await app.stop()


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_in_each_language(chromium: Browser, demo: Demo, language: str) -> None:
    await demo.speak(language)
    found: dict[str, object] = {}
    for key, typed in {"b": TYPED, "s": FOR_SUPERVISORS, "m": ("/help",)}.items():
        context = await chromium.new_context(viewport=PHONE, locale=language)
        await context.add_cookies([await demo.cookie(key)])  # type: ignore[list-item]  # its own kind of mapping
        page = await context.new_page()
        await page.goto(demo.url)
        found |= await _looked_at(page, language, f"{key} home")
        links = await page.locator("main a[href]").evaluate_all("all => all.map(a => a.href)")
        for number, link in enumerate(dict.fromkeys(links)):
            await page.goto(link)
            found |= await _looked_at(page, language, f"{key} link {number}")
        await page.goto(f"{demo.url}/notices")
        found |= await _looked_at(page, language, f"{key} notices")
        for text in typed:
            await page.goto(demo.url)
            await page.locator("#command").fill(text)
            await page.locator("form.command button").click()
            found |= await _looked_at(page, language, f"{key} {text}")
        await context.close()
    assert found == {}


async def _looked_at(page: Page, language: str, where: str) -> dict[str, object]:
    """What is wrong with the page: foreign words, words cut off, more than the window is wide."""
    await page.wait_for_load_state()
    if PICTURES:
        name = where.replace("/", "").replace(" ", "-")
        await page.screenshot(path=Path(PICTURES) / f"{language}-{name}.png", full_page=True)
    shown = await page.evaluate(WORDS)
    width, window = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    wrong = {
        # Notices stay in the language in which they were sent, and these were sent before the language changed.
        "foreign": [] if where.endswith("notices") else sorted(set(foreign_words(str(shown), language))),
        "cut": await page.evaluate(CUT),
        "wide": [] if width <= window else [width],
    }
    if language == "de":  # the longest words; the structure is the same in all six
        wrong["axe"] = [v["id"] for v in (await Axe().run(page, options=RULES)).response["violations"]]
        wrong["small"] = await page.evaluate(TOO_SMALL)
    kept = {what: seen for what, seen in wrong.items() if seen}
    return {f"{language} {where}": kept} if kept else {}
