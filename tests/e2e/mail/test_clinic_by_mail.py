"""A clinic without any chat: people touch only their mailbox and the browser. The real program, pages and SMTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli.checks import check
from bot.demo.clinic import ORGANISATION
from bot.demo.control import DemoStage
from bot.demo.story import Story
from tests.e2e.mail.clinic import Clinic, running


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    async with running(tmp_path) as made:
        yield made


async def test_signing_in_takes_a_mailbox_and_a_browser(clinic: Clinic) -> None:
    async with clinic.app.store.begin(ORGANISATION, write=False) as uow:
        person = await uow.get(*_therapist())
    asking = await clinic.page("/sign-in")
    form = asking.forms[0]
    sent = await clinic.page(form.action, **{**form.values, "email": person.email})
    assert "a link is sent by E-mail" in sent.text
    await clinic.app.platforms["web"].stop()  # what was asked for is sent
    await clinic.app.settle()
    (mail,) = clinic.mails_to(person.email)
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "If you did not ask for it" in text
    (link,) = re.findall(r"http://127\.0\.0\.1:8377(/sign-in/\S+)", text)
    await clinic.page(link)  # programs that look ahead at links use nothing up
    looked = await clinic.page(link)
    assert f"You will be signed in as {person.name}" in looked.text
    button = looked.forms[0]
    home = await clinic.page(button.action, **button.values)
    assert person.name in home.text
    again = await clinic.page(link)  # used up: whoever is signed in is shown their own page
    assert again.text == (await clinic.page("/")).text


async def test_a_round_is_told_by_mail_from_the_first_case_to_the_log(clinic: Clinic) -> None:
    told: list[str] = []
    stage = DemoStage(clinic.app, clinic.control)
    await Story(stage, told.append).run()
    await stage.advance(days=4)  # takeaways come in the morning
    subjects = {str(mail["Subject"]) for mail in clinic.mails.taken}
    assert {"A case for you to review", "News for you"} & subjects, "alone, or with the news of an own case"
    assert {"Your reviews are here", "The case is closed"} <= subjects
    everything = "\n".join(str(mail) for mail in clinic.mails.taken)
    assert not any(re.search(r"[A-Z]{2}-\d{3}", str(mail["Subject"])) for mail in clinic.mails.taken)
    for word in ("phone him", "Kiel Harbour", "panic"):
        assert word not in everything, "nothing that a therapist wrote"
    ids = [mail["Message-ID"] for mail in clinic.mails.taken]
    assert len(ids) == len(set(ids)), "nothing goes twice"
    follow = [mail for mail in clinic.mails.taken if mail["References"]]
    assert follow and all(mail["References"] in ids for mail in follow), "news of one matter are one thread"


async def test_without_mail_or_chat_the_page_promises_no_link_and_check_refuses(tmp_path: Path) -> None:
    async with running(tmp_path, mail=False) as clinic:
        form = (await clinic.page("/sign-in")).forms[0]
        sent = await clinic.page(form.action, **{**form.values, "email": "a@clinic.example"})
        assert "No link can be sent from here" in sent.text
        problems = await check(clinic.app)
        (alone,) = [p for p in problems if p.where == "adapters"]
        assert alone.fatal
        assert "no sign-in link, reminder or risk alert" in alone.what


async def test_check_tries_the_relay(clinic: Clinic) -> None:
    assert [p for p in await check(clinic.app) if "email" in p.where] == []
    clinic.mails.faults["mail"] = ["550 5.7.1 sender not allowed"]
    (problem,) = [p for p in await check(clinic.app) if "email" in p.where]
    assert "sender_refused (550)" in problem.what


def _therapist() -> tuple[Any, str]:
    from bot.demo.clinic import person_id
    from bot.domain.person import Person

    return Person, person_id("a")
