"""What stands in messages about a case that is over: shown anew, and told once to whoever something was asked of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.app.context import Work
from bot.app.facts.deadlines import working_morning
from bot.app.facts.round_messages import NO_ROOM_WORKING_DAYS, has_room
from bot.app.steps.assignments import done_with
from bot.app.steps.shown_anew import OF_OWN_CASE, OF_PLACE, OF_REVIEW, TAKEN, show_anew
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Person
from bot.ports.records import OutboxEntry

OF_PRESENTER = frozenset({"case_published", "case_redated", "reviews_released", "late_review"})
"""Messages on the slot of the case: a takeaway and an erasure have words of their own in their place."""
OF_ALL = (
    (OF_OWN_CASE | OF_REVIEW | TAKEN | OF_PLACE | {"case_waits", "reviewer_late"})
    - OF_PRESENTER
    - {"case_ended", "takeaway_kept"}
)
"""Every other message that has a button for a case while it is open, or says that it goes on."""


async def free_reviewers(work: Work, case: Case) -> None:
    """The case is closed: whoever still owed a review hears once that nobody waits for it any more."""
    for assignment in await work.uow.find(
        Assignment, case=case.id, ended_at=None, submitted_at=None, published_at__not=None
    ):
        reviewer = await work.uow.get(Person, assignment.reviewer)
        await done_with(work, assignment, "case_closed", await _when(work, reviewer, assignment.round))


async def tell_presenter(work: Work, case: Case) -> None:
    """The case closed without a takeaway: with how many reviews, and that none is to be written any more."""
    presenter = await work.uow.get(Person, await work.uow.presenter(case.id))
    at = await _when(work, presenter, case.round) if case.round else None
    await work.tell(presenter.id, "case_ended", case.id, slot=f"case:{case.id}", at=at)
    await show_case_over(work, case, OF_PRESENTER)


async def _when(work: Work, person: Person, round_id: str) -> datetime | None:
    """Nobody has to act on it: where the round brought enough messages it comes along with another."""
    room = await has_room(work, person, round_id)
    return None if room else await working_morning(work, person, NO_ROOM_WORKING_DAYS)


async def show_case_over(work: Work, case: Case, cards: Collection[str] = OF_ALL) -> None:
    """Have the messages about a case that is over say what is true now, for everybody; no new message comes of it.

    A list of several cases loses this one. Who parted from the case after sending a review hears no more of it.
    """
    assignments = await work.uow.find(Assignment, case=case.id)
    subjects = [case.id, *(assignment.id for assignment in assignments)]
    found = await work.uow.find(
        OutboxEntry, subject__in=subjects, card__in=sorted(cards), created_at__ge=case.submitted_at
    )
    if cards is OF_ALL and case.published_at:  # a reminder is about a person
        owed = sorted({each.reviewer for each in assignments if each.submitted_at is None})
        if owed:
            found += await work.uow.find(
                OutboxEntry, person__in=owed, card="reminder", created_at__ge=case.published_at
            )
    parted = {each.reviewer for each in assignments if each.parted_at or each.recused_at}
    await show_anew(work, [each for each in found if each.person not in parted], case.id, cards)
