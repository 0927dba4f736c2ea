"""How many messages one round has brought to a person, and whether it may bring one more.

What asks something new of somebody always comes. Reminders, and news about which nothing is to be done, make room:
they come along with another message (`bot.delivery.company`).
"""

from __future__ import annotations

from bot.app.context import Work
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Person, Role
from bot.domain.round import Round
from bot.ports.records import OutboxEntry

MOST = 5
"""Messages that one round brings to somebody who reviews in it."""
MOST_WITH_TWO_PARTS = 6
"""The same for somebody who presents and reviews, and for a supervisor."""
NO_ROOM_WORKING_DAYS = 10
"""So long at most news waits for another message where a round has brought enough: by then the next one writes."""
_PART_OF = frozenset({"reminder"})
"""Notices about a person: they belong to the round that was published last."""

OUTSIDE = frozenset(
    {
        *("case_held", "case_goes_on", "hold_released", "hold_withdrawn", "presenter_seen", "text_read"),
        *("risk_alert", "risk_taken", "risk_yours", "risk_presenter", "risk_presenter_again"),
        *("risk_acknowledged", "risk_undelivered"),
        *("risk_nobody_left", "risk_closed", "follow_up_asked", "follow_up_in"),
    }
)
"""What a risk concern brings: it rings whatever a round has brought, and takes no room from the rest. What became of a
case is asked and told once, weeks after its round is over.
"""

Message = tuple[str, str]
"""Where it went and what it is called there: an edit has both from the message it changed."""


async def has_room(work: Work, person: Person, round_id: str) -> bool:
    """Whether one more message of the round may go to the person, beside what has to come yet."""
    round_ = await work.uow.get(Round, round_id)
    found = await work.uow.find(OutboxEntry, person=person.id, created_at__ge=round_.opened_at)
    sent = {id: message for entry in found for id, message in _messages(entry)}
    if len(set(sent.values())) + 1 < MOST:
        return True  # the usual case, for which nothing more need be asked
    brought = await _of_the_round(work, round_, found, sent)
    own = await _own_case(work, person, round_id)
    most = MOST_WITH_TWO_PARTS if own or person.has(Role.SUPERVISOR) else MOST
    to_come = own is not None and own.released_at is None
    return len(brought) + to_come < most


def _messages(entry: OutboxEntry) -> list[tuple[str, Message]]:
    """The ids of what a message said, each with the message; nothing while it is not out."""
    if not entry.delivered_id:
        return []
    message = entry.contact, entry.delivered_id
    return [(id, message) for id in (entry.id, *entry.args.get("merged", "").split())]


async def _of_the_round(work: Work, round_: Round, found: list[OutboxEntry], sent: dict[str, Message]) -> set[Message]:
    """The messages about this round; one that is about a later round, too, counts as that round's."""
    rounds = await work.uow.find(Round, group=round_.group, opened_at__ge=round_.opened_at)
    ids = [each.id for each in rounds]
    subjects = {id: id for id in ids}
    for kind in (Assignment, Case):
        subjects |= dict(await work.uow.columns(kind, ("id", "round"), round__in=ids))
    opened = {each.id: each.opened_at for each in rounds}

    def about(entry: OutboxEntry) -> str:
        """The round of a notice, "" where it is about none of these."""
        if entry.card in _PART_OF:
            before = [r for r in rounds if r.published_at and r.published_at <= entry.created_at]
            return max(before, key=lambda r: r.opened_at).id if before else ""
        return subjects.get(entry.subject, "")

    newest: dict[Message, str] = {}
    for entry in found:
        if entry.card in OUTSIDE:
            continue
        of, message = about(entry), sent.get(entry.id)
        if of and message and opened[of] >= opened[newest.get(message, of)]:
            newest[message] = of
    return {message for message, of in newest.items() if of == round_.id}


async def has_part_in(work: Work, person: Person, round_: Round) -> bool:
    """Whether a review or a case of a round is with a person."""
    reviews = await work.uow.count(Assignment, round=round_.id, reviewer=person.id, ended_at=None)
    return bool(reviews) or await _own_case(work, person, round_.id) is not None


async def _own_case(work: Work, person: Person, round_id: str) -> Case | None:
    """The case that the person presents in the round."""
    cases = await work.uow.find(Case, round=round_id, withdrawn_at=None)
    authors = await work.uow.presenters([case.id for case in cases]) if cases else {}
    return next((case for case in cases if authors.get(case.id) == person.id), None)
