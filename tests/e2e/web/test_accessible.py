"""Every view of the gallery in Chromium: no violation that axe can find, no sideways scrolling, targets to touch."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from bot.ui.platform import Address, Message
from bot.ui.sign_in import NewPasskey
from tests import gallery
from tests.browser import IN_BROWSER
from tests.e2e.web.visit import DESK, PHONE, command, visit
from tests.unit.web.stage import KIEL, LINK, NOTICE, Stage

pytestmark = IN_BROWSER

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
CARDS = [f"card {name}" for name in gallery.cards() if name != "many_rows"]
COMMANDS = [*CARDS, *(f"form {name}" for name in gallery.forms()), "nope"]
TOO_SMALL = """() => [...document.querySelectorAll("a, button, select, input, textarea, label.option")]
    .filter(e => e.checkVisibility() && !e.closest(".skip, p, .summary, .option > *, td, th") && e.type !== "hidden")
    .map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 80)])
    .filter(([box]) => box.width > 1 && (box.height < 43.5 || box.width < 43.5)).map(([, html]) => html)"""


async def assert_fine(page: Page) -> None:
    """Nothing that axe finds, nothing wider than the window, nothing too small for a finger."""
    results = await Axe().run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()
    width, window = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= window
    assert await page.evaluate(TOO_SMALL) == []


@pytest.mark.parametrize(
    ("scheme", "size"),
    [
        pytest.param("light", DESK, id="light service", marks=pytest.mark.slow),
        pytest.param("dark", PHONE, id="dark phone"),
        pytest.param("dark", DESK, id="dark service", marks=pytest.mark.slow),
        pytest.param("light", PHONE, id="light phone", marks=pytest.mark.slow),
    ],
)
async def test_every_view_of_the_gallery(chromium: Browser, stage: Stage, scheme: str, size: dict[str, int]) -> None:
    async with visit(chromium, stage, color_scheme=scheme, viewport=size) as page:
        await assert_fine(page)
        for typed in COMMANDS:
            await command(page, typed)
            await assert_fine(page)


@pytest.mark.slow
async def test_a_long_list(chromium: Browser, stage: Stage) -> None:
    async with visit(chromium, stage, viewport=PHONE) as page:
        await command(page, "card many_rows")
        await assert_fine(page)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
async def test_the_pages_around_them(chromium: Browser, stage: Stage, scheme: str) -> None:
    await stage.platform.send(Address(KIEL, {}), Message("obx_1", NOTICE))
    async with visit(chromium, stage, color_scheme=scheme, viewport=PHONE) as page:
        for path in ("/notices", "/notices?before=0", "/nowhere"):
            await page.goto(stage.url + path)
            await assert_fine(page)
        await page.goto(stage.url)
        await page.get_by_role("button", name="Withdraw").click()
        await assert_fine(page)
    async with visit(chromium, stage, color_scheme=scheme, viewport=PHONE, signed_in=False) as page:
        await expect(page.get_by_role("button", name="Become: Therapist A (Kiel)")).to_be_visible()
        await assert_fine(page)


@pytest.mark.parametrize("scheme", ["dark", pytest.param("light", marks=pytest.mark.slow)])
async def test_signing_in(chromium: Browser, scheme: str) -> None:
    look = {"color_scheme": scheme, "viewport": PHONE}
    async with Stage() as stage, visit(chromium, stage, signed_in=False, **look) as page:
        await assert_fine(page)
        await page.get_by_label("Your work e-mail address").fill("nobody")
        await page.get_by_role("button", name="Send me a link").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await assert_fine(page)
        await page.get_by_label("Your work e-mail address").fill("a@clinic.example")
        await page.get_by_role("button", name="Send me a link").click()
        await expect(page.get_by_text("012 345")).to_be_visible()
        await assert_fine(page)
        await page.goto(f"{stage.url}/sign-in/{LINK}")
        await assert_fine(page)
        stage.sign_in.needs_code = True
        await page.reload()
        await page.get_by_label("Code").fill("111111")
        await page.get_by_role("main").get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await assert_fine(page)


@pytest.mark.parametrize("scheme", ["dark", pytest.param("light", marks=pytest.mark.slow)])
async def test_passkeys(chromium: Browser, scheme: str) -> None:
    async with (
        Stage(public_url="http://localhost:8377") as stage,
        visit(chromium, stage, color_scheme=scheme, viewport=PHONE) as page,
    ):
        await page.goto(f"{stage.url}/settings/passkeys")
        await expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
        await assert_fine(page)
        await expect(page.get_by_role("button", name="Add a passkey")).to_be_visible()
        await stage.passkeys.keep(KIEL, NewPasskey("credential", "key", 0, "Work laptop"))
        await page.reload()
        await expect(page.get_by_role("button", name="Remove: Work laptop")).to_be_visible()
        await assert_fine(page)


async def test_at_two_hundred_percent(chromium: Browser, stage: Stage) -> None:
    async with visit(chromium, stage, viewport={"width": 640, "height": 400}, device_scale_factor=2) as page:
        for typed in ("card everything", "form everything"):
            await command(page, typed)
            await assert_fine(page)


async def test_on_paper_the_content_alone_black_on_white(chromium: Browser, stage: Stage) -> None:
    async with visit(chromium, stage, color_scheme="dark") as page:
        await command(page, "form reading")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Reviews")
        await page.emulate_media(media="print", color_scheme="dark")
        await expect(page.get_by_role("banner")).to_be_hidden()
        await expect(page.get_by_role("button", name="Withdraw")).to_be_hidden()
        await expect(page.get_by_text("Reviewer A")).to_be_visible()
        passage = page.get_by_role("blockquote")
        await expect(passage).to_have_css("color", "rgb(29, 40, 45)")
        await expect(passage).to_have_css("background-color", "rgba(0, 0, 0, 0)")
        await expect(page.locator("html")).to_have_css("color-scheme", "light")
