"""A clinic without any chat, from its first command to a closed round and a risk alert that somebody took on.

The administrator uses the shell; everybody else touches only their mailbox and the browser: a real SMTP server on
loopback, the real pages in Chromium. Once with links by mail, once with single sign-on at a certified provider.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest
import structlog
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.app.steps.addresses import keep_all_addresses
from bot.cli.main import main
from bot.config import load
from bot.demo.clock import VirtualClock
from bot.demo.control import DemoControl
from bot.domain.round import Round
from bot.log import Silent
from bot.main import App, build
from bot.ports.records import LogEntry
from bot.runtime.system import SystemClock
from tests.browser import IN_BROWSER, chromium
from tests.e2e.server.quick import RULES_ALONE
from tests.e2e.sign_on.provider import Certified, certified, free_port, missing
from tests.e2e.web.test_demo_round import Stranger, present, write_review
from tests.migrated import migrated
from tests.needed import needed
from tests.standins.mail import Relay, relay

__all__ = ["chromium"]
pytestmark = [*IN_BROWSER, pytest.mark.slow]
PROVIDER = """[adapters.web.providers.clinic]
label = "Clinic account"
issuer = "{issuer}"
client_id = "intervision"
client_secret = "a secret: with/signs"
"""


def address(key: str) -> str:
    return f"{key}@clinic.example"


def shell(config: Path, *words: str) -> int:
    """A command as the administrator types it; its exit code."""
    sys.argv = ["intervision", *words, "--config", str(config)]
    with pytest.raises(SystemExit) as ended:
        main()
    structlog.reset_defaults()
    return int(ended.value.code or 0)


@dataclass
class Clinic:
    """The running program, its mails, and everybody's browser."""

    app: App
    control: DemoControl
    mails: Relay
    browser: Browser
    provider: Certified | None
    _pages: dict[str, tuple[BrowserContext, Page]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.app.tools.public_url

    def mail(self, key: str, *subjects: str) -> EmailMessage | None:
        """The newest mail of somebody with one of these subjects."""
        mine = [mail for mail in self.mails.taken if mail["To"] == address(key)]
        found = [mail for mail in mine if any(subject in str(mail["Subject"]) for subject in subjects)]
        return found[-1] if found else None

    async def wait_for_mail(self, key: str, *subjects: str) -> EmailMessage:
        """Days pass until it is there."""
        for _ in range(8):
            await self.app.settle()
            if found := self.mail(key, *subjects):
                return found
            await self.control.advance(1)
        raise AssertionError((key, subjects, [(m["To"], str(m["Subject"])) for m in self.mails.taken]))

    async def follow(self, key: str, mail: EmailMessage) -> Stranger:
        """Somebody opens the link of a mail, and signs in if they are not yet."""
        body = mail.get_body(("plain",))
        assert body
        (link,) = re.findall(rf"{self.url}/notices\b", body.get_content())
        return await self.visit(key, link.removeprefix(self.url))

    async def visit(self, key: str, path: str = "/") -> Stranger:
        """Somebody wants a page."""
        if key not in self._pages:
            context = await self.browser.new_context()
            context.set_default_timeout(10_000)
            self._pages[key] = context, await context.new_page()
        _, page = self._pages[key]
        await page.goto(f"{self.url}{path}")
        if page.url.endswith("/sign-in"):
            await (self._sign_on(self.provider, key, page) if self.provider else self._by_link(key, page))
            await expect(page).to_have_url(f"{self.url}{path}")
        return Stranger(page, self.url)

    async def _by_link(self, key: str, page: Page) -> None:
        await page.get_by_label("E-mail address").fill(address(key))
        await page.get_by_role("button", name="Send me a link").click()
        await expect(page.get_by_text("a link is sent by E-mail")).to_be_visible()
        await self.app.platforms["web"].stop()  # what was asked for is sent
        await self.app.settle()
        mail = self.mail(key, "Your sign-in link")
        body = mail and mail.get_body(("plain",))
        assert body
        (link,) = re.findall(rf"{self.url}/sign-in/\S+", body.get_content())
        await page.goto(link)
        await page.get_by_role("main").get_by_role("button", name="Sign in").click()

    async def _sign_on(self, provider: Certified, key: str, page: Page) -> None:
        await provider.is_ahead(self.app.clock.now() - SystemClock().now())
        await page.get_by_role("link", name="Sign in with Clinic account").click()
        await page.wait_for_url(lambda url: "/sign-in" not in url or "interaction" in url)
        if "/interaction/" in page.url and await page.get_by_placeholder("Enter any login").count():
            await page.get_by_placeholder("Enter any login").fill(key)
            await page.get_by_placeholder("and password").fill("x")
            await page.get_by_role("button", name="Sign-in").click()
            await page.get_by_role("button", name="Continue").click()

    async def close(self) -> None:
        for context, _ in self._pages.values():
            await context.close()


@asynccontextmanager
async def installed(tmp_path: Path, browser: Browser, *, single_sign_on: bool) -> AsyncIterator[Clinic]:
    """What an administrator types, and `serve`."""
    needed(missing() if single_sign_on else "")
    ports, config = (free_port(), free_port()), tmp_path / "intervision.toml"
    public = f"http://localhost:{ports[0]}"
    accounts = {key: {"email": address(key), "email_verified": True} for key in "abcdest"}
    async with (
        relay(tmp_path) as mails,
        certified(ports[1], f"{public}/sign-in/with/clinic/back", accounts if single_sign_on else {})
        if single_sign_on
        else _nobody() as provider,
    ):
        config.write_text(
            f'[server]\nport = {ports[0]}\npublic_url = "{public}"\n'
            f'[database]\nurl = "{migrated(tmp_path / "clinic.sqlite3")}"\n[keys]\nfile = "{tmp_path / "key"}"\n'
            f'[log]\nlevel = "error"\n{RULES_ALONE}\n[adapters.web]\n'
            f'[adapters.email]\nhost = "localhost"\nport = {mails.port}\nca_file = "{tmp_path / "relay.pem"}"\n'
            f'sender = "Intervision <bot@clinic.example>"\n'
            + (PROVIDER.format(issuer=provider.issuer) if provider else "")
        )

        async def admin(*words: str) -> None:
            assert await asyncio.to_thread(shell, config, "admin", *words) == 0, words

        await admin("add-organisation", "Our service")
        place = ("--country", "DE", "--region", "SH", "--timezone", "Europe/Berlin", "--phone", "+49 431 1")
        await admin("add-clinic", "Kiel", *place)
        await admin("set-clinic-language", "Kiel", "en")
        await admin("add-group", "North", "--timezone", "Europe/Berlin")
        for key in "abcd":
            since = ("--experienced-since", "2020-01-01")
            await admin(
                "add-person", f"Therapist {key.upper()}", address(key), "--clinic", "Kiel", "--group", "North", *since
            )
        for key in "st":
            roles = ("--roles", "supervisor") if key == "s" else ("--roles", "supervisor admin")
            await admin(
                "add-person", f"Supervisor {key.upper()}", address(key), "--clinic", "Kiel", "--group", "North", *roles
            )
        await admin("set-duty", "Kiel", "--duty", address("s"), "--deputy", address("t"))
        await admin("set-policy", "clarify_working_days=0")
        assert await asyncio.to_thread(shell, config, "check", "--mail", address("t")) == 0, "it is ready"
        assert mails.taken.pop()["Subject"] == "A test mail"

        clock = VirtualClock(SystemClock().now())
        control = DemoControl(clock)
        control.app = app = await build(load(config), clock=clock, log=Silent())
        await keep_all_addresses(app.store, clock.now(), app.tools)
        await app.start(ticking=False)
        clinic = Clinic(app, control, mails, browser, provider)
        try:
            yield clinic
        finally:
            await clinic.close()
            await app.stop()


@asynccontextmanager
async def _nobody() -> AsyncIterator[None]:
    yield None


async def round_of_reviews(clinic: Clinic) -> None:
    """A round from the supervisor's first press to its log, as mails and pages lead through it."""
    supervisor = await clinic.visit("s", "/rounds/new")
    await supervisor.press("Begin the round")
    await clinic.wait_for_mail("b", "A new round", "Would you present a case?")
    presenter = await clinic.visit("b")
    code = await present(presenter)
    supervisor = await clinic.visit("s", "/rounds/1")
    await supervisor.press("Preview the plan")
    await supervisor.press("Publish")
    await expect(supervisor.page.get_by_role("status")).to_be_visible()
    for _ in range(4):
        await clinic.control.advance(1)
    wrote = 0
    for key in "acd":
        if mail := clinic.mail(key, "A case for you to review", "News for you"):
            await clinic.follow(key, mail)
            wrote += await write_review(await clinic.visit(key), code)
    assert wrote == 2
    presenter = await clinic.follow("b", await clinic.wait_for_mail("b", "Your reviews are here"))
    page = (await clinic.visit("b")).page
    await page.get_by_role("listitem").filter(has_text=code).get_by_role("link", name="Read the reviews").first.click()
    await page.get_by_role("main").get_by_role("textbox").first.fill("I will ask for one exercise a week.")
    await page.locator("form.fields").get_by_role("button").click()
    if await page.get_by_role("heading", name="What peers will see").count():
        await presenter.press("Share this text")
    await clinic.control.advance(1)


async def handled_alert(clinic: Clinic) -> None:
    """A therapist raises a concern; the mail rings at once, the duty supervisor takes it on, the therapist hears."""
    therapist = await clinic.visit("a")
    page = therapist.page
    await therapist.press("Present a case")
    await page.get_by_label("Title").fill("Something happened last night")
    await page.get_by_label("Background").fill("A message came at four in the morning.")
    await page.get_by_label("Key question").fill("What do I do now?")
    await page.get_by_label("No objection").check()
    await page.get_by_label("Yes", exact=True).check()
    await therapist.press("Check what peers see")
    await therapist.press("Alert the duty supervisor now")
    await expect(page.get_by_role("main")).to_contain_text("is being alerted")
    await clinic.app.settle()
    mail = clinic.mail("s", "Risk alert")
    assert mail, "at once, whatever the hour"
    assert mail["List-Unsubscribe"] is None
    supervisor = await clinic.follow("s", mail)
    await supervisor.press("I am dealing with this")
    await clinic.app.settle()
    taken = clinic.mail("a", "taken on", "dealing")
    assert taken, [str(m["Subject"]) for m in clinic.mails.taken if m["To"] == address("a")]


@pytest.mark.parametrize("single_sign_on", [False, True], ids=["by links", "by single sign-on"])
async def test_a_clinic_without_any_chat(chromium: Browser, tmp_path: Path, single_sign_on: bool) -> None:
    async with installed(tmp_path, chromium, single_sign_on=single_sign_on) as clinic:
        await round_of_reviews(clinic)
        (organisation,) = await _organisations(clinic)
        async with clinic.app.store.begin(organisation, write=False) as uow:
            (round_,) = await uow.find(Round)
            entries = await uow.find(LogEntry, round=round_.id)
        assert round_.closed_at
        assert sorted(entry.role for entry in entries) == ["presenter", "reviewer", "reviewer"]
        await handled_alert(clinic)
        everything = "\n".join(str(mail) for mail in clinic.mails.taken)
        for written in ("anna@mail.example", "skips the exercises", "wish for company", "one exercise a week"):
            assert written not in everything, "nothing that a therapist wrote leaves by mail"


async def _organisations(clinic: Clinic) -> list[str]:
    async with clinic.app.store.system(write=False) as system:
        return await system.organisations()
