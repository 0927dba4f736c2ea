"""An invented service with history, group by group: what a database of so many people holds.

Groups of `MEMBERS` with a supervisor each (one in twenty has none of its own), five groups a clinic. Each group has
closed rounds, one under review and one that collects cases; people have a log, leave, notices in their web inbox and
messages that were sent. No text: what is asked about a service's size is asked of its facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from bot.app.steps.series_store import as_plan
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Closure, Group, Membership
from bot.domain.person import Contact, Person, Role
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.domain.second_look import SecondLook
from bot.domain.series import EveryWeeks, PhaseDays, Series
from bot.ports.records import (
    AuditEntry,
    FteEntry,
    LeaveEntry,
    LogEntry,
    ModeEntry,
    OutboxEntry,
    SeriesEntry,
    Session,
    Timer,
)

MEMBERS = 8
GROUPS_A_CLINIC = 5
ALONE = 20
"""One group in so many has no supervisor of its own."""
CASES_A_ROUND = 2
GAP = timedelta(days=14)
PUBLISHED_IN = timedelta(days=7)
"""After now, the rounds that collect are all published in the same minute."""
ZONE = "Europe/Berlin"


@dataclass(frozen=True)
class Size:
    """So many groups, and closed rounds of each."""

    groups: int
    rounds: int = 6

    @property
    def people(self) -> int:
        """How many people that are."""
        return self.groups * MEMBERS


def person_of(group: int, place: int) -> str:
    """The id of a member; place 0 is the group's supervisor."""
    return f"per_{group:05}_{place}"


def group_id(group: int) -> str:
    """The id of a group."""
    return f"grp_{group:05}"


