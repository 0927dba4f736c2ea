"""What the quarterly report is made from: everybody followed, read from the stored facts in a handful of queries.

Names and texts are not read. People are counted at their clinic of today; the first published report keeps who stood
where.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.views.caseload import caseloads_of, days_of, event_of
from bot.domain.calendar import wall_time
from bot.domain.case import Assignment, Case
from bot.domain.frequency import Closures, Kind, event_days
from bot.domain.organisation import Clinic, Closure, Group, Membership
from bot.domain.person import Person, Role
from bot.domain.policy import Policy
from bot.domain.supervision import current
from bot.ports.records import LogEntry
from bot.reports.quarterly import CaseFact, Followed, Quarter

BACK_DAYS = 800
"""Events before the quarter that a gap into it may begin with: more than any target, with long leave between."""
AT_ONCE = 5000


@dataclass(frozen=True)
class Service:
    """Everybody followed, and each clinic's closed days by its name."""

    people: Sequence[Followed]
    closures: Mapping[str, Closures]
    policy: Policy
    began: date | None = None
    """The day the first member joined a group."""


async def service(work: Work, quarter: Quarter) -> Service:
    """Read what a quarter's report needs."""
    clinics = {c.id: c for c in await work.uow.find(Clinic)}
    memberships: dict[str, list[Membership]] = defaultdict(list)
    for membership in await work.uow.find(Membership, order=("joined_on",)):
        memberships[membership.person].append(membership)
    people = [p for p in await work.uow.find(Person) if p.id in memberships and p.has(Role.THERAPIST)]
    caseloads = await caseloads_of(work, people)
    entries: dict[str, list[LogEntry]] = defaultdict(list)
    earliest = quarter.first - timedelta(days=BACK_DAYS)
    for entry in await work.uow.find(LogEntry, day__ge=earliest, day__le=quarter.last, order=("day",)):
        entries[entry.person].append(entry)
    cases = await _cases(work, quarter)
    reviews = await _reviews(work, quarter)
    not_logged = await _not_logged_yet(work)
    policies = await _policies(work, memberships)
    found = []
    for person in people:
        events = current(event_of(e) for e in entries[person.id])
        zone = ZoneInfo(person.timezone)
        waiting = {moment.astimezone(zone).date() for moment in not_logged[person.id]}
        days = {*event_days(Kind.ANY_EVENT, events), *(day for day in waiting if earliest <= day <= quarter.last)}
        found.append(
            Followed(
                person=person.id,
                clinic=clinics[person.clinic].name,
                caseload=caseloads[person.id],
                since=memberships[person.id][0].joined_on,
                until=_until(person, memberships[person.id]),
                event_days=tuple(sorted(days)),
                own_case_days=event_days(Kind.OWN_CASE, events),
                cases=tuple(_case(case, zone) for case in cases[person.id]),
                reviews=tuple(sorted(moment.astimezone(zone).date() for moment in reviews[person.id])),
                policy=policies[person.id],
            )
        )
    began = min((m.joined_on for of in memberships.values() for m in of), default=None)
    return Service(found, await _closures(work, clinics), await work.policy(), began)


async def _policies(work: Work, memberships: Mapping[str, Sequence[Membership]]) -> dict[str, Policy]:
    """Each person's own numbers: those of the group they joined last."""
    of_group = {g.id: await work.policy(g) for g in await work.uow.find(Group)}
    return {person: of_group[of[-1].group] for person, of in memberships.items()}


async def _cases(work: Work, quarter: Quarter) -> dict[str, list[Case]]:
    """Published cases by presenter; a little around the quarter, days are decided in the person's own zone."""
    start, end = _around(quarter)
    cases = [
        *await work.uow.find(Case, published_at__ge=start, published_at__le=end),
        *await work.uow.find(Case, published_at__lt=start, released_at__ge=start, released_at__le=end),
    ]
    found: dict[str, list[Case]] = defaultdict(list)
    for some in _portions(sorted(cases, key=lambda c: (c.published_at, c.id))):
        presenters = await work.uow.presenters([c.id for c in some])
        for case in some:
            if case.id in presenters and case.withdrawn_at is None:
                found[presenters[case.id]].append(case)
    return found


async def _reviews(work: Work, quarter: Quarter) -> dict[str, list[datetime]]:
    start, end = _around(quarter)
    found: dict[str, list[datetime]] = defaultdict(list)
    for seat in await work.uow.find(Assignment, submitted_at__ge=start, submitted_at__le=end, ended_at=None):
        assert seat.submitted_at is not None
        found[seat.reviewer].append(seat.submitted_at)
    return found


async def _not_logged_yet(work: Work) -> dict[str, list[datetime]]:
    """Reviews that are in, of cases still open: they count from their own day, their log entry comes at the end."""
    found: dict[str, list[datetime]] = defaultdict(list)
    under_way = await work.uow.find(Case, published_at__not=None, closed_at=None, withdrawn_at=None, order=("id",))
    for some in _portions(under_way):
        cases = [case.id for case in some]
        for seat in await work.uow.find(Assignment, case__in=cases, submitted_at__not=None, ended_at=None):
            assert seat.submitted_at is not None
            found[seat.reviewer].append(seat.submitted_at)
    return found


async def _closures(work: Work, clinics: Mapping[str, Clinic]) -> dict[str, Closures]:
    closed: dict[str, list[date]] = defaultdict(list)
    for closure in await work.uow.find(Closure):
        closed[clinics[closure.clinic].name] += days_of(closure.first_day, closure.last_day)
    return {name: Closures.of(days) for name, days in closed.items()}


def _case(case: Case, zone: ZoneInfo) -> CaseFact:
    assert case.published_at is not None
    answered = case.released_at.astimezone(zone).date() if case.released_at else None
    return CaseFact(case.published_at.astimezone(zone).date(), answered, case.themes)


def _until(person: Person, memberships: Sequence[Membership]) -> date | None:
    """The last day of membership in any group, or the day before the person was removed."""
    left = [m.left_on for m in memberships]
    last = None if None in left else max(day for day in left if day)
    if person.removed_at:
        removed = person.removed_at.astimezone(ZoneInfo(person.timezone)).date() - timedelta(days=1)
        last = min(last, removed) if last else removed
    return last


def _around(quarter: Quarter) -> tuple[datetime, datetime]:
    """The quarter with a day on each side, as moments."""
    start = wall_time(quarter.first - timedelta(days=1), time(0, 0), "UTC")
    return start, wall_time(quarter.last + timedelta(days=2), time(0, 0), "UTC")


def _portions(items: Sequence[Case]) -> Iterable[Sequence[Case]]:
    return (items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE))
