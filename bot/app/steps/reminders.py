"""Reminders of one person: the facts `bot.domain.reminders` decides from, and what follows from its decision.

One timer a person looks at everything they have open; whatever is due is one message. When it was sent is read
from the outbox, whose keys make a second one on the same day impossible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.facts.caseload import caseload_of
from bot.app.facts.deadlines import working_morning
from bot.app.facts.permissions import supervisors_of
from bot.app.facts.round_messages import has_room
from bot.app.facts.under_way import ALONG, STILL_UNDER_WAY, under_way
from bot.app.facts.workdays import own_days
from bot.domain.assignment import Assignment
from bot.domain.calendar import wall_time
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.reminders import OpenReview, Recipient, decide
from bot.ports.records import OutboxEntry

LATE_WAITS_WORKING_DAYS = 2
"""So long at most a late review waits for another message to a supervisor to whom the round has brought enough."""
RECENT = 3
"""Of the reminders sent so many count: only those of today matter, and the last."""


async def look(work: Work, id: str) -> None:
    """Send what is due to this person, tell supervisors what is late, and set the timer to the next moment."""
    person = await work.uow.get(Person, id)
    assignments = await _open_assignments(work, person)
    if not person.active or not assignments:
        return
    if any([s.due_at and work.now > s.due_at and await under_way(work, s) for s in assignments]):
        # After downtime a due day can be over before its reviewer was told; delivery moves it first.
        await work.uow.wake("person.remind", id, work.now + STILL_UNDER_WAY)
        return
    cases = {c.id: c for c in await work.uow.find(Case, id__in=sorted({s.case for s in assignments}))}
    assignments = [s for s in assignments if cases[s.case].open]
    if not assignments:
        return
    group = await work.uow.get(Group, cases[assignments[0].case].group)
    sent = await _sent(work, id)
    reviews = [_review(assignment, cases[assignment.case], person, sent) for assignment in assignments]
    decision = decide(reviews, await _recipient(work, person, sent), await work.policy(group), work.now)
    if decision.remind:
        await _remind(work, person, [each.round for each in assignments if each.id in decision.remind])
    for assignment in assignments:
        if assignment.id in decision.tell_supervisor:
            await _tell_supervisors(work, assignment, cases[assignment.case])
    await work.uow.wake("person.remind", id, decision.look_again_at)


async def _remind(work: Work, person: Person, rounds: Sequence[str]) -> None:
    """Once a day; where the rounds have brought enough messages, only along with another one of that day."""
    today = work.today(person.timezone)
    day, room = today.isoformat(), [await has_room(work, person, round_) for round_ in sorted(set(rounds))]
    if any(room):
        await work.tell(person.id, "reminder", person.id, key=day, slot="reminder")
        return
    evening = wall_time(today, (await work.policy()).messages_until, person.timezone)
    await work.tell(person.id, "reminder", person.id, key=f"{day}:{ALONG}", slot="reminder", at=evening, along="1")


async def _open_assignments(work: Work, person: Person) -> list[Assignment]:
    """Reviews the person still has to write, the one due first at the front."""
    return await work.uow.find(
        Assignment,
        reviewer=person.id,
        ended_at=None,
        submitted_at=None,
        published_at__not=None,
        due_at__not=None,
        order=("due_at", "id"),
    )


async def _sent(work: Work, person: str) -> list[OutboxEntry]:
    """The last reminders, the latest first, without those that found no message to come along with."""
    found = await work.uow.find(OutboxEntry, person=person, card="reminder", order=("-created_at",), limit=RECENT)
    return [entry for entry in found if ALONG not in entry.args or "carrier" in entry.args or entry.due_at > work.now]


def _review(assignment: Assignment, case: Case, person: Person, sent: Sequence[OutboxEntry]) -> OpenReview:
    assert assignment.due_at is not None
    assert assignment.published_at is not None
    last = sent[0].created_at if sent else None
    return OpenReview(
        id=assignment.id,
        due_day=assignment.due_at.astimezone(ZoneInfo(person.timezone)).date(),
        published_at=assignment.published_at,
        on_hold=case.held_at is not None,
        reached=assignment.not_reached_at is None,
        reminded_at=last if last and last > assignment.published_at else None,
        supervisor_told_at=assignment.supervisor_told_at,
    )


async def _recipient(work: Work, person: Person, sent: Sequence[OutboxEntry]) -> Recipient:
    caseload = await caseload_of(work, person)
    return Recipient(
        person.timezone, await own_days(work, person), caseload.on_leave, tuple(e.created_at for e in sent)
    )


async def _tell_supervisors(work: Work, assignment: Assignment, case: Case) -> None:
    """A message lists everything that is late and overtakes the one before; nobody is told of their own."""
    group = await work.uow.get(Group, case.group)
    for supervisor in await supervisors_of(work, group):
        if supervisor.id == assignment.reviewer:
            continue
        key = assignment.due_at.isoformat() if assignment.due_at else ""
        room = await has_room(work, supervisor, assignment.round)
        at = None if room else await working_morning(work, supervisor, LATE_WAITS_WORKING_DAYS)
        await work.tell(supervisor.id, "reviewer_late", assignment.id, key=key, slot="late", at=at)
    await work.uow.save(replace(assignment, supervisor_told_at=work.now))
