"""Takeaways reach their reviewers in the morning, those of one round together where they come within some days."""

from __future__ import annotations

from datetime import datetime

from bot.app.context import Work
from bot.app.facts.deadlines import next_morning
from bot.app.facts.permissions import cases_of_assignments
from bot.app.facts.round_messages import NO_ROOM_WORKING_DAYS, has_room
from bot.app.facts.workdays import own_days
from bot.domain.assignment import Assignment
from bot.domain.calendar import wall_time
from bot.domain.person import Person, Role
from bot.ports.records import OutboxEntry

WAITS_WORKING_DAYS = 3
"""So long at most for the other cases that somebody reviewed in the same round, or for what a supervisor is told."""


async def tell_takeaway(work: Work, assignment: Assignment) -> None:
    """Nobody has to act on a takeaway: several are one message, with whatever else somebody is told meanwhile."""
    reviewer = await work.uow.get(Person, assignment.reviewer)
    morning = await next_morning(work, reviewer)
    assignments = await work.uow.find(Assignment, reviewer=reviewer.id, round=assignment.round, ended_at=None)
    cases = await cases_of_assignments(work, assignments)
    more = any(case.open and case.id != assignment.case for case in cases.values())
    if not await has_room(work, reviewer, assignment.round):
        at = await _latest(work, reviewer, morning, NO_ROOM_WORKING_DAYS)
    elif more or reviewer.has(Role.SUPERVISOR):
        # Supervisors are written to often: with nothing to do about it, it comes with the next thing that is.
        at = await _latest(work, reviewer, morning, WAITS_WORKING_DAYS)
    else:
        at = morning
    await work.tell(reviewer.id, "takeaway_in", assignment.id, slot=f"assignment:{assignment.id}", at=at)


async def _latest(work: Work, reviewer: Person, morning: datetime, days: int) -> datetime:
    """When it comes at the latest: with the earlier takeaways that wait, else some working days from now."""
    last = (await own_days(work, reviewer)).add_working_days(work.today(reviewer.timezone), days)
    at = max(morning, wall_time(last, (await work.policy()).reminder_time, reviewer.timezone))
    return min([at, *(entry.due_at for entry in await _waiting(work, reviewer.id) if entry.due_at >= morning)])


async def _waiting(work: Work, person: str) -> list[OutboxEntry]:
    return await work.uow.find(
        OutboxEntry, person=person, card="takeaway_in", sent_at=None, failed_at=None, dropped_at=None
    )
