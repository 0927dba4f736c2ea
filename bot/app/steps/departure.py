"""Somebody leaves: the service, a group, or the work of a therapist. What they leave behind is settled at once.

Open reviews move to others. Own cases go to a covering therapist where one is named and can present; what cannot change
hands is closed where a review is in, so that the work counts, and withdrawn otherwise. Nothing is logged for the person
after their last day. Supervisors are told, in words that do not depend on whether there was a case.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.app.context import Work
from bot.app.facts.deadlines import start_of_day
from bot.app.facts.permissions import groups_of, supervisors_of
from bot.app.steps import absence_calendars, leavers_files, worksheet
from bot.app.steps.own_cases import COVER, WITHDRAW, Settled, settle_own_cases
from bot.app.steps.reassignment import free_assignments_of
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person, Role
from bot.ports.records import CalendarFeed, Passkey, Session, SignInLink, SignOnAccount, SignRequest

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Left:
    """What became of what somebody left behind."""

    person: Person
    reviews: int
    cases: Settled

    def __str__(self) -> str:
        parts = [f"{self.reviews} open reviews moved to others"]
        for ids, words in (
            (self.cases.covered, "handed to the covering therapist"),
            (self.cases.closed, "closed with the reviews that were in"),
            (self.cases.withdrawn, "withdrawn, their text erased"),
            (self.cases.kept, "on hold: a supervisor decides about them first"),
        ):
            parts += [f"{len(ids)} own cases {words}"] if ids else []
        return "; ".join(parts)


async def leave_service(work: Work, person: Person, *, by: str, cover: str | None = None) -> Left:
    """Access ends now, on every platform and in open sessions; the person's facts stay."""
    groups = await groups_of(work, person)
    told = {s.id for group in groups for s in await supervisors_of(work, group)} - {person.id}
    today = work.today(person.timezone)
    gone = await work.uow.save(replace(person, removed_at=work.now, leaves_on=None))
    await work.uow.wake("person.leaves", person.id, None)
    for session in await work.uow.find(Session, person=person.id):
        await work.uow.remove(Session, session.id)
    for link in await work.uow.find(SignInLink, person=person.id):
        await work.uow.remove(SignInLink, link.id)
    for passkey in await work.uow.find(Passkey, person=person.id):
        await work.uow.remove(Passkey, passkey.id)
    for account in await work.uow.find(SignOnAccount, person=person.id):
        await work.uow.remove(SignOnAccount, account.id)
    for feed in await work.uow.find(CalendarFeed, person=person.id):
        await work.uow.remove(CalendarFeed, feed.id)
    await absence_calendars.disconnect(work, person)
    await worksheet.erase(work, person)
    for request in await work.uow.find(SignRequest, signer=person.id, answered_at=None):
        await work.uow.remove(SignRequest, request.id)
    for membership in await work.uow.find(Membership, person=person.id):
        await _end_membership(work, membership, today)
    left = await settle_left(work, gone, by=by, cover=cover)
    await leavers_files.offer(work, gone)
    await _tell(work, gone, told)
    return left


async def leave_service_on(work: Work, person: Person, day: date, cover: str | None) -> Person:
    """`day` is the last day of work: on the next one access ends and the rest follows by itself."""
    changed = await work.uow.save(replace(person, leaves_on=day, leaving_cover=cover))
    await work.uow.wake("person.leaves", person.id, start_of_day(day + ONE_DAY, person.timezone))
    if person.has(Role.THERAPIST, Role.SUPERVISOR):
        await work.tell(person.id, "leaving", person.id, key=day.isoformat())
    return changed


async def leave_group(
    work: Work,
    person: Person,
    group: Group,
    memberships: Collection[Membership],
    day: date,
    *,
    by: str,
    cover: str | None,
) -> Left | None:
    """`day` is the last day in a group; what is left behind is settled at once when it is today, else when it is over.

    What was settled, or None while the day lies ahead.
    """
    for membership in memberships:
        ended = await work.uow.save(replace(membership, left_on=day, cover=cover))
        await work.uow.wake("membership.ends", ended.id, start_of_day(day + ONE_DAY, group.timezone))
    if day > work.today(group.timezone):
        return None
    left = await settle_left(work, person, by=by, cover=cover, groups={group.id})
    told = {s.id for s in await supervisors_of(work, group)} - {person.id}
    await _tell(work, person, told, group)
    return left


async def settle_left(
    work: Work, person: Person, *, by: str, cover: str | None = None, groups: Collection[str] | None = None
) -> Left:
    """Open reviews move on, own cases change hands or end: everywhere, or only in these groups."""
    moved = await free_assignments_of(work, person, left=True, groups=groups)
    choice = COVER if cover else WITHDRAW
    cases = await settle_own_cases(work, person, choice, cover, by, groups=groups, for_good=True)
    return Left(person, moved, cases)


async def has_left(work: Work, person: Person, group: str) -> bool:
    """Whether somebody presents no case in a group any more: removed, no therapist, or no member today."""
    if not (person.active and person.has(Role.THERAPIST)):
        return True
    return all(each.id != group for each in await groups_of(work, person))


# ---- when a day is over ----------------------------------------------------------------------


async def membership_ends(work: Work, id: str) -> None:
    """The last day in a group is over, unless it was moved or the person joined again."""
    membership = await work.uow.get(Membership, id)
    group = await work.uow.get(Group, membership.group)
    person = await work.uow.get(Person, membership.person)
    today = work.today(group.timezone)
    again = await work.uow.find(Membership, group=group.id, person=person.id)
    if membership.left_on is None or membership.left_on >= today or any(m.holds_on(today) for m in again):
        return
    if not person.active:
        return
    left = await settle_left(work, person, by="admin", cover=membership.cover, groups={group.id})
    if left.reviews or left.cases != Settled() or membership.left_on == today - ONE_DAY:
        told = {s.id for s in await supervisors_of(work, group)} - {person.id}
        await _tell(work, person, told, group)


async def person_leaves(work: Work, id: str) -> None:
    """The last day in the service is over, unless it was moved."""
    person = await work.uow.get(Person, id)
    if person.active and person.leaves_on and person.leaves_on < work.today(person.timezone):
        await leave_service(work, person, by="admin", cover=person.leaving_cover)


async def _end_membership(work: Work, membership: Membership, day: date) -> None:
    await work.uow.wake("membership.ends", membership.id, None)
    if membership.joined_on > day:
        await work.uow.remove(Membership, membership.id)
    elif membership.left_on is None or membership.left_on > day:
        await work.uow.save(replace(membership, left_on=day))


async def _tell(work: Work, person: Person, supervisors: Collection[str], group: Group | None = None) -> None:
    for supervisor in sorted({*supervisors} - {person.id}):
        if group:
            await work.tell(supervisor, "member_left", person.id, key=work.now.isoformat(), group=group.id)
        else:
            await work.tell(supervisor, "person_left", person.id, key=work.now.isoformat())
