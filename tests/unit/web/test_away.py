"""Without the database: whoever is signed in reads a number to call on every page, and gets back what was typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.ports.unit_of_work import StoreUnavailable
from tests.unit.web.client import Browser
from tests.unit.web.stage import KIEL, Stage

NUMBER = "+49 431 000 112"
TYPED = "She has not slept for three nights."


async def unavailable(*_: Any, **__: Any) -> Any:
    raise StoreUnavailable("away")


def nothing_read(stage: Stage) -> None:
    """Neither sessions nor the drawer."""
    stage.sign_in.holder = unavailable  # type: ignore[method-assign]  # away
    nothing_kept(stage)
    stage.drawer.get = unavailable  # type: ignore[method-assign]  # away


def nothing_kept(stage: Stage) -> None:
    """Another program writes and does not end: what is there can be read, an answer not be kept."""
    stage.drawer.put = unavailable  # type: ignore[method-assign]  # away


Way = Callable[[Browser], Awaitable[Any]]
WAYS: dict[str, Way] = {
    "the start page": lambda browser: browser.open("/"),
    "a case": lambda browser: browser.open("/cases/K7-QF"),
    "the notices": lambda browser: browser.open("/notices"),
    "the way in": lambda browser: browser.open("/sign-in"),
}


@pytest.mark.parametrize("way", WAYS)
async def test_every_page_says_whom_to_call(way: str) -> None:
    async with Stage() as stage, Browser(stage) as browser:
        known = {KIEL: NUMBER}
        stage.platform._site.services = replace(stage.services, phone_of=lambda actor: known.get(actor, ""))
        await browser.open("/")
        nothing_read(stage)
        page = await WAYS[way](browser)
        assert (page.status, NUMBER in page.text) == (503, True)
        assert "The database does not answer" in page.text


async def test_an_answer_that_cannot_be_kept_comes_with_the_number(stage: Stage) -> None:
    async with Browser(stage) as browser:
        stage.platform._site.services = replace(stage.services, phone_of=lambda _: NUMBER)
        form = (await browser.open("/")).form("/command")
        nothing_kept(stage)
        page = await browser.send(form, command="card everything")
        assert (page.status, NUMBER in page.text) == (503, True)


async def test_what_was_typed_is_given_back(stage: Stage) -> None:
    async with Browser(stage) as browser:
        form = (await browser.command("form errors")).form("/submit")
        nothing_read(stage)
        page = await browser.send(form, t_title=TYPED)
        assert (page.status, TYPED in page.text) == (503, True)


async def test_a_browser_not_seen_before_reads_no_clinics_number(stage: Stage) -> None:
    async with Browser(stage) as browser:
        stage.platform._site.services = replace(stage.services, phone_of=lambda _: NUMBER)
        nothing_read(stage)
        page = await browser.open("/")
        assert (page.status, NUMBER in page.text, "112" in page.text) == (503, False, True)


async def test_a_fault_of_ours_comes_with_the_number_too(stage: Stage) -> None:
    async with Browser(stage) as browser:
        stage.platform._site.services = replace(stage.services, phone_of=lambda _: NUMBER)

        async def broken(_: Any) -> Any:
            raise RuntimeError("a mistake")

        stage.platform._site.services = replace(stage.platform._site.services, handle=broken)
        page = await browser.command("risk")
        assert (page.status, NUMBER in page.text) == (500, True)
