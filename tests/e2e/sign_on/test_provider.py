"""Single sign-on with a certified OpenID provider (npm `oidc-provider`), in a real browser, on the real program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.demo.clinic import person_id
from bot.ports.records import SignOnAccount
from bot.runtime.system import SystemClock
from tests.browser import IN_BROWSER, chromium
from tests.e2e.mail.clinic import Clinic, running
from tests.e2e.sign_on.provider import certified, free_port, missing
from tests.needed import needed

__all__ = ["chromium"]
pytestmark = [*IN_BROWSER, pytest.mark.slow]
SECRET = "a secret: with/signs"
ACCOUNTS = {
    "anna": {"email": "a@demo.example", "email_verified": True, "name": "A"},
    "married": {"email": "new-name@demo.example", "email_verified": True},
    "impostor": {"email": "a@demo.example", "email_verified": True},
    "nobody": {"email": "nobody@demo.example", "email_verified": True},
    "unverified": {"email": "b@demo.example", "email_verified": False},
}


@asynccontextmanager
async def signing_on(tmp_path: Path, **changed: Any) -> AsyncIterator[Clinic]:
    needed(missing())
    ports = free_port(), free_port()
    back = f"http://localhost:{ports[0]}/sign-in/with/clinic/back"
    async with certified(ports[1], back, ACCOUNTS) as provider:
        known = {
            "label": "Clinic account",
            "issuer": provider.issuer,
            "client_id": "intervision",
            "client_secret": SECRET,
        }
        web = {"providers": {"clinic": {**known, **changed}}}
        async with running(tmp_path, at_localhost=True, port=ports[0], web=web, start=SystemClock().now()) as clinic:
            yield clinic


async def comes(clinic: Clinic, chromium: Browser, account: str, path: str = "/log") -> tuple[BrowserContext, Page]:
    """Somebody wants a page, and signs in at the provider as this account."""
    context = await chromium.new_context()
    page = await context.new_page()
    await page.goto(f"{clinic.url}{path}")
    await page.get_by_role("link", name="Sign in with Clinic account").click()
    await page.get_by_placeholder("Enter any login").fill(account)
    await page.get_by_placeholder("and password").fill("x")
    await page.get_by_role("button", name="Sign-in").click()
    await page.get_by_role("button", name="Continue").click()
    return context, page


async def test_a_person_signs_in_at_the_provider_and_comes_to_the_page_they_wanted(
    chromium: Browser, tmp_path: Path
) -> None:
    async with signing_on(tmp_path) as clinic:
        context, page = await comes(clinic, chromium, "anna")
        await expect(page).to_have_url(f"{clinic.url}/log")
        await context.close()
        (bound,) = await clinic.find(SignOnAccount)
        assert (bound.person, bound.subject) == (person_id("a"), "anna")
        context, page = await comes(clinic, chromium, "impostor")
        await expect(page.get_by_text("is not the one known here for a@demo.example")).to_be_visible()
        await context.close()


@pytest.mark.parametrize(
    ("account", "says"),
    [("nobody", "Nobody here has the address nobody@demo.example"), ("unverified", "did not confirm who you are")],
)
async def test_whom_nobody_here_knows_or_vouches_for_reads_so(
    chromium: Browser, tmp_path: Path, account: str, says: str
) -> None:
    async with signing_on(tmp_path) as clinic:
        context, page = await comes(clinic, chromium, account)
        await expect(page.get_by_text(says)).to_be_visible()
        await context.close()
        assert await clinic.find(SignOnAccount) == []


async def test_a_secret_that_was_changed_at_the_provider_is_named_and_a_link_still_works(
    chromium: Browser, tmp_path: Path
) -> None:
    async with signing_on(tmp_path, client_secret="the old one") as clinic:
        context, page = await comes(clinic, chromium, "anna")
        await expect(page.get_by_text("does not accept this program's key")).to_be_visible()
        await page.get_by_label("E-mail address").fill("a@demo.example")
        await page.get_by_role("button", name="Send me a link").click()
        await expect(page.get_by_text("a link is sent by E-mail")).to_be_visible()
        await context.close()