def records(organisation: str, size: Size, now: datetime) -> Iterator[Any]:
    """Every record of the service, each after those that it refers to; all but the organisation's own."""
    began = now - (size.rounds + 2) * GAP
    for number in range(-(-size.groups // GROUPS_A_CLINIC)):
        yield from _clinic(organisation, number, now)
    for group in range(size.groups):
        yield Group(group_id(group), organisation, f"Group {group:05}", ZONE)
        yield from _people(organisation, group, began, now)
        for number in range(size.rounds + 2):
            yield from _round(organisation, group, number, size.rounds, now)
        yield from _matters(organisation, group, now)


def presenters(size: Size) -> Iterator[tuple[str, str]]:
    """Each case with who presented it: cases do not say so."""
    for group in range(size.groups):
        for number in range(size.rounds + 2):
            for place in range(CASES_A_ROUND):
                yield _case_id(group, number, place), person_of(group, _presents(number, place))


def notices(size: Size, tenant: str, a_person: int = 6, unread: int = 2) -> Iterator[tuple[str, str]]:
    """The keys of notices in everybody's web inbox, and of those that were not read, with whom each is for."""
    for group in range(size.groups):
        for place in range(MEMBERS):
            person = person_of(group, place)
            for n in range(a_person):
                yield person, f"notice/{tenant}/{person}/{1_700_000_000_000 + n:013d}.out_{person}_{n}"
            for n in range(unread):
                yield person, f"unread/{tenant}/{person}/{1_700_000_000_000 + n:013d}.out_{person}_{n}"


def _clinic(organisation: str, number: int, now: datetime) -> Iterator[Any]:
    id = f"cli_{number:05}"
    yield Clinic(id, organisation, f"Clinic {number:05}", "DE", ZONE, "SH", "+49 431 000 112")
    day = now.date() + timedelta(days=40)
    yield Closure(f"clo_{id}", organisation, id, day, day + timedelta(days=4), "summer")


def _people(organisation: str, group: int, began: datetime, now: datetime) -> Iterator[Any]:
    clinic = f"cli_{group // GROUPS_A_CLINIC:05}"
    for place in range(MEMBERS):
        id = person_of(group, place)
        leads = place == 0 and group % ALONE != ALONE - 1
        yield Person(
            id,
            organisation,
            f"Person {group:05} {place}",
            f"{id}@service.example",
            clinic,
            frozenset({Role.THERAPIST, Role.SUPERVISOR} if leads else {Role.THERAPIST}),
            began,
            timezone=ZONE,
            experienced_since=began.date() - timedelta(days=400),
        )
        yield Contact(f"con_{id}", organisation, id, "web", organisation, id, seen_at=began)
        yield Membership(f"mem_{id}", organisation, group_id(group), id, began.date())
        yield FteEntry(f"fte_{id}", organisation, id, 0.5 + 0.1 * (place % 5), began.date(), began, id)
        yield ModeEntry(f"mod_{id}", organisation, id, "icbt", began.date(), began, id)
        yield from _leave(organisation, id, place, began, now)
        yield Session(f"ses_{id}", organisation, id, now, now + timedelta(hours=8))
        yield Timer(f"person.remind:{id}", organisation, "person.remind", id, now + timedelta(days=20))
        for n in range(6):
            at = began + n * timedelta(days=3)
            out = f"out_{id}_{n}"
            yield OutboxEntry(
                out, organisation, out, id, "released", f"case_{n}", at, at, slot=f"x:{id}:{n}", sent_at=at
            )


def _leave(organisation: str, person: str, place: int, began: datetime, now: datetime) -> Iterator[LeaveEntry]:
    past, today = began.date(), now.date()
    yield LeaveEntry(f"lea_{person}_0", organisation, person, past, past + timedelta(days=4), began, person)
    if place == MEMBERS - 1:
        yield LeaveEntry(f"lea_{person}_1", organisation, person, today, today + timedelta(days=9), now, person)


def _case_id(group: int, number: int, place: int) -> str:
    return f"case_{group:05}_{number}_{place}"


def _presents(number: int, place: int) -> int:
    return (number * CASES_A_ROUND + place) % MEMBERS


def _round(organisation: str, group: int, number: int, closed_rounds: int, now: datetime) -> Iterator[Any]:
    """A closed round; the last but one is under review, the last collects."""
    under_review, collects = number == closed_rounds, number > closed_rounds
    published = now - (closed_rounds + 1 - number) * GAP + (timedelta(days=10) if under_review else timedelta())
    if collects:
        published = now + PUBLISHED_IN
    closed = None if under_review or collects else published + timedelta(days=9)
    out = None if collects else published
    round_ = Round(
        id=f"rnd_{group:05}_{number}",
        organisation=organisation,
        group=group_id(group),
        opened_at=published - timedelta(days=7),
        collect_until=published,
        publish_at=published,
        seed=number,
        number=number + 1,
        planned_at=out,
        published_at=out,
        closed_at=closed,
    )
    yield round_
    if collects:
        yield Timer(f"round.publish:{round_.id}", organisation, "round.publish", round_.id, published)
    for place in range(CASES_A_ROUND):
        yield from _case(organisation, group, number, place, round_, now)


def _case(organisation: str, group: int, number: int, place: int, round_: Round, now: datetime) -> Iterator[Any]:
    id, presenter = _case_id(group, number, place), _presents(number, place)
    done = round_.published_at + timedelta(days=4) if round_.published_at and round_.closed_at else None
    count = (group * 100 + number) * CASES_A_ROUND + place
    waits = round_.published_at is None and place == 0 and group % 2 == 0
    yield Case(
        id=id,
        organisation=organisation,
        group=round_.group,
        code=f"{chr(65 + count // 26 % 26)}{chr(65 + count % 26)}-{1000 + count}",
        mode="icbt",
        language="en",
        reviewers=2,
        submitted_at=round_.opened_at,
        round=round_.id,
        published_at=round_.published_at,
        clarify_until=round_.published_at and round_.published_at + timedelta(days=2),
        released_at=done,
        closed_at=round_.closed_at,
        purged_at=round_.closed_at,
        look_since=round_.opened_at if waits else None,
    )
    if waits:
        yield SecondLook(f"look_{id}", organisation, id, round_.opened_at, now + timedelta(days=2))
    if round_.published_at is None:
        return
    people = [person_of(group, (presenter + step) % MEMBERS) for step in (0, 1 + number % 3, 4)]
    for letter, reviewer in zip("AB", people[1:], strict=True):
        yield Assignment(
            id=f"asg_{id}_{letter}",
            organisation=organisation,
            case=id,
            round=round_.id,
            reviewer=reviewer,
            letter=letter,
            assigned_at=round_.opened_at,
            due_at=round_.published_at + timedelta(days=7),
            published_at=round_.published_at,
            started_at=done,
            submitted_at=done,
            why={"balance": 3, "met": 1, "eligible": 6},
        )
    if done and round_.closed_at:
        for person in people:
            yield LogEntry(
                id=f"log_{id}_{person}",
                organisation=organisation,
                source=f"case:{id}:{person}",
                person=person,
                clinic=f"cli_{group // GROUPS_A_CLINIC:05}",
                role="presenter" if person == people[0] else "reviewer",
                mode="icbt",
                days=(done.date(),),
                day=done.date(),
                minutes=20,
                group_size=3,
                recorded_at=done,
                recorded_by="round",
                round=round_.id,
                counts_on=done.date(),
            )


def _matters(organisation: str, group: int, now: datetime) -> Iterator[Any]:
    """A series; now and then a concern, one that is over or one that stands; lines of the audit trail."""
    plan = as_plan(Series(EveryWeeks(2), now.date(), time(9), ZONE), PhaseDays())
    clinic = f"cli_{group // GROUPS_A_CLINIC:05}"
    next_at = now + timedelta(days=21)
    yield SeriesEntry(f"ser_{group:05}", organisation, group_id(group), clinic, plan, now, None, next_at)
    yield Timer(f"series.open:ser_{group:05}", organisation, "series.open", f"ser_{group:05}", next_at)
    if group % 4 == 0:
        over = None if group % 16 == 0 else now - timedelta(days=30)
        case, raised = _case_id(group, 0, 0), now - timedelta(days=40)
        yield Hold(
            id=f"hold_{group:05}",
            organisation=organisation,
            case=case,
            clinic=clinic,
            origin="concern",
            raised_by=person_of(group, 1),
            raised_at=raised,
            called=(person_of(group, 0),),
            acknowledged_by=person_of(group, 0),
            acknowledged_at=raised,
            released_by=person_of(group, 0) if over else None,
            released_at=over,
        )
    for n in range(MEMBERS * 2):
        number = group * MEMBERS * 2 + n + 1_000_000
        id, actor = f"aud_{number}", person_of(group, n % MEMBERS)
        yield AuditEntry(
            id, organisation, number, now - timedelta(days=n), actor, "case_submitted", f"case_{number}", {}, "", ""
        )
