"""Every card and dialog of the gallery, drawn by Microsoft's renderer: nothing vanishes, nothing is cut on a phone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright

from adapters.teams.adaptive_cards import Dialog
from adapters.teams.messages_and_dialogs import dialog, messages
from bot.ui.inbound import Say
from bot.ui.strings import LANGUAGES, words
from tests import gallery
from tests.browser import FLAGS, found
from tests.gate import rules_alone
from tests.needed import needed
from tests.standins.teams.cards import elements
from tests.standins.teams.client import Json
from tests.standins.teams.renderer import draw, missing
from tests.world import make_world

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
    needed(missing() or ("" if found() else "no Chromium found: run .ci/chromium"))
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=found(), args=list(FLAGS))
        yield await browser.new_page(viewport={"width": 360, "height": 640})
        await browser.close()


async def start_pages(language: str) -> dict[str, Json]:
    """The start pages of therapist, supervisor, manager and officer in one language, as Teams gets them."""
    world, found = await make_world(rules_alone()), dict[str, Json]()
    for key in "bsmp":
        player = world.player(key)
        await player.type(f"language {language}")
        for number, card in enumerate(messages(await player.home(), words(language))):
            found[f"{language} {key} {number}"] = card
        overview = await player.press("supervision.overview")
        if isinstance(overview, Say):
            found[f"{language} {key} overview"] = messages(overview.card, words(language))[0]
    return found


_AS_TEAMS = """#card .ac-pushButton { white-space: nowrap; overflow: hidden; min-width: 0; flex: 0 1 auto; }
#card .ac-pushButton div, #card .ac-pushButton span { overflow: hidden; text-overflow: ellipsis; }"""
_CUT = """all => all.filter(bar => bar.querySelectorAll(':scope .ac-pushButton').length > 1)
  .flatMap(bar => [...bar.querySelectorAll('.ac-pushButton')])
  .filter(b => [b, ...b.querySelectorAll('*')].some(e => e.scrollWidth > e.clientWidth + 1)).map(b => b.innerText)"""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_label_of_a_bar_is_cut_at_320_pixels(page: Page, language: str) -> None:
    await page.set_viewport_size({"width": 320, "height": 640})
    bars = 0
    for name, card in (await start_pages(language)).items():
        await draw(page, card)
        await page.add_style_tag(content=_AS_TEAMS)
        bars += await page.locator(".ac-actionSet").count()
        assert await page.eval_on_selector_all(".ac-actionSet", _CUT) == [], name
    assert bars > 20


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
