"""Bookkeeping the use-cases keep beside the domain's records: intents, drafts, sessions, the audit trail.

Nothing here holds case or review text; encrypted texts are reached through `UnitOfWork` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class ModeEntry:
    """A dated fact of someone's caseload mode (see `bot.domain.caseload.ModeChange`), for good or until `until_day`.

    The note of a correction passed the gate and lies encrypted as the part "note" of this entry's id. An entry that
    was amended or deleted stays, `cancelled_at`; the one in its place names it in `replaces`.
    """

    id: str
    organisation: str
    person: str
    mode: str
    from_day: date
    recorded_at: datetime
    recorded_by: str
    until_day: date | None = None
    cancelled_at: datetime | None = None
    replaces: str | None = None


@dataclass(frozen=True)
class LeaveEntry:
    """A leave, both ends included; open-ended without `last_day`.

    An entry that was amended or given up stays, `cancelled_at`; the one in its place names it in `replaces`.
    `own_cases` says what becomes of the person's own open cases when it begins: "keep", "withdraw", or "cover",
    then `cover` is the therapist who presents them from that day on.
    """

    id: str
    organisation: str
    person: str
    first_day: date
    last_day: date | None
    recorded_at: datetime
    recorded_by: str
    cancelled_at: datetime | None = None
    own_cases: str = "keep"
    cover: str | None = None
    replaces: str | None = None

    @property
    def active(self) -> bool:
        """Neither amended nor given up."""
        return self.cancelled_at is None


@dataclass(frozen=True)
class FteEntry:
    """From `from_day` on the person works this share of full time (see `bot.domain.caseload.FteChange`).

    A deleted entry stays, `cancelled_at`.
    """

    id: str
    organisation: str
    person: str
    fte: float
    from_day: date
    recorded_at: datetime
    recorded_by: str
    cancelled_at: datetime | None = None


@dataclass(frozen=True)
class ExperienceEntry:
    """Since when the person practises, as somebody recorded it; the entry recorded last counts."""

    id: str
    organisation: str
    person: str
    practising_since: date
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class SeriesEntry:
    """A group's recurring plan of rounds; `plan` is the serialised rule of `bot.domain.series`.

    `clinic` is the one whose working days it follows. `handled` is the last planned date that was dealt with: the next
    one is looked for after it, so nothing happens twice. `next_at` is when the next occurrence opens (aware UTC).
    """

    id: str
    organisation: str
    group: str
    clinic: str
    plan: Mapping[str, Any]
    made_at: datetime
    handled: date | None = None
    next_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True)
class LogEntry:
    """A supervision event as kept: `bot.domain.supervision.SupervisionEvent` with what storing it needs.

    `source` is unique per organisation and makes entries of rounds appear exactly once
    ("case:<case>:<person>"); `day` is the last of `days`, by which it is found. Facts, never text.
    """

    id: str
    organisation: str
    source: str
    person: str
    clinic: str
    role: str
    mode: str
    days: tuple[date, ...]
    day: date
    minutes: int
    group_size: int
    recorded_at: datetime
    recorded_by: str
    type: str = "peer"
    medium: str = "written"
    minutes_estimated: bool = False
    documented: bool = True
    round: str | None = None
    members: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    corrects: str | None = None
    withdrawn: bool = False
    signed_by: str | None = None
    signed_at: datetime | None = None


@dataclass(frozen=True)
class SignRequest:
    """A person asks somebody who took part, or a supervisor, to sign these entries of their log."""

    id: str
    organisation: str
    person: str
    signer: str
    entries: tuple[str, ...]
    asked_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Signature:
    """The digest (SHA-256, hex) of a log entry's facts as they were when it was signed; one an entry, never changed."""

    id: str
    organisation: str
    entry: str
    person: str
    signed_by: str
    signed_at: datetime
    digest: str


@dataclass(frozen=True)
class PublishedReport:
    """A quarter's first report as `bot.reports.published.dump` wrote it: its revisions keep the same groups."""

    id: str
    organisation: str
    year: int
    number: int
    published_at: datetime
    data: Mapping[str, Any]


URGENT = frozenset({"hold.answer", "hold.delivery", "hold.escalate"})
"""Kinds of timers that wait for no others: an alert goes on to the next person."""


@dataclass(frozen=True)
class Timer:
    """Something to look at when its moment comes, then decided from the facts; `id` is "<what>:<subject>"."""

    id: str
    organisation: str
    what: str
    subject: str
    at: datetime


