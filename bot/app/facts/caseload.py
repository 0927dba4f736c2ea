"""A person's caseload, leave and rhythm as the rules want them, read from the stored facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, TypeVar

from bot.app.context import Work
from bot.app.facts.chances import chances_of
from bot.app.facts.log_for_others import rhythm_for_others
from bot.app.facts.reachability import standing
from bot.domain.assignment import Assignment
from bot.domain.calendar import wall_time
from bot.domain.caseload import (
    Caseload,
    ExperienceFact,
    FteChange,
    Leave,
    Mode,
    ModeChange,
    ReviewLimit,
)
from bot.domain.chances import Chances
from bot.domain.frequency import Closures, Counting, Gap, Kind, Status, as_others_know, event_days, gaps, statuses
from bot.domain.organisation import Closure, Membership, member_since
from bot.domain.person import Contact, Person
from bot.domain.policy import Policy
from bot.domain.supervision import EventType, Medium, Method, Role, SupervisionEvent, current, estimated_minutes
from bot.ports.records import ExperienceEntry, FteEntry, LeaveEntry, LimitEntry, LogEntry, ModeEntry

E = TypeVar("E", ModeEntry, FteEntry, ExperienceEntry, LimitEntry)


async def caseload_of(work: Work, person: Person) -> Caseload:
    """Everything dated about one person's work."""
    return (await caseloads_of(work, [person]))[person.id]


async def caseloads_of(work: Work, people: Iterable[Person]) -> dict[str, Caseload]:
    """The same for many people in five queries."""
    people = list(people)
    ids = [p.id for p in people]
    modes = await _by_person(work, ModeEntry, ids)
    leaves = await _leaves(work, ids)
    ftes = await _by_person(work, FteEntry, ids)
    experience = await _by_person(work, ExperienceEntry, ids)
    limits = await _by_person(work, LimitEntry, ids, cancelled_at=None)
    return {
        p.id: Caseload(
            modes=tuple(mode_change_of(m) for m in modes[p.id] if m.cancelled_at is None),
            ftes=(
                FteChange(p.id, p.fte, date.min, "", p.created_at),
                *(FteChange(p.id, f.fte, f.from_day, "", f.recorded_at) for f in ftes[p.id] if not f.cancelled_at),
            ),
            experience=(
                *_registered(p),
                *(ExperienceFact(p.id, e.practising_since, "", e.recorded_at) for e in experience[p.id]),
            ),
            leaves=tuple(leaves[p.id]),
            limits=tuple(limit_of(each) for each in limits[p.id]),
        )
        for p in people
    }


async def leaves_of(work: Work, person: Person) -> Caseload:
    """Only when the person is away, for whoever asks for nothing else: one query."""
    leaves = await work.uow.find(LeaveEntry, person=person.id, cancelled_at=None)
    return Caseload(leaves=tuple(Leave(e.person, e.first_day, e.last_day) for e in leaves))


LATELY = timedelta(days=120)
"""In these days most people have had both kinds of events."""
UNDELIVERED: dict[str, Any] = {"ended_at": None, "submitted_at": None, "not_reached_at__not": None}
"""Of assignments: open ones whose first notice failed."""
AT_ONCE = 500
"""People asked about in one query; beyond this, everybody's facts are read and sorted out here."""


async def _by_person(work: Work, kind: type[E], ids: Sequence[str], **conditions: Any) -> dict[str, list[E]]:
    found: dict[str, list[E]] = defaultdict(list)
    if 0 < len(ids) <= AT_ONCE:
        conditions["person__in"] = list(ids)
    for entry in await work.uow.find(kind, **conditions) if ids else []:
        found[entry.person].append(entry)
    return found


async def _leaves(work: Work, ids: Sequence[str]) -> dict[str, list[Leave]]:
    found: dict[str, list[Leave]] = defaultdict(list)
    some = {"person__in": list(ids)} if len(ids) <= AT_ONCE else {}
    kept = ("person", "first_day", "last_day")
    for person, first, last in await work.uow.columns(LeaveEntry, kept, cancelled_at=None, **some):
        found[person].append(Leave(person, first, last))
    return found


async def current_mode(work: Work, person: Person) -> Mode:
    """The chosen mode today, leave aside."""
    return (await caseload_of(work, person)).chosen_mode_on(work.today(person.timezone))


@dataclass(frozen=True)
class RhythmFacts:
    """What a person's rhythm is counted from, so that it can be asked for another caseload too (a switch's effect)."""

    entries: tuple[SupervisionEvent, ...]
    since: date
    closures: Closures
    reached: bool
    policy: Policy
    chances: Chances
    running: date | None = None
    """For others: a round under way since that day, in which the person may have presented."""

    def statuses(self, caseload: Caseload, today: date) -> dict[Kind, Status]:
        """Where the person stands against both targets on a day."""
        found = statuses(
            self.entries,
            since=self.since,
            today=today,
            counting=Counting(caseload, self.closures),
            policy=self.policy,
            reached=self.reached,
            chances=self.chances,
        )
        return {kind: as_others_know(at, self.running) for kind, at in found.items()}

    def gaps(self, kind: Kind, caseload: Caseload, since: date, until: date) -> tuple[Gap, ...]:
        """Every gap of a span; the first begins with the last event before it, or with joining the group."""
        days = event_days(kind, self.entries)
        start = max([self.since, *(day for day in days if day <= since)])
        counting = Counting(caseload, self.closures)
        return gaps(
            kind, days, since=start, until=until, counting=counting, policy=self.policy, chances=self.chances
        )  # fmt: skip


