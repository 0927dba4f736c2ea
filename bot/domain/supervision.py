"""The supervision log: one dated fact per person and occasion, corrected by appending, signed once.

A record never holds case or review text; the learning point is the person's own and stays out of reprs and logs.
What it may not know: rule sets and exports (`bot/reports`). Next: `frequency.py`, which measures gaps between facts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.policy import Mode, Policy
from bot.errors import Refusal


class Role(StrEnum):
    """What the person did; only presenting and reviewing is supervision received."""

    PRESENTER = "presenter"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"


class EventType(StrEnum):
    """`peer` comes from rounds; the others are entered by hand."""

    PEER = "peer"
    INDIVIDUAL = "individual"
    GROUP = "group"
    LIVE = "live"


class Medium(StrEnum):
    """How people met; `written` is the asynchronous round."""

    WRITTEN = "written"
    VIDEO = "video"
    PHONE = "phone"
    IN_PERSON = "in_person"


class Method(StrEnum):
    """What was worked with; `""` where it was not said."""

    UNSAID = ""
    DISCUSSION = "discussion"
    LIVE = "live"
    RECORDING = "recording"
    ROLE_PLAY = "role_play"
    DOCUMENTS = "documents"


class RoundsFactsStay(Refusal):
    """Day, kind and size of what a round made are the round's; minutes and themes are the person's own."""


class CannotTakeBackSignature(Refusal):
    """A signature is taken back by who gave it, and only while the entry is the version in force."""


class InvalidEntry(Refusal):
    """An entry that cannot be true; `fields` names every field at fault: days, minutes, group_size, members."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(fields=fields)
        self.fields = fields


class EntryAlreadySigned(Refusal):
    """A signed entry is signed once; a correction is a new entry to be signed anew."""


class EntryNotInForce(Refusal):
    """A version that was corrected meanwhile, or an entry taken out of the log, is neither signed nor corrected."""


class CannotSignOwnEntry(Refusal):
    """The other party signs: a supervisor or somebody who took part."""


class MaySignOnlyWhenPresent(Refusal):
    """Without the supervisor's role one signs only what one took part in."""


class NotYourEntry(Refusal):
    """Minutes, themes and learning point are corrected by the person they belong to."""


@dataclass(frozen=True)
class SupervisionEvent:
    """One line of one person's log.

    `days` are the calendar days it took place on (at least one, in order; it counts on the last). `group_size`
    counts everybody present including the person. `counts_on` is the round's own day of what a round asked and got in
    time: for the rhythm it counts on that day. `moved_from` is the first day of a chain whose day was corrected.
    `minutes` are the person's own declaration unless `minutes_estimated`. `supervisor` is who supervised, with
    qualification, in the person's own words, also somebody outside; `professions` are those of who took part.
    `documented` says that agenda and attendance are
    kept (rounds keep both). `corrects` is the id of the first entry of its chain; `withdrawn` takes the chain out of
    every total.
    """

    id: str
    person: str
    clinic: str
    role: Role
    mode: Mode  # of the person's caseload on that day
    days: tuple[date, ...]
    minutes: int
    group_size: int
    recorded_at: datetime  # aware UTC
    type: EventType = EventType.PEER
    medium: Medium = Medium.WRITTEN
    minutes_estimated: bool = False
    documented: bool = True
    round: str | None = None
    members: tuple[str, ...] = ()  # who else took part, by id; never who wrote what
    themes: tuple[str, ...] = ()  # keys from the organisation's list
    learning_point: str = field(default="", repr=False)
    corrects: str | None = None
    withdrawn: bool = False
    signed_by: str | None = None
    signed_at: datetime | None = None
    counts_on: date | None = None
    method: Method = Method.UNSAID
    supervisor: str = field(default="", repr=False)
    professions: str = field(default="", repr=False)
    signer: str = field(default="", repr=False)
    """Name and qualification of somebody outside who signed; empty where `signed_by` is a person here."""
    moved_from: date | None = None

    def __post_init__(self) -> None:
        faults = {
            "days": not self.days or list(self.days) != sorted(set(self.days)),
            "minutes": not 1 <= self.minutes <= 24 * 60,
            "group_size": self.group_size < 1,
            "members": len(set(self.members) | {self.person}) > self.group_size,
        }
        if any(faults.values()):
            raise InvalidEntry(tuple(name for name, wrong in faults.items() if wrong))

    @property
    def day(self) -> date:
        """The day it counts on: its last."""
        return self.days[-1]

    @property
    def rhythm_day(self) -> date:
        """The day it counts on for the rhythm: the round's own, or its last where it was late or had no round."""
        return self.counts_on or self.day

    @property
    def chain(self) -> str:
        """The id its corrections share."""
        return self.corrects or self.id

    @property
    def is_signed(self) -> bool:
        """Signed entries are immutable."""
        return self.signed_at is not None

    @property
    def is_supervision_received(self) -> bool:
        """Whether it counts for the person's own rhythm (leading a group does not)."""
        return self.role is not Role.SUPERVISOR


