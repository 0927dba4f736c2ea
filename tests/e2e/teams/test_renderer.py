"""Every card and dialog of the gallery, drawn by Microsoft's renderer: nothing vanishes, nothing is cut on a phone."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright

from adapters.teams.draw import dialog, messages
from adapters.teams.render import Dialog
from bot.ui.strings import words
from tests import gallery
from tests.browser import FLAGS, found
from tests.standins.teams.cards import elements
from tests.standins.teams.client import Json
from tests.standins.teams.renderer import draw, missing

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def drawn() -> dict[str, Json]:
    """The first message of each card, the whole of each form."""
    say = words("de")
    found = {f"card {name}": messages(card, say)[0] for name, card in gallery.cards().items()}
    for name, form in gallery.forms().items():
        found[f"form {name}"] = dialog(form, say, Dialog("n"))["card"]["content"]
    return found


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A phone's screen."""
    if says := (missing() or ("" if found() else "no Chromium found: run .ci/chromium")):
        pytest.fail(says) if os.environ.get("CI") == "true" else pytest.skip(says)
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=found(), args=list(FLAGS))
        yield await browser.new_page(viewport={"width": 360, "height": 640})
        await browser.close()


def said(card: Json) -> set[str]:
    """The words that a reader must find again; a question behind a button shows only when that is pressed."""
    asked = [e for show in elements(card) if show["type"] == "Action.ShowCard" for e in elements(show["card"])]
    texts = [e.get(key) for e in elements(card) if e not in asked for key in ("text", "title", "label")]
    return {word for text in texts if isinstance(text, str) for word in re.findall(r"[A-Za-zÄÖÜäöüß]{3,}", text)}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_nothing_vanishes_and_nothing_is_cut(page: Page, dark: bool) -> None:
    for name, card in drawn().items():
        await draw(page, card, dark=dark)
        text = await page.inner_text("#card")
        fields = await page.eval_on_selector_all("select option", "all => all.map(o => o.textContent).join(' ')")
        shown = set(re.findall(r"[A-Za-zÄÖÜäöüß]{3,}", f"{text} {fields}"))
        lost = said(card) - shown
        assert lost == set(), (name, sorted(lost)[:8])
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, (name, wide)
        nameless = await page.eval_on_selector_all("#card img", "all => all.filter(i => !i.alt).length")
        assert nameless == 0, name
