"""What only a browser shows: the keyboard alone, without scripts, dialogs, counters, a double click."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from bot.ui.inbound import ActionPressed, FormSubmitted
from bot.ui.platform import Address, Message
from tests.browser import IN_BROWSER
from tests.e2e.web.visit import PHONE, command, visit
from tests.unit.web.stage import DOCUMENT, KIEL, LINK, NOTICE, ULM, Stage

pytestmark = IN_BROWSER


async def tab_to(page: Page, name: str, most: int = 60) -> None:
    """Press Tab until the element with this name has the focus and can be seen to have it."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        words = await page.evaluate("(e => e.labels?.[0]?.innerText ?? e.innerText ?? '')(document.activeElement)")
        if words.strip().startswith(name):
            assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"{name!r} cannot be reached with the keyboard")


async def test_a_case_is_sent_with_the_keyboard_alone(chromium: Browser, stage: Stage) -> None:
    async with visit(chromium, stage) as page:
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"
        await tab_to(page, "Open review 0")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Present a case")
        await tab_to(page, "Title")
        await page.keyboard.press("ControlOrMeta+a")
        await page.keyboard.type("With the keyboard")
        await tab_to(page, "iCBT")
        await page.keyboard.press("ArrowDown")
        await tab_to(page, "Send")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("It is done.")
    [event] = stage.of(FormSubmitted)
    assert isinstance(event, FormSubmitted)
    assert event.values["mode"] == ("f2f",)
    assert event.values["title"].reveal() == "With the keyboard"  # type: ignore[union-attr] # a text field


async def test_chromium_takes_the_pages_for_an_app(chromium: Browser, stage: Stage) -> None:
    async with visit(chromium, stage) as page:
        inside = await page.context.new_cdp_session(page)
        read = await inside.send("Page.getAppManifest")
        wrong = (await inside.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert read["url"].endswith(".webmanifest")
    assert not read["errors"]
    assert {each["errorId"] for each in wrong} <= {"in-incognito"}  # a test's context is one


async def test_mistakes_take_the_focus_and_lead_to_their_fields(chromium: Browser, stage: Stage) -> None:
    async with visit(chromium, stage) as page:
        await command(page, "form everything")
        await page.get_by_label("Title").fill("  ")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("alert")).to_be_focused()
        await page.get_by_role("link", name="Title: A title is needed.").click()
        await expect(page.get_by_label("Title")).to_be_focused()
        read_out = "Shown to peers Error: A title is needed. Characters left: 115"
        await expect(page.get_by_label("Title")).to_have_accessible_description(read_out)


async def test_the_question_is_a_dialog(chromium: Browser, stage: Stage) -> None:
    async with visit(chromium, stage) as page:
        button = page.get_by_role("button", name="Withdraw")
        await button.click()
        dialog = page.get_by_role("dialog", name="Withdraw")
        await expect(dialog.get_by_role("button", name="Keep")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await expect(button).to_be_focused()
        assert not stage.of(ActionPressed)
        await button.click()
        await dialog.get_by_role("button", name="Withdraw").click()
        await expect(page.get_by_role("status")).to_contain_text("It is done.")
    assert len(stage.of(ActionPressed)) == 1


async def test_everything_works_without_scripts(chromium: Browser, stage: Stage) -> None:
    async with visit(chromium, stage, java_script_enabled=False, signed_in=False, viewport=PHONE) as page:
        await page.goto(f"{stage.url}/sign-in/{LINK}")
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("button", name="Withdraw").click()
        await expect(page.get_by_text("Its text is erased at once.")).to_be_visible()
        await page.get_by_role("button", name="Withdraw").click()
        await expect(page.get_by_role("status")).to_contain_text("It is done.")
        await page.get_by_role("link", name="Open review 0").click()
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("status")).to_contain_text("It is done.")
        await page.get_by_label("You are").select_option("Supervisor (Ulm)")
        await page.get_by_role("button", name="Become").click()
        await page.get_by_role("button", name="+1 day").click()
        await expect(page.get_by_text("Tue, 8 Dec 2026")).to_be_visible()
    assert stage.events[-1].actor == ULM


async def test_a_double_click_is_one_event(chromium: Browser, stage: Stage) -> None:
    async with visit(chromium, stage) as page:
        await command(page, "form everything")
        await page.get_by_role("button", name="Send").dblclick()
        await expect(page.get_by_role("status")).to_contain_text("It is done.")
    assert len(stage.of(FormSubmitted)) == 1


async def test_the_length_is_counted_while_typing(chromium: Browser, stage: Stage) -> None:
    async with visit(chromium, stage) as page:
        await command(page, "form everything")
        await page.get_by_label("Title").fill("🙂" * 119)
        await expect(page.get_by_text("Characters left: 1", exact=True)).to_be_visible()
        await page.get_by_label("Title").fill("x" * 1121)
        await expect(page.get_by_text("Over the limit by: 1,001", exact=True)).to_be_visible()


async def test_going_back_and_reloading_repeat_nothing(chromium: Browser, stage: Stage) -> None:
    async with visit(chromium, stage) as page:
        await page.get_by_role("link", name="Open review 0").click()
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("status")).to_contain_text("It is done.")
        await page.reload()
        await expect(page.get_by_role("status")).to_have_count(0)
        await page.go_back()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Present a case")
    assert len(stage.of(FormSubmitted)) == 1


async def test_a_file_is_downloaded_and_the_page_stays_usable(chromium: Browser, stage: Stage) -> None:
    stage.answers["log"] = DOCUMENT
    async with visit(chromium, stage) as page:
        async with page.expect_download() as waiting:
            await command(page, "log")
        assert (await waiting.value).suggested_filename == "log ünïcode.csv"


async def test_notices_count_until_they_are_read(chromium: Browser, stage: Stage) -> None:
    await stage.platform.send(Address(KIEL, {}), Message("obx_1", NOTICE))
    async with visit(chromium, stage) as page:
        await page.get_by_role("link", name="Notices, one new").click()
        await expect(page.get_by_role("article", name="A review is due")).to_be_visible()
        await page.get_by_role("link", name="Home").click()
        await expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()
