"""What a page's buttons carry: sealed, so that only what was shown to this browser can come back.

A ticket is one hidden field (or one query parameter of a link). It is signed with a key made from
the installation's secret and the browser's own cookie, so it is the CSRF token, it keeps the
command, subject and arguments as they were drawn, and it holds the event id that makes a second
press of the same button the same event. It carries our own words and opaque ids only.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import jwt

from bot.errors import IntervisionError
from bot.ui.model import Confirm

_ALGORITHM = "HS256"


class Kind(StrEnum):
    """What a ticket may be used for; one kind is never taken for another."""

    PRESS = "press"
    OPEN = "open"
    SUBMIT = "submit"
    COMMAND = "command"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    DEMO = "demo"
    NOTE = "note"
    OPENID = "openid"
    PASSKEY = "passkey"
    SIGNATURE = "signature"
    LEAVING = "leaving"


@dataclass(frozen=True)
class Ticket:
    """`back` is the path to return to when it is done; `message` names the kept card the button stood on."""

    kind: Kind
    key: str = ""
    subject: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    event: str = ""
    back: str = "/"
    message: str = ""
    ask: Confirm | None = None


class TicketRefused(IntervisionError):
    """The ticket is missing, altered, of another kind, or of another browser or an ended session."""


class Tickets:
    """Seals and opens tickets. `secret` belongs to the installation, a binding is a browser's cookie value."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, ticket: Ticket, binding: str) -> str:
        """The ticket as URL-safe text."""
        return jwt.encode(_packed(ticket), self._key(binding), _ALGORITHM)

    def open(self, text: str, binding: str, kind: Kind) -> Ticket:
        """The ticket that was sealed for this browser. Raises TicketRefused."""
        try:
            held = jwt.decode(text, self._key(binding), [_ALGORITHM])
            ticket = _unpacked(held)
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
            raise TicketRefused from error
        if ticket.kind is not kind:
            raise TicketRefused
        return ticket

    def token(self, of: str) -> str:
        """The same short text for the same thing, which tells nothing of it."""
        return hmac.new(self._secret, f"token:{of}".encode(), hashlib.sha256).hexdigest()[:16]

    def _key(self, binding: str) -> bytes:
        return hmac.new(self._secret, binding.encode(), hashlib.sha256).digest()


def _packed(ticket: Ticket) -> dict[str, Any]:
    held = {name: value for name, value in vars(ticket).items() if value}
    return held | {"ask": vars(ticket.ask)} if ticket.ask else held


def _unpacked(held: dict[str, Any]) -> Ticket:
    ask = Confirm(**held.pop("ask")) if "ask" in held else None
    return Ticket(kind=Kind(held.pop("kind")), ask=ask, **held)
