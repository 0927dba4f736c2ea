"""The page on which somebody who has left fetches what is theirs."""

from __future__ import annotations

from tests.unit.web.client import Browser
from tests.unit.web.stage import LINK, Stage

AT = f"/leaving/{LINK}"


async def test_an_archive_is_fetched_without_an_account_and_the_link_ended(stage: Stage) -> None:
    async with Browser(stage, None) as browser:
        page = await browser.open(AT)
        assert "7 Mar 2027" in page.text
        assert "Anna <b>Berg</b>" in page.text, "a name is text, never markup"
        ticket = page.form(AT).values["ticket"]
        fetched = await browser.post(AT, [("ticket", ticket), ("rules", "babcp")])
        assert fetched.headers["Content-Type"] == "application/zip"
        assert "log-babcp.zip" in fetched.headers["Content-Disposition"]
        assert fetched.headers["Cache-Control"] == "no-store"
        over = await browser.send((await browser.open(AT)).form(f"{AT}/end"))
        assert over.status == 404
        assert "This link is no longer valid." in over.text
        assert (await browser.post(AT, [("ticket", ticket), ("rules", "babcp")])).status == 404
        assert stage.events == [], "nothing reaches the core as somebody's"


async def test_without_the_pages_ticket_or_with_an_altered_entry_no_file_comes(stage: Stage) -> None:
    async with Browser(stage, None) as browser:
        ticket = (await browser.open(AT)).form(AT).values["ticket"]
        assert (await browser.post(AT, [("rules", "plain")])).status == 403
        assert (await browser.post(f"{AT}/end", [])).status == 403
        stage.leavers.altered = True
        page = await browser.post(AT, [("ticket", ticket), ("rules", "plain")])
        assert (page.status, "A signed entry was altered" in page.text) == (409, True)
        assert (await browser.open("/leaving/some-other-link")).status == 404
