"""People: their roles, where they work, how they are reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

WEEKDAYS = (0, 1, 2, 3, 4)


class Role(StrEnum):
    """What a person may do (DOMAIN.md section 2); a person holds any set of them."""

    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    DPO = "dpo"
    ADMIN = "admin"


class Reach(StrEnum):
    """Whether messages come to a person, or to one of their addresses."""

    REACHABLE = "reachable"
    NEVER_MET = "never_met"
    """No address where a message would be noticed."""
    LEFT = "left"
    """The account is closed, the app removed, the chat gone."""
    BLOCKED = "blocked"
    """The person or an administrator keeps our messages out."""
    NO_CONNECTION = "no_connection"
    """Their platform takes no message just now; it is tried again by itself."""
    NOT_ANSWERING = "not_answering"
    """Messages arrive, and several that ask for something had no answer for days."""


@dataclass(frozen=True)
class Person:
    """Someone of an organisation. `experienced_since`: the day iCBT work began, as given with the person; like `fte`
    it holds until a dated fact of `bot.ports.records` says otherwise.

    `languages` are those the person reviews in; `fte` is the share of a full post, 0.1 to 1.0.
    `weekdays` are the days of the week the person works (0 = Monday).
    `notify_on` names the platform the person prefers for notices; empty: where last seen.
    `personnel_id` is what the staff system calls the person, by which a file or a directory finds them again.
    `leaves_on` is the last day of work of somebody who leaves on a day to come; `leaving_cover` presents their cases.
    `language_chosen` is set once they chose their language themselves, `language_given` once an administrator or a
    staff file named it: then no profile changes it, and no file what they chose; `languages_chosen` says the
    same of `languages`. `calibrated_at` is when they marked the invented messages before their first message review.
    """

    id: str
    organisation: str
    name: str
    email: str
    clinic: str
    roles: frozenset[Role]
    created_at: datetime
    language: str = "en"
    timezone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    experienced_since: date | None = None
    fte: float = 1.0
    weekdays: tuple[int, ...] = WEEKDAYS
    notify_on: str = ""
    removed_at: datetime | None = None
    version: int = 0
    language_chosen: bool = False
    personnel_id: str = ""
    leaves_on: date | None = None
    leaving_cover: str | None = None
    language_given: bool = False
    languages_chosen: bool = False
    calibrated_at: datetime | None = None

    @property
    def active(self) -> bool:
        """A removed person has no access from that moment on."""
        return self.removed_at is None

    def has(self, *roles: Role) -> bool:
        """Whether the person holds any of these roles."""
        return bool(self.roles & frozenset(roles))


@dataclass(frozen=True)
class Contact:
    """A way to reach a person on a platform; `reference` is opaque to the core.

    `failed_at` is set when delivery failed for good ("not reached") and cleared when the person is seen again; `shut`
    says then what the platform said of the address, a word of `Reach`, and `failure` in its own words.
    `language` is what the platform's profile said last (BCP 47). `ended_at` is set when the person disconnected the
    account: it is a stranger's until they connect it again, whatever its e-mail address.
    """

    id: str
    organisation: str
    person: str
    platform: str
    tenant: str
    user: str
    reference: Mapping[str, str] = field(default_factory=dict)
    seen_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""
    language: str = ""
    ended_at: datetime | None = None
    shut: str = ""

    @property
    def reach(self) -> Reach:
        """Whether this address can be written to, as far as the platform said."""
        if not self.failed_at:
            return Reach.REACHABLE
        return Reach.BLOCKED if self.shut == Reach.BLOCKED else Reach.LEFT
