"""Where each member of a group stands on a day, as supervisors read it: rhythm and reviews still owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.app.blocks.assignments import assignment_state
from bot.app.caching_uow import Remembering
from bot.app.context import Context
from bot.app.facts.caseload import LATELY, is_told, rhythm_of, rhythm_since
from bot.app.facts.open_reviews import open_reviews
from bot.app.facts.permissions import cases_of_assignments
from bot.app.overview.look_ahead import addresses_ahead, standings_ahead, years_ahead
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.frequency import Kind, State, Status
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.policy import Policy

URGENCY = (
    State.NOT_REACHED,
    State.OVERDUE,
    State.DUE_SOON,
    State.ROUND_RUNS,
    State.NOT_ASKED,
    State.LEAVE,
    State.ON_TRACK,
)


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
    return await _standing(ctx, person, await rhythm_of(ctx, person, policy, for_others=person.id != ctx.me.id))


async def _standing(ctx: Context, person: Person, rhythm: Mapping[Kind, Status]) -> Standing:
    assignments = await open_reviews(ctx, person)
    cases = await cases_of_assignments(ctx, assignments)
    return Standing(person, rhythm, [(assignment, cases[assignment.case]) for assignment in assignments])


async def standings_of(ctx: Context, group: Group, people: Sequence[Person]) -> list[Standing]:
    """Where the therapists of a group stand, most urgent first."""
    reads = Remembering(ctx.uow)
    await addresses_ahead(reads, [person.id for person in people])
    return (await standings_in(replace(ctx, uow=reads.unit), reads, [(group, people)]))[group.id]


async def standings_in(
    ctx: Context, reads: Remembering, groups: Sequence[tuple[Group, Sequence[Person]]]
) -> dict[str, list[Standing]]:
    """The same of several groups by their id, asked for all of them at once; `ctx` reads through `reads`.

    Whoever asks has looked ahead for the addresses: the overview does so for more people.
    """
    asked = [(group, person) for group, people in groups for person in people if person.has(Role.THERAPIST)]
    everybody = {person.id: person for _, person in asked}
    await standings_ahead(ctx, reads, list(everybody.values()))
    policies = {group.id: await ctx.policy(group) for group, _ in groups}
    rhythms: dict[tuple[str, str], Mapping[Kind, Status]] = {}
    for group, person in asked:
        first = ctx.today(person.timezone) - LATELY
        rhythms[group.id, person.id] = await _rhythm(ctx, person, policies[group.id], first)
    untold = [(group, person) for group, person in asked if not is_told(rhythms[group.id, person.id])]
    await years_ahead(ctx, reads, list({person.id: person for _, person in untold}.values()))
    for group, person in untold:
        rhythms[group.id, person.id] = await _rhythm(ctx, person, policies[group.id], date.min)
    found: dict[str, list[Standing]] = {group.id: [] for group, _ in groups}
    for group, person in asked:
        found[group.id].append(await _standing(ctx, person, rhythms[group.id, person.id]))
    return {
        id: sorted(its, key=lambda each: (URGENCY.index(each.state), each.person.name)) for id, its in found.items()
    }


async def _rhythm(ctx: Context, person: Person, policy: Policy, first: date) -> Mapping[Kind, Status]:
    return await rhythm_since(ctx, person, policy, first, for_others=person.id != ctx.me.id)


def late_review(ctx: Context, each: Standing) -> tuple[Assignment, Case] | None:
    """A review that is overdue, and its case."""
    return next((owed for owed in each.owed if assignment_state(*owed, ctx) == "overdue"), None)


def can_remind(ctx: Context, each: Standing) -> bool:
    """Whether there is something to remind somebody of; nobody reminds themselves."""
    if each.person.id == ctx.me.id:
        return False
    if each.state in {State.OVERDUE, State.DUE_SOON, State.ROUND_RUNS}:  # it is sent only if something is due
        return True
    return each.state is State.ON_TRACK and any(not case.held_at for _, case in each.owed)


def is_overdue(ctx: Context, each: Standing) -> bool:
    """Whether somebody else is over a target, or may be behind a round under way, or is over a review's due day."""
    may_be = any(at.state is State.ROUND_RUNS and at.elapsed > at.allowed for at in each.rhythm.values())
    late = each.state is State.OVERDUE or may_be or late_review(ctx, each) is not None
    return late and can_remind(ctx, each)
