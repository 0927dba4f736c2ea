"""An assignment becomes real: its reviewer is told, with a due date in working days of the reviewer's clinic."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.app.context import Work
from bot.app.facts.deadlines import deadline
from bot.domain.case import Assignment
from bot.domain.person import Person
from bot.ports.records import OutboxEntry


async def publish_assignment(work: Work, assignment: Assignment, days: int) -> datetime:
    """Publish one assignment that is due after so many working days; returns its due moment (aware UTC)."""
    reviewer = await work.uow.get(Person, assignment.reviewer)
    due = await deadline(work, reviewer, days)
    await work.uow.save(replace(assignment, published_at=work.now, due_at=due))
    await work.uow.wake("person.remind", reviewer.id, work.now)
    await work.tell(reviewer.id, "assigned", assignment.id, slot=f"assignment:{assignment.id}")
    return due


async def done_with(work: Work, assignment: Assignment, state: str, at: datetime | None = None) -> None:
    """Nothing of this review is asked of its reviewer any more: their messages about it, and the last reminder, say so.

    `state` is the notice that takes the place of what asked for it, at once or `at` a later moment.
    """
    await work.tell(assignment.reviewer, state, assignment.id, slot=f"assignment:{assignment.id}", at=at)
    asked = {"person": assignment.reviewer, "card": "reminder", "dropped_at": None, "failed_at": None}
    for last in await work.uow.find(OutboxEntry, order=("-created_at",), limit=1, **asked):
        slot = last.slot.removesuffix(f":{assignment.reviewer}")
        await work.tell(assignment.reviewer, "reminder_now", assignment.id, key=state, slot=slot)
