"""Organisation > clinic > group, and the days a clinic is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

COUNTRY_LANGUAGES: Mapping[str, str] = {
    "AT": "de",
    "DE": "de",
    "DK": "da",
    "GB": "en",
    "IE": "en",
    "NL": "nl",
    "NO": "nb",
    "SE": "sv",
}
"""Countries with one language among those of the product; elsewhere a clinic names its own."""


@dataclass(frozen=True)
class Organisation:
    """A tenant: nothing is ever visible across organisations. `policy` overrides the defaults.

    `themes` are the tags offered on cases: keys of the product's own list, or an organisation's own words; empty
    means the product's whole list.
    """

    id: str
    organisation: str
    name: str
    created_at: datetime
    language: str = "en"
    policy: Mapping[str, Any] = field(default_factory=dict)
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workspace:
    """A workspace or tenant that belongs to an organisation; people are recognised there by their e-mail address.

    An organisation that lists none of a platform recognises people in every one that the adapter lets in.
    """

    id: str
    organisation: str
    platform: str
    tenant: str


@dataclass(frozen=True)
class Clinic:
    """A place of work with its country's holidays, its zone and the contacts shown when there is a risk.

    `country` is ISO 3166 (two letters), `region` the holiday library's subdivision or empty. `emergency_phone` is for
    anybody in danger, `duty_phone` reaches whoever is on duty. `closed_on`: nobody works there any more. `language` is
    that of its texts, where it is not the country's.
    """

    id: str
    organisation: str
    name: str
    country: str
    timezone: str
    region: str = ""
    emergency_phone: str = ""
    duty_phone: str = ""
    duty_supervisor: str | None = None
    deputy_supervisor: str | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)
    closed_on: date | None = None
    language: str = ""

    @property
    def writes(self) -> str:
        """The language in which texts are written there: the one named, else the country's; empty for neither."""
        return self.language or COUNTRY_LANGUAGES.get(self.country.upper(), "")


@dataclass(frozen=True)
class Closure:
    """Days on which a clinic is closed, both ends included."""

    id: str
    organisation: str
    clinic: str
    first_day: date
    last_day: date
    name: str = ""


@dataclass(frozen=True)
class Group:
    """Therapists who review each other's cases; members may come from several clinics. `closed_on`: its last day."""

    id: str
    organisation: str
    name: str
    timezone: str
    policy: Mapping[str, Any] = field(default_factory=dict)
    closed_on: date | None = None


@dataclass(frozen=True)
class Membership:
    """A person in a group from a day on, until a day (both included) or still.

    `cover` is the therapist who presents the person's own cases of the group after `left_on`, if one was named.
    """

    id: str
    organisation: str
    group: str
    person: str
    joined_on: date
    left_on: date | None = None
    cover: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the person is a member on this day."""
        return self.joined_on <= day and (self.left_on is None or day <= self.left_on)


def member_since(memberships: Iterable[Membership], day: date) -> date | None:
    """The first day of the latest unbroken time in any group that began by `day`; None if there was none.

    Whoever comes back after months starts anew: what lies between is no gap of theirs.
    """
    since: date | None = None
    until: date | None = date.min
    for each in sorted(memberships, key=lambda m: m.joined_on):
        if each.joined_on > day:
            break
        if until is not None and each.joined_on > until + timedelta(days=1):
            since, until = each.joined_on, each.left_on
        elif until is not None:
            until = None if each.left_on is None else max(until, each.left_on)
    return since


@dataclass(frozen=True)
class NeverAssign:
    """A pair that never reviews each other.

    `set_by` is the person who wants it so, and then nobody else ever sees it, no supervisor either; empty on the
    list that supervisors keep. `added_at` is when a private one was named: it holds from the round after the next.
    """

    id: str
    organisation: str
    one: str
    other: str
    set_by: str = ""
    added_at: datetime | None = None
