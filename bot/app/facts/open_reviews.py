"""Which reviews somebody still owes, and which stand in their list."""

from __future__ import annotations

from typing import Any

from bot.app.context import Work
from bot.app.facts.permissions import OPEN_CASE
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Person

TO_REVIEW: dict[str, Any] = {"ended_at": None, "case__of": OPEN_CASE}
"""Which of somebody's assignments stand in their list, if they may be read; batches of reminders ask ahead for them."""

OWED: dict[str, Any] = {**TO_REVIEW, "submitted_at": None, "published_at__not": None}
"""Those of them that are still to be written."""

DUE_FIRST = ("due_at", "id")


async def open_reviews(work: Work, person: Person) -> list[Assignment]:
    """What this person still owes, the one due first at the front."""
    return await work.uow.find(Assignment, reviewer=person.id, order=DUE_FIRST, **OWED)


async def came_of(work: Work, case: Case) -> tuple[int, int, int]:
    """How many reviews of a case are in, of how many it was to get, and how many may still come."""
    asked = await work.uow.find(Assignment, case=case.id, published_at__not=None, ended_at=None)
    came = sum(each.submitted_at is not None for each in asked)
    return came, max(case.reviewers, len(asked)), len(asked) - came if case.open else 0
