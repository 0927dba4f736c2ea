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
from bot.app.steps.assignments import done_with
from bot.app.steps.swap_end import end_swaps_of
from bot.domain.case import Assignment, Case, EndReason
from bot.domain.person import Person


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
            if earlier is None:
                made[assignment.case].append(assignment.id)
            elif earlier.ended_at is None and assignment.ended_at is not None:
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


async def put_back(work: Work, data: Mapping[str, Any]) -> tuple[int, int]:
    """Undo, case by case, where nobody has begun since: how many reviews are back, how many stay with others."""
    back = begun = 0
    for case_id, ended in data["ended"].items():
        case = await work.uow.get(Case, case_id)
        made = data["made"].get(case_id, [])
        newer = [
            assignment
            for assignment in [await work.uow.get(Assignment, id) for id in made]
            if assignment.ended_at is None
        ]
        if (
            not case.open
            or case.held_at
            or any(assignment.started_at or assignment.submitted_at for assignment in newer)
        ):
            begun += len(ended)
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
                key = work.tools.ids.new("notice")
                await work.tell(
                    assignment.reviewer, "assigned", assignment.id, slot=f"assignment:{assignment.id}", key=key
                )
                await work.uow.wake("person.remind", assignment.reviewer, work.now)
                back += 1
    return back, begun


async def _assignments(work: Work, rounds: tuple[str, ...]) -> list[Assignment]:
    return await work.uow.find(Assignment, round__in=list(rounds)) if rounds else []
