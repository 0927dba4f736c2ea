"""Ways in and what is under way there: links, sessions, feeds, drafts, steps that can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
    """What somebody did a moment ago, and what it takes to put it back: `what` names the step, `data` holds ids only.

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


@dataclass(frozen=True)
class Session:
    """A signed-in browser; `id` is the SHA-256 of the cookie's value."""

    id: str
    organisation: str
    person: str
    created_at: datetime
    expires_at: datetime


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
