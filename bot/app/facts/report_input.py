"""What the quarterly report is made from: everybody followed, read from the stored facts in a handful of queries.

Names and texts are not read. People are counted at their clinic of today; the first published report keeps who stood
where.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of, days_of
from bot.app.facts.event_days import NO_DAYS, Days, days_of_events
from bot.app.facts.report_chances import Facts, Some, facts_between
from bot.domain.assignment import Assignment
from bot.domain.calendar import wall_time
from bot.domain.case import Case
from bot.domain.frequency import Closures, Kind
from bot.domain.organisation import Clinic, Closure, Group, Membership, member_since
from bot.domain.person import Person, Role
from bot.domain.policy import Policy
from bot.reports.periods import Quarter
from bot.reports.sheets import CaseFact, Followed

BACK_DAYS = 800
"""Events before the quarter that a gap into it may begin with: more than any target, with long leave between."""
NEAR_DAYS = 120
"""So far back almost everybody has an event of each kind; further back only the others are read."""
AT_ONCE, PEOPLE_AT_ONCE = 5000, 500
Presented = tuple[datetime, datetime | None, tuple[str, ...]]
"""When a case was published and answered, and its themes."""


@dataclass(frozen=True)
class Service:
    """Everybody followed, and each clinic's closed days by its name."""

    people: Sequence[Followed]
    closures: Mapping[str, Closures]
    policy: Policy
    clinics: Mapping[str, str]
    """The id of each person's clinic."""


async def service(work: Work, quarter: Quarter, only: Sequence[str] | None = None) -> Service:
    """Read what a quarter's report needs; of `only` these people, or of everybody."""
    clinics = {c.id: c for c in await work.uow.find(Clinic)}
    mine: dict[str, Any] = {} if only is None else {"person__in": only}
    by_id: dict[str, Any] = {} if only is None else {"id__in": only}
    memberships: dict[str, list[Membership]] = defaultdict(list)
    for membership in await work.uow.find(Membership, order=("joined_on",), **mine):
        memberships[membership.person].append(membership)
    found_people = await work.uow.find(Person, **by_id)
    people = [p for p in found_people if p.id in memberships and p.has(Role.THERAPIST)]
    caseloads = await caseloads_of(work, people)
    earliest = quarter.first - timedelta(days=BACK_DAYS)
    some = None if only is None else await _some(work, people, memberships)
    events = await _events(work, quarter, earliest, [p.id for p in people], **mine)
    cases = await _cases(work, quarter, some)
    reviews = await _reviews(work, quarter, some)
    end = _around(quarter)[1]
    near = await facts_between(work, _start(_near(quarter)), end, some)
    since = {p.id: member_since(memberships[p.id], quarter.last) or memberships[p.id][0].joined_on for p in people}
    long = [p for p in people if _first_gap(events.get(p.id, NO_DAYS), since[p.id], quarter) < _near(quarter)]
    far: dict[str, Facts] = {}
    for at in range(0, len(long), PEOPLE_AT_ONCE):
        few = long[at : at + PEOPLE_AT_ONCE]
        facts = await facts_between(work, _start(earliest), end, await _some(work, few, memberships))
        far |= dict.fromkeys((person.id for person in few), facts)
    policies = await _policies(work, memberships)
    found = []
    for person in people:
        logged, rounds = events.get(person.id, NO_DAYS), far.get(person.id, near)
        zone = ZoneInfo(person.timezone)
        reviewed, presented = (
            {day for day in days if earliest <= day <= quarter.last} for days in rounds.not_logged(person)
        )
        found.append(
            Followed(
                person=person.id,
                clinic=clinics[person.clinic].name,
                caseload=caseloads[person.id],
                since=since[person.id],
                until=_until(person, memberships[person.id]),
                event_days=tuple(sorted({*logged[Kind.ANY_EVENT], *reviewed, *presented})),
                own_case_days=tuple(sorted({*logged[Kind.OWN_CASE], *presented})),
                cases=tuple(_case(case, zone) for case in cases[person.id]),
                reviews=tuple(sorted(moment.astimezone(zone).date() for moment in reviews[person.id])),
                policy=policies[person.id],
                reads=person.has(Role.MANAGER),
                chances=rounds.chances(
                    person, caseloads[person.id], memberships[person.id], policies[person.id], quarter.last
                ),
            )
        )
    homes = {person.id: person.clinic for person in people}
    return Service(found, await _closures(work, clinics), await work.policy(), homes)


