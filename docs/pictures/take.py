"""Takes the pictures of the README and the guides from the demo, so that they never rot: `make pictures`."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bot.demo.control import open_demo

HERE = Path(__file__).parent
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
CASE = {
    "title": "Silent since module 4",
    "background": "Wrote long messages until module 4, then nothing. Last call on 07700 900123 on 3 March 2026.",
    "key_question": "How do I write so that the door stays open without pressing?",
}


async def main() -> None:
    """Start a demo of its own, walk through it, keep what the pages look like."""
    chromium = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder:
        app, _ = await open_demo(Path(folder), 8391)
        await app.start(ticking=False)
        sending = asyncio.create_task(app.dispatcher.run())
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
            page = await browser.new_page(viewport={"width": 1000, "height": 700}, device_scale_factor=1)
            await page.goto("http://127.0.0.1:8391/")
            await walk(page)
            await browser.close()
        app.dispatcher.stop()
        await sending
        await app.stop()


async def walk(page: Page) -> None:
    """The pages of the README, in order."""
    await become(page, "Therapist A (Kiel)")
    await shot(page, "home")
    await (
        page.get_by_role("button", name="Read and ask").or_(page.get_by_role("link", name="Read and ask")).first.click()
    )
    await shot(page, "review")
    await page.goto("http://127.0.0.1:8391/")
    await (
        page.get_by_role("button", name="Present a case")
        .or_(page.get_by_role("link", name="Present a case"))
        .first.click()
    )
    for name, text in CASE.items():
        await page.locator(f"[name$='{name}']").first.fill(text)
    for label in ("No objection", "No"):
        await page.get_by_label(label, exact=True).check()
    await shot(page, "case")
    await page.get_by_role("button", name="Check what peers see").click()
    await shot(page, "gate")
    await become(page, "Supervisor (Kiel)")
    await (
        page.get_by_role("button", name="Preview the plan")
        .or_(page.get_by_role("link", name="Preview the plan"))
        .first.click()
    )
    await shot(page, "plan")
    await become(page, "Supervisor (Kiel)")
    await (
        page.get_by_role("button", name="My supervision log")
        .or_(page.get_by_role("link", name="My supervision log"))
        .first.click()
    )
    await shot(page, "log")


async def become(page: Page, label: str) -> None:
    """Change over to a demo person by the bar."""
    await page.goto("http://127.0.0.1:8391/")
    options = await page.locator("select option").all_inner_texts()
    await page.locator("select").first.select_option(label=next(o for o in options if o.strip().startswith(label)))
    await page.get_by_role("button", name="Become").first.click()
    await page.wait_for_load_state()
    await page.goto("http://127.0.0.1:8391/")


async def shot(page: Page, name: str) -> None:
    """Keep the whole page."""
    await page.wait_for_load_state()
    await page.screenshot(path=HERE / f"{name}.png", full_page=True)


if __name__ == "__main__":
    asyncio.run(main())
