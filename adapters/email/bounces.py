"""Mails that come back: reports of failed delivery (RFC 3464) in the sender's mailbox, read by IMAP.

A report is believed as far as it names a message of ours by its id, which only its recipient and the servers on the way
know, and the address it went to. Whatever else lies in the mailbox is not touched and not marked.
"""

from __future__ import annotations

import asyncio
import email
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any

import structlog

from adapters.email.answers import Meaning, meaning, status_in
from adapters.email.config import BounceSettings
from bot.log import report
from bot.ui.platform import Returned, Services

LOG = structlog.get_logger(__name__)
LARGEST = 512 * 1024
"""Bytes of a mail that are looked at; a report with the whole message returned is shorter."""
AT_ONCE = 200
TIMEOUT = 20.0
_LAST = "bounces/last"


class MailboxAway(Exception):
    """The mailbox cannot be read; the text is a word for the log."""


@dataclass(frozen=True)
class Bounce:
    """One failed recipient of one message of ours."""

    message_id: str
    address: str
    status: tuple[int, int, int]


class Bounces:
    """Reads the mailbox now and then, and tells the core what came back."""

    def __init__(self, settings: BounceSettings, services: Services, sender: str) -> None:
        self._settings, self._services = settings, services
        self._ours = re.compile(rf"<([A-Za-z0-9_-]+)@{re.escape(sender.rpartition('@')[2])}>")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop looking."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except MailboxAway as away:
                LOG.warning("bounces.away", reason=str(away))
            except Exception as error:  # one look went wrong, the next may not
                report(LOG, "bounces.failed", error)
            await asyncio.sleep(self._settings.every_seconds)

    async def check(self) -> str:
        """Why the mailbox cannot be read, in a word; empty when it can."""
        try:
            await asyncio.to_thread(self._fetch, "")
        except MailboxAway as away:
            return str(away)
        return ""

    async def look(self) -> int:
        """Read what is new, and tell the core; how many messages came back. Raises MailboxAway."""
        held = await self._services.drawer.get(_LAST)
        mails, last = await asyncio.to_thread(self._fetch, held.decode() if held else "")
        count = 0
        for mail in mails:
            for bounce in bounces_in(mail):
                found = self._ours.fullmatch(bounce.message_id)
                if found:
                    await self._tell(found[1], bounce)
                    count += 1
        await self._services.drawer.put(_LAST, last.encode())
        return count

    async def _tell(self, outbox_id: str, bounce: Bounce) -> None:
        means = meaning(bounce.status)
        reason = f"{means.value} ({'.'.join(map(str, bounce.status))})"
        LOG.info("bounces.returned", outbox=outbox_id, reason=reason)
        if self._services.returned:
            shut = means is Meaning.NO_MAILBOX
            await self._services.returned(Returned("email", outbox_id, bounce.address, reason, shut))

    def _fetch(self, last: str) -> tuple[list[Message], str]:
        """Mails since `last`, and where the mailbox now ends; of a mailbox never read before only the end is noted.

        In a thread of its own. Raises MailboxAway.
        """
        try:
            with self._connected() as imap:
                _answered(imap.login(self._settings.username, self._settings.password.get_secret_value()))
                _answered(imap.select(f'"{self._settings.folder}"', readonly=True))
                validity = _text(imap.response("UIDVALIDITY")[1])
                known, _, number = last.partition(":")
                since = int(number) if known == validity else -1
                uids = [int(uid) for uid in _text(_answered(imap.uid("SEARCH", f"UID {max(since, 0) + 1}:*"))).split()]
                new = [uid for uid in uids if uid > since][:AT_ONCE] if since >= 0 else []
                mails = [mail for uid in new for mail in _mail(imap, uid)]
                end = max(new or ([since] if since >= 0 else uids or [0]))
                return mails, f"{validity}:{end}"
        except ssl.SSLError:
            raise MailboxAway("wrong_certificate") from None
        except imaplib.IMAP4.error as error:
            raise MailboxAway("refused" if "LOGIN" in str(error) or "AUTH" in str(error) else "no_folder") from None
        except (OSError, EOFError, ValueError) as error:
            raise MailboxAway(f"no_answer ({type(error).__name__})") from None

    def _connected(self) -> imaplib.IMAP4:
        chosen = self._settings
        context = ssl.create_default_context(cafile=chosen.ca_file or None)
        if chosen.security == "tls":
            return imaplib.IMAP4_SSL(chosen.host, chosen.port, ssl_context=context, timeout=TIMEOUT)
        imap = imaplib.IMAP4(chosen.host, chosen.port, timeout=TIMEOUT)
        if chosen.security == "starttls":
            imap.starttls(context)
        return imap


def bounces_in(mail: Message) -> Iterator[Bounce]:
    """The recipients that a report says were not reached; nothing for any other mail, or a delay only."""
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return
    message_id, groups = "", list[Any]()
    for part in mail.walk():
        kind, content = part.get_content_type(), part.get_payload()
        if kind == "message/delivery-status" and isinstance(content, list):
            groups += content[1:]  # the first group is about the report itself
        elif kind == "text/rfc822-headers" and isinstance(content, str):
            message_id = message_id or str(email.message_from_string(content)["Message-ID"] or "")
        elif kind == "message/rfc822" and isinstance(content, list) and isinstance(content[0], Message):
            message_id = message_id or str(content[0]["Message-ID"] or "")
    for group in groups:
        if str(group["Action"] or "").strip().casefold() != "failed":
            continue
        to = str(group["Original-Recipient"] or group["Final-Recipient"] or "")
        status = status_in(str(group["Status"] or ""), (5, 0, 0))
        if status[1:] == (0, 0):  # "other": what the last server said may be clearer
            status = status_in(str(group["Diagnostic-Code"] or ""), status)
        yield Bounce(message_id.strip(), to.partition(";")[2].strip() or to.strip(), status)


def _mail(imap: imaplib.IMAP4, uid: int) -> Iterator[Message]:
    for part in _answered(imap.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST}>)")):
        if isinstance(part, tuple):
            # Not by the newer policy, whose reading of headings raises on some that are malformed.
            yield email.message_from_bytes(part[1])


def _answered(answer: tuple[str, Sequence[Any]]) -> Sequence[Any]:
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(answer[0])
    return answer[1]


def _text(parts: Sequence[Any]) -> str:
    return bytes(parts[0] or b"").decode("ascii", "replace") if parts else ""
