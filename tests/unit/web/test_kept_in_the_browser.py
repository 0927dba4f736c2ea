"""What a browser keeps of a page, tells others, or sends to its maker: nothing, unless a clinic chose so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.web.pages import Helper, kept_here
from adapters.web.plugin import WebSettings, _helpers
from tests.unit.web.client import Browser, Page
from tests.unit.web.stage import LINK, Stage

TEMPLATES = Path(__file__).parents[3] / "adapters" / "web" / "templates"
WHOLE = {"spellcheck": "false", "writingsuggestions": "false", "translate": "no"}
ASSETS = "/static/"


def addresses(stage: Stage) -> list[str]:
    """Every address that the program answers to by GET, with something in its gaps."""
    routes = stage.host._runner.app.router.routes()
    paths = {str(route.resource.canonical) for route in routes if route.method in {"GET", "*"} and route.resource}
    filled = {re.sub(r"{[^}]*}", lambda gap: LINK if "token" in gap[0] else "a", path) for path in paths}
    return sorted(path for path in filled if not path.startswith(ASSETS))


def page_of(page: Page) -> dict[str, str]:
    return next((given for tag, given in page.tags if tag == "html"), {})


async def test_every_address_is_kept_nowhere_and_tells_nobody_where_one_came_from(
    browser: Browser, stage: Stage
) -> None:
    asked = addresses(stage)
    assert len(asked) > 12
    for path in asked:
        page = await browser.open(path)
        assert page.headers["Cache-Control"].endswith("no-store"), path
        assert page.headers["Referrer-Policy"] == "no-referrer", path
        assert page.headers["X-Content-Type-Options"] == "nosniff", path
        if page.headers["Content-Type"].startswith("text/html") and not path.startswith("/demo/mail"):
            assert WHOLE.items() <= page_of(page).items(), path


async def test_fields_and_passages_undo_it_nowhere(browser: Browser) -> None:
    for words in ("form everything", "card everything"):
        page = await browser.command(words)
        assert WHOLE.items() <= page_of(page).items()
        undone = [(tag, given) for tag, given in page.tags if {"spellcheck", "translate"} & given.keys()]
        assert all(given.get("spellcheck", "false") == "false" for _, given in undone)
        assert all(given.get("translate", "no") == "no" for _, given in undone)


@pytest.mark.parametrize("template", sorted(path.name for path in TEMPLATES.glob("*.html")))
def test_no_template_begins_a_page_without_it(template: str) -> None:
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    assert ("<html" in text) == ("kept_here(" in text)


def test_a_clinic_may_choose_otherwise() -> None:
    assert kept_here(_helpers(WebSettings(spellcheck=True, translate=True))) == ""
    assert "translate" not in kept_here(_helpers(WebSettings(translate=True)))
    assert _helpers(WebSettings()) == frozenset()
    assert set(Helper) == {Helper.SPELLCHECK, Helper.TRANSLATE}
