"""A service that has run for four years: ten groups of 24, a round a fortnight, 10,000 cases with reviews and log.

Facts as the product leaves them: closed rounds, purged texts, log entries; and in every group one round under review
and one that collects, so that no page is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group, Membership, Organisation
from bot.domain.person import Contact, Person, Role
from bot.domain.round import Round
from bot.ports.records import LogEntry
from bot.ports.unit_of_work import Store, UnitOfWork

ORGANISATION = "org_1"
GROUPS, PEOPLE, ROUNDS, CASES_A_ROUND = 10, 24, 100, 10
GAP = timedelta(days=14)


async def furnish(store: Store, now: datetime) -> None:
    """Everything in one commit a group."""
    began = now - (ROUNDS + 1) * GAP
    async with store.begin(ORGANISATION) as uow:
        await uow.add(Organisation(ORGANISATION, ORGANISATION, "Service", began))
        await uow.add(Clinic("cli_1", ORGANISATION, "Kiel", "DE", "Europe/Berlin", "SH"))
        await uow.commit()
    for group in range(GROUPS):
        async with store.begin(ORGANISATION) as uow:
            await _group(uow, f"g{group}", began)
            for number in range(ROUNDS + 2):
                await _round(uow, f"g{group}", number, began + number * GAP, now)
            await uow.commit()


def therapist(group: int, number: int) -> str:
    """The id of a person; number 0 is also the group's supervisor."""
    return f"g{group}_p{number}"


async def _group(uow: UnitOfWork, group: str, began: datetime) -> None:
    await uow.add(Group(group, ORGANISATION, group.upper(), "Europe/Berlin"))
    for number in range(PEOPLE):
        id = f"{group}_p{number}"
        roles = {Role.THERAPIST, Role.SUPERVISOR} if number == 0 else {Role.THERAPIST}
        person = Person(
            id=id,
            organisation=ORGANISATION,
            name=f"Therapist {number} of {group.upper()}",
            email=f"{id}@service.example",
            clinic="cli_1",
            roles=frozenset(roles),
            created_at=began,
            timezone="Europe/Berlin",
            experienced_since=began.date(),
        )
        await uow.add(
            person,
            Contact(f"con_{id}", ORGANISATION, id, "web", ORGANISATION, id, seen_at=began),
            Membership(f"mem_{id}", ORGANISATION, group, id, began.date()),
        )


async def _round(uow: UnitOfWork, group: str, number: int, published: datetime, now: datetime) -> None:
    """A closed round; the last but one is under review, the last collects."""
    closed = published + timedelta(days=10) if number < ROUNDS else None
    out = number <= ROUNDS
    round_ = Round(
        id=f"{group}_r{number}",
        organisation=ORGANISATION,
        group=group,
        opened_at=published - timedelta(days=7),
        collect_until=published,
        publish_at=published if out else now + timedelta(days=3),
        seed=number,
        number=number + 1,
        planned_at=published if out else None,
        published_at=published if out else None,
        closed_at=closed,
    )
    await uow.add(round_)
    for place in range(CASES_A_ROUND):
        await _case(uow, round_, place)


async def _case(uow: UnitOfWork, round_: Round, place: int) -> None:
    first = (round_.number * 7 + place * 2) % PEOPLE
    presenter, *reviewers = (f"{round_.group}_p{(first + step) % PEOPLE}" for step in (0, 3 + round_.number % 5, 11))
    number = (int(round_.group[1:]) * (ROUNDS + 2) + round_.number) * CASES_A_ROUND + place
    case = Case(
        id=f"{round_.id}_c{place}",
        organisation=ORGANISATION,
        group=round_.group,
        code=f"{chr(65 + number // 26 % 26)}{chr(65 + number % 26)}-{number}",
        mode="icbt",
        language="en",
        reviewers=2,
        submitted_at=round_.opened_at,
        round=round_.id,
        published_at=round_.published_at,
        clarify_until=round_.published_at and round_.published_at + timedelta(days=2),
        released_at=round_.closed_at,
        closed_at=round_.closed_at,
        purged_at=round_.closed_at and round_.closed_at + timedelta(days=30),
    )
    await uow.add(case)
    await uow.set_presenter(case.id, presenter)
    if round_.published_at:
        assignments = [
            _assignment(round_, case, reviewer, letter) for reviewer, letter in zip(reviewers, "AB", strict=True)
        ]
        await uow.add(*assignments)
    if round_.closed_at:
        await uow.add(*_entries(round_, case, (presenter, *reviewers)))


def _assignment(round_: Round, case: Case, reviewer: str, letter: str) -> Assignment:
    done = round_.published_at + timedelta(days=5) if round_.published_at and round_.closed_at else None
    return Assignment(
        id=f"{case.id}_{letter}",
        organisation=ORGANISATION,
        case=case.id,
        round=round_.id,
        reviewer=reviewer,
        letter=letter,
        assigned_at=round_.opened_at,
        due_at=round_.published_at and round_.published_at + timedelta(days=21),
        published_at=round_.published_at,
        started_at=done,
        submitted_at=done,
        why={"balance": 3, "met": 1, "eligible": 20},
    )


def _entries(round_: Round, case: Case, people: tuple[str, ...]) -> Iterator[Any]:
    assert round_.closed_at is not None
    for person in people:
        yield LogEntry(
            id=f"log_{case.id}_{person}",
            organisation=ORGANISATION,
            source=f"case:{case.id}:{person}",
            person=person,
            clinic="cli_1",
            role="presenter" if person == people[0] else "reviewer",
            mode="icbt",
            days=(round_.closed_at.date(),),
            day=round_.closed_at.date(),
            minutes=20,
            group_size=3,
            recorded_at=round_.closed_at,
            recorded_by="round",
            round=round_.id,
            members=tuple(p for p in people if p != person),
        )
