"""Mails over a real SMTP connection: what arrives, and what each fault of a relay means for message and address."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.email.config import EmailSettings
from adapters.email.plugin import PLUGIN
from bot.ui.model import Card, Text, line
from bot.ui.platform import DeliveryFailed, DeliveryUnknown, Message, SendingStopped
from tests.standins.mail import PASSWORD, USER, relay
from tests.unit.email.mailing import NOW, PAGES, TO, mailing, message, parts_of, services


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
async def test_a_card_arrives_as_text_and_html(tmp_path: Path, security: str) -> None:
    async with mailing(tmp_path, security) as (platform, there):
        delivered = await platform.send(TO, message(replaces="<out_0@clinic.example>"))
    (mail,) = there.taken
    assert there.envelopes == [("bot@clinic.example", ["a@clinic.example"])]
    assert delivered == mail["Message-ID"] == "<out_1@clinic.example>"
    assert mail["In-Reply-To"] == mail["References"] == "<out_0@clinic.example>"
    assert mail["Subject"] == "A case for you to review", "no code where others may see it"
    assert (mail["From"], mail["To"]) == ("Intervision <bot@clinic.example>", "a@clinic.example")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    text, html = parts_of(mail)
    assert text.startswith("A case for you to review LE-823\n\nCase LE-823 <waits>\n\nby Monday\n  two colleagues")
    assert f"Open Intervision:\n{PAGES}/notices" in text
    assert "<strong>LE-823</strong> &lt;waits&gt;" in html
    assert f'href="{PAGES}/notices"' in html
    assert "Write the review" not in text + html, "what is pressed stands on the pages"
    assert 'name="color-scheme" content="light dark"' in html


async def test_a_sign_in_link_is_the_mails_own_link(tmp_path: Path) -> None:
    card = Card("notice.sign_in", "Your sign-in link", (Text(line("Use it once.")), Text(line(f"{PAGES}/sign-in/tok"))))
    async with mailing(tmp_path) as (platform, there):
        await platform.send(TO, Message("out_2", card))
    text, html = parts_of(there.taken[0])
    assert f"Sign in:\n{PAGES}/sign-in/tok" in text
    assert text.count("/sign-in/tok") == 1
    assert f'href="{PAGES}/sign-in/tok"' in html


@pytest.mark.parametrize("urgent", [True, False])
async def test_only_what_cannot_wait_is_marked_as_important(tmp_path: Path, urgent: bool) -> None:
    async with mailing(tmp_path) as (platform, there):
        await platform.send(TO, message(urgent=urgent))
    marks = [there.taken[0][heading] for heading in ("Importance", "Priority", "X-Priority")]
    assert marks == (["high", "urgent", "1"] if urgent else [None] * 3)


async def test_connections_are_kept_and_a_cut_one_is_made_anew(tmp_path: Path) -> None:
    async with mailing(tmp_path, "tls", connections=2) as (platform, there):
        await asyncio.gather(*(platform.send(TO, message(f"out_{n}")) for n in range(20)))
        assert (len(there.taken), there.connections) == (20, 2)
        there.cut()
        await asyncio.sleep(0.05)
        await platform.send(TO, message("out_last"))
    assert there.taken[-1]["Message-ID"] == "<out_last@clinic.example>"


async def test_a_relay_that_asks_who_sends(tmp_path: Path) -> None:
    async with mailing(tmp_path, username=USER, password=PASSWORD) as (platform, there):
        await platform.send(TO, message())
        assert len(there.taken) == 1
    async with mailing(tmp_path, username=USER, password="another") as (platform, there):
        with pytest.raises(DeliveryFailed, match="password_refused") as failed:
            await platform.send(TO, message())
        assert failed.value.away, "it concerns every mail"
        assert not failed.value.permanent


@pytest.mark.parametrize(
    ("step", "said", "expected"),
    [
        ("rcpt", "550 5.1.1 no such user", {"permanent": True}),
        ("rcpt", "550 nobody", {"permanent": True}),
        ("rcpt", "553 5.1.3 bad address", {"permanent": True}),
        ("rcpt", "550 5.2.1 mailbox disabled", {"permanent": True}),
        ("rcpt", "556 5.1.10 takes no mail (RFC 7505)", {"permanent": True}),
        ("rcpt", "550 5.4.1 Recipient address rejected: Access denied", {"permanent": True}),
        ("rcpt", "550 5.1.8 sender's domain does not exist", {"permanent": False, "away": True}),
        ("rcpt", "553 5.1.7 sender's address is malformed", {"permanent": False, "away": True}),
        ("rcpt", "552 5.2.3 too long for the mailbox", {"permanent": False, "ours": True}),
        ("rcpt", "550 5.2.0 something with the mailbox", {"permanent": False}),
        ("rcpt", "550 5.4.4 no route", {"permanent": False}),
        ("rcpt", "503 5.5.1 wrong order", {"permanent": False, "away": True}),
        ("rcpt", "554 no reason given", {"permanent": False}),
        ("rcpt", "552 5.2.2 mailbox full", {"permanent": False, "retry_after": 3600.0}),
        ("rcpt", "550 5.7.1 not allowed to send", {"permanent": False, "away": True}),
        ("rcpt", "554 5.7.1 blocked", {"permanent": False, "away": True}),
        ("rcpt", "450 4.2.0 greylisted", {"permanent": False, "away": False, "retry_after": None}),
        ("mail", "550 5.7.1 sender refused", {"permanent": False, "away": True}),
        ("mail", "421 too many connections", {"permanent": False, "away": True}),
        ("mail", "451 later", {"permanent": False, "away": True}),
        ("data", "554 5.6.0 not this text", {"permanent": False, "ours": True}),
        ("data", "452 4.3.1 no room", {"permanent": False, "ours": False, "away": False}),
        ("data", "550 5.7.26 no SPF", {"permanent": False, "ours": False, "away": True}),
    ],
)
async def test_what_a_refusal_means(tmp_path: Path, step: Any, said: str, expected: dict[str, Any]) -> None:
    async with mailing(tmp_path) as (platform, there):
        there.faults[step] = [said]
        with pytest.raises(DeliveryFailed) as failed:
            await platform.send(TO, message())
        assert {name: getattr(failed.value, name) for name in expected} == expected
        assert there.taken == []
        await platform.send(TO, message())
        assert len(there.taken) == 1, "the next try goes through, on a clean connection"


async def test_only_what_was_handed_over_may_have_arrived(tmp_path: Path) -> None:
    posted: list[str] = []

    async def posting() -> None:
        posted.append("now")

    async with mailing(tmp_path) as (platform, there):
        for step in ("mail", "rcpt"):
            there.faults[step] = [there.cut]
            with pytest.raises(DeliveryFailed) as failed:
                await platform.send(TO, message(posting=posting))
            assert failed.value.away
            assert posted == [], "nothing was on its way"
        there.faults["answer"] = [there.cut]
        with pytest.raises(DeliveryUnknown):
            await platform.send(TO, message(posting=posting))
        assert (len(there.taken), len(posted)) == (1, 1)
        there.faults["answer"] = [lambda: asyncio.sleep(3)]
        with pytest.raises(DeliveryUnknown):
            await platform.send(TO, message(posting=posting))
        await platform.send(TO, message(posting=posting, retried=True))
    assert {mail["Message-ID"] for mail in there.taken} == {"<out_1@clinic.example>"}, "servers drop the doubles by it"


async def test_a_send_that_must_stop_hands_nothing_over(tmp_path: Path) -> None:
    async def stop() -> None:
        raise SendingStopped

    async with mailing(tmp_path) as (platform, there):
        with pytest.raises(SendingStopped):
            await platform.send(TO, message(posting=stop))
        assert there.taken == []


@pytest.mark.parametrize(
    ("wrong", "said", "remedy"),
    [
        ({"port": 1}, "no_answer", "host and port"),
        ({"ca_file": ""}, "wrong_certificate", "ca_file"),
        ({"ca_file": "/there/is/none.pem"}, "ca_file_unreadable", "ca_file"),
        ({"username": USER, "password": "another"}, "password_refused", "password_file"),
        ({"security": "tls"}, "wrong_certificate|no_answer", "certificate|host and port"),
    ],
)
async def test_check_says_what_is_wrong_with_the_relay(tmp_path: Path, wrong: Any, said: str, remedy: str) -> None:
    async with relay(tmp_path, login="username" in wrong) as there:
        raw = {"host": "localhost", "port": there.port, "ca_file": str(tmp_path / "relay.pem"), "timeout": 2}
        settings = EmailSettings.model_validate({**raw, "sender": "bot@clinic.example", **wrong})
        (problem,) = await PLUGIN.create(settings, services()).check()
    assert any(part in problem.what for part in said.split("|"))
    assert any(part in problem.remedy for part in remedy.split("|"))
    assert problem.fatal


async def test_check_is_content_with_a_relay_that_takes_mails_and_names_one_that_offers_no_encryption(
    tmp_path: Path,
) -> None:
    async with mailing(tmp_path) as (platform, there):
        assert await platform.check() == []
        there.faults["mail"] = ["550 5.7.1 not you"]
        (problem,) = await platform.check()
        assert "sender_refused" in problem.what
    async with relay(tmp_path, "none") as there:
        raw = {"host": "localhost", "port": there.port, "ca_file": str(tmp_path / "relay.pem"), "sender": "b@c.example"}
        (problem,) = await PLUGIN.create(EmailSettings.model_validate(raw), services()).check()
    assert "no_encryption" in problem.what


@pytest.mark.parametrize(
    "wrong",
    [
        {"security": "none"},
        {"sender": "nobody"},
        {"sender": "a@b.example\nBcc: c@d.example"},
        {"username": "somebody"},
        {"host": ""},
        {"colour": "blue"},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EmailSettings.model_validate({"host": "relay.clinic.example", "sender": "bot@clinic.example", **wrong})


async def test_a_test_mail_tells_nothing_of_the_service_and_a_refusal_is_named(tmp_path: Path) -> None:
    async with mailing(tmp_path) as (platform, there):
        await platform.send_test("it@clinic.example")
        (mail,) = there.taken
        assert (mail["To"], mail["Subject"]) == ("it@clinic.example", "A test mail")
        assert "mails from Intervision arrive here" in parts_of(mail)[0]
        there.faults["rcpt"] = ["550 5.1.1 nobody"]
        with pytest.raises(DeliveryFailed, match="no_such_mailbox"):
            await platform.send_test("nobody@clinic.example")
