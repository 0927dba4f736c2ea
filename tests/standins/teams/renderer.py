"""Cards as Microsoft's own renderer draws them, in a page of our own: npm `adaptivecards`, with Teams' colours.

The renderer leaves out what it does not know without a word, so whoever draws compares the words
on the page with the words in the card.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Page

Json = dict[str, Any]
_MODULES = Path(__file__).parents[2] / "e2e" / "teams" / "playground" / "node_modules"
_SCRIPTS = (_MODULES / "markdown-it/dist/markdown-it.min.js", _MODULES / "adaptivecards/dist/adaptivecards.min.js")
_LIGHT = {"back": "#ffffff", "text": "#242424", "subtle": "#616161", "accent": "#5b5fc7", "field": "#ffffff"}
_DARK = {"back": "#292929", "text": "#ffffff", "subtle": "#adadad", "accent": "#9ea2ff", "field": "#1f1f1f"}
_GOOD, _WARNING, _ATTENTION = ("#237b4b", "#92c353"), ("#835c00", "#f8d22a"), ("#c4314b", "#f9526b")


def missing() -> str:
    """How to get the renderer; "" when it is there."""
    return "" if all(script.is_file() for script in _SCRIPTS) else "adaptivecards is not installed: run .ci/playground"


async def draw(page: Page, card: Json, *, dark: bool = False) -> None:
    """Show one card on the page, in an element `#card`."""
    look = _DARK if dark else _LIGHT
    await page.set_content(f"<!doctype html><style>{_style(look)}</style><div id='card'></div>")
    for script in _SCRIPTS:
        await page.add_script_tag(path=script)
    await page.evaluate(_DRAW, [json.dumps(card), _host(look, int(dark))])


_DRAW = """([card, host]) => {
  const reader = window.markdownit();
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = reader.render(text);
    result.didProcess = true;
  };
  const drawn = new AdaptiveCards.AdaptiveCard();
  drawn.hostConfig = new AdaptiveCards.HostConfig(host);
  drawn.parse(JSON.parse(card));
  document.querySelector("#card").appendChild(drawn.render());
}"""


def _style(look: dict[str, str]) -> str:
    return f"""
body {{ margin: 0; background: {look["back"]}; color: {look["text"]};
  font: 14px "Segoe UI", "Liberation Sans", sans-serif; }}
#card {{ padding: 8px; }}
p {{ margin: 0; }}
input, textarea, select {{ width: 100%; box-sizing: border-box; padding: 6px; font: inherit;
  color: inherit; background: {look["field"]}; border: 1px solid {look["subtle"]}; border-radius: 4px; }}
input[type=checkbox], input[type=radio] {{ width: auto; }}
.ac-pushButton {{ font: inherit; font-weight: 600; min-height: 44px; padding: 4px 12px; border-radius: 4px;
  color: inherit; background: {look["back"]}; border: 1px solid {look["subtle"]}; }}
.style-positive {{ color: {look["back"]}; background: {look["accent"]}; }}
.style-destructive {{ border-color: {_ATTENTION[0]}; }}
"""


def _host(look: dict[str, str], shade: int) -> Json:
    def colour(value: str) -> Json:
        return {"default": value, "subtle": look["subtle"]}

    colours = {
        "default": colour(look["text"]),
        "accent": colour(look["accent"]),
        "good": colour(_GOOD[shade]),
        "warning": colour(_WARNING[shade]),
        "attention": colour(_ATTENTION[shade]),
    }
    tinted: dict[str, object] = {"foregroundColors": colours, "backgroundColor": look["back"]}
    styles: dict[str, dict[str, object]] = {"default": tinted, "emphasis": tinted}
    for name in ("accent", "good", "warning", "attention"):
        styles[name] = {**tinted, "borderColor": colours[name]["default"], "borderThickness": 1}
    return {
        "fontFamily": "inherit",
        "containerStyles": styles,
        "actions": {"maxActions": 6, "actionsOrientation": "horizontal", "buttonSpacing": 8, "actionAlignment": "left"},
        "supportsInteractivity": True,
    }
