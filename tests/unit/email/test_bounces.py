"""Reports of failed delivery: how they are read, from whom they are believed, and what is left alone."""

from __future__ import annotations

import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.email.answers import Meaning, meaning
from adapters.email.bounces import Bounce, Bounces, MailboxAway, bounces_in
from adapters.email.config import BounceSettings
from bot.ui.platform import Returned
from tests.standins.imap import PASSWORD, USER, Mailbox, mailbox
from tests.unit.email.mailing import NOW, services
from tests.unit.web.stage import MemoryDrawer

REPORT = (
    "From: MAILER-DAEMON@relay\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
)
PLAIN = "--b\r\nContent-Type: text/plain\r\n\r\nYour mail did not arrive.\r\n"
STATUS = "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n{lines}\r\n"
WHOLE = "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {id}\r\nSubject: x\r\n\r\nhello\r\n--b--\r\n"
HEADS = "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\nSubject: x\r\n\r\n--b--\r\n"
ID = "<out_1@clinic.example>"


def report(lines: str, *, returned: str = WHOLE, id: str = ID) -> bytes:
    """A report as a server writes it."""
    return (REPORT + PLAIN + STATUS.format(lines=lines.replace("\n", "\r\n")) + returned.format(id=id)).encode()


def lines(status: str = "5.1.1", action: str = "failed", to: str = "a@clinic.example", more: str = "") -> str:
    return f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n{more}"


def read(mail: bytes) -> list[Bounce]:
    return list(bounces_in(email.message_from_bytes(mail)))


