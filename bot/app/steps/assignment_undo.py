"""Reviews that moved in one step, and how they move back as long as nobody has begun.

A step may move more than the reviews it is about: a colleague who had not begun makes room elsewhere. So what changed
is found by comparing the rounds before and after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.app.context import Work
from bot.app.facts.caseload import leaves_of
from bot.app.facts.under_way import is_out
from bot.app.steps.assignments import done_with
from bot.app.steps.shown_anew import OF_REVIEW, changed, place_filled
from bot.app.steps.swap_end import end_swaps_of
from bot.domain.assignment import Assignment, EndReason
from bot.domain.case import Case
from bot.domain.person import Person
from bot.ports.records import OutboxEntry


@dataclass(frozen=True)
class AssignmentChange:
    """Assignments that ended and that were made, by case."""

    ended: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    made: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    freed: int = 0
    """Reviews of the person themselves that moved on."""

    @property
    def data(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "ended": {case: list(ids) for case, ids in self.ended.items()},
            "made": {case: list(ids) for case, ids in self.made.items()},
        }

    @classmethod
    async def since(cls, work: Work, before: Near) -> AssignmentChange:
        """What changed in the rounds since they were looked at."""
        ended: dict[str, list[str]] = defaultdict(list)
        made: dict[str, list[str]] = defaultdict(list)
        freed = 0
        for assignment in await _assignments(work, before.rounds):
            earlier = before.assignments.get(assignment.id)
            if earlier is None and assignment.ended_at is None:
                made[assignment.case].append(assignment.id)
            elif earlier is not None and earlier.ended_at is None and assignment.ended_at is not None:
                ended[assignment.case].append(assignment.id)
                freed += assignment.reviewer == before.person and assignment.published_at is not None
        return cls({c: tuple(i) for c, i in ended.items()}, {c: tuple(i) for c, i in made.items()}, freed)


@dataclass(frozen=True)
class Near:
    """The assignments of every round in which a person has an open review, as they stand now."""

    person: str
    rounds: tuple[str, ...]
    assignments: Mapping[str, Assignment]


async def assignments_near(work: Work, person: Person) -> Near:
    """Look before a step that moves the person's reviews."""
    own = await work.uow.find(Assignment, reviewer=person.id, ended_at=None, submitted_at=None)
    rounds = tuple(sorted({assignment.round for assignment in own}))
    return Near(person.id, rounds, {assignment.id: assignment for assignment in await _assignments(work, rounds)})


@dataclass(frozen=True)
class MovedBack:
    """How many reviews an undo gave back, and how many stay with others, and why."""

    back: int = 0
    begun: int = 0
    """A colleague has begun, or the case is closed or on hold."""
    kept: int = 0
    """It was moved again since, or whoever had it is away today."""


async def unchanged(work: Work, case: str, data: Mapping[str, Any]) -> bool:
    """Whether a case's reviews are where the step that moved them left them, as far as they are not in."""
    made, ended = data["made"].get(case, []), data["ended"].get(case, [])
    for id in made:
        assignment = await work.uow.get(Assignment, id)
        if assignment.ended_at is not None:
            return False
    if any([(await work.uow.get(Assignment, id)).ended_at is None for id in ended]):
        return False
    active = {each.id for each in await work.uow.find(Assignment, case=case, ended_at=None)}
    return len(active - set(made)) + len(ended) <= (await work.uow.get(Case, case)).reviewers


async def put_back(work: Work, data: Mapping[str, Any]) -> MovedBack:
    """Undo, case by case, where nobody has begun or moved it again since and whoever had it is at work."""
    back = begun = kept = 0
    for case_id, ended in data["ended"].items():
        case = await work.uow.get(Case, case_id)
        made = [await work.uow.get(Assignment, id) for id in data["made"].get(case_id, [])]
        newer = [assignment for assignment in made if assignment.ended_at is None]
        if (
            not case.open
            or case.held_at
            or any(assignment.started_at or assignment.submitted_at for assignment in newer)
        ):
            begun += len(ended)
            continue
        had = [(await work.uow.get(Assignment, id)).reviewer for id in ended]
        if not await unchanged(work, case_id, data) or any([await _away(work, person) for person in had]):
            kept += len(ended)
            continue
        for assignment in newer:
            await work.uow.save(assignment.end(work.now, EndReason.REASSIGNED))
            await end_swaps_of(work, assignment)
            if assignment.published_at:
                await done_with(work, assignment, "review_moved", freed=True)
        for id in ended:
            assignment = await work.uow.save(
                replace(await work.uow.get(Assignment, id), ended_at=None, end_reason=None)
            )
            if assignment.published_at:
                if await _not_told_yet(work, assignment):
                    await changed(work, assignment.id, *OF_REVIEW, person=assignment.reviewer)
                else:
                    key, slot = work.tools.ids.new("notice"), f"assignment:{assignment.id}"
                    await work.tell(assignment.reviewer, "assigned", assignment.id, slot=slot, key=key)
                await work.uow.wake("person.remind", assignment.reviewer, work.now)
                back += 1
        await place_filled(work, case_id)
    return MovedBack(back, begun, kept)


async def _not_told_yet(work: Work, assignment: Assignment) -> bool:
    """Whether the word that a review had moved still waits: nobody hears then that it went and came back.

    What is being sent now may arrive all the same: it is told.
    """
    found = await work.uow.find(OutboxEntry, person=assignment.reviewer, subject=assignment.id, card="review_moved")
    open_ = [each for each in found if not is_out(each) and not each.failed_at and not each.dropped_at]
    waiting = [each for each in open_ if not each.begun_at and not (each.lease_until and each.lease_until > work.now)]
    if len(waiting) < len(open_):
        return False
    for each in waiting:
        await work.uow.save(replace(each, dropped_at=work.now, failure="pointless"))
    return bool(waiting)


async def _away(work: Work, id: str) -> bool:
    """Whether somebody is on leave today, or has left."""
    person = await work.uow.get(Person, id)
    return not person.active or (await leaves_of(work, person)).on_leave(work.today(person.timezone))


async def _assignments(work: Work, rounds: tuple[str, ...]) -> list[Assignment]:
    return await work.uow.find(Assignment, round__in=list(rounds)) if rounds else []
