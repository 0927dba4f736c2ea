"""What is to be sent and by which running program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class OutboxEntry:
    """The intent to tell someone something; rendered when sent, so it holds ids only.

    `dedupe` is unique per organisation. `slot` names the matter: a notice of state updates its latest message, news
    overtakes the earlier ones (`bot.delivery.overtaken`). `urgent` ignores quiet hours and pacing order. `contact` is
    where it went; named beforehand, it goes there and nowhere else. A lease is a compare-and-swap on `lease_by` and
    `attempts`. `begun_at` is set while a send is under way, so whoever takes over knows whether something may be out.
    `delivered_id` of an unsent entry says that its post was answered and only its end is not written yet.
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