GONE = Bounce(ID, "a@clinic.example", (5, 1, 1))
REPORTS = {
    "the whole mail returned": (report(lines()), [GONE]),
    "its headings returned": (report(lines(), returned=HEADS), [GONE]),
    "a delay is no failure": (report(lines("4.4.1", "delayed")), []),
    "delivered": (report(lines("2.0.0", "delivered")), []),
    "several recipients": (
        report(lines() + "\n" + lines("5.2.2", to="b@clinic.example")),
        [GONE, Bounce(ID, "b@clinic.example", (5, 2, 2))],
    ),
    "whom it was written to at first": (
        report("Original-Recipient: rfc822; a@clinic.example\n" + lines(to="forwarded@other.example")),
        [GONE],
    ),
    "what the last server said is clearer": (
        report(lines("5.0.0", more="Diagnostic-Code: smtp; 550 5.1.1 unknown user\n")),
        [GONE],
    ),
    "action in capitals": (report(lines(action="Failed")), [GONE]),
    "an answer of a person": (b"Subject: Re: News\r\n\r\nI am away.", []),
    "a report of reading": (report(lines()).replace(b"delivery-status", b"disposition-notification"), []),
    "not a report": (report(lines()).replace(b"multipart/report", b"multipart/mixed"), []),
    "cut short": (report(lines())[:260], []),
    "nothing": (b"", []),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_read_by_the_standard(name: str) -> None:
    mail, expected = REPORTS[name]
    assert read(mail) == expected


@pytest.mark.parametrize("cut", range(0, 700, 23))
def test_whatever_is_left_of_a_report_breaks_nothing(cut: int) -> None:
    for found in read(report(lines())[:cut]):
        assert found.address in "a@clinic.example"


@pytest.mark.parametrize(
    ("status", "means"),
    [
        ((5, 1, 1), Meaning.NO_MAILBOX),
        ((5, 1, 10), Meaning.NO_MAILBOX),
        ((5, 2, 1), Meaning.NO_MAILBOX),
        ((5, 4, 1), Meaning.NO_MAILBOX),
        ((5, 2, 2), Meaning.FULL),
        ((5, 1, 8), Meaning.US),
        ((5, 7, 1), Meaning.US),
        ((5, 5, 1), Meaning.US),
        ((5, 2, 3), Meaning.TEXT),
        ((5, 3, 4), Meaning.TEXT),
        ((5, 6, 0), Meaning.TEXT),
        ((5, 0, 0), Meaning.LATER),
        ((5, 4, 7), Meaning.LATER),
        ((4, 1, 1), Meaning.LATER),
    ],
)
def test_a_status_means_the_mailbox_us_the_text_or_only_now(status: tuple[int, int, int], means: Meaning) -> None:
    assert meaning(status) is means


@asynccontextmanager
async def watching(tmp_path: Path, **changed: Any) -> AsyncIterator[tuple[Bounces, Mailbox, list[Returned]]]:
    told: list[Returned] = []

    async def returned(each: Returned) -> None:
        told.append(each)

    async with mailbox(tmp_path) as there:
        raw = {"host": "localhost", "port": there.port, "ca_file": str(tmp_path / "imap.pem"), "username": USER}
        settings = BounceSettings.model_validate({**raw, "password": PASSWORD, **changed})
        known = replace(services(), returned=returned, drawer=MemoryDrawer(lambda: NOW))
        yield Bounces(settings, known, "bot@clinic.example"), there, told


async def test_what_comes_back_is_told_once_and_nothing_is_touched(tmp_path: Path) -> None:
    async with watching(tmp_path) as (bounces, there, told):
        there.put(report(lines(), id="<out_0@clinic.example>"))
        assert await bounces.look() == 0, "what lay there before is not looked at"
        there.put(report(lines()))
        there.put(b"Subject: Hello\r\n\r\nwhen is the next round?")
        there.put(report(lines("5.7.1"), id="<out_2@clinic.example>"))
        assert await bounces.look() == 2
        assert await bounces.look() == 0
    assert told == [
        Returned("email", "out_1", "a@clinic.example", "no_such_mailbox (5.1.1)", shut=True),
        Returned("email", "out_2", "a@clinic.example", "relay_policy (5.7.1)", shut=False),
    ]
    assert not any("STORE" in command or command.startswith("SELECT") for command in there.commands)
    assert all("PEEK" in command for command in there.commands if "FETCH" in command)


@pytest.mark.parametrize("id", ["<out_1@evil.example>", "<x y@clinic.example>", "", "<@clinic.example>"])
async def test_a_report_about_a_mail_that_is_not_ours_is_left_alone(tmp_path: Path, id: str) -> None:
    async with watching(tmp_path) as (bounces, there, told):
        await bounces.look()
        there.put(report(lines(), id=id))
        assert await bounces.look() == 0
    assert told == []


async def test_a_mailbox_that_was_made_anew_is_begun_anew(tmp_path: Path) -> None:
    async with watching(tmp_path) as (bounces, there, told):
        await bounces.look()
        there.validity, there.mails = 8, {1: report(lines())}
        assert await bounces.look() == 0
        there.put(report(lines()))
        assert await bounces.look() == 1
    assert len(told) == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"password": "another"}, "refused"),
        ({"folder": "Nowhere"}, "no_folder"),
        ({"port": 1}, "no_answer"),
        ({"ca_file": ""}, "wrong_certificate"),
    ],
)
async def test_a_mailbox_that_cannot_be_read_is_named(tmp_path: Path, changed: dict[str, Any], why: str) -> None:
    async with watching(tmp_path, **changed) as (bounces, _, _):
        assert (await bounces.check()).startswith(why)
        with pytest.raises(MailboxAway):
            await bounces.look()


async def test_a_server_that_hangs_up_is_named(tmp_path: Path) -> None:
    async with watching(tmp_path) as (bounces, there, _):
        there.broken = True
        assert await bounces.check()
        there.broken = False
        assert await bounces.check() == ""


def test_a_mailbox_elsewhere_is_read_encrypted_or_not_at_all() -> None:
    with pytest.raises(ValidationError, match="this machine only"):
        BounceSettings(host="imap.clinic.example", username="x", password="x", security="none")
