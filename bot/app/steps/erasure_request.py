"""Erasing a person or a case on request: what can go goes, what stays loses the name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.app.context import Work
from bot.app.steps.access_request import LINKED_RECORDS, OWN_RECORDS, naming
from bot.app.steps.exemplar_end import take_back_of
from bot.app.steps.reassignment import free_assignments_of
from bot.app.steps.retention_rules import purge_follow_ups, purge_text
from bot.app.steps.withdrawal import withdraw
from bot.domain.assignment import Assignment, Question
from bot.domain.case import Case
from bot.domain.data_request import DataRequest
from bot.domain.follow_up import FollowUp
from bot.domain.learning_goal import LearningGoal
from bot.domain.organisation import Clinic, Membership, NeverAssign
from bot.domain.person import Contact, Person
from bot.domain.second_look import SecondLook
from bot.domain.swap import Swap
from bot.errors import SetupError
from bot.ports.records import (
    AbsenceCalendar,
    Audited,
    CalendarFeed,
    Draft,
    LeaveEntry,
    OutboxEntry,
    Passkey,
    PersonQuarter,
    Session,
    SignInLink,
    SignOnAccount,
    UndoStep,
    Worksheet,
)
from bot.ui.strings import Words

NOBODY = "–"
REMOVED: tuple[type[Any], ...] = (
    Contact,
    LeaveEntry,
    CalendarFeed,
    AbsenceCalendar,
    Worksheet,
    Draft,
    PersonQuarter,
    Session,
    Passkey,
    SignOnAccount,
    SignInLink,
    UndoStep,
    Swap,
    LearningGoal,
)
"""Own records that go at once; what is not here and names the person keeps its dates under an id without a name."""


@dataclass(frozen=True)
class Told:
    """A sentence of the catalogues with what stands in its holes."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)

    def said(self, w: Words) -> str:
        """The sentence in a language."""
        return w(self.key, **self.values)


@dataclass(frozen=True)
class Erasure:
    """What went, what stays without a name and why, what is out of reach and until when."""

    gone: tuple[Told, ...]
    kept: tuple[Told, ...]
    out_of_reach: tuple[Told, ...]


async def erase_case(work: Work, case: Case, actor: str, backup_days: int) -> Erasure:
    """A case's texts, reviews and author; reviewers of an open case are told that it is gone."""
    if case.open:
        await withdraw(work, case, actor)
        case = await work.uow.get(Case, case.id)
    if not case.purged_at:
        await purge_text(work, case, actor, Audited.ERASED)
    await take_back_of(work, case.id)
    await purge_follow_ups(work, await work.uow.find(FollowUp, case=case.id))
    await work.uow.forget_presenter(case.id)
    kept = (Told("erasure.kept.case"), Told("erasure.kept.entries"))
    return Erasure((Told("erasure.gone.case", {"code": case.code}),), kept, _beyond(work, backup_days))


async def erase_person(work: Work, person: Person, actor: str, backup_days: int) -> Erasure:
    """Access, texts, contacts and the name of a person. Raises SetupError while somebody depends on them."""
    for clinic in await work.uow.find(Clinic):
        if person.id in {clinic.duty_supervisor, clinic.deputy_supervisor}:
            raise SetupError(f"{person.name} is on duty at {clinic.name}: name somebody else first (admin set-duty).")
    gone = await work.uow.save(replace(person, removed_at=person.removed_at or work.now))
    await free_assignments_of(work, gone, left=True)
    cases = await _their_cases(work, person, actor)
    reviews = await _their_reviews(work, person)
    records = await _their_records(work, person)
    gone = await work.uow.get(Person, person.id)
    await work.uow.save(_nameless(gone))
    await work.uow.audit(Audited.ERASED, actor, person.id, work.now, cases=str(cases), reviews=str(reviews))
    went = (
        Told("erasure.gone.profile"),
        Told("erasure.gone.cases", {"cases": str(cases)}),
        Told("erasure.gone.reviews", {"reviews": str(reviews)}),
        Told("erasure.gone.records", {"records": str(records)}),
    )
    kept = (Told("erasure.kept.log"), Told("erasure.kept.audit"), Told("erasure.kept.risk"))
    return Erasure(went, kept, _beyond(work, backup_days))


async def _their_cases(work: Work, person: Person, actor: str) -> int:
    ids = await work.uow.cases_of(person.id)
    for id in ids:
        await erase_case(work, await work.uow.get(Case, id), actor, 0)
    return len(ids)


async def _their_reviews(work: Work, person: Person) -> int:
    """The person's words on other people's cases; an answer to a question stays, because somebody else wrote it."""
    count = 0
    for assignment in await work.uow.find(Assignment, reviewer=person.id):
        await work.uow.drop_text(assignment.case, f"review:{assignment.id}")
        await work.uow.drop_text(assignment.case, f"answer_back:{assignment.id}")
        if assignment.submitted_at is not None:  # what was kept with their consent goes with them
            await take_back_of(work, assignment.case)
            count += 1
        for question in await work.uow.find(Question, assignment=assignment.id):
            part = f"question:{question.id}"
            texts = {
                name: text for name, text in (await work.uow.texts(assignment.case, part)).items() if name == "answer"
            }
            await work.uow.drop_text(assignment.case, part)
            if texts:
                await work.uow.put_text(assignment.case, part, texts)
            count += 1
    for look in await work.uow.find(SecondLook, decided_by=person.id):
        await work.uow.drop_text(look.case, f"look:{look.id}")
    return count


async def _their_records(work: Work, person: Person) -> int:
    count = 0
    for kind in OWN_RECORDS:
        for row in await work.uow.find(kind, person=person.id):
            await work.uow.shred(row.id)  # notes on a switch or an entry, a waiting link
    for kind in REMOVED:
        for row in await work.uow.find(kind, person=person.id):
            await work.uow.remove(kind, row.id)
            count += 1
    for step in await work.uow.find(UndoStep):
        if step.data.get("person") == person.id:  # what an administrator changed a moment ago may hold the name
            await work.uow.remove(UndoStep, step.id)
    for kind in (DataRequest, NeverAssign):
        for side in LINKED_RECORDS[kind]:
            await work.uow.remove(kind, *[row.id for row in await naming(work, kind, side, person.id)])
    for member in await work.uow.find(Membership, person=person.id, left_on=None):
        await work.uow.save(replace(member, left_on=work.now.date()))
    for entry in await work.uow.find(OutboxEntry):
        # Notices to others may carry the name in their words ("… could not be reached").
        if person.name in entry.args.values():
            await work.uow.save(
                replace(entry, args={k: NOBODY if v == person.name else v for k, v in entry.args.items()})
            )
    return count


def _nameless(person: Person) -> Person:
    return replace(
        person,
        name=NOBODY,
        email=f"{person.id}@erased.invalid",
        roles=frozenset(),
        language="en",
        languages=("en",),
        timezone="UTC",
        experienced_since=None,
        fte=1.0,
        notify_on="",
    )


def _beyond(work: Work, backup_days: int) -> tuple[Told, ...]:
    day = (work.now + timedelta(days=backup_days)).date()
    return (
        Told("erasure.beyond.chats"),
        Told("erasure.beyond.backups", {"until": day.isoformat(), "kept": str(backup_days)}),
        Told("erasure.beyond.logs"),
        Told("erasure.beyond.files"),
    )
