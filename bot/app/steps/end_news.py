"""What stands in messages about a case that is over: shown anew, and told once to whoever something was asked of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from bot.app.context import Work
from bot.app.facts.deadlines import working_morning
from bot.app.facts.round_messages import NO_ROOM_WORKING_DAYS, has_room
from bot.app.facts.under_way import carrier_of, merged_ids
from bot.app.steps.assignments import done_with
from bot.domain.case import Assignment, Case
from bot.domain.person import Person
from bot.ports.records import OutboxEntry

OF_PRESENTER = frozenset({"case_published", "case_redated", "reviews_released", "late_review"})
"""Messages on the slot of the case: a takeaway and an erasure have words of their own in their place."""
OF_ALL = frozenset(
    {
        *("assigned", "redated", "answers_in", "case_held", "case_goes_on"),
        *("case_in", "own_case_waits", "question_asked", "case_covered", "cover_impossible"),
        *("case_waits", "seat_empty", "reviewer_late"),
    }
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
    await show_anew(work, case, OF_PRESENTER)


async def _when(work: Work, person: Person, round_id: str) -> datetime | None:
    """Nobody has to act on it: where the round brought enough messages it comes along with another."""
    room = await has_room(work, person, round_id)
    return None if room else await working_morning(work, person, NO_ROOM_WORKING_DAYS)


async def show_anew(work: Work, case: Case, cards: Collection[str] = OF_ALL) -> None:
    """Have the messages about a case that is over say what is true now, for everybody; no new message comes of it.

    What is left without a point becomes one line without buttons; a list of several cases loses this one. Who parted
    from the case after sending a review hears no more of it.
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
    messages: dict[tuple[str, str], OutboxEntry] = {}
    for entry in (each for each in found if each.person not in parted):
        shown = await carrier_of(work, entry) or entry
        if shown.delivered_id:
            messages[shown.contact, shown.delivered_id] = shown
    for shown in messages.values():
        if await _says_it(work, shown, {shown.card, *cards}):
            continue
        await work.uow.post(
            OutboxEntry(
                id=work.tools.ids.new("outbox"),
                organisation=work.uow.organisation,
                dedupe=f"shown_anew:{shown.id}:{case.id}",
                person=shown.person,
                card="shown_anew",
                subject=shown.id,
                args={"by": case.id},
                created_at=work.now,
                due_at=work.now,
                contact=shown.contact,
            )
        )


async def _says_it(work: Work, shown: OutboxEntry, cards: Collection[str]) -> bool:
    """Whether an edit already took the place of what the message asked, such as that the review is in.

    Of a message that carries several notices an edit says nothing about the others.
    """
    if merged_ids(shown):
        return False
    same: dict[str, Any] = {"person": shown.person, "contact": shown.contact, "delivered_id": shown.delivered_id}
    last = await work.uow.find(OutboxEntry, order=("-sent_at", "-created_at", "-id"), limit=1, **same)
    return bool(last) and last[0].card not in cards
