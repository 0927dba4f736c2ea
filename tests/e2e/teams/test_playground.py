"""The bot in Microsoft's Agents Playground, used by hand in a real Chromium.

What the Playground cannot do (dialogs opened from a card, refresh, delete) is in `test_conversation.py`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect

from adapters.teams.config import TeamsSettings
from adapters.teams.plugin import PLUGIN
from bot.ui.inbound import Arrived, CommandTyped, FormSubmitted
from bot.ui.model import Card
from bot.ui.platform import Address, Message, Platform
from tests import gallery
from tests.browser import FLAGS, found
from tests.e2e.teams.playground import CURRENT_USER, missing, playground
from tests.e2e.teams.script import clinic
from tests.needed import needed
from tests.standins.teams.services import Clock, Core, services

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@dataclass
class Teams:
    """The page, the bot behind it and what its core heard."""

    page: Page
    core: Core
    platform: Platform

    async def types(self, text: str) -> None:
        """Write a message in the open conversation."""
        await self.page.get_by_role("textbox").first.click()
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")

    async def opens(self, conversation: str) -> None:
        """Go to another conversation."""
        await self.page.get_by_text(conversation, exact=True).last.click()

    async def shows(self, text: str) -> None:
        """Wait until the page shows a text."""
        await expect(self.page.get_by_text(text).last).to_be_visible()

    def address(self) -> Address:
        """Where the person at the keyboard is reached."""
        arrived = [e for e in self.core.heard(Arrived) if e.actor.user == CURRENT_USER][-1]
        return Address(arrived.actor, arrived.reference)


@asynccontextmanager
async def teams(folder: Path) -> AsyncIterator[Teams]:
    """Bot, Playground and browser, all on this machine and offline."""
    needed(missing())
    core = Core(clinic)
    platform = PLUGIN.create(TeamsSettings(anonymous=True), services(core, Clock(), "http://localhost:8377"))
    app = web.Application()
    platform.mount(app)
    runner = web.AppRunner(app)
    await runner.setup()
    await platform.start()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot = f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
    try:
        async with playground(bot, folder) as url, async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=found(), args=list(FLAGS))
            page = await browser.new_page(viewport={"width": 1300, "height": 1000})
            # Only fonts and an animation come from elsewhere; waiting for them would fail offline.
            await page.route(re.compile(r"^https?://(?!localhost)"), lambda route: route.abort())
            await page.goto(url)
            await expect(page.get_by_text("Personal Chat", exact=True).last).to_be_visible(timeout=30_000)
            yield Teams(page, core, platform)
            await browser.close()
    finally:
        await platform.stop()
        await runner.cleanup()


async def test_a_person_is_greeted_asks_and_acts(tmp_path: Path) -> None:
    async with teams(tmp_path) as t:
        await t.shows("Welcome")
        await t.types("review")
        await t.shows("One review waits")
        await t.page.get_by_role("button", name="Decline").click()
        await t.shows("Nothing waits")
        await expect(t.page.get_by_text("One review waits")).to_have_count(0)
        assert len([e for e in t.core.effects if isinstance(e, Arrived) and e.actor.user == CURRENT_USER]) == 1


async def test_notices_arrive_and_are_updated_in_place(tmp_path: Path) -> None:
    async with teams(tmp_path) as t:
        await t.shows("Welcome")
        delivered = await t.platform.send(t.address(), Message("out_1", Card("due", "A review is due", summary="Due.")))
        await t.shows("A review is due")
        await t.platform.send(t.address(), Message("out_2", Card("due", "Thank you"), replaces=delivered))
        await t.shows("Thank you")
        await expect(t.page.get_by_text("A review is due")).to_have_count(0)


async def test_every_card_of_the_gallery_is_drawn(tmp_path: Path) -> None:
    async with teams(tmp_path) as t:
        await t.shows("Welcome")
        await t.platform.send(t.address(), Message("out_1", gallery.cards()["everything"]))
        for text in ("This round", "Open reviews", "Therapist B", "Attention:", "*stars* _under_ [link]"):
            await t.shows(text)
        await expect(t.page.get_by_alt_text("Gaps in days")).to_be_visible()


async def test_a_mention_in_a_group_is_answered_in_private(tmp_path: Path) -> None:
    async with teams(tmp_path) as t:
        await t.shows("Welcome")
        await t.opens("Group Chat")
        await t.page.get_by_role("textbox").first.click()
        await t.page.keyboard.type("@")
        await t.page.get_by_text("Test Bot", exact=True).last.click()
        await t.page.keyboard.type(" review")
        await t.page.keyboard.press("Enter")
        await t.shows("I answered you in our personal chat.")
        assert not t.core.heard(CommandTyped)[0].private
        await t.opens("Personal Chat")
        await t.shows("One review waits")


async def test_the_message_extension_presents_a_case_in_a_dialog(tmp_path: Path) -> None:
    async with teams(tmp_path) as t:
        await t.shows("Welcome")
        await t.page.get_by_label("Trigger Message Extension App").click()
        await t.page.get_by_text("Action Command").first.click()
        dialog = t.page.get_by_role("dialog")
        await dialog.get_by_role("textbox").first.fill("newCase")
        await dialog.get_by_text("Fetch the dialog dynamically").click()
        await dialog.get_by_role("button", name="Create").click()
        await t.shows("*Stuck* at week 4")
        await t.page.locator("textarea").last.fill("Slow down")
        await t.page.get_by_role("button", name="Send", exact=True).click()
        await expect(t.page.get_by_text("*Stuck* at week 4")).to_have_count(0)
        form = t.core.heard(FormSubmitted)[0]
        assert form.key == "review.add"
        assert form.values["advice"].reveal() == "Slow down"
