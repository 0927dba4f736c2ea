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
from bot.domain.case import Assignment, Case, EndReason
from bot.domain.person import Person


@dataclass(frozen=True)
class SeatChange:
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
    async def since(cls, work: Work, before: Near) -> SeatChange:
        """What changed in the rounds since they were looked at."""
        ended: dict[str, list[str]] = defaultdict(list)
        made: dict[str, list[str]] = defaultdict(list)
        freed = 0
        for seat in await _seats(work, before.rounds):
            earlier = before.seats.get(seat.id)
            if earlier is None:
                made[seat.case].append(seat.id)
            elif earlier.ended_at is None and seat.ended_at is not None:
                ended[seat.case].append(seat.id)
                freed += seat.reviewer == before.person and seat.published_at is not None
        return cls({c: tuple(i) for c, i in ended.items()}, {c: tuple(i) for c, i in made.items()}, freed)


@dataclass(frozen=True)
class Near:
    """The assignments of every round in which a person has an open review, as they stand now."""

    person: str
    rounds: tuple[str, ...]
    seats: Mapping[str, Assignment]


async def seats_near(work: Work, person: Person) -> Near:
    """Look before a step that moves the person's reviews."""
    own = await work.uow.find(Assignment, reviewer=person.id, ended_at=None, submitted_at=None)
    rounds = tuple(sorted({seat.round for seat in own}))
    return Near(person.id, rounds, {seat.id: seat for seat in await _seats(work, rounds)})


async def put_back(work: Work, data: Mapping[str, Any]) -> tuple[int, int]:
    """Undo, case by case, where nobody has begun since: how many reviews are back, how many stay with others."""
    back = begun = 0
    for case_id, ended in data["ended"].items():
        case = await work.uow.get(Case, case_id)
        made = data["made"].get(case_id, [])
        newer = [seat for seat in [await work.uow.get(Assignment, id) for id in made] if seat.ended_at is None]
        if not case.open or case.held_at or any(seat.started_at or seat.submitted_at for seat in newer):
            begun += len(ended)
            continue
        for seat in newer:
            await work.uow.save(seat.end(work.now, EndReason.REASSIGNED))
            if seat.published_at:
                await work.tell(seat.reviewer, "review_moved", seat.id, slot=f"assignment:{seat.id}")
        for id in ended:
            seat = await work.uow.save(replace(await work.uow.get(Assignment, id), ended_at=None, end_reason=None))
            if seat.published_at:
                key = work.tools.ids.new("notice")
                await work.tell(seat.reviewer, "assigned", seat.id, slot=f"assignment:{seat.id}", key=key)
                await work.uow.wake("person.remind", seat.reviewer, work.now)
                back += 1
    return back, begun


async def _seats(work: Work, rounds: tuple[str, ...]) -> list[Assignment]:
    return await work.uow.find(Assignment, round__in=list(rounds)) if rounds else []