@dataclass(frozen=True)
class OutboxEntry:
    """The intent to tell someone something; rendered when sent, so it holds ids only.

    `dedupe` is unique per organisation. `slot` names the matter: a notice of state updates its latest message, news
    overtakes the earlier ones (`bot.delivery.overtaken`). `urgent` ignores quiet hours and pacing order. `contact` is
    where it went; named beforehand, it goes there and nowhere else. A lease is a compare-and-swap on `lease_by` and
    `attempts`. `begun_at` is set while a send is under way, so whoever takes over knows whether something may be out.
    `uncertain_at` is set when a post ended without an answer, until it is known what became of it.
    `held_at` is set by a restore: nobody knows whether it was sent since the backup, so it waits for an administrator.
    `due_at` is the next attempt, `wanted_at` the moment it was to arrive (None: due_at, of older programs).
    """

    id: str
    organisation: str
    dedupe: str
    person: str
    card: str
    subject: str
    created_at: datetime
    due_at: datetime
    args: Mapping[str, str] = field(default_factory=dict)
    slot: str = ""
    urgent: bool = False
    attempts: int = 0
    lease_until: datetime | None = None
    lease_by: str = ""
    sent_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""
    uncertain_at: datetime | None = None
    dropped_at: datetime | None = None
    platform: str = ""
    delivered_id: str = ""
    contact: str = ""
    begun_at: datetime | None = None
    wanted_at: datetime | None = None
    held_at: datetime | None = None

    @property
    def wanted(self) -> datetime:
        """When it was to arrive: retries move `due_at` on, working hours move both."""
        return self.wanted_at or self.due_at


@dataclass(frozen=True)
class Replica:
    """A running program on this database: when it started, was last seen, and last looked at what is due.

    `process` names it on its machine ("<boot>/<processes' namespace>/<pid>/<start>", empty where that is not known);
    `clock_offset` is how many seconds its machine's clock is ahead of the database's.
    """

    id: str
    version: str
    started_at: datetime
    seen_at: datetime
    ticked_at: datetime | None = None
    process: str = ""
    clock_offset: float = 0.0


@dataclass(frozen=True)
class Queue:
    """How an outbox stands at a moment.

    `waiting` wants to be sent at some time, `due` was wanted by now (in the hands of a sender or waiting for another
    attempt), `oldest` is when the longest overdue of those was wanted, leaving out what may have arrived. `failed`
    counts what was given up in the last seven days and not sent again since, `uncertain` what may have arrived.
    """

    waiting: int
    due: int
    oldest: datetime | None
    failed: int
    uncertain: int


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


class Audited(StrEnum):
    """What the audit trail records."""

    TEXT_OPENED = "text_opened"
    UNMASKED = "unmasked"
    EXPORTED = "exported"
    ERASED = "erased"
    PURGED = "purged"
    HOLD_RAISED = "hold_raised"
    HOLD_ACKNOWLEDGED = "hold_acknowledged"
    HOLD_RELEASED = "hold_released"
    CASE_SUBMITTED = "case_submitted"
    CASE_WITHDRAWN = "case_withdrawn"
    ROUND_PUBLISHED = "round_published"
    REASSIGNED = "reassigned"
    PAIR_ADDED = "pair_added"
    PAIR_REMOVED = "pair_removed"
    ROLE_CHANGED = "role_changed"
    POLICY_CHANGED = "policy_changed"
    PERSON_REMOVED = "person_removed"
    PERSON_RETURNED = "person_returned"
    PERSON_CHANGED = "person_changed"
    PLACE_CHANGED = "place_changed"
    LINK_MADE = "link_made"
    ENTRY_SIGNED = "entry_signed"
    GATE_CONFIRMED = "gate_confirmed"
    LOOK_OPENED = "look_opened"
    LOOK_PASSED = "look_passed"
    LOOK_RETURNED = "look_returned"
    LOOK_UNSEEN = "look_unseen"
    LOOK_LEFT = "look_left"
    TRAIL_READ = "trail_read"
    TRAIL_CUT = "trail_cut"
    AGREEMENT_ENDED = "agreement_ended"


@dataclass(frozen=True)
class AuditEntry:
    """One line of the hash-chained trail: who, what, on which id; `detail` holds ids and counts, never text."""

    id: str
    organisation: str
    number: int
    at: datetime
    actor: str
    what: str
    subject: str
    detail: Mapping[str, str]
    previous: str
    mac: str


@dataclass(frozen=True)
class Anchor:
    """How far an organisation's trail reached at a moment: kept outside the database, it shows a cut end."""

    organisation: str
    number: int
    mac: str
    at: datetime


@dataclass(frozen=True)
class AuditFault:
    """Where a trail is broken (the number of a line) and how, in one English sentence."""

    number: int
    what: str
