"""Mid-round changes: leave, decline, recusal, reassignment. Others keep their cases, only those affected are told.

A started review stays where it is; drafts are not passed on; the new reviewer gets the full time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from bot import rotation
from bot.app.context import Context, Work
from bot.app.planning import new_assignment, next_letter, situation
from bot.app.relations import supervisors_of
from bot.app.seats import publish_seat
from bot.app.views.reasons import reasons_of
from bot.domain.case import Assignment, Case, CaseStatus, EndReason
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.round import Round


async def free_seats_of(work: Work, person: Person) -> int:
    """Every open review of a person who goes on leave or is removed moves on; how many did."""
    moved = 0
    for seat in await work.uow.find(Assignment, reviewer=person.id, ended_at=None, submitted_at=None):
        case = await work.uow.get(Case, seat.case)
        if case.open:
            await replace_seat(work, seat, case, EndReason.LEAVE if person.active else EndReason.REMOVED)
            moved += 1
    return moved


async def replace_seat(work: Work, seat: Assignment, case: Case, reason: EndReason) -> Assignment | None:
    """End an assignment; its seat goes to the best person left. None when nobody is free (the supervisor is told)."""
    await work.uow.save(seat.end(work.now, reason))
    if seat.published_at is None:
        return None
    if reason is not EndReason.RECOGNISED:
        await work.tell(seat.reviewer, "review_moved", seat.id, slot=f"assignment:{seat.id}")
    if case.status(work.now) not in {CaseStatus.CLARIFYING, CaseStatus.REVIEWING}:
        return None
    round_ = await work.uow.get(Round, seat.round)
    return await fill_seat(work, case, round_)


async def fill_seat(work: Work, case: Case, round_: Round, reviewer: str | None = None) -> Assignment | None:
    """One more reviewer for a published case, everything else locked; `reviewer` narrows the choice to one person."""
    group = await work.uow.get(Group, case.group)
    facts = await situation(work, group, round_)
    seats = await work.uow.find(Assignment, round=round_.id, ended_at=None)
    taken = {s.reviewer for s in seats if s.case == case.id}
    instance = _one_more_seat(facts.instance, seats, case, taken, reviewer)
    plan = rotation.assign(instance)
    new = [p for p in plan.assignments if p.case == case.id and p.reviewer not in taken]
    if not new:
        for supervisor in await supervisors_of(work, group):
            await work.tell(supervisor.id, "seat_empty", case.id, key=work.tools.ids.new("notice"))
        return None
    used = {s.letter for s in await work.uow.find(Assignment, case=case.id)}
    why = reasons_of(replace(facts, instance=instance), plan)
    seat = new_assignment(work, round_, new[0], next_letter(used), why[new[0]])
    await work.uow.add(seat)
    due = await publish_seat(work, seat, round_.days(facts.policy).review)
    await work.uow.wake("case.release", case.id, due + timedelta(minutes=1))
    return seat


async def reassign(ctx: Context, seat: Assignment, case: Case, to: str) -> Assignment | None:
    """A supervisor moves a review to a named person who may take it."""
    await ctx.uow.save(seat.end(ctx.now, EndReason.REASSIGNED))
    await ctx.tell(seat.reviewer, "review_moved", seat.id, slot=f"assignment:{seat.id}")
    return await fill_seat(ctx, case, await ctx.uow.get(Round, seat.round), to)


def _one_more_seat(
    instance: rotation.Instance, seats: list[Assignment], case: Case, taken: set[str], reviewer: str | None
) -> rotation.Instance:
    """Everybody keeps what they have, written reviews no longer fill a cap, one seat of one case is free."""
    held = Counter(s.case for s in seats)
    written = Counter(s.reviewer for s in seats if s.submitted_at)
    cases = []
    for each in instance.cases:
        if each.id == case.id:
            only = tuple(sorted({*taken, reviewer})) if reviewer else each.candidates
            cases.append(replace(each, k=len(taken) + 1, candidates=only))
        else:
            cases.append(replace(each, k=held[each.id]))
    members = [
        replace(m, capacity=m.capacity + written[m.id], open_cap=(m.open_cap or 0) + written[m.id])
        for m in instance.members
    ]
    previous = tuple(rotation.Previous(s.case, s.reviewer, locked=True) for s in seats)
    return replace(instance, cases=tuple(cases), members=tuple(members), previous=previous)
