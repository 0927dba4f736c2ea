"""Pictures of Teams' cards and dialogs for `docs/teams.md`, drawn by Microsoft's own renderer: `make pictures`.

The demo's round is played against the stand-in for Teams' connector; each dialog is kept as it first
opened, and one person's messages as their chat shows them.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from bot.anonymise import GateSettings
from bot.demo.clinic import KEYS
from bot.demo.player import StoryBroken
from bot.demo.story import Story
from bot.ui.inbound import Outcome
from tests.browser import FLAGS, found
from tests.e2e.teams.player import InTeams
from tests.gate import GateInAWorker
from tests.standins.teams.client import Answer, Json
from tests.standins.teams.clinic import teams_clinic
from tests.standins.teams.renderer import draw, missing

HERE = Path(__file__).parent
WANTED = {
    "case.new": "teams-case",
    "send": "teams-gate",
    "round.preview": "teams-plan",
    "review.open": "teams-review",
    "case.reviews": "teams-released",
}
"""The first dialog after each of these steps becomes this picture."""


class Photographed(InTeams):
    """A demo person whose first sight of each dialog is kept."""

    album: dict[str, Json]
    asked = ""

    async def press(self, key: str, subject: str = "", **args: str) -> Outcome:
        """As anybody, remembering what was asked for."""
        self.asked = key
        return await super().press(key, subject, **args)

    async def send(self, form: Any, values: Any) -> Outcome:
        """As anybody, remembering that something was sent."""
        self.asked = "send"
        return await super().send(form, values)

    async def _read(self, answer: Answer) -> None:
        await super()._read(answer)
        if name := WANTED.get(self.asked):
            self.album.setdefault(name, self.dialog)


async def main() -> None:
    """Play the demo's round in Teams and photograph every surface once."""
    if says := missing():
        raise SystemExit(says)
    album: dict[str, Json] = {}
    async with teams_clinic(GateInAWorker(GateSettings())) as teams:
        players: dict[str, Any] = {}
        for key in KEYS:
            players[key] = Photographed(teams.world, teams.witness, teams.person(key), key)
            players[key].album = album
            await players[key].person.installs()
        await Story(teams.world, lambda _: None, players).run()
        album["teams-home"] = players["a"].person.sees()[0]
        album["teams-notice"] = next(c for c in players["b"].person.sees()[1:] if "review" in str(c).lower())
    if lost := {*WANTED.values()} - {*album}:
        raise StoryBroken(f"never shown: {', '.join(sorted(lost))}")
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=found(), args=list(FLAGS))
        page = await browser.new_page(viewport={"width": 560, "height": 300})
        for name, card in album.items():
            await draw(page, card)
            await page.locator("#card").screenshot(path=HERE / f"{name}.png")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
