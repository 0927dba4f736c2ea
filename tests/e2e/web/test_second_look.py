"""A second look in a real browser on a phone: read, send back with a note, change, pass."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import person_id
from bot.domain.case import Case, CaseStatus
from bot.domain.person import Person
from tests.app.looking import PLAIN, ruled, sent
from tests.browser import IN_BROWSER
from tests.e2e.web.visit import PHONE
from tests.fuzz.web_clinic import web_clinic
from tests.gate import rules_alone
from tests.world import World

pytestmark = [*IN_BROWSER, pytest.mark.slow]


@asynccontextmanager
async def phone(chromium: Browser, world: World, url: str, key: str) -> AsyncIterator[Page]:
    """A demo person's own phone, signed in."""
    service = SignInService(world.store, world.clock, world.tools)
    person = (await world.find(Person, id=person_id(key)))[0]
    context = await chromium.new_context(viewport=PHONE)
    context.set_default_timeout(5000)
    await context.add_cookies([{"name": "intervision", "value": await service.open_session(person), "url": url}])
    page = await context.new_page()
    await page.goto(url)
    yield page
    await context.close()


async def press(page: Page, name: str) -> None:
    main = page.get_by_role("main")
    await main.get_by_role("link", name=name).or_(main.get_by_role("button", name=name)).first.click()


async def fits(page: Page) -> bool:
    """Nothing is wider than the phone."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


async def test_a_case_goes_back_and_forth_and_on(chromium: Browser) -> None:
    gate = rules_alone()
    async with web_clinic(gate) as (world, url, _):
        await ruled(world, second_look="always")
        case = await sent(world)
        async with phone(chromium, world, url, "s") as page:
            await press(page, "Look at the text")
            await expect(page.get_by_text(PLAIN["background"])).to_be_visible()
            assert await fits(page)
            await press(page, "Send it back")
            await page.get_by_label("Employers, schools, clinics").check()
            await page.get_by_label("Note to the author").fill("The place in the second line.")
            assert await fits(page)
            await press(page, "Send it back")
            await expect(page.get_by_role("status")).to_contain_text(case.code)
        async with phone(chromium, world, url, "a") as page:
            await expect(page.get_by_text("sent back to its author").first).to_be_visible()
            await press(page, "Change the text")
            await expect(page.get_by_label("Background")).to_have_value(PLAIN["background"])
            await page.goto(url)
            await press(page, "Open")
            await expect(page.get_by_text("The place in the second line.")).to_be_visible()
            assert await fits(page)
            await press(page, "Change the text")
            await page.get_by_label("Background").fill("Messages come weekly.")
            await page.get_by_label("No objection").check()
            await page.get_by_label("No", exact=True).check()
            await press(page, "Check what peers see")
            await press(page, "Share this text")
            await expect(page.get_by_role("status")).to_contain_text("second look")
        async with phone(chromium, world, url, "s") as page:
            await press(page, "Look at the text")
            await expect(page.get_by_text("Messages come weekly.")).to_be_visible()
            await press(page, "Send to reviewers")
            await expect(page.get_by_role("status")).to_contain_text("next plan")
        (now,) = await world.find(Case, id=case.id)
        assert now.status(world.clock.now()) is CaseStatus.WAITING
