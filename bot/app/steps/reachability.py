"""Addresses that shut and open again: any sign of life opens one, and what waited for the person goes out.

A platform's word that somebody cannot be written to holds until they are seen: they type, press, install the app, or
stand in a roster. What could not be delivered meanwhile becomes one message (`bot.delivery.merging`), of what still has
a point.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.app.context import Work
from bot.app.facts.deadlines import deadline
from bot.app.facts.open_reviews import open_reviews
from bot.app.facts.permissions import groups_of, supervisors_of
from bot.app.facts.reachability import reachability_of
from bot.app.steps.shown_anew import LISTS, OF_REVIEW, changed
from bot.domain.assignment import Assignment
from bot.domain.calendar import zone_of
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Contact, Person, Reach
from bot.domain.round import Round
from bot.ports.records import OutboxEntry

NO_ADDRESS = "no_contact"
"""What a message ends with that has nowhere to go."""
WAITS = timedelta(days=30)
"""How long a message waits for its person's return."""
MOST = 50


async def seen(work: Work, contact: Contact, *, acted: bool = True) -> Contact:
    """The person is there: their address counts as open, and what waited is due now.

    A disconnected account stays a stranger's. The contact as kept. Not `acted`: a roster named them, no more.
    """
    at = work.now if acted else contact.seen_at
    opened = await work.uow.save(replace(contact, seen_at=at, failed_at=None, failure="", shut=""))
    if contact.failed_at:
        await send_waiting(work, contact.person)
        await found_again(work, contact.person)
    return opened


async def shut(work: Work, contact: Contact, why: Reach, reason: str, *, told: bool = True) -> None:
    """A platform says that an address is shut. With the last one of a person closed, their supervisors are `told`."""
    kept = await work.uow.get(Contact, contact.id)
    await work.uow.save(replace(kept, failed_at=work.now, failure=reason, shut=why.value))
    await out_of_reach(work, contact.person, told=told)


async def out_of_reach(work: Work, id: str, *, told: bool = True) -> bool:
    """If nothing reaches a person any more: their open reviews are nobody's fault, and supervisors hear once a day.

    Whether it is so. Whose case it is, is nobody's business here: it is told of every member, with open reviews or not.
    """
    person = await work.uow.get(Person, id)
    if not person.active or (await reachability_of(work, [person]))[id].reached:
        return False
    for assignment in await open_reviews(work, person):
        if not assignment.not_reached_at:
            await work.uow.save(replace(assignment, not_reached_at=work.now))
    supervisors = {s.id for group in await groups_of(work, person) for s in await supervisors_of(work, group)}
    for supervisor in sorted(supervisors - {person.id}) if told else ():
        await work.tell(supervisor, "out_of_reach", person.id, key=f"{work.now:%Y-%m-%d}", slot=f"reach:{person.id}")
    return True


async def found_again(work: Work, id: str) -> None:
    """What counted as not reached begins anew with the full time."""
    person = await work.uow.get(Person, id)
    if not (await reachability_of(work, [person]))[id].reached:
        return
    await changed(work, person.id, "out_of_reach")
    for assignment in await open_reviews(work, person):
        if assignment.not_reached_at:
            await full_time(work, assignment, person)


async def full_time(work: Work, assignment: Assignment, reviewer: Person) -> None:
    """A review that is reached late: its reviewer has as long as if it had been given out now."""
    case = await work.uow.get(Case, assignment.case)
    due = await due_when_reached(work, assignment, reviewer)
    await work.uow.save(replace(assignment, not_reached_at=None, due_at=due))
    await changed(work, assignment.id, "not_reached")
    if due == assignment.due_at:
        return
    await changed(work, assignment.id, *OF_REVIEW, person=reviewer.id)
    await changed(work, reviewer.id, *LISTS)
    await work.uow.wake("person.remind", reviewer.id, work.now)
    if not case.released_at:
        await work.uow.wake("case.release", case.id, due + timedelta(minutes=1))


async def due_when_reached(work: Work, assignment: Assignment, reviewer: Person) -> datetime:
    """When a review is due that its reviewer hears of only now (aware UTC); never sooner than before."""
    case = await work.uow.get(Case, assignment.case)
    policy = await work.policy(await work.uow.get(Group, case.group))
    days = (await work.uow.get(Round, assignment.round)).days(policy)
    fresh = await deadline(work, reviewer, days.review)
    return max(assignment.due_at or fresh, fresh)


def told_late(work: Work, assignment: Assignment, reviewer: Person, entry: OutboxEntry) -> bool:
    """Whether a message that a review is theirs comes to somebody a day late or more.

    One that came back by an undo was given out when it was first: it keeps its due date.
    """
    if assignment.published_at is None:
        return False
    said = max(assignment.published_at, entry.created_at).astimezone(zone_of(reviewer.timezone))
    return work.today(reviewer.timezone) > said.date()


async def send_waiting(work: Work, person: str) -> None:
    """Whatever found no address of this person is due again, wherever they are reached now."""
    waiting = await work.uow.find(
        OutboxEntry,
        person=person,
        failure=NO_ADDRESS,
        failed_at__ge=work.now - WAITS,
        order=("-failed_at",),
        limit=MOST,
    )
    for entry in waiting:
        anew = replace(entry, due_at=work.now, attempts=0, failed_at=None, failure="", uncertain_at=None)
        # An alert goes to the channel it was meant for.
        await work.uow.save(anew if entry.urgent else replace(anew, contact=""))
