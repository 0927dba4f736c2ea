"""Messages about what has changed since: edited at once, so that none of their buttons asks for what is over.

What takes the place of a single message has words of its own (`steps/assignments.done_with`). Here are the others:
lists of what somebody owes, what supervisors were told, and parts of messages about several things.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from bot.app.context import Work
from bot.app.facts.under_way import carrier_of, merged_ids
from bot.domain.assignment import Assignment
from bot.ports.records import OutboxEntry

ANEW = "shown_anew"
LISTS = frozenset({"nudge", "due_moved"})
"""To a reviewer, about everything they owe; the last reminder is edited by a notice of its own."""
OF_REVIEW = frozenset({"assigned", "redated", "answers_in", "case_held", "case_goes_on", "swap_none"})
TAKEN = frozenset({"swap_yours"})
"""To whoever took a review over, where they were asked to."""
"""To a reviewer, about one review."""
OF_OWN_CASE = frozenset(
    {
        *("case_in", "own_case_waits", "case_published", "case_redated", "question_asked", "case_covered"),
        *("cover_impossible", "reviews_released", "late_review", "case_ended", "takeaway_kept"),
        *("look_passed", "look_unseen", "look_returned", "look_returned_missed", "look_author_reminder"),
        *("look_waits", "look_missed"),
    }
)
"""To whoever presents a case, with a button that opens something of it."""
OF_SUPERVISORS = frozenset({"reviewer_late", "out_of_reach", "not_reached"})
"""To supervisors, about a review that somebody does not write."""
OF_PLACE = frozenset({"seat_empty"})
"""To supervisors, about a place without a reviewer."""


async def review_over(work: Work, assignment: Assignment, *, freed: bool) -> None:
    """Nothing of a review is asked of its reviewer any more, nor is there anything of it to move.

    With `freed` what asked for it loses its buttons at once: the message that says so may wait for the morning.
    """
    if assignment.published_at is None:
        return
    since: dict[str, Any] = {"created_at__ge": assignment.published_at}
    mine: dict[str, Any] = {"person": assignment.reviewer, **since}
    found = await work.uow.find(OutboxEntry, card__in=sorted(LISTS), **mine)
    cards = OF_REVIEW | TAKEN if freed else TAKEN
    found += await work.uow.find(OutboxEntry, subject=assignment.id, card__in=sorted(cards), **mine)
    found += await _to_supervisors(work, assignment)
    await show_anew(work, found, assignment.id, {*LISTS, *OF_REVIEW, *TAKEN, *OF_SUPERVISORS})


async def _to_supervisors(work: Work, assignment: Assignment) -> list[OutboxEntry]:
    """What supervisors were told of a review, and could move it by."""
    about = [assignment.reviewer, assignment.id]
    since: dict[str, Any] = {"created_at__ge": assignment.published_at}
    found = await work.uow.find(OutboxEntry, subject__in=about, card__in=sorted(OF_SUPERVISORS), **since)
    if assignment.supervisor_told_at:  # a list of everything late may be about another review first
        told = assignment.supervisor_told_at
        found += await work.uow.find(OutboxEntry, card="reviewer_late", created_at__ge=told)
    return found


async def nobody_new_is_asked(work: Work, case: str) -> None:
    """The reviews of a case are with its presenter: supervisors have nothing to move or to fill there."""
    found = await work.uow.find(OutboxEntry, subject=case, card__in=sorted(OF_PLACE))
    for assignment in await work.uow.find(Assignment, case=case, ended_at=None, submitted_at=None):
        found += await _to_supervisors(work, assignment) if assignment.published_at else []
    await show_anew(work, found, case, {*OF_PLACE, *OF_SUPERVISORS})


async def place_filled(work: Work, case: str) -> None:
    """A place without a reviewer has one: supervisors who were told have nothing to take over there."""
    await changed(work, case, *OF_PLACE)


async def changed(work: Work, subject: str, *cards: str, person: str = "") -> None:
    """Have these messages about something show it as it is now, everybody's or one person's."""
    of: dict[str, Any] = {"person": person} if person else {}
    found = await work.uow.find(OutboxEntry, subject=subject, card__in=sorted(cards), **of)
    await show_anew(work, found, work.tools.ids.new("notice"), cards)


async def case_handed_on(work: Work, case: str, former: str) -> None:
    """Somebody presents a case no more: their messages about it lead nowhere."""
    await changed(work, case, *OF_OWN_CASE, person=former)


async def show_anew(work: Work, found: Iterable[OutboxEntry], by: str, cards: Collection[str]) -> None:
    """Have the messages that carry these notices say what is true now; once a moment for each `by`.

    What is left without a point becomes one line without buttons. A message whose place an edit has taken that is none
    of `cards` is left as it is.
    """
    messages: dict[tuple[str, str], OutboxEntry] = {}
    for entry in found:
        shown = await carrier_of(work, entry) or entry
        if shown.delivered_id:
            messages[shown.contact, shown.delivered_id] = shown
    for shown in messages.values():
        if await _says_it(work, shown, {shown.card, *cards}):
            continue
        await post_edit(work, shown, ANEW, by, f"{ANEW}:{shown.id}:{by}:{work.now.isoformat()}")


async def post_edit(work: Work, shown: OutboxEntry, card: str, by: str, dedupe: str) -> None:
    """Have a delivered message edited into what `card` draws of it, at once and where it was delivered."""
    await work.uow.post(
        OutboxEntry(
            id=work.tools.ids.new("outbox"),
            organisation=work.uow.organisation,
            dedupe=dedupe,
            person=shown.person,
            card=card,
            subject=shown.id,
            args={"by": by},
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
    told = await work.uow.find(OutboxEntry, order=("-sent_at", "-created_at", "-id"), **same)
    last = next((each for each in told if each.card != ANEW), None)  # shown anew, it says what it said before
    return last is not None and last.card not in cards
