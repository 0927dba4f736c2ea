"""Somebody is removed while a case stands open in their browser: a real Chromium, the real core behind the pages."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from bot.admin.context import AdminContext
from bot.admin.people import remove_person
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Person
from tests.app.risk import TEXTS, scene
from tests.browser import IN_BROWSER
from tests.fuzz.web_clinic import web_clinic
from tests.gate import rules_alone

pytestmark = IN_BROWSER
SECRET = TEXTS["background"]
TYPED = "What came before the first message?"


async def test_the_open_page_the_way_back_and_a_new_page_show_nothing_any_more(chromium: Browser) -> None:
    gate = rules_alone()
    async with web_clinic(gate) as (world, url, _):
        await scene(world)
        admin = SignInService(world.store, world.clock, world.tools)
        person = (await world.find(Person, id=person_id("b")))[0]
        context = await chromium.new_context()
        await context.add_cookies([{"name": "intervision", "value": await admin.open_session(person), "url": url}])
        page = await context.new_page()
        try:
            await page.goto(url)
            await page.get_by_role("link", name="Read and ask").first.click()
            await expect(page.get_by_text(SECRET)).to_be_visible()
            await page.locator("form[action='/submit'] textarea").first.fill(TYPED)
            await remove_person(AdminContext(world.store, world.clock, world.tools, admin), ORGANISATION, person.email)
            await page.locator("form[action='/submit'] button").last.click()
            await expect(page.get_by_text(TYPED)).to_be_visible()  # handed back: it is theirs
            assert SECRET not in await page.content()
            await page.go_back()
            assert SECRET not in await page.content()
            await page.goto(url)
            await expect(page).to_have_url(f"{url}/sign-in")
            assert SECRET not in await page.content()
        finally:
            await context.close()
