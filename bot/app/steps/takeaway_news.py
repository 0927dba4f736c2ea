"""Takeaways reach their reviewers in the morning, those of one round together where they come within some days."""

from __future__ import annotations

from dataclasses import replace

from bot.app.context import Work
from bot.app.facts.deadlines import next_morning
from bot.app.facts.permissions import cases_of_assignments
from bot.app.facts.workdays import own_days
from bot.domain.calendar import wall_time
from bot.domain.case import Assignment
from bot.domain.person import Person
from bot.ports.records import OutboxEntry

WAITS_WORKING_DAYS = 3
"""So long at most for the other cases that somebody reviewed in the same round."""


async def tell_takeaway(work: Work, assignment: Assignment) -> None:
    """Nobody has to act on a takeaway: several are one message, with whatever else comes that morning."""
    reviewer = await work.uow.get(Person, assignment.reviewer)
    morning = await next_morning(work, reviewer)
    assignments = await work.uow.find(Assignment, reviewer=reviewer.id, round=assignment.round, ended_at=None)
    cases = await cases_of_assignments(work, assignments)
    more = any(case.open and case.id != assignment.case for case in cases.values())
    at = morning
    if more:
        last = (await own_days(work, reviewer)).add_working_days(work.today(reviewer.timezone), WAITS_WORKING_DAYS)
        at = max(morning, wall_time(last, (await work.policy()).reminder_time, reviewer.timezone))
    await work.tell(reviewer.id, "takeaway_in", assignment.id, slot=f"assignment:{assignment.id}", at=at)
    if more:
        return
    waiting = await work.uow.find(
        OutboxEntry, person=reviewer.id, card="takeaway_in", sent_at=None, failed_at=None, dropped_at=None
    )
    for entry in waiting:
        if entry.due_at > morning:
            await work.uow.save(replace(entry, due_at=morning, wanted_at=morning))
