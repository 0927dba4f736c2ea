"""An assignment becomes real: its reviewer is told, with a due date in working days of the reviewer's clinic."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.app.context import Work
from bot.app.facts.deadlines import deadline
from bot.app.steps.shown_anew import place_filled, review_over
from bot.domain.assignment import Assignment
from bot.domain.person import Person
from bot.ports.records import OutboxEntry

REPEATED = frozenset({"case_held", "review_left", "review_moved"})
"""What may become of one review more than once: a hold ends, and what moved is brought back by an undo."""


async def publish_assignment(work: Work, assignment: Assignment, days: int, *, told: bool = True) -> datetime:
    """Publish one assignment that is due after so many working days; returns its due moment (aware UTC).

    Its reviewer is told unless they took it themselves and read so in the answer.
    """
    reviewer = await work.uow.get(Person, assignment.reviewer)
    due = await deadline(work, reviewer, days)
    await work.uow.save(replace(assignment, published_at=work.now, due_at=due))
    await work.uow.wake("person.remind", reviewer.id, work.now)
    if told:
        await work.tell(reviewer.id, "assigned", assignment.id, slot=f"assignment:{assignment.id}")
    await place_filled(work, assignment.case)
    return due


async def done_with(
    work: Work, assignment: Assignment, state: str, at: datetime | None = None, *, freed: bool = False
) -> None:
    """Nothing of this review is asked of its reviewer any more: every message of theirs about it says so.

    `state` is the notice that takes the place of what asked for it, at once or `at` a later moment; with `freed` it is
    a new message, and what asked loses its buttons before it comes.
    """
    await review_over(work, assignment, freed=freed)
    now = work.now.isoformat()
    key = now if state in REPEATED else ""
    await work.tell(assignment.reviewer, state, assignment.id, key=key, slot=f"assignment:{assignment.id}", at=at)
    for last in await work.uow.find(
        OutboxEntry, person=assignment.reviewer, card="reminder", failed_at=None, order=("-created_at",), limit=1
    ):
        slot = last.slot.removesuffix(f":{assignment.reviewer}")
        said_at = (last.sent_at or last.created_at).isoformat()
        await work.tell(
            assignment.reviewer, "reminder_now", assignment.id, key=f"{state}:{now}", slot=slot, said_at=said_at
        )
