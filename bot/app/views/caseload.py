"""A person's caseload, leave and rhythm as the rules want them, read from the stored facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.domain.calendar import WorkCalendar
from bot.domain.case import Assignment, Case
from bot.domain.caseload import Caseload, ExperienceFact, FteChange, Leave, Mode, ModeChange, open_review_cap
from bot.domain.frequency import Closures, Counting, Kind, Status, statuses
from bot.domain.organisation import Clinic, Closure, Membership
from bot.domain.person import Person
from bot.domain.policy import Policy
from bot.domain.supervision import EventType, Medium, Role, SupervisionEvent, current, estimated_minutes
from bot.ports.records import LeaveEntry, LogEntry, ModeEntry


async def caseload_of(work: Work, person: Person) -> Caseload:
    """Everything dated about one person's work."""
    return (await caseloads_of(work, [person]))[person.id]


async def caseloads_of(work: Work, people: Iterable[Person]) -> dict[str, Caseload]:
    """The same for many people in two queries."""
    people = list(people)
    ids = [p.id for p in people]
    modes = await work.uow.find(ModeEntry, person__in=ids) if ids else []
    leaves = await work.uow.find(LeaveEntry, person__in=ids, cancelled_at=None) if ids else []
    return {
        p.id: Caseload(
            modes=tuple(_change(m) for m in modes if m.person == p.id),
            ftes=(FteChange(p.id, p.fte, date.min, "", p.created_at),),
            experience=_experience(p),
            leaves=tuple(Leave(e.person, e.first_day, e.last_day) for e in leaves if e.person == p.id),
        )
        for p in people
    }


async def current_mode(work: Work, person: Person) -> Mode:
    """The chosen mode today, leave aside."""
    return (await caseload_of(work, person)).chosen_mode_on(work.today(person.timezone))


async def cap_of(work: Work, person: Person, policy: Policy) -> int:
    """How many open reviews the person may hold today."""
    return open_review_cap(await caseload_of(work, person), work.today(person.timezone), policy)


async def clinic_calendar(work: Work, clinic: Clinic) -> WorkCalendar:
    """The working days of a clinic: its country's holidays and its own closures taken out."""
    closures = await work.uow.find(Closure, clinic=clinic.id)
    closed = frozenset(day for c in closures for day in days_of(c.first_day, c.last_day))
    return work.tools.almanac.calendar(clinic.country, clinic.region, closed)


async def rhythm_of(work: Work, person: Person, policy: Policy) -> dict[Kind, Status]:
    """Where the person stands against both targets today.

    A review that is in counts from its own day, although its log entry is made when the case closes.
    """
    entries = await work.uow.find(LogEntry, person=person.id, order=("day",))
    caseload = await caseload_of(work, person)
    closures = await work.uow.find(Closure, clinic=person.clinic)
    memberships = await work.uow.find(Membership, person=person.id, order=("joined_on",))
    today = work.today(person.timezone)
    return statuses(
        [*current(event_of(e) for e in entries), *await _not_logged_yet(work, person, caseload, policy)],
        since=min((m.joined_on for m in memberships), default=today),
        today=today,
        counting=Counting(
            caseload,
            Closures.of(day for c in closures for day in days_of(c.first_day, c.last_day)),
        ),
        policy=policy,
    )


async def _not_logged_yet(work: Work, person: Person, caseload: Caseload, policy: Policy) -> list[SupervisionEvent]:
    """The person's reviews that are in, of cases that are still open."""
    seats = await work.uow.find(Assignment, reviewer=person.id, ended_at=None, submitted_at__not=None)
    under_way = await work.uow.find(Case, id__in=[s.case for s in seats], closed_at=None, withdrawn_at=None)
    cases = {c.id for c in under_way}
    return [_review(s, person, caseload, policy) for s in seats if s.case in cases]


def _review(seat: Assignment, person: Person, caseload: Caseload, policy: Policy) -> SupervisionEvent:
    assert seat.submitted_at is not None
    day = seat.submitted_at.astimezone(ZoneInfo(person.timezone)).date()
    return SupervisionEvent(
        id=seat.id,
        person=person.id,
        clinic=person.clinic,
        role=Role.REVIEWER,
        mode=caseload.chosen_mode_on(day),
        days=(day,),
        minutes=estimated_minutes(Role.REVIEWER, 1, policy),
        group_size=2,
        recorded_at=seat.submitted_at,
    )


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
    )


def days_of(first: date, last: date) -> list[date]:
    """Every day of a period, both ends included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _change(entry: ModeEntry) -> ModeChange:
    return ModeChange(entry.person, Mode(entry.mode), entry.from_day, entry.note, entry.recorded_at)


def _experience(person: Person) -> tuple[ExperienceFact, ...]:
    if person.experienced_since is None:
        return ()
    return (ExperienceFact(person.id, person.experienced_since, "", person.created_at),)
