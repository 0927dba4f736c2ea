"""Where each member of a group stands on a day, as supervisors read it: rhythm and reviews still owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time

from bot.app.blocks.assignments import assignment_state
from bot.app.caching_uow import Remembering
from bot.app.context import Context
from bot.app.facts.caseload import LATELY, rhythm_of
from bot.app.facts.open_reviews import DUE_FIRST, TO_REVIEW, open_reviews
from bot.app.facts.permissions import cases_of_assignments
from bot.domain.calendar import wall_time
from bot.domain.case import Assignment, Case
from bot.domain.frequency import Kind, State, Status
from bot.domain.organisation import Group, Membership
from bot.domain.person import Contact, Person, Role
from bot.domain.policy import Policy
from bot.ports.records import ExperienceEntry, FteEntry, LeaveEntry, LimitEntry, LogEntry, ModeEntry

URGENCY = (State.NOT_REACHED, State.OVERDUE, State.DUE_SOON, State.NOT_ASKED, State.LEAVE, State.ON_TRACK)


@dataclass(frozen=True)
class Standing:
    """One person on one day, with the reviews they still owe."""

    person: Person
    rhythm: Mapping[Kind, Status]
    owed: Sequence[tuple[Assignment, Case]]

    @property
    def state(self) -> State:
        """The more urgent of both targets."""
        return min((status.state for status in self.rhythm.values()), key=URGENCY.index)


async def standing(ctx: Context, person: Person, policy: Policy) -> Standing:
    """Where one person stands."""
    assignments = await open_reviews(ctx, person)
    cases = await cases_of_assignments(ctx, assignments)
    owed = [(assignment, cases[assignment.case]) for assignment in assignments]
    return Standing(person, await rhythm_of(ctx, person, policy, for_others=person.id != ctx.me.id), owed)


async def standings_of(ctx: Context, group: Group, people: Sequence[Person]) -> list[Standing]:
    """Where the therapists of a group stand, most urgent first."""
    policy = await ctx.policy(group)
    asked = [person for person in people if person.has(Role.THERAPIST)]
    reads = Remembering(ctx.uow)
    await _look_ahead(ctx, reads, asked)
    seen = replace(ctx, uow=reads.unit)
    found = [await standing(seen, person, policy) for person in asked]
    return sorted(found, key=lambda each: (URGENCY.index(each.state), each.person.name))


async def _look_ahead(ctx: Context, reads: Remembering, people: Sequence[Person]) -> None:
    """Read for everybody at once what each one's standing asks for."""
    ids = [person.id for person in people]
    days = sorted({ctx.today(person.timezone) - LATELY for person in people})
    for first in days:
        there = [person.id for person in people if ctx.today(person.timezone) - LATELY == first]
        await reads.look_ahead(LogEntry, "person", there, order=("day",), day__ge=first)
        await reads.look_ahead(LogEntry, "person", there, day__lt=first, moved_from__not=None)
    owed = {**TO_REVIEW, "submitted_at": None, "published_at__not": None}
    await reads.look_ahead(Assignment, "reviewer", ids, order=DUE_FIRST, **owed)
    for zone in sorted({person.timezone for person in people}):
        reviewers = [person.id for person in people if person.timezone == zone]
        start = wall_time(ctx.today(zone) - LATELY, time(), zone)
        await reads.look_ahead(Assignment, "reviewer", reviewers, published_at__ge=start)
        await reads.look_ahead(
            Assignment, "reviewer", reviewers, published_at__lt=start, submitted_at=None, ended_at=None
        )
    for kind in (ModeEntry, FteEntry, ExperienceEntry):
        await reads.look_ahead(kind, "person", ids)
    await reads.look_ahead(LeaveEntry, "person", ids, cancelled_at=None)
    await reads.look_ahead(LimitEntry, "person", ids, cancelled_at=None)
    await reads.look_ahead(Membership, "person", ids, order=("joined_on",))
    await reads.look_ahead(Contact, "person", ids, ended_at=None)


def late_review(ctx: Context, each: Standing) -> tuple[Assignment, Case] | None:
    """A review that is overdue, and its case."""
    return next((owed for owed in each.owed if assignment_state(*owed, ctx) == "overdue"), None)


def can_remind(ctx: Context, each: Standing) -> bool:
    """Whether there is something to remind somebody of; nobody reminds themselves."""
    if each.person.id == ctx.me.id:
        return False
    if each.state in {State.OVERDUE, State.DUE_SOON}:
        return True
    return each.state is State.ON_TRACK and any(not case.held_at for _, case in each.owed)


def is_overdue(ctx: Context, each: Standing) -> bool:
    """Whether somebody else is over a target, or over a review's due day."""
    late = each.state is State.OVERDUE or late_review(ctx, each) is not None
    return late and can_remind(ctx, each)
