"""The sign-in page promises what the installation can do, and the page that was asked for opens after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.web.plugin import PLUGIN, WebSettings
from tests.unit.web.client import Browser
from tests.unit.web.stage import LINK, Stage


@pytest.mark.parametrize(("carriers", "says"), [(("slack", "teams"), "Slack"), ((), "No link can be sent from here")])
async def test_a_link_is_promised_only_where_something_carries_it(carriers: tuple[str, ...], says: str) -> None:
    async with Stage() as stage, Browser(stage, None) as browser:
        stage.platform._site.services = replace(stage.services, carriers=carriers)
        page = await browser.open("/sign-in")
        form = page.form("/sign-in")
        assert ("You get a link" in page.text) is bool(carriers), "nothing is promised before, either"
        assert ("no chat and no e-mail" in page.text) is not bool(carriers)
        sent = await browser.send(form, email="somebody@clinic.example")
        assert says in sent.text
        assert "mailbox" not in sent.text
        assert ("Check your e-mail or chat" in sent.text) is bool(carriers)


async def test_check_names_pages_that_stand_alone() -> None:
    async with Stage() as stage:
        alone = PLUGIN.create(WebSettings(), replace(stage.services, carriers=()))
        assert any("sign-in link" in problem.what for problem in await alone.check())
        assert not any("sign-in link" in problem.what for problem in await stage.platform.check())


async def test_the_page_that_was_asked_for_opens_after_signing_in(stage: Stage) -> None:
    async with Browser(stage, None) as browser:
        assert (await browser.open("/notices")).path == "/sign-in"
        button = (await browser.open(f"/sign-in/{LINK}")).form(f"/sign-in/{LINK}")
        assert (await browser.send(button)).path == "/notices"


async def test_the_page_after_asking_shows_the_code_and_another_browsers_page_takes_it(stage: Stage) -> None:
    stage.sign_in.needs_code = True
    async with Browser(stage, None) as asking, Browser(stage, None) as other:
        sent = await asking.send((await asking.open("/sign-in")).form("/sign-in"), email="a@clinic.example")
        assert "012 345" in sent.text
        wrong = await other.send((await other.open(f"/sign-in/{LINK}")).form(f"/sign-in/{LINK}"), code="111111")
        assert (wrong.status, "not the code" in wrong.text) == (422, True)
        assert (await other.send(wrong.form(f"/sign-in/{LINK}"), code="012345")).path == "/"


@pytest.mark.parametrize("forged", ["//evil.example", "https://evil.example", "/a?b=c", "/\\evil.example", "notices"])
async def test_nobody_is_led_elsewhere_after_signing_in(stage: Stage, forged: str) -> None:
    async with Browser(stage, None) as browser:
        browser.http.cookie_jar.update_cookies({"intervision-to": forged})
        button = (await browser.open(f"/sign-in/{LINK}")).form(f"/sign-in/{LINK}")
        assert (await browser.send(button)).path == "/"
