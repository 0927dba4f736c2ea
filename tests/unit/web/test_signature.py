"""The page on which somebody without an account signs entries of a log."""

from __future__ import annotations

from tests.unit.web.client import Browser
from tests.unit.web.stage import LINK, Stage

AT = f"/sign/{LINK}"


async def test_somebody_without_an_account_signs_and_takes_it_back(stage: Stage) -> None:
    async with Browser(stage, None) as browser:
        page = await browser.open(AT)
        assert "Anna <b>Berg</b>" in page.text, "a name is text, never markup"
        form = page.form(AT)
        done = await browser.post(
            AT,
            [
                ("ticket", form.values["ticket"]),
                ("entry", "log_1"),
                ("name", "Ingrid Holm"),
                ("qualification", "Psych"),
            ],
        )
        assert "Signed. Thank you." in done.text
        assert list(stage.outside.signed.values()) == ["11 Jan 2027 · group · Ingrid Holm, Psych"]
        gone = await browser.send(done.form(f"{AT}/back"))
        assert "The signature was taken back." in gone.text
        assert stage.outside.signed == {}
        assert stage.events == [], "nothing reaches the core as somebody's"


async def test_name_qualification_and_a_tick_are_needed_and_what_was_typed_stays(stage: Stage) -> None:
    async with Browser(stage, None) as browser:
        ticket = (await browser.open(AT)).form(AT).values["ticket"]
        page = await browser.post(AT, [("ticket", ticket), ("name", "Ingrid Holm"), ("qualification", " ")])
        assert page.status == 422
        ids = {given.get("id") for _, given in page.tags}
        assert {"error-entry", "error-qualification"} <= ids
        assert "error-name" not in ids
        assert page.form(AT).values["name"] == "Ingrid Holm"
        long = [("ticket", ticket), ("entry", "log_1"), ("name", "x" * 201), ("qualification", "Psych")]
        assert (await browser.post(AT, long)).status == 422
        assert stage.outside.signed == {}


async def test_without_the_pages_ticket_nothing_is_signed(stage: Stage) -> None:
    async with Browser(stage, None) as browser:
        await browser.open(AT)
        page = await browser.post(AT, [("entry", "log_1"), ("name", "Eve"), ("qualification", "none")])
        assert page.status == 403
        assert stage.outside.signed == {}


async def test_a_link_that_is_over_says_so(stage: Stage) -> None:
    async with Browser(stage, None) as browser:
        page = await browser.open("/sign/some-other-link")
        assert page.status == 404
        assert "This link is no longer valid." in page.text
        assert page.headers["Cache-Control"] == "no-store"
