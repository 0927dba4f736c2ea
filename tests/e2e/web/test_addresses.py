"""Pages have addresses: reload, bookmarks, history, and the way back through signing in."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from tests.browser import IN_BROWSER
from tests.e2e.web.demo import Running
from tests.e2e.web.test_drafts import entered

pytestmark = [*IN_BROWSER, pytest.mark.slow]


async def test_a_bookmark_holds_over_sessions_and_leads_back_through_signing_in(
    chromium: Browser, demo: Running
) -> None:
    context, page = await entered(chromium, demo, "Supervisor")
    await page.get_by_role("navigation").get_by_role("link", name="Rounds").click()
    await page.get_by_role("link", name="Follow").first.click()
    assert re.fullmatch(rf"{demo.address}/rounds/\d+", page.url)
    kept, title = page.url, await page.title()
    await page.reload()
    assert (page.url, await page.title()) == (kept, title)
    await page.go_back()
    assert page.url == f"{demo.address}/rounds"
    await context.clear_cookies()
    await page.goto(kept)
    assert page.url == f"{demo.address}/sign-in"
    me = next(p.actor for p in await demo.control.personas() if p.label.startswith("Supervisor"))
    link = await demo.app.sign_in.link_for_person(me.tenant, me.user)
    await page.goto(link)
    await page.get_by_role("main").get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(kept)
    assert await page.title() == title
    await context.close()


async def test_a_page_opened_before_shows_what_is_true_now(chromium: Browser, demo: Running) -> None:
    """The overview was a picture of the moment at which it was asked for."""
    context, page = await entered(chromium, demo, "Supervisor")
    await page.goto(f"{demo.address}/overview")
    before = await page.get_by_role("main").inner_text()
    await demo.control.advance(3)
    await page.reload()
    assert await page.get_by_role("main").inner_text() != before
    await context.close()


async def test_no_address_holds_a_text_and_unknown_ones_are_missing(chromium: Browser, demo: Running) -> None:
    context, page = await entered(chromium, demo, "Therapist A")
    for path in ("/cases/no/such/page/here", "/rounds-of-nobody", "/at/round.publish/x"):
        response = await page.goto(demo.address + path)
        assert response
        assert response.status == 404, path
    for path in ("/people/per_demo_b", "/overview", "/rounds/7"):
        response = await page.goto(demo.address + path)
        assert response
        assert response.status == 403, path
    await context.close()
