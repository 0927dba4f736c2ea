"""A seat becomes real: its reviewer is told, with a due date in working days of the reviewer's clinic."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.app.context import Work
from bot.app.moments import review_due
from bot.domain.case import Assignment
from bot.domain.person import Person
from bot.domain.policy import Policy


async def publish_seat(work: Work, seat: Assignment, policy: Policy) -> datetime:
    """Publish one assignment; returns its due moment (aware UTC)."""
    reviewer = await work.uow.get(Person, seat.reviewer)
    due = await review_due(work, reviewer, policy)
    await work.uow.save(replace(seat, published_at=work.now, due_at=due))
    await work.uow.wake("assignment.remind", seat.id, work.now)
    await work.tell(reviewer.id, "assigned", seat.id, slot=f"assignment:{seat.id}")
    return due
