"""How people come to the web pages, as an adapter sees it: links, sessions, single sign-on, passkeys.

Beside it signatures of people who have no account and never sign in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.errors import IntervisionError
from bot.ui.inbound import Actor
from bot.ui.model import Document


@dataclass(frozen=True)
class SignedIn:
    """Whose a session is, and the language to draw in; for a device that is remembered, for how many seconds more."""

    actor: Actor
    language: str
    remember_seconds: int | None = None


@dataclass(frozen=True)
class LinkFor:
    """Whom a sign-in link signs in, and for how many days their device may be remembered (0: it may not).

    `needs_code`: another browser asked for the link, and shows the code that must be typed in this one.
    """

    name: str
    remember_days: int = 0
    needs_code: bool = False


class CodeWrong(IntervisionError):
    """Another browser asked for the link, and what was typed is not the code that it shows."""


@dataclass(frozen=True)
class Vouched:
    """An account at a provider of single sign-on: `subject` never changes there.

    `email` is an address that the provider vouches for and that is believed here; empty where there is none.
    """

    issuer: str
    subject: str
    email: str = ""


class SeveralPeople(IntervisionError):
    """More than one person has the address: nobody is signed in by a guess."""


class AnotherAccount(IntervisionError):
    """The person with this address is known by another account of the same provider."""


class SignIn(Protocol):
    """Sign-in to the web pages: single-use links and sessions.

    A link is `<public_url>/sign-in/<token>`, the token URL-safe. Its page shows a button, and only
    the button redeems it, so a mail program that looks ahead does not use it up.
    """

    async def redeem(self, token: str, browser: str = "", code: str = "", *, remember: bool = False) -> str | None:
        """Turn a link's token (15 minutes, once) into a new session id; None when expired, used or unknown.

        `browser` is the secret of the browser that presents it; one that did not ask for the link needs the `code` of
        one that did. Raises CodeWrong; a few wrong codes use the link up.
        `remember`: the person wants this device remembered; it is where their rules allow it.
        """

    def code_of(self, browser: str) -> str:
        """The code of six digits that a browser shows after asking for a link."""

    async def genuine(self, secret: str) -> bool:
        """Whether a token or session id was made here, good or over; answered without the database."""

    async def named(self, token: str, browser: str = "") -> LinkFor | None:
        """The person a live link signs in, for whoever holds it; None as for `redeem`. Changes nothing."""

    async def remembered_days(self) -> int:
        """The longest time for which anybody's device may be remembered; 0 where nobody's may."""

    async def holder(self, session: str) -> SignedIn | None:
        """The person behind a live session; None when it ended or the person was removed."""

    async def end(self, session: str) -> None:
        """Sign out."""

    async def request(self, email: str, browser: str = "") -> None:
        """Send a sign-in link to the person with this address, if there is one; says nothing either way.

        It is bound to `browser`, the secret of the one that asks; without one it opens in any.
        """

    async def vouched(self, account: Vouched, organisation: str, *, remember: bool = False) -> str | None:
        """A new session for the one person whose account this is, for which a trusted provider vouches.

        An account that is nobody's yet becomes that of the one person with its address. `organisation` is an id, or
        empty for any. None where it is nobody's. Raises SeveralPeople, AnotherAccount (the administrators are told).
        """

    async def link_for(self, actor: Actor) -> str:
        """A fresh sign-in URL for a person who is already known on another platform (chat → web page)."""


@dataclass(frozen=True)
class OutsideAsked:
    """What a link for a signature from outside is about; entries in the reader's words, by id."""

    person: str
    entries: tuple[tuple[str, str], ...]
    signed: tuple[str, ...]


@dataclass(frozen=True)
class LeaverAsked:
    """What a link of somebody who left opens: whose files, until which day in words, rule sets by id and name."""

    person: str
    until: str
    rule_sets: tuple[tuple[str, str], ...]


class Leavers(Protocol):
    """Files of people who have left: `<public_url>/leaving/<token>`, for 90 days."""

    async def asked(self, token: str) -> LeaverAsked | None:
        """What a live link opens; None when expired or unknown."""

    async def file(self, token: str, rules: str) -> Document | None:
        """The archive, its log counted by a rule set. Raises `Refusal` where no file may be made."""

    async def end(self, token: str) -> None:
        """The link opens nothing any more."""


class OutsideSignatures(Protocol):
    """Signatures of people without an account: `<public_url>/sign/<token>`, for 30 days."""

    async def asked(self, token: str, language: str) -> OutsideAsked | None:
        """Whose entries a live link is about; None when expired or unknown."""

    async def sign(self, token: str, entries: Sequence[str], name: str, qualification: str) -> int:
        """Sign these of its entries; how many were signed."""

    async def take_back(self, token: str) -> int:
        """Take back every signature given with the link; how many."""


@dataclass(frozen=True)
class NewPasskey:
    """A passkey that a browser has just made; ids and keys are base64url."""

    credential: str
    public_key: str = field(repr=False)
    counter: int
    name: str


@dataclass(frozen=True)
class HeldPasskey:
    """A passkey of somebody; `counter` is what the authenticator had counted when it was used last."""

    id: str
    credential: str
    public_key: str = field(repr=False)
    counter: int
    name: str
    created_at: datetime
    used_at: datetime | None


class Passkeys(Protocol):
    """Keys of WebAuthn with which people sign in. The adapter checks what a browser signed, the core keeps the keys.

    An actor is somebody signed in to our own pages.
    """

    async def of(self, actor: Actor) -> Sequence[HeldPasskey]:
        """The person's passkeys, oldest first."""

    async def keep(self, actor: Actor, made: NewPasskey) -> bool:
        """Keep a new one, whose signature was checked; False where there are too many, or it is somebody's already."""

    async def rename(self, actor: Actor, id: str, name: str) -> None:
        """Call one of one's own differently."""

    async def remove(self, actor: Actor, id: str) -> None:
        """Forget one of one's own."""

    async def find(self, credential: str) -> HeldPasskey | None:
        """The passkey with this credential's id, of somebody who may sign in."""

    async def enter(self, credential: str, counter: int, asked_at: datetime, *, remember: bool = False) -> str | None:
        """A new session id for a signature that was checked, of a challenge made at `asked_at`.

        None where the passkey was used after the challenge was made: each signs in once.
        """
