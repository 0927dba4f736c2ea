"""A seat becomes real: its reviewer is told, with a due date in working days of the reviewer's clinic."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.app.context import Work
from bot.app.facts.deadlines import deadline
from bot.domain.case import Assignment
from bot.domain.person import Person


async def publish_seat(work: Work, seat: Assignment, days: int) -> datetime:
    """Publish one assignment that is due after so many working days; returns its due moment (aware UTC)."""
    reviewer = await work.uow.get(Person, seat.reviewer)
    due = await deadline(work, reviewer, days)
    await work.uow.save(replace(seat, published_at=work.now, due_at=due))
    await work.uow.wake("person.remind", reviewer.id, work.now)
    await work.tell(reviewer.id, "assigned", seat.id, slot=f"assignment:{seat.id}")
    return due