async def rhythm_facts(
    work: Work, person: Person, policy: Policy, *, for_others: bool, entries_since: date = date.min
) -> RhythmFacts:
    """Entries that count, what rounds asked, the start of tracking, closed days, and whether messages arrive.

    A review that is in counts although its log entry is made when the case closes, and so does an own case that is
    with its reviewers. With `entries_since` only entries of that day or later (every version of an entry has its day).
    `for_others`: as somebody else may read it (`log_for_others.py`).
    """
    caseload = await caseload_of(work, person)
    return await _facts(work, person, policy, caseload, entries_since=entries_since, for_others=for_others)


async def _facts(
    work: Work, person: Person, policy: Policy, caseload: Caseload, *, entries_since: date, for_others: bool
) -> RhythmFacts:
    entries = await work.uow.find(LogEntry, person=person.id, day__ge=entries_since, order=("day",))
    if entries_since > date.min:
        entries += await work.uow.find(LogEntry, person=person.id, day__lt=entries_since, moved_from__not=None)
    closures = await work.uow.find(Closure, clinic=person.clinic)
    memberships = await work.uow.find(Membership, person=person.id, order=("joined_on",))
    own = await chances_of(
        work, person, caseload, memberships, policy, since=entries_since, for_others=for_others
    )  # fmt: skip
    logged = list(current(event_of(e) for e in entries))
    not_logged = [
        *(_under_way(id, person, Role.REVIEWER, day, sent, caseload, policy) for id, day, sent in own.reviewed),
        *(_under_way(id, person, Role.PRESENTER, day, day, caseload, policy) for id, day in own.presented),
    ]
    return RhythmFacts(
        entries=(*(await rhythm_for_others(work, logged) if for_others else logged), *not_logged),
        since=member_since(memberships, work.today(person.timezone)) or work.today(person.timezone),
        closures=Closures.of(day for c in closures for day in days_of(c.first_day, c.last_day)),
        reached=await _is_reached(work, person),
        policy=policy,
        chances=own.chances,
        running=own.running,
    )


async def rhythm_of(work: Work, person: Person, policy: Policy, *, for_others: bool) -> dict[Kind, Status]:
    """Where the person stands against both targets today: a matter of the last event, so not of years of log."""
    found = await rhythm_since(work, person, policy, work.today(person.timezone) - LATELY, for_others=for_others)
    if is_told(found):
        return found
    return await rhythm_since(work, person, policy, date.min, for_others=for_others)


async def rhythm_since(
    work: Work, person: Person, policy: Policy, first: date, *, for_others: bool
) -> dict[Kind, Status]:
    """The same from what was entered from a day on."""
    caseload = await caseload_of(work, person)
    facts = await _facts(work, person, policy, caseload, entries_since=first, for_others=for_others)
    return facts.statuses(caseload, work.today(person.timezone))


def is_told(rhythm: Mapping[Kind, Status]) -> bool:
    """Whether the last event of each kind is among what a rhythm was counted from."""
    return all(status.last_event for status in rhythm.values())


async def _is_reached(work: Work, person: Person) -> bool:
    """Whether messages arrive: some way to the person works, and no open review's first notice failed."""
    if not standing(work, person, await work.uow.find(Contact, person=person.id, ended_at=None)).reached:
        return False
    return await work.uow.count(Assignment, reviewer=person.id, **UNDELIVERED) == 0


def _under_way(
    id: str, person: Person, role: Role, day: date, sent: date, caseload: Caseload, policy: Policy
) -> SupervisionEvent:
    """A review that is in, or an own case that is out, of a case that is still open."""
    return SupervisionEvent(
        id=id,
        person=person.id,
        clinic=person.clinic,
        role=role,
        mode=caseload.chosen_mode_on(sent),
        days=(sent,),
        minutes=estimated_minutes(role, 1, policy),
        group_size=2,
        recorded_at=wall_time(sent, time(), person.timezone),
        counts_on=day,
    )


def limit_of(entry: LimitEntry) -> ReviewLimit:
    """A stored limit as the rules know it."""
    return ReviewLimit(entry.person, entry.from_day, entry.recorded_at, entry.until_day, entry.percent, entry.cap)


def mode_change_of(entry: ModeEntry) -> ModeChange:
    """A stored switch as the rules know it."""
    return ModeChange(entry.person, Mode(entry.mode), entry.from_day, "", entry.recorded_at, entry.until_day, entry.id)


def event_of(entry: LogEntry) -> SupervisionEvent:
    """A stored log entry as the rules know it."""
    return SupervisionEvent(
        id=entry.id,
        person=entry.person,
        clinic=entry.clinic,
        role=Role(entry.role),
        mode=Mode(entry.mode),
        days=entry.days,
        minutes=entry.minutes,
        group_size=entry.group_size,
        recorded_at=entry.recorded_at,
        type=EventType(entry.type),
        medium=Medium(entry.medium),
        minutes_estimated=entry.minutes_estimated,
        documented=entry.documented,
        round=entry.round,
        members=entry.members,
        themes=entry.themes,
        corrects=entry.corrects,
        withdrawn=entry.withdrawn,
        signed_by=entry.signed_by,
        signed_at=entry.signed_at,
        counts_on=entry.counts_on,
        method=Method(entry.method),
        moved_from=entry.moved_from,
    )


def days_of(first: date, last: date) -> list[date]:
    """Every day of a period, both ends included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _registered(person: Person) -> tuple[ExperienceFact, ...]:
    """The start of practice as it was given with the person."""
    if person.experienced_since is None:
        return ()
    return (ExperienceFact(person.id, person.experienced_since, "", person.created_at),)
