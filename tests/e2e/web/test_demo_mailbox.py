"""The demo's mailbox: what each demo person would have got by mail, drawn by the e-mail adapter."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import aiohttp

from bot.demo.clinic import person_id
from tests.browser import IN_BROWSER
from tests.e2e.web.demo import Running
from tests.unit.web.client import Reading

pytestmark = IN_BROWSER


async def page(demo: Running, path: str) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as http, http.get(f"{demo.address}{path}") as answer:
        return answer.status, await answer.text(), answer.headers["Content-Security-Policy"]


async def test_every_demo_person_has_the_mails_of_their_notices_and_no_text_of_a_case(demo: Running) -> None:
    status, start, _ = await page(demo, "/demo/mail")
    assert status == 200
    assert "Here nothing is sent" in start
    owners = set(re.findall(r'href="/demo/mail/(\w+)"', start))
    assert {person_id(key) for key in "abs"} <= owners
    held = {owner: (await page(demo, f"/demo/mail/{owner}"))[1] for owner in owners}
    with_mails = [owner for owner, html in held.items() if "<details" in html]
    assert len(with_mails) >= 5
    for html in held.values():
        shown = Reading(html).text
        assert not re.search(r"\[PERSON|\[PLACE", shown), "nothing that somebody wrote"
    for persona in await demo.control.personas():
        there, of = ZoneInfo(persona.timezone), await demo.control.mails_of(persona.actor)
        told = re.findall(r'class="optional">[^<]*?(\d\d)[:.](\d\d)<', held[persona.actor.user])
        assert sorted("".join(each) for each in told) == sorted(f"{m.at.astimezone(there):%H%M}" for m in of)
    mails = await demo.control.mails_of((await demo.control.personas())[0].actor)
    assert mails and not any(re.search(r"\b[A-Z]{2}-\d{3}\b", mail.subject) for mail in mails)
    assert all("@" in mail.to for mail in mails)


async def test_a_mail_is_shown_as_a_mail_program_does_under_its_own_policy(demo: Running) -> None:
    owner = person_id("a")
    (first, *_) = await demo.control.mails_of((await demo.control.personas())[0].actor)
    status, html, policy = await page(demo, f"/demo/mail/{owner}/{first.id}")
    assert (status, "<h1" in html) == (200, True)
    assert policy.startswith("default-src 'none'")
    assert (await page(demo, f"/demo/mail/{owner}/none"))[0] == 404
    assert (await page(demo, "/demo/mail/nobody"))[0] == 404
