"""Where each member of a group stands on a day, as supervisors read it: rhythm and reviews still owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.app.blocks.assignments import assignment_state
from bot.app.context import Context
from bot.app.facts.caseload import rhythm_of
from bot.app.facts.open_reviews import open_reviews
from bot.app.facts.permissions import cases_of_assignments
from bot.domain.case import Assignment, Case
from bot.domain.frequency import Kind, State, Status
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.policy import Policy

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
    found = [await standing(ctx, person, policy) for person in people if person.has(Role.THERAPIST)]
    return sorted(found, key=lambda each: (URGENCY.index(each.state), each.person.name))


def late_review(ctx: Context, each: Standing) -> Assignment | None:
    """A review that is overdue."""
    states = ((assignment, assignment_state(assignment, case, ctx)) for assignment, case in each.owed)
    return next((assignment for assignment, state in states if state == "overdue"), None)


def can_remind(ctx: Context, each: Standing) -> bool:
    """Whether there is something to remind somebody of; nobody reminds themselves."""
    if each.person.id == ctx.me.id:
        return False
    return each.state in {State.OVERDUE, State.DUE_SOON} or bool(each.owed and each.state is State.ON_TRACK)


def is_overdue(ctx: Context, each: Standing) -> bool:
    """Whether somebody else is over a target, or over a review's due day."""
    late = each.state is State.OVERDUE or late_review(ctx, each) is not None
    return late and can_remind(ctx, each)
