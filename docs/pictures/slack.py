"""Pictures of Slack's surfaces for `docs/slack.md`, drawn from the very payloads the adapter sends: `make pictures`.

Slack itself cannot run here, so blocks are drawn by the few rules below, in a plain style of our own.
A block or element that the rules do not know is an error: a picture never leaves something out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

from bot.anonymise import GateSettings
from bot.demo.clinic import KEYS
from bot.demo.player import StoryBroken
from bot.demo.story import Story
from bot.ui.inbound import Outcome
from tests.browser import FLAGS, found
from tests.e2e.slack.player import InSlack
from tests.gate import GateInAWorker
from tests.standins.slack.world import connected
from tests.witness import Witness
from tests.world import make_world

Json = dict[str, Any]
HERE = Path(__file__).parent
STYLE = (HERE / "slack.css").read_text(encoding="utf-8")
WANTED = {
    "case.new": "slack-case",
    "text.confirm": "slack-gate",
    "round.preview": "slack-plan",
    "review.open": "slack-review",
    "case.reviews": "slack-released",
    "takeaway.open": "slack-takeaway",
}
"""The first view of each form becomes this picture."""


# ---- drawing ---------------------------------------------------------------------------------


def surface(kind: str, title: str, blocks: Iterable[Json], submit: str = "", close: str = "") -> str:
    """A whole page with one surface on it."""
    foot = f"<footer>{_button(close)}{_button(submit, 'primary')}</footer>" if submit or close else ""
    body = "".join(block(each) for each in blocks)
    head = f"<header>{escape(title)}</header>" if title else ""
    page = f"<section class='{kind}'>{head}<div class='body'>{body}</div>{foot}</section>"
    return f"<!doctype html><meta charset='utf-8'><style>{STYLE}</style>{page}"


def block(of: Json) -> str:
    """One block."""
    match of["type"]:
        case "header":
            return f"<h3>{escape(of['text']['text'])}</h3>"
        case "divider":
            return "<hr>"
        case "rich_text":
            return "".join(_part(part) for part in of["elements"])
        case "section":
            return f"<p>{escape(of['text']['text'])}</p>"
        case "context":
            return f"<p class='small'>{' '.join(escape(e['text']) for e in of['elements'])}</p>"
        case "actions":
            return f"<div class='actions'>{''.join(element(e) for e in of['elements'])}</div>"
        case "input":
            hint = f"<p class='small'>{escape(of['hint']['text'])}</p>" if "hint" in of else ""
            optional = " <span class='small'>(optional)</span>" if of.get("optional") else ""
            return f"<label>{escape(of['label']['text'])}{optional}</label>{element(of['element'])}{hint}"
        case "image":
            return f"<p class='small'>[{escape(of['alt_text'])}]</p>"
    raise StoryBroken(f"no rule draws {of['type']}")


def element(of: Json) -> str:
    """One element of a block."""
    match of["type"]:
        case "button":
            return _button(of["text"]["text"], of.get("style", ""))
        case "plain_text_input" | "number_input":
            large = " tall" if of.get("multiline") else ""
            return f"<div class='field{large}'>{escape(of.get('initial_value', ''))}</div>"
        case "datepicker":
            return f"<div class='field'>📅 {escape(of.get('initial_date', ''))}</div>"
        case "static_select":
            chosen = of.get("initial_option", {}).get("text", {}).get("text", "")
            return f"<div class='field'>{escape(chosen)} <span class='caret'>▾</span></div>"
        case "multi_static_select":
            chosen = ", ".join(option["text"]["text"] for option in of.get("initial_options", ()))
            return f"<div class='field'>{escape(chosen)} <span class='caret'>▾</span></div>"
        case "radio_buttons" | "checkboxes":
            chosen = of.get("initial_options") or [of.get("initial_option")]
            signs = ("◉", "○") if of["type"] == "radio_buttons" else ("☑", "☐")
            return "".join(
                f"<div class='option'>{signs[0] if o in chosen else signs[1]} {escape(o['text']['text'])}</div>"
                for o in of["options"]
            )
    raise StoryBroken(f"no rule draws {of['type']}")


def _part(of: Json) -> str:
    match of["type"]:
        case "rich_text_section":
            return f"<p>{_runs(of)}</p>"
        case "rich_text_quote":
            return f"<blockquote>{_runs(of)}</blockquote>"
        case "rich_text_list":
            return "<ul>" + "".join(f"<li>{_runs(item)}</li>" for item in of["elements"]) + "</ul>"
    raise StoryBroken(f"no rule draws {of['type']}")


def _runs(of: Json) -> str:
    tags = {"bold": "b", "italic": "i", "code": "code", "strike": "s"}
    drawn = ""
    for run in of["elements"]:
        text = escape(run["text"]).replace("\n", "<br>")
        for style, tag in tags.items():
            if run.get("style", {}).get(style):
                text = f"<{tag}>{text}</{tag}>"
        drawn += text
    return drawn


def _button(label: str, style: str = "") -> str:
    return f"<span class='button {style}'>{escape(label)}</span>" if label else ""


# ---- playing ---------------------------------------------------------------------------------


class Photographed(InSlack):
    """A demo person whose first sight of each form is kept."""

    album: dict[str, str]

    async def _shown(self, before: set[str]) -> Outcome:
        outcome = await super()._shown(before)
        form = getattr(outcome, "form", None)
        name = WANTED.get(form.key, "") or WANTED.get(self.asked, "") if form else ""
        if name and name not in self.album:
            view = self.person.modal.body
            text = {part: view.get(part, {}).get("text", "") for part in ("title", "submit", "close")}
            self.album[name] = surface("modal", text["title"], view["blocks"], text["submit"], text["close"])
        return outcome

    asked = ""

    async def press(self, key: str, subject: str = "", **args: str) -> Outcome:
        """As anybody, remembering what was asked for."""
        self.asked = key
        return await super().press(key, subject, **args)


async def main() -> None:
    """Play the demo's round in Slack and photograph every surface once."""
    platforms: dict[str, Any] = {}
    world = await make_world(GateInAWorker(GateSettings()), platforms=platforms)
    witness = Witness(world)
    album: dict[str, str] = {}
    async with connected("http", handle=witness.handle) as slack:
        platforms |= {"slack": slack.platform, "web": world.platform}
        players: dict[str, Any] = {key: Photographed(world, slack, witness, key) for key in KEYS}
        for player in players.values():
            player.album = album
            await player.person.opens_home()
        await Story(world, lambda _: None, players).run()
        await players["a"].person.opens_home()
        await players["s"].person.opens_home()
        kept = slack.slack.kept
        therapist, supervisor = (kept.homes[players[key].person.user].body["blocks"] for key in ("a", "s"))
        album["slack-home"] = surface("home", "Intervision", therapist)
        album["slack-supervisor"] = surface("home", "Intervision", supervisor)
        notices = [m["blocks"] for m in kept.inbox(players["b"].person.user) if m.get("blocks")][:3]
        album["slack-notices"] = surface(
            "chat", "Intervision", [b for blocks in notices for b in [*blocks, {"type": "divider"}]]
        )
    if missing := {*WANTED.values()} - {*album}:
        raise StoryBroken(f"never shown: {', '.join(sorted(missing))}")
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=found(), args=list(FLAGS))
        for name, html in album.items():
            await _photograph(browser, name, html)
        await browser.close()


async def _photograph(browser: Browser, name: str, html: str) -> None:
    page = await browser.new_page(viewport={"width": 640, "height": 400})
    await page.set_content(html)
    await page.locator("section").screenshot(path=HERE / f"{name}.png")
    await page.close()


if __name__ == "__main__":
    asyncio.run(main())
