"""Clinics that shared a group part ways: from that moment neither side reads a text of the other.

Facts stay: log entries, counted reviews, the rounds' history. Texts across go: the reviews and questions that
one side wrote for the other are erased, and a case is no longer open to reviewers of the other side. Messages
in chats never held texts, so nothing is left there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.app.context import Work
from bot.app.steps.assignments import done_with
from bot.app.steps.reassignment import fill_assignments
from bot.app.steps.swap_end import end_swaps_of
from bot.app.steps.withdrawal import withdraw
from bot.domain.assignment import Assignment, Question
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group, Membership
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ports.records import Audited
from bot.ports.unit_of_work import NotFound


@dataclass
class Parted:
    """What ending an agreement changed."""

    groups: int = 0
    people: int = 0
    reviews: int = 0
    withdrawn: int = 0


async def part_ways(work: Work, clinic: Clinic) -> Parted:
    """The clinic leaves every group it shares with people of other clinics."""
    own = {person.id for person in await work.uow.find(Person, clinic=clinic.id)}
    done = Parted()
    for group in await work.uow.find(Group):
        members = [m for m in await work.uow.find(Membership, group=group.id) if m.left_on is None]
        leaving = [m for m in members if m.person in own]
        if not leaving or len(leaving) == len(members):
            continue
        done.groups += 1
        done.people += len(leaving)
        for membership in leaving:
            # Gone today already: a membership holds on its last day.
            yesterday = work.today(group.timezone) - timedelta(days=1)
            await work.uow.save(replace(membership, left_on=yesterday))
        for case in await work.uow.find(Case, group=group.id, purged_at=None, withdrawn_at=None):
            await _part(work, case, own, done)
    await work.uow.audit(Audited.AGREEMENT_ENDED, "admin", clinic.id, work.now, reviews=str(done.reviews))
    return done


async def _part(work: Work, case: Case, own: set[str], done: Parted) -> None:
    """One case: what stood across is erased, free assignments are filled on the presenter's side if there is one."""
    try:
        presenter_leaves = await work.uow.presenter(case.id) in own
    except NotFound:
        return
    assignments = await work.uow.find(Assignment, case=case.id, ended_at=None)
    across = [assignment for assignment in assignments if (assignment.reviewer in own) != presenter_leaves]
    for assignment in across:
        await _part_assignment(work, assignment)
    done.reviews += sum(assignment.submitted_at is not None for assignment in across)
    if not case.open:
        return
    stay = len(across) < len(assignments)
    if presenter_leaves and not stay and not case.released_at:
        await withdraw(work, case, "admin")
        await work.tell(await work.uow.presenter(case.id), "case_gone_agreement", case.id, code=case.code)
        done.withdrawn += 1
    elif (
        not presenter_leaves
        and case.round
        and any(assignment.published_at and not assignment.submitted_at for assignment in across)
    ):
        await fill_assignments(work, await work.uow.get(Round, case.round), [case] * _free(across))


async def _part_assignment(work: Work, assignment: Assignment) -> None:
    for question in await work.uow.find(Question, assignment=assignment.id):
        await work.uow.drop_text(assignment.case, f"question:{question.id}")
    await work.uow.drop_text(assignment.case, f"review:{assignment.id}")
    parted = await work.uow.save(assignment.part(work.now))
    await end_swaps_of(work, assignment)
    if parted.ended_at and assignment.published_at:
        await done_with(work, parted, "review_moved", freed=True)


def _free(across: list[Assignment]) -> int:
    return sum(assignment.published_at is not None and assignment.submitted_at is None for assignment in across)
