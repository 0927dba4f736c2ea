"""Nothing typed is lost: reload, Back, Home, a second window, a crash, a session that ends, a server that is away."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser import IN_BROWSER
from tests.e2e.web.demo import Running
from tests.e2e.web.visit import DESK

pytestmark = [*IN_BROWSER, pytest.mark.slow]
TEXT = "Writes daily, and skips the exercises."


async def entered(chromium: Browser, demo: Running, label: str = "Therapist B") -> tuple[BrowserContext, Page]:
    """A browser in which this persona is signed in."""
    context = await chromium.new_context(viewport=DESK)
    context.set_default_timeout(8000)
    page = await context.new_page()
    await page.goto(demo.address)
    chooser = page.locator("#persona")
    names = await chooser.locator("option").all_text_contents()
    await chooser.select_option(label=next(name for name in names if name.startswith(label)))
    await page.locator(".demo-who button").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(label)
    return context, page


async def begin(page: Page, text: str = TEXT) -> None:
    """Open the case form, type, and wait until it is kept."""
    await page.get_by_role("link", name="Present a case").first.click()
    await page.get_by_label("Background").fill(text)
    await expect(page.locator(".saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"))


async def test_reload_home_back_and_cancel_keep_the_text(chromium: Browser, demo: Running) -> None:
    context, page = await entered(chromium, demo)
    await begin(page)
    await page.reload()
    await expect(page.get_by_label("Background")).to_have_value(TEXT)
    await page.get_by_role("link", name="Home").click()
    await expect(page.get_by_text("Your case is not sent yet")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_label("Background")).to_have_value(TEXT)
    await page.get_by_role("link", name="Cancel").click()
    await page.get_by_role("link", name="Go on").click()
    await expect(page.get_by_label("Background")).to_have_value(TEXT)
    await page.get_by_role("button", name="Discard").click()
    await page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    await expect(page.get_by_text("The draft is erased.")).to_be_visible()
    await context.close()


async def test_a_reload_in_the_same_moment_shows_the_last_words(chromium: Browser, demo: Running) -> None:
    """The page is asked for before what leaving it keeps has arrived; it looks once more; no second draft is left."""
    context, page = await entered(chromium, demo, "Therapist F")
    await begin(page)
    for words in ("Skips them at night.", "Skips them at night, and says so."):
        await page.get_by_label("Background").fill(words)
        await page.reload()
        await expect(page.get_by_label("Background")).to_have_value(words)
    asked: list[str] = []
    page.on("framenavigated", lambda frame: asked.append(frame.url))
    await page.reload()
    await page.wait_for_timeout(1500)
    assert len(asked) == 1, "with nothing new it is not loaded again"
    await page.get_by_label("Key question").fill("How do I ask?")
    await expect(page.locator(".saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    await page.get_by_role("link", name="Home").click()
    await expect(page.get_by_text("Your case is not sent yet")).to_have_count(1)
    await context.close()


async def test_leaving_at_once_keeps_the_text_and_another_device_has_it(chromium: Browser, demo: Running) -> None:
    context, page = await entered(chromium, demo, "Therapist C")
    await page.get_by_role("link", name="Present a case").first.click()
    await page.get_by_label("Background").fill(TEXT)
    await page.get_by_role("link", name="Home").click()  # before the pause after which it is kept
    await expect(page.get_by_text("Your case is not sent yet")).to_be_visible()
    await context.close()
    context, page = await entered(chromium, demo, "Therapist C")
    await page.get_by_role("link", name="Go on").click()
    await expect(page.get_by_label("Background")).to_have_value(TEXT)
    await context.close()


async def test_two_windows_keep_both_texts_and_say_so(chromium: Browser, demo: Running) -> None:
    context, page = await entered(chromium, demo, "Therapist E")
    await begin(page)
    other = await context.new_page()
    await other.goto(page.url)
    await other.get_by_label("Background").fill("The other window.")
    await expect(other.locator(".saved")).to_contain_text("Saved")
    await page.get_by_label("Background").fill("The first window goes on.")
    await expect(page.locator(".saved")).to_contain_text("Another version")
    await page.get_by_role("link", name="Home").click()
    await expect(page.get_by_role("link", name="Go on")).to_have_count(2)
    await context.close()


async def test_a_server_that_is_away_is_said_and_waited_for(chromium: Browser, demo: Running) -> None:
    context, page = await entered(chromium, demo, "Therapist F")
    await begin(page)
    await page.route("**/draft", lambda route: route.abort())
    await page.get_by_label("Background").fill("Typed while it was away.")
    await expect(page.locator(".saved")).to_contain_text("Not saved: no connection")
    await page.unroute("**/draft")
    await expect(page.locator(".saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"), timeout=15_000)
    await page.reload()
    await expect(page.get_by_label("Background")).to_have_value("Typed while it was away.")
    await context.close()


async def test_a_restart_of_the_server_keeps_the_text(chromium: Browser, demo: Running) -> None:
    context, page = await entered(chromium, demo, "Therapist G")
    await begin(page)
    await demo.restart()
    await page.reload()
    await expect(page.get_by_label("Background")).to_have_value(TEXT)
    await context.close()


async def test_a_preview_left_alone_loses_nothing(chromium: Browser, demo: Running) -> None:
    context, page = await entered(chromium, demo, "Therapist A")
    await begin(page)
    await page.get_by_label("Title").fill("Stuck")
    await page.get_by_label("Key question").fill("What now?")
    await page.get_by_label("No objection").check()
    await page.get_by_label("No", exact=True).check()
    await page.get_by_role("button", name="Check what peers see").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("What peers will see")
    await page.go_back()
    await expect(page.get_by_label("Title")).to_have_value("Stuck")
    await page.get_by_role("link", name="Home").click()
    await page.get_by_role("link", name="Go on").click()
    await page.get_by_role("button", name="Check what peers see").click()
    await page.get_by_role("button", name="Share this text").click()
    await expect(page.get_by_text("not sent yet")).to_have_count(0)
    await context.close()


async def test_without_script_what_was_sent_with_a_mistake_is_kept(chromium: Browser, demo: Running) -> None:
    context, page = await entered(chromium, demo, "Supervisor")
    cookies = await context.cookies()
    await context.close()
    context = await chromium.new_context(java_script_enabled=False)
    await context.add_cookies([{"name": c["name"], "value": c["value"], "url": demo.address} for c in cookies])
    page = await context.new_page()
    await page.goto(demo.address)
    await page.get_by_role("link", name="Present a case").first.click()
    await page.get_by_label("Background").fill(TEXT)
    await page.get_by_role("button", name="Check what peers see").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.goto(demo.address)
    await page.get_by_role("link", name="Go on").click()
    await expect(page.get_by_label("Background")).to_have_value(TEXT)
    await context.close()


async def test_after_signing_in_again_the_open_page_goes_on_saving(chromium: Browser, demo: Running) -> None:
    context, page = await entered(chromium, demo, "Therapist G")
    await begin(page)
    await context.clear_cookies(name="intervision")
    await page.get_by_label("Background").fill("Typed after the session ended.")
    await expect(page.locator(".saved")).to_contain_text("you are signed out")
    personas = await demo.control.personas()
    for label, saves in (("Therapist F", False), ("Therapist G", True)):
        me = next(p.actor for p in personas if p.label.startswith(label))
        session = await demo.control.session_as(me)
        await context.add_cookies([{"name": "intervision", "value": session, "url": demo.address}])
        await page.wait_for_timeout(0 if saves else 9000)
        assert saves or "you are signed out" in await page.locator(".saved").inner_text()
    await expect(page.locator(".saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"), timeout=15_000)
    await context.close()


async def test_what_will_be_replaced_is_marked_while_one_writes(chromium: Browser, demo: Running) -> None:
    context, page = await entered(chromium, demo, "Therapist B")
    await page.goto(f"{demo.address}/cases/new")
    text = "🙂 She writes from anna@mail.example every day."
    await page.get_by_label("Background").fill(text)
    await expect(page.locator(".behind mark")).to_have_text("anna@mail.example")
    await expect(page.locator(".replaced li")).to_contain_text("[E-MAIL 1]")
    await expect(page.get_by_label("Background")).to_have_value(text)
    await page.get_by_label("Background").fill("She writes every day.")
    await expect(page.locator(".behind mark")).to_have_count(0)
    await context.close()
