"""The demo as a stranger walks it in the browser: one case from its form to the entry in the log."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.demo.control import open_demo
from bot.ui.strings import words
from tests.browser import IN_BROWSER
from tests.e2e.web.visit import DESK

pytestmark = [*IN_BROWSER, pytest.mark.slow]
THERAPISTS = "ABCDEFG"


@pytest_asyncio.fixture(loop_scope="session")
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """The real demo, served on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app, _ = await open_demo(tmp_path, port)
    await app.start(ticking=False)
    yield f"http://127.0.0.1:{port}"
    await app.stop()


class Stranger:
    """Someone who only reads what is on the page."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._address = address

    async def become(self, label: str) -> None:
        """Choose a person in the demo bar."""
        await self.page.goto(self._address)
        chooser = self.page.locator("#persona")
        names = await chooser.locator("option").all_text_contents()
        await chooser.select_option(label=next(name for name in names if name.startswith(label)))
        await self.page.locator(".demo-who button").click()
        await expect(self.page.get_by_role("heading", level=1)).to_contain_text(label)
        await self.page.wait_for_load_state()  # what stands below the heading may come later

    async def press(self, name: str) -> None:
        """A button or link of the page by its words."""
        main = self.page.get_by_role("main")
        await main.get_by_role("link", name=name).or_(main.get_by_role("button", name=name)).first.click()

    async def next_days(self, count: int) -> None:
        """Let days pass."""
        for _ in range(count):
            await self.page.get_by_role("button", name="+1 day").click()
            await expect(self.page.get_by_role("button", name="+1 day")).not_to_have_attribute("aria-busy", "true")


async def present(stranger: Stranger) -> str:
    """Present a case and return its code."""
    page = stranger.page
    await stranger.press("Present a case")
    await page.get_by_label("Title").fill("Stuck in week four")
    await page.get_by_label("Background").fill("Writes daily, mostly from anna@mail.example, and skips the exercises.")
    await page.get_by_label("No objection").check()
    await page.get_by_label("No", exact=True).check()
    await stranger.press("Check what peers see")
    await expect(page.get_by_role("alert")).to_contain_text("key question")
    await expect(page.get_by_label("Background")).to_have_value(re.compile("Writes daily"))
    await page.get_by_label("Key question").fill("How do I ask about the exercises without reproach?")
    await stranger.press("Check what peers see")
    await expect(page.get_by_role("heading", level=1)).to_have_text("What peers will see")
    await expect(page.get_by_role("main")).not_to_contain_text("anna@mail.example")
    await stranger.press("Share this text")
    note = await page.get_by_role("status").inner_text()
    found = re.search(r"[A-Z]{2}-\d{3}", note)
    assert found, note
    return found.group()


async def write_review(stranger: Stranger, code: str, language: str = "en") -> bool:
    """Review the case if this person, who reads that language, was chosen for it."""
    page, text = stranger.page, words(language)
    row = page.get_by_role("listitem").filter(has_text=code).filter(has_text=text("review.write"))
    if not await row.count():
        return False
    await row.get_by_role("link", name=text("review.write")).first.click()
    await page.get_by_label(text("review.field.reflection")).fill("The daily messages sound like a wish for company.")
    await page.get_by_label(text("review.field.suggestion")).fill("Ask which exercise felt nearest to possible.")
    await stranger.press(text("review.submit"))
    if await page.get_by_role("heading", name=text("gate.title")).count():
        await stranger.press(text("gate.submit"))
    sent = re.compile("|".join(re.escape(text(which)) for which in ("review.sent", "review.sent_last")))
    await expect(page.get_by_role("status")).to_contain_text(sent)
    return True


async def test_a_case_goes_from_its_form_to_the_log(chromium: Browser, address: str) -> None:
    context = await chromium.new_context(viewport=DESK)
    context.set_default_timeout(10_000)
    stranger = Stranger(await context.new_page(), address)
    page = stranger.page

    await stranger.become("Therapist B")
    code = await present(stranger)

    await stranger.become("Supervisor")
    await stranger.press("Preview the plan")
    await expect(page.get_by_role("main").get_by_role("rowheader", name=code)).to_be_visible()
    await stranger.press("Publish")
    await expect(page.get_by_role("status")).to_contain_text("Will be published")

    await stranger.next_days(3)
    wrote = 0
    for letter in THERAPISTS.replace("B", ""):
        await stranger.become(f"Therapist {letter}")
        wrote += await write_review(stranger, code, "sv" if letter == "D" else "en")
    await stranger.become("Supervisor")
    wrote += await write_review(stranger, code)
    assert wrote == 2

    await stranger.become("Therapist B")
    mine = page.get_by_role("listitem").filter(has_text=code)
    await mine.get_by_role("link", name="Read the reviews").click()
    await expect(page.get_by_text("Ask which exercise felt nearest to possible.")).to_have_count(2)
    await page.get_by_role("main").get_by_role("textbox").first.fill("I will ask for one exercise a week.")
    await page.locator("form.fields").get_by_role("button").click()
    if await page.get_by_role("heading", name="What peers will see").count():
        await stranger.press("Share this text")
    await page.goto(address)
    await expect(page.get_by_role("listitem").filter(has_text=code)).to_contain_text("closed")
    await stranger.press("My supervision log")
    newest = page.get_by_role("main").get_by_role("listitem").first
    await expect(newest).to_contain_text("Presenter")
    await context.close()
