"""Passkeys in a real browser: Chromium's virtual authenticator, the real program, the strict content policy."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.demo.clinic import ORGANISATION, person_id
from tests.browser import IN_BROWSER
from tests.e2e.mail.clinic import Clinic, running

pytestmark = [*IN_BROWSER, pytest.mark.slow]


async def authenticator(page: Page) -> None:
    """A device with a screen lock, which its owner has just unlocked."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def by_link(clinic: Clinic, page: Page) -> None:
    link = await clinic.app.sign_in.link_for_person(ORGANISATION, person_id("a"))
    await page.goto(link)
    await page.get_by_role("main").get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()


async def test_a_therapist_adds_a_passkey_and_signs_in_with_it_until_it_is_removed(
    chromium: Browser, tmp_path: Path
) -> None:
    async with running(tmp_path, at_localhost=True) as clinic:
        context = await chromium.new_context()
        page = await context.new_page()
        wrong: list[str] = []
        page.on("console", lambda said: wrong.append(said.text) if "Security Policy" in said.text else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        try:
            await authenticator(page)
            await by_link(clinic, page)
            await page.goto(f"{clinic.url}/settings/browsers")
            await page.get_by_role("link", name="Passkeys").click()
            await page.locator("#name").fill("Work laptop")
            await page.get_by_role("button", name="Add a passkey").click()
            await expect(page.get_by_text("The passkey is added.")).to_be_visible()
            await expect(page.get_by_text("Work laptop")).to_be_visible()
            await page.locator("#name").fill("The same again")
            await page.get_by_role("button", name="Add a passkey").click()
            await expect(page.get_by_text("a device takes only one for each person")).to_be_visible()

            await page.get_by_role("button", name="Sign out").click()
            await page.goto(f"{clinic.url}/log")
            await page.get_by_role("button", name="Sign in with a passkey").click()
            await expect(page).to_have_url(f"{clinic.url}/log")  # where one wanted to go

            await page.goto(f"{clinic.url}/settings/passkeys")
            await expect(page.get_by_text("last used on")).to_be_visible()
            await page.get_by_role("button", name="Remove: Work laptop").click()
            await expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
            await page.get_by_role("button", name="Sign out").click()
            await page.get_by_role("button", name="Sign in with a passkey").click()
            await expect(page.get_by_text("This passkey is not known here")).to_be_visible()
            assert wrong == []
        finally:
            await context.close()


async def test_a_device_without_a_passkey_says_so_and_leaves_the_other_ways(chromium: Browser, tmp_path: Path) -> None:
    async with running(tmp_path, at_localhost=True) as clinic:
        context = await chromium.new_context()
        page = await context.new_page()
        try:
            await authenticator(page)
            await page.goto(f"{clinic.url}/sign-in")
            await page.get_by_role("button", name="Sign in with a passkey").click()
            await expect(page.get_by_text("The passkey did not sign you in.")).to_be_visible()
            await expect(page.get_by_role("button", name="Send me a link")).to_be_enabled()
        finally:
            await context.close()
