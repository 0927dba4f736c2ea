"""What a mail server's answer says: about the mailbox, about us, about the text, or about this moment only.

Sources: RFC 5321 (codes), RFC 3463 and the IANA registry of enhanced status codes, RFC 7505 (null MX), Microsoft's list
of reports for Exchange Online (550 5.4.1). The same table serves answers while sending and reports that come later.
"""

from __future__ import annotations

import re
from enum import Enum

Status = tuple[int, int, int]
"""Class, subject and detail of an enhanced status code (RFC 3463)."""
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Meaning(Enum):
    """What follows from a refusal."""

    NO_MAILBOX = "no_such_mailbox"
    """Nothing will ever arrive there: the address is shut."""
    FULL = "mailbox_full"
    """The mailbox is there; later."""
    US = "relay_policy"
    """A rule about this sender or installation, whoever it is for."""
    TEXT = "text_refused"
    """This message, wherever it goes."""
    LATER = "recipient_later"
    """Nothing is known but that it did not go now."""


_SUBJECTS = {1: Meaning.NO_MAILBOX, 2: Meaning.LATER, 3: Meaning.LATER, 4: Meaning.LATER, 5: Meaning.US}
_SUBJECTS |= {6: Meaning.TEXT, 7: Meaning.US}
_DETAILS = {
    (1, 7): Meaning.US,  # the sender's mailbox is malformed
    (1, 8): Meaning.US,  # the sender's system is wrong
    (1, 9): Meaning.LATER,  # relayed to a system that knows no reports
    (2, 1): Meaning.NO_MAILBOX,  # disabled
    (2, 2): Meaning.FULL,
    (2, 3): Meaning.TEXT,  # longer than the mailbox takes
    (3, 4): Meaning.TEXT,  # longer than the system takes
    (4, 1): Meaning.NO_MAILBOX,  # Exchange Online: the domain has no such recipient
}
_CODES = {550: Meaning.NO_MAILBOX, 551: Meaning.NO_MAILBOX, 553: Meaning.NO_MAILBOX, 501: Meaning.NO_MAILBOX}
_CODES |= {552: Meaning.FULL}


def status_in(text: str, otherwise: Status) -> Status:
    """The enhanced status code that a server gave, or `otherwise`."""
    found = _STATUS.search(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else otherwise


def meaning(status: Status, code: int = 0) -> Meaning:
    """What a refusal of a recipient means; `code` is the basic one where an answer had one (RFC 5321)."""
    kind, subject, detail = status
    if kind != 5:
        return Meaning.LATER
    if (subject, detail) in _DETAILS:
        return _DETAILS[subject, detail]
    return _SUBJECTS.get(subject) or _CODES.get(code, Meaning.LATER)
