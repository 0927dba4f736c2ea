"""Ways in and what is under way there: links, sessions, feeds, drafts, steps that can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class Draft:
    """A text that is not sent yet; its values are encrypted under a key of its own and go with it when it expires.

    `kind` is that of a text under way in the gate ("case", "review"); "typed" and "masked" are what stands in a form.
    """

    id: str
    organisation: str
    person: str
    kind: str
    subject: str
    created_at: datetime
    expires_at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True)
class SignInLink:
    """A single-use link or code; `id` is the SHA-256 of its token, the token itself is kept nowhere.

    `purpose` is "sign_in" for a link to the pages, "connect" for a code that joins another account to the person.
    """

    id: str
    organisation: str
    person: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    version: int = 0
    purpose: str = "sign_in"


@dataclass(frozen=True)
class UndoStep:
    """What somebody did a moment ago, and what it takes to put it back: `what` names the step, `data` holds ids,
    days and settings, never text of a case.

    Only `person`, who did it, may undo it, once and before `expires_at`.
    """

    id: str
    organisation: str
    person: str
    what: str
    created_at: datetime
    expires_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    undone_at: datetime | None = None
    version: int = 0


class SessionKind(StrEnum):
    """What ends a session before its time."""

    BROWSER = "browser"
    """Being left alone for as long as the policy says."""
    REMEMBERED = "remembered"
    """A policy that no longer lets devices be remembered."""
    DEMO = "demo"
    """Nothing."""


@dataclass(frozen=True)
class Session:
    """A signed-in browser; `id` is the SHA-256 of the cookie's value. `seen_at` is exact to a minute."""

    id: str
    organisation: str
    person: str
    created_at: datetime
    expires_at: datetime
    kind: SessionKind = SessionKind.BROWSER
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Passkey:
    """A key of WebAuthn with which a person signs in; `id` is the SHA-256 of its credential's id.

    `credential` and `public_key` are base64url, `counter` is what the authenticator counts (0 where it does not),
    `name` is what the person calls it.
    """

    id: str
    organisation: str
    person: str
    credential: str
    public_key: str
    counter: int
    name: str
    created_at: datetime
    used_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True)
class SignOnAccount:
    """The one account at a provider of single sign-on that signs a person in; `subject` is its name there."""

    id: str
    organisation: str
    person: str
    issuer: str
    subject: str
    created_at: datetime


@dataclass(frozen=True)
class CalendarFeed:
    """A calendar under a secret address; `id` is the SHA-256 of its token, the token itself is kept nowhere."""

    id: str
    organisation: str
    person: str
    created_at: datetime


@dataclass(frozen=True)
class AbsenceCalendar:
    """A person's calendar of absences under an https address, read daily; the address is sealed under this id.

    Nothing of an entry is kept but its days, as "2027-01-05/2027-01-09": what the last reading found, what became
    leave, what was declined, and what the person was told of last. `fault` is why the last reading failed, `faults`
    how many in a row.
    """

    id: str
    organisation: str
    person: str
    created_at: datetime
    next_at: datetime
    read_at: datetime | None = None
    fault: str = ""
    faults: int = 0
    periods: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    version: int = 0
