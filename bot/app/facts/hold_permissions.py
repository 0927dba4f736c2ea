"""Who may decide about a risk hold: not alone about one's own case, one's own concern, or a case one reviews.

Every rule gives way where nobody else is there: a patient's safety comes before a second pair of eyes.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of
from bot.app.facts.supervisors import by_twenties
from bot.domain.assignment import Assignment
from bot.domain.person import Person
from bot.domain.risk import Hold


async def concerned(work: Work, hold: Hold, person: str) -> bool:
    """Whether the hold is about this person's own case and another supervisor, who did not raise it, can decide."""
    if hold.case is None or hold.case not in await work.uow.cases_of(person):
        return False
    return bool(await at_work(work, {person, hold.raised_by}))


async def raised_it_themselves(work: Work, hold: Hold, person: str) -> bool:
    """Whether this person raised the concern and another supervisor can end it; whoever presents counts as one."""
    return hold.raised_by == person and bool(await at_work(work, {person}))


async def has_part(work: Work, hold: Hold, person: str) -> bool:
    """Whether this person reviews the case or raised the concern, and a supervisor without a part can look it up."""
    reviewing = await reviewers_of(work, hold)
    part = person in reviewing or person == hold.raised_by
    return part and bool(await at_work(work, {person, hold.raised_by, *reviewing}))


async def at_work(work: Work, without: Collection[str]) -> list[Person]:
    """Other supervisors who are not on leave today: those of the first twenty by name of whom anybody is there.

    Who presents never counts here: an answer would tell.
    """
    async for some in by_twenties(work):
        people = [p for p in some if p.id not in without]
        caseloads = await caseloads_of(work, people)
        if there := [p for p in people if not caseloads[p.id].on_leave(work.today(p.timezone))]:
            return there
    return []


async def reviewers_of(work: Work, hold: Hold) -> frozenset[str]:
    """Who reviews the hold's case, or did: they do not learn its presenter's clinic from an alert."""
    assignments = await work.uow.find(Assignment, case=hold.case, published_at__not=None) if hold.case else []
    return frozenset(assignment.reviewer for assignment in assignments)