def estimated_minutes(role: Role, times: int, policy: Policy) -> int:
    """The estimate for so many reviews or own cases, to be stored with `minutes_estimated=True`."""
    return times * (policy.minutes_per_own_case if role is Role.PRESENTER else policy.minutes_per_review)


def sign(entry: SupervisionEvent, *, by: str, at: datetime, is_supervisor: bool) -> SupervisionEvent:
    """The entry with its signature.

    Raises `EntryNotInForce` for a withdrawn entry, `EntryAlreadySigned`, `CannotSignOwnEntry`, or
    `MaySignOnlyWhenPresent` for a peer who did not take part.
    """
    if entry.withdrawn:
        raise EntryNotInForce
    if entry.is_signed:
        raise EntryAlreadySigned
    if by == entry.person:
        raise CannotSignOwnEntry
    if not is_supervisor and by not in entry.members:
        raise MaySignOnlyWhenPresent
    return dataclasses.replace(entry, signed_by=by, signed_at=at)


@dataclass(frozen=True)
class Facts:
    """What of an entry made by hand can be corrected besides minutes, themes and learning point."""

    day: date
    type: EventType
    medium: Medium
    group_size: int
    method: Method = Method.UNSAID
    supervisor: str = field(default="", repr=False)
    professions: str = field(default="", repr=False)


def take_back(entry: SupervisionEvent, *, by: str) -> SupervisionEvent:
    """The entry without its signature; raises `CannotTakeBackSignature` for anybody but who gave it."""
    if entry.signed_by != by:
        raise CannotTakeBackSignature
    return dataclasses.replace(entry, signed_by=None, signed_at=None)


def correct(
    entry: SupervisionEvent,
    *,
    new_id: str,
    by: str,
    at: datetime,
    minutes: int | None = None,
    themes: tuple[str, ...] | None = None,
    learning_point: str | None = None,
    withdrawn: bool = False,
    facts: Facts | None = None,
) -> SupervisionEvent:
    """A new, unsigned entry that takes the place of `entry` in totals; the old one stays as it is, signature included.

    `facts` are what a hand-made entry may change besides. Raises `NotYourEntry`, `EntryNotInForce` for a withdrawn
    entry, `RoundsFactsStay`, or `InvalidEntry` for what cannot be.
    """
    if by != entry.person:
        raise NotYourEntry
    if entry.withdrawn:
        raise EntryNotInForce
    if facts is not None and entry.round:
        raise RoundsFactsStay
    facts = facts or Facts(
        entry.day, entry.type, entry.medium, entry.group_size, entry.method, entry.supervisor, entry.professions
    )
    moved = facts.day != entry.day
    return dataclasses.replace(
        entry,
        id=new_id,
        recorded_at=at,
        corrects=entry.chain,
        minutes=entry.minutes if minutes is None else minutes,
        minutes_estimated=entry.minutes_estimated and minutes is None,
        days=(facts.day,) if moved else entry.days,
        moved_from=entry.moved_from or (entry.day if moved else None),
        type=facts.type,
        medium=facts.medium,
        group_size=facts.group_size,
        method=facts.method,
        supervisor=facts.supervisor,
        professions=facts.professions,
        themes=entry.themes if themes is None else themes,
        learning_point=entry.learning_point if learning_point is None else learning_point,
        withdrawn=withdrawn,
        signed_by=None,
        signed_at=None,
    )


def current(entries: Iterable[SupervisionEvent], *, known_at: datetime | None = None) -> tuple[SupervisionEvent, ...]:
    """The entries that count, by day: the last of each chain unless withdrawn, as known at a moment (default: now)."""
    last: dict[str, SupervisionEvent] = {}
    for entry in sorted(entries, key=_recorded):
        if known_at is None or entry.recorded_at <= known_at:
            last[entry.chain] = entry
    counting = (entry for entry in last.values() if not entry.withdrawn)
    return tuple(sorted(counting, key=lambda each: (each.day, each.chain)))


def in_force(entries: Iterable[SupervisionEvent], id: str) -> SupervisionEvent:
    """The entry with this id, if it counts; raises `EntryNotInForce` for any other version."""
    for entry in current(entries):
        if entry.id == id:
            return entry
    raise EntryNotInForce


def history(entries: Iterable[SupervisionEvent], chain: str) -> tuple[SupervisionEvent, ...]:
    """Every version of one entry, oldest first."""
    return tuple(sorted((e for e in entries if e.chain == chain), key=_recorded))


def _recorded(entry: SupervisionEvent) -> tuple[datetime, bool]:
    """Corrections of the same moment come after what they correct."""
    return entry.recorded_at, entry.corrects is not None