def _first_gap(days: Days, since: date, quarter: Quarter) -> date:
    """The day on which the longer of a person's first gaps of the quarter begins."""
    before = (max((day for day in of if day < quarter.first), default=date.min) for of in days.values())
    return min(max(day, since) for day in before)


def _near(quarter: Quarter) -> date:
    return quarter.first - timedelta(days=NEAR_DAYS)


async def _some(work: Work, people: Sequence[Person], memberships: Mapping[str, Sequence[Membership]]) -> Some:
    cases = [case for person in people for case in await work.uow.cases_of(person.id)]
    groups = sorted({each.group for person in people for each in memberships[person.id]})
    return Some([person.id for person in people], cases, groups)


async def _events(work: Work, quarter: Quarter, earliest: date, people: Sequence[str], **mine: Any) -> dict[str, Days]:
    """Days of events in the quarter and back to the last of each kind before it, with which its first gap begins.

    Corrections keep their entry's day, so a chain is never cut by a day.
    """
    near = quarter.first - timedelta(days=NEAR_DAYS)
    found = await days_of_events(work, near, quarter.last, **mine)
    lacking = [id for id in people if not all(d and d[0] < quarter.first for d in found.get(id, NO_DAYS).values())]
    for at in range(0, len(lacking), PEOPLE_AT_ONCE):
        some = lacking[at : at + PEOPLE_AT_ONCE]
        before = near - timedelta(days=1)
        for person, far in (await days_of_events(work, earliest, before, person__in=some)).items():
            late = found.get(person, NO_DAYS)
            found[person] = {kind: far[kind] + late[kind] for kind in Kind}
    return found


async def _policies(work: Work, memberships: Mapping[str, Sequence[Membership]]) -> dict[str, Policy]:
    """Each person's own numbers: those of the group they joined last."""
    of_group = {g.id: await work.policy(g) for g in await work.uow.find(Group)}
    return {person: of_group[of[-1].group] for person, of in memberships.items()}


async def _cases(work: Work, quarter: Quarter, some: Some | None) -> dict[str, list[Presented]]:
    """Published cases by presenter; a little around the quarter, days are decided in the person's own zone."""
    start, end = _around(quarter)
    fields = ("id", "published_at", "released_at", "themes")
    earlier: dict[str, Any] = {"published_at__lt": start, "released_at__ge": start, "released_at__le": end}
    cases: list[tuple[Any, ...]] = []
    for conditions in (earlier, {"published_at__ge": start, "published_at__le": end}):
        for ids in [None] if some is None else _portions(some.cases):
            mine: dict[str, Any] = {} if ids is None else {"id__in": ids}
            order = ("published_at",)
            cases += await work.uow.columns(Case, fields, order=order, withdrawn_at=None, **conditions, **mine)
    found: dict[str, list[Presented]] = defaultdict(list)
    for portion in _portions(cases):
        presenters = await work.uow.presenters([case[0] for case in portion])
        for id, published, released, themes in portion:
            if id in presenters:
                found[presenters[id]].append((published, released, themes))
    return found


async def _reviews(work: Work, quarter: Quarter, some: Some | None) -> dict[str, list[datetime]]:
    start, end = _around(quarter)
    mine: dict[str, Any] = {"reviewer__in": list(some.people)} if some else {}
    found: dict[str, list[datetime]] = defaultdict(list)
    for reviewer, submitted in await work.uow.columns(
        Assignment, ("reviewer", "submitted_at"), submitted_at__ge=start, submitted_at__le=end, ended_at=None, **mine
    ):
        found[reviewer].append(submitted)
    return found


async def _closures(work: Work, clinics: Mapping[str, Clinic]) -> dict[str, Closures]:
    closed: dict[str, list[date]] = defaultdict(list)
    for closure in await work.uow.find(Closure):
        closed[clinics[closure.clinic].name] += days_of(closure.first_day, closure.last_day)
    return {name: Closures.of(days) for name, days in closed.items()}


def _case(case: Presented, zone: ZoneInfo) -> CaseFact:
    published, released, themes = case
    answered = released.astimezone(zone).date() if released else None
    return CaseFact(published.astimezone(zone).date(), answered, themes)


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
    return _start(quarter.first - timedelta(days=1)), _start(quarter.last + timedelta(days=2))


def _start(day: date) -> datetime:
    return wall_time(day, time(0, 0), "UTC")


def _portions(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE))
