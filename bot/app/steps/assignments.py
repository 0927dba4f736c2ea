"""A seat becomes real: its reviewer is told, with a due date in working days of the reviewer's clinic."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.app.context import Work
from bot.app.facts.deadlines import deadline
from bot.domain.case import Assignment
from bot.domain.person import Person
from bot.ports.records import OutboxEntry


async def publish_seat(work: Work, seat: Assignment, days: int) -> datetime:
    """Publish one assignment that is due after so many working days; returns its due moment (aware UTC)."""
    reviewer = await work.uow.get(Person, seat.reviewer)
    due = await deadline(work, reviewer, days)
    await work.uow.save(replace(seat, published_at=work.now, due_at=due))
    await work.uow.wake("person.remind", reviewer.id, work.now)
    await work.tell(reviewer.id, "assigned", seat.id, slot=f"assignment:{seat.id}")
    return due


async def done_with(work: Work, seat: Assignment, state: str) -> None:
    """Nothing of this review is asked of its reviewer any more: their messages about it, and the last reminder, say so.

    `state` is the notice that takes the place of what asked for it.
    """
    await work.tell(seat.reviewer, state, seat.id, slot=f"assignment:{seat.id}")
    asked = {"person": seat.reviewer, "card": "reminder", "dropped_at": None, "failed_at": None}
    for last in await work.uow.find(OutboxEntry, order=("-created_at",), limit=1, **asked):
        slot = last.slot.removesuffix(f":{seat.reviewer}")
        await work.tell(seat.reviewer, "reminder_now", seat.id, key=state, slot=slot)
