"""Takes the pictures of the README and the guides from the demo, so that they never rot: `make pictures`.

It walks the README's tour as a reader does, by the words on the buttons: one case of Therapist A, from the form
to the reviews that are released together. A button that is gone ends it with an error.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright

from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.control import DemoControl, open_demo
from bot.demo.texts import CASES, REVIEWS
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Person
from bot.main import App
from bot.ui.strings import LANGUAGES

HERE = Path(__file__).parent
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PORT = 8397
PRESENTER = "Therapist A (Kiel)"
SUPERVISOR = "Supervisor (Kiel)"
WAITS = 60_000
"""Milliseconds for one step: the gate's models are loaded at the first text."""


async def main() -> None:
    """Start a demo of its own, walk through it, keep what the pages look like."""
    chromium = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder:
        app, control = await open_demo(Path(folder), PORT)
        await app.start(ticking=False)
        sending = asyncio.create_task(app.dispatcher.run())
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
                page = await browser.new_page(viewport={"width": 1000, "height": 700}, device_scale_factor=1)
                page.set_default_timeout(WAITS)
                await walk(page, app)
                await learning(page)
                await logs(page, app)
                await mails(page, control)
                await browser.close()
        finally:
            app.dispatcher.stop()
            await sending
            await app.stop()


async def walk(page: Page, app: App) -> None:
    """The pages of the README, in the order of its tour."""
    await become(page, PRESENTER)
    await shot(page, "home")
    await press(page, "Read and ask")
    await shot(page, "review")
    case = await presented(page)
    await become(page, SUPERVISOR)
    await press(page, "Preview the plan")
    await shot(page, "plan")
    await press(page, "Publish")
    for _ in range(3):
        await press(page, "+1 day")
    for who, (reflection, suggestion) in zip(await reviewers_of(app, case), REVIEWS, strict=False):
        await become(page, who)
        await press(page.get_by_role("group", name=f"Case {case}"), "Write the review")
        await fill(page, {"reflection": reflection, "suggestion": suggestion})
        await press(page, "Check and send")
    await become(page, PRESENTER)
    await press(page.get_by_role("group", name=f"Case {case}"), "Read the reviews")
    await shot(page, "round")
    await become(page, SUPERVISOR)
    await press(page, "My supervision log")
    await shot(page, "log")


PATIENTS = (
    {"number": "P12", "programme": "Depression", "week": "5", "scores": "PHQ-9 week 1: 15, week 2: 15, week 4: 15"},
    {"number": "P3", "programme": "Panic", "week": "2", "scores": "GAD-7 week 1: 14"},
)


async def learning(page: Page) -> None:
    """The private worksheet with two invented patients, and the form in which a message is retold."""
    at = f"http://127.0.0.1:{PORT}/cases"
    await become(page, PRESENTER)
    for patient in PATIENTS:
        await page.goto(f"{at}/pick/new")
        await fill(page, patient)
        await press(page, "Save")
    await page.goto(f"{at}/pick")
    await shot(page, "worksheet")
    await page.goto(f"{at}/message")
    await shot(page, "message")
    await become(page, SUPERVISOR)
    await press(page, "My supervision log")


async def logs(page: Page, app: App) -> None:
    """The log that is open, in the other five languages."""
    for language in LANGUAGES:
        if language != "en":
            async with app.store.begin(ORGANISATION) as uow:
                await uow.save(replace(await uow.get(Person, person_id("s")), language=language))
                await uow.commit()
            await page.reload()
            await shot(page, f"log-{language}")


MAILS = {
    "A case for you to review": "mail-assigned",
    "News for you": "mail-news",
    "Risk alert": "mail-alert",
}


async def mails(page: Page, control: DemoControl) -> None:
    """Mails of the demo as a mail program shows them, each the first that anybody got."""
    wanted = dict(MAILS)
    await raise_concern(page)
    await page.set_viewport_size({"width": 560, "height": 320})
    for persona in await control.personas():
        for mail in await control.mails_of(persona.actor):
            for subject in [each for each in wanted if mail.subject.startswith(each)]:
                await page.goto(f"http://127.0.0.1:{PORT}/demo/mail/{persona.actor.user}/{mail.id}")
                await shot(page, wanted.pop(subject))
    assert not wanted, wanted


async def present(page: Page, *, risk: str) -> None:
    """Fill the form of a case, whose question about a risk is answered so, and send it to the gate."""
    await become(page, PRESENTER)
    await press(page, "Present a case")
    await fill(page, CASES[0])
    for label in ("No objection", risk):
        await page.get_by_label(label, exact=True).check()
    await press(page, "Check what peers see")


async def raise_concern(page: Page) -> None:
    """A case with a risk that is not handled: the duty supervisor is alerted."""
    await present(page, risk="Yes")
    await press(page, "Alert the duty supervisor now")


async def presented(page: Page) -> str:
    """Present a case; its code."""
    await present(page, risk="No")
    await shot(page, "gate")
    await press(page, "Share this text")
    said = await page.locator("main").inner_text()
    (code,) = re.findall(r"^Case (\S+) is (?:in|sent)", said, re.M)[:1]
    return str(code)


async def reviewers_of(app: App, code: str) -> list[str]:
    """Who reviews a case: no page says it to its presenter, so the database does."""
    async with app.store.begin(ORGANISATION, write=False) as uow:
        (case,) = await uow.find(Case, code=code)
        return [(await uow.get(Person, a.reviewer)).name for a in await uow.find(Assignment, case=case.id)]


async def become(page: Page, label: str) -> None:
    """Change over to a demo person by the bar."""
    await page.goto(f"http://127.0.0.1:{PORT}/")
    options = await page.locator("select option").all_inner_texts()
    await page.locator("select").first.select_option(label=next(o for o in options if o.strip().startswith(label)))
    await press(page, "Become")
    await page.goto(f"http://127.0.0.1:{PORT}/")


async def press(where: Page | Locator, label: str) -> None:
    """Press the first button or link of this name."""
    named = where.get_by_role("button", name=label, exact=True).or_(where.get_by_role("link", name=label, exact=True))
    await named.first.click()
    await (where if isinstance(where, Page) else where.page).wait_for_load_state()


async def fill(page: Page, texts: dict[str, str]) -> None:
    """Type into the fields of the form, those that are folded away too."""
    for name, text in texts.items():
        field = page.locator(f"[name$='{name}']").first
        await field.evaluate("field => field.closest('details')?.setAttribute('open', '')")
        await field.fill(text)


async def shot(page: Page, name: str) -> None:
    """Keep the whole page."""
    await page.wait_for_load_state()
    await page.screenshot(path=HERE / f"{name}.png", full_page=True)


if __name__ == "__main__":
    asyncio.run(main())
