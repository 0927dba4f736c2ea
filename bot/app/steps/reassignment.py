"""Mid-round changes: leave, decline, recusal, reassignment. The fewest others move, only those affected are told.

A started review stays where it is; drafts are not passed on; a new reviewer gets the full time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta

from bot import rotation
from bot.app.context import Context, Work
from bot.app.facts.partners import pairs_of
from bot.app.facts.permissions import members, supervisors_of
from bot.app.facts.reasons import reasons_of
from bot.app.facts.round_planning import Situation, new_assignment, next_letter, situation
from bot.app.facts.second_looks import readers_of
from bot.app.steps.assignments import done_with, publish_assignment
from bot.app.steps.drafts import forget_about
from bot.domain.case import Assignment, Case, CaseStatus, EndReason
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.round import Round

UNDER_REVIEW = frozenset({CaseStatus.CLARIFYING, CaseStatus.REVIEWING})


async def free_assignments_of(
    work: Work,
    person: Person,
    *,
    left: bool = False,
    groups: Collection[str] | None = None,
    reason: EndReason | None = None,
) -> int:
    """Every open review of a person who goes on leave or has `left`, or for another `reason`, moves on; how many did.

    What a plan holds for them moves too and is not counted: nobody knows of it before it is published.

    With `groups` only those of these groups.
    """
    reason = reason or (EndReason.REMOVED if left or not person.active else EndReason.LEAVE)
    freed: list[tuple[Assignment, Case]] = []
    for assignment in await work.uow.find(Assignment, reviewer=person.id, ended_at=None, submitted_at=None):
        case = await work.uow.get(Case, assignment.case)
        if case.open and (groups is None or case.group in groups):
            await _end(work, assignment, reason)
            freed.append((assignment, case))
    for round_ in sorted({assignment.round for assignment, _ in freed}):
        cases = [case for assignment, case in freed if assignment.round == round_ and _wants(work, assignment, case)]
        await fill_assignments(work, await work.uow.get(Round, round_), cases)
    return sum(assignment.published_at is not None for assignment, _ in freed)


async def replace_assignment(work: Work, assignment: Assignment, case: Case, reason: EndReason) -> None:
    """End an assignment; its assignment goes to the best person left. The supervisor is told when nobody is free."""
    await _end(work, assignment, reason)
    if _wants(work, assignment, case):
        await fill_assignments(work, await work.uow.get(Round, assignment.round), [case])


async def with_room(work: Work, assignment: Assignment, case: Case) -> set[str]:
    """Who has room for a review of a case today and is not on it, whoever presents: what a supervisor may know."""
    facts = await situation(work, await work.uow.get(Group, case.group), await work.uow.get(Round, assignment.round))
    taken = {a.reviewer for a in await work.uow.find(Assignment, case=case.id, ended_at=None)}
    load = Counter(a.reviewer for a in await work.uow.find(Assignment, round=assignment.round, ended_at=None))
    free = {m.id for m in facts.instance.members if m.present and load[m.id] < m.room}
    return free - taken


async def _takers(work: Work, case: Case, round_: Round) -> set[str]:
    """Who may be the next reviewer: therapists of the group without an own part in the case."""
    group = await work.uow.get(Group, case.group)
    people = {p.id for p in await members(work, group) if p.has(Role.THERAPIST)}
    presenter = await work.uow.presenter(case.id)
    met = {a.reviewer for a in await work.uow.find(Assignment, case=case.id)}
    apart = {
        person
        for pair in await pairs_of(work, round_)
        for person in (pair.one, pair.other)
        if presenter in {pair.one, pair.other}
    }
    readers = (await readers_of(work, [case.id])).get(case.id, set())
    return people - met - apart - readers - {presenter}


async def _without_a_part(work: Work, case: Case, supervisors: list[Person]) -> list[Person]:
    """Who hears that nobody is free: who reviews a case or reviewed it learns by that who does not present it."""
    involved = {a.reviewer for a in await work.uow.find(Assignment, case=case.id)} | {await work.uow.presenter(case.id)}
    return [each for each in supervisors if each.id not in involved] or supervisors


STEPPED_OUT = frozenset({EndReason.DECLINED, EndReason.CONFLICT, EndReason.RECOGNISED})
"""What a reviewer does themselves."""


async def reassign(ctx: Context, assignment: Assignment, case: Case, named: set[str]) -> bool:
    """A supervisor moves a review to one of those named, by lot, or to the best one; whether somebody took it."""
    round_ = await ctx.uow.get(Round, assignment.round)
    able = sorted(named & await with_room(ctx, assignment, case) & await _takers(ctx, case, round_))
    await _end(ctx, assignment, EndReason.REASSIGNED)
    to = ctx.tools.rng.choice(able) if able else None
    return await fill_assignments(ctx, round_, [case], to)


async def fill_assignments(work: Work, round_: Round, cases: list[Case], reviewer: str | None = None) -> bool:
    """One more reviewer for each published case; whether all of them got one.

    Somebody who has not begun is moved only where nothing else fills an assignment. A named `reviewer` moves nobody.
    """
    if not cases:
        return True
    group = await work.uow.get(Group, round_.group)
    facts = await situation(work, group, round_)
    assignments = await work.uow.find(Assignment, round=round_.id, ended_at=None)
    settled = {s.id for s in assignments if reviewer or s.started_at or not _wants(work, s, facts.cases.get(s.case))}
    instance = _with_free_assignments(facts.instance, assignments, settled, Counter(c.id for c in cases), reviewer)
    facts = replace(facts, instance=instance)
    plan = rotation.assign(instance)
    planned = set(plan.assignments)
    held = {rotation.Pair(s.case, s.reviewer): s for s in assignments}
    for pair, assignment in sorted(held.items()):
        if assignment.id not in settled and pair not in planned:
            await _end(work, assignment, EndReason.REASSIGNED)
    await _publish(work, round_, facts, plan, sorted(planned - set(held)))
    short = {s.case for s in plan.shortfalls}
    for case in cases:
        if case.id in short:
            for supervisor in await _without_a_part(work, case, await supervisors_of(work, group)):
                await work.tell(supervisor.id, "seat_empty", case.id, key=work.tools.ids.new("notice"))
    return not short


async def _publish(
    work: Work, round_: Round, facts: Situation, plan: rotation.Plan, pairs: Iterable[rotation.Pair]
) -> None:
    """New assignments, each with its reasons, a letter of its own and the full time."""
    why = reasons_of(facts, plan)
    for pair in pairs:
        used = {s.letter for s in await work.uow.find(Assignment, case=pair.case)}
        assignment = new_assignment(work, round_, pair, next_letter(used), why[pair])
        await work.uow.add(assignment)
        due = await publish_assignment(work, assignment, round_.days(facts.policy).review)
        await work.uow.wake("case.release", pair.case, due + timedelta(minutes=1))


async def _end(work: Work, assignment: Assignment, reason: EndReason) -> None:
    """The reviewer is told once that it is no longer theirs; who stepped out knows, and their messages show it."""
    assignment = await work.uow.save(assignment.end(work.now, reason))
    await forget_about(work, [assignment.id])
    if not assignment.published_at:
        return
    if reason in STEPPED_OUT:
        await done_with(work, assignment, "review_left")
    else:
        await work.tell(assignment.reviewer, "review_moved", assignment.id, slot=f"assignment:{assignment.id}")


def _wants(work: Work, assignment: Assignment, case: Case | None) -> bool:
    """Whether a published assignment of this case is still to be filled by somebody."""
    return bool(assignment.published_at and case and case.status(work.now) in UNDER_REVIEW)


def _with_free_assignments(
    instance: rotation.Instance,
    assignments: list[Assignment],
    settled: set[str],
    more: Counter[str],
    reviewer: str | None,
) -> rotation.Instance:
    """Every case wants what it has, and `more` for some; written reviews no longer fill a cap."""
    held = Counter(s.case for s in assignments)
    written = Counter(s.reviewer for s in assignments if s.submitted_at)
    cases = []
    for each in instance.cases:
        taken = {s.reviewer for s in assignments if s.case == each.id}
        only = tuple(sorted({*taken, reviewer})) if reviewer and more[each.id] else each.candidates
        cases.append(replace(each, k=held[each.id] + more[each.id], candidates=only))
    members = [
        replace(m, capacity=m.capacity + written[m.id], open_cap=(m.open_cap or 0) + written[m.id])
        for m in instance.members
    ]
    previous = tuple(rotation.Previous(s.case, s.reviewer, locked=s.id in settled) for s in assignments)
    return replace(instance, cases=tuple(cases), members=tuple(members), previous=previous)
