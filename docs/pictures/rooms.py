"""A month of one person's chat, drawn twice: as the stream it is, and as one thread a case (docs/decisions/0013).

Played through the real adapter against the stand-in, and drawn from the payloads as they stand at the month's end. The
threads are drawn here only: what rings is broadcast to the chat, or nobody would hear it, and stands in its thread too.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from playwright.async_api import Browser, async_playwright

from bot.demo.clinic import GAP, KEYS, START
from bot.demo.story import Story
from docs.pictures.slack import HERE, STYLE, Json, block
from tests.browser import FLAGS, found
from tests.e2e.slack.player import InSlack
from tests.gate import rules_alone
from tests.standins.slack.world import World as SlackWorld
from tests.standins.slack.world import connected
from tests.witness import Witness
from tests.world import World, make_world

CODE = re.compile(r"\b[A-Z]{2}-\d{3}\b")
SOMEBODY = "b"
"""Who presents one case and reviews two in a round."""
MORE = """
.stamp { color: #616061; font-size: 12px; margin: 10px 0 0; }
.says { border-left: 3px solid transparent; padding-left: 8px; margin-bottom: 6px; }
.parent { font-weight: 700; margin: 8px 0 0; }
.replies, .of { color: #1264a3; font-size: 13px; }
section.chat { width: 460px; }
"""


@dataclass(frozen=True)
class Posted:
    """A message with the moment it was posted; its blocks as they stand now."""

    at: datetime
    blocks: list[Json]

    @property
    def case(self) -> str:
        """The case it is about; empty for what concerns several or none."""
        codes = set(CODE.findall(str(self.blocks)))
        return codes.pop() if len(codes) == 1 else ""


async def played() -> list[Posted]:
    """Two rounds, a fortnight apart, as they reached one person."""
    platforms: dict[str, Any] = {}
    world = await make_world(rules_alone(), platforms=platforms)
    witness = Witness(world)
    async with connected("http", handle=witness.handle) as slack:
        platforms |= {"slack": slack.platform, "web": world.platform}
        stamps = _stamped(slack, world)
        players: dict[str, Any] = {key: InSlack(world, slack, witness, key) for key in KEYS}
        for player in players.values():
            await player.person.opens_home()
        for number in range(2):
            begins = START + number * GAP
            await world.advance(seconds=(begins - world.clock.now()).total_seconds())
            await Story(world, lambda _: None, players).run()
        await world.advance(days=7)
        inbox = slack.slack.kept.inbox(players[SOMEBODY].person.user)
        return [Posted(stamps[m["ts"]], m["blocks"]) for m in inbox if m.get("blocks")]


def _stamped(slack: SlackWorld, world: World) -> dict[str, datetime]:
    """The played moment of every message, by its `ts`."""
    stamps: dict[str, datetime] = {}
    post = slack.slack.methods.chat_postMessage

    def posting(given: Json, token: Any) -> Json:
        answer: Json = post(given, token)
        stamps[answer["ts"]] = world.clock.now()
        return answer

    slack.slack.methods.chat_postMessage = posting  # type: ignore[method-assign]  # the stand-in does not know our clock
    return stamps


def stream(posted: list[Posted]) -> str:
    """One message below the other."""
    return "".join(_says(each) for each in posted)


def threads(posted: list[Posted]) -> str:
    """A line for each case where its first message came; what rings in its thread is broadcast below."""
    of_case: dict[str, list[Posted]] = defaultdict(list)
    for each in posted:
        of_case[each.case].append(each)
    drawn, begun = "", set[str]()
    for each in posted:
        if each.case and each.case not in begun:
            begun.add(each.case)
            replies = len(of_case[each.case])
            head = f"Case {each.case}"
            drawn += f"{_stamp(each)}<p class='parent'>{head}</p><p class='replies'>{replies} replies</p>"
        of = f"<p class='of'>replied to a thread: Case {each.case}</p>" if each.case else ""
        drawn += _says(each, of)
    return drawn


def thread(posted: list[Posted]) -> str:
    """The thread of the case about which there is most."""
    of_case: dict[str, list[Posted]] = defaultdict(list)
    for each in posted:
        if each.case:
            of_case[each.case].append(each)
    code, replies = max(of_case.items(), key=lambda found: len(found[1]))
    return f"<p class='parent'>Case {code}</p>" + "".join(_says(each) for each in replies)


def _says(each: Posted, of: str = "") -> str:
    return f"{_stamp(each)}{of}<div class='says'>{''.join(block(b) for b in each.blocks)}</div>"


def _stamp(each: Posted) -> str:
    return f"<p class='stamp'>Intervision · {each.at:%a %-d %b, %H:%M}</p>"


async def main() -> None:
    """Draw all three, and say how tall each is."""
    posted = await played()
    pages = {
        "slack-month-stream": ("Intervision", stream(posted)),
        "slack-month-threads": ("Intervision", threads(posted)),
        "slack-month-thread": ("Thread", thread(posted)),
    }
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=found(), args=list(FLAGS))
        for name, (title, body) in pages.items():
            height = await _photograph(browser, name, title, body)
            print(f"{name}: {len(posted)} messages, {height} pixels")  # noqa: T201  # what the script is run for
        await browser.close()


async def _photograph(browser: Browser, name: str, title: str, body: str) -> int:
    page = await browser.new_page(viewport={"width": 520, "height": 400})
    head = f"<!doctype html><meta charset='utf-8'><style>{STYLE}{MORE}</style>"
    section = f"<section class='chat'><header>{escape(title)}</header><div class='body'>{body}</div></section>"
    await page.set_content(head + section)
    box = await page.locator("section").bounding_box()
    await page.locator("section").screenshot(path=HERE / f"{name}.png")
    await page.close()
    return round(box["height"]) if box else 0


if __name__ == "__main__":
    asyncio.run(main())
