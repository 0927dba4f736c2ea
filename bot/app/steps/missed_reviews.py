"""Reviews that never came: after the second a private question, after the third the supervisor; nobody is removed."""

from __future__ import annotations

from bot.app.context import Context, Work
from bot.app.facts.deadlines import working_morning
from bot.app.facts.permissions import my_groups, supervisors_of
from bot.app.facts.round_messages import NO_ROOM_WORKING_DAYS, has_room
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.ui.inbound import ActionPressed, Done, Outcome

LOOK_BACK = 30


async def note_missed(work: Work, case: Case) -> None:
    """The case closed: whoever let its due date pass without a review is asked, or their supervisor told."""
    assert case.closed_at is not None
    group = await work.uow.get(Group, case.group)
    policy = await work.policy(group)
    for assignment in await work.uow.find(Assignment, case=case.id, ended_at=None, submitted_at=None):
        if not _is_missed(assignment, case):
            continue
        missed = await missed_in_a_row(work, assignment.reviewer)
        if missed == policy.missed_before_question:
            await _tell(work, await work.uow.get(Person, assignment.reviewer), "missed_question", assignment)
        if missed == policy.missed_before_supervisor:
            for supervisor in await supervisors_of(work, group):
                if supervisor.id != assignment.reviewer:
                    await _tell(work, supervisor, "missed_supervisor", assignment)


async def _tell(work: Work, person: Person, card: str, assignment: Assignment) -> None:
    """It is about several rounds: where this one has brought enough messages it comes with one of the next."""
    room = await has_room(work, person, assignment.round)
    at = None if room else await working_morning(work, person, NO_ROOM_WORKING_DAYS)
    await work.tell(person.id, card, assignment.reviewer, key=assignment.id, at=at)


async def missed_in_a_row(work: Work, reviewer: str) -> int:
    """How many reviews in a row, up to the latest, the person let pass."""
    assignments = await work.uow.find(
        Assignment,
        reviewer=reviewer,
        ended_at=None,
        published_at__not=None,
        order=("-published_at", "id"),
        limit=LOOK_BACK,
    )
    cases = {c.id: c for c in await work.uow.find(Case, id__in=sorted({s.case for s in assignments}))}
    missed = 0
    for assignment in assignments:
        if assignment.submitted_at:
            break
        missed += _is_missed(assignment, cases[assignment.case])
    return missed


async def all_is_well(ctx: Context, event: ActionPressed) -> Outcome:
    """The answer to the private question that needs nothing."""
    return Done(ctx.words("missed.fine.done"))


async def ask_for_help(ctx: Context, event: ActionPressed) -> Outcome:
    """The supervisors of the person's groups are asked to get in touch; each hears it once a day."""
    told = {p.id for group in await my_groups(ctx) for p in await supervisors_of(ctx, group)}
    for id in sorted(told - {ctx.me.id}):
        await ctx.tell(id, "missed_help", ctx.me.id, key=ctx.my_today.isoformat())
    return Done(ctx.words("missed.help.done"))


def _is_missed(assignment: Assignment, case: Case) -> bool:
    """A round closed before the due date, or a message that never arrived, is not held against anybody."""
    if not assignment.pending or assignment.not_reached_at or assignment.due_at is None or case.closed_at is None:
        return False
    return assignment.due_at < case.closed_at
