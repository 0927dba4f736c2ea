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
from bot.app.facts.anonymity import Pairs, least_presenters, pairs_kept
from bot.app.facts.blind_plan import blind
from bot.app.facts.partners import pairs_of, therapists_of
from bot.app.facts.permissions import supervisors_of
from bot.app.facts.reasons import reasons_of
from bot.app.facts.round_planning import Situation, new_assignment, next_letter, situation
from bot.app.facts.second_looks import readers_of
from bot.app.steps.assignments import done_with, publish_assignment
from bot.app.steps.drafts import forget_about
from bot.app.steps.swap_end import end_swaps_of
from bot.domain.case import Assignment, Case, CaseStatus, EndReason
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.policy import Anonymity
from bot.domain.round import Round
from bot.errors import Refusal
from bot.rotation.eligibility import Register

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


class TooFewPresenters(Refusal):
    """One more reviewer of a case would leave fewer possible presenters than the group's rule asks for."""


class TooFewTakers(Refusal):
    """Whether a review finds somebody would depend on who presents the case."""


async def takers_from_outside(work: Work, assignment: Assignment, case: Case) -> set[str]:
    """Who could take a review over today for all a supervisor may know: computed without knowing who presents."""
    facts = await situation(work, await work.uow.get(Group, case.group), await work.uow.get(Round, assignment.round))
    register = Register(blind(facts.instance))
    wanted = register.cases.get(case.id)
    load = Counter(a.reviewer for a in await work.uow.find(Assignment, round=assignment.round, ended_at=None))
    free = {
        m.id for m in register.members.values() if wanted and load[m.id] < m.room and not register.reasons(wanted, m)
    }
    return free - await _holders(work, case)


async def _holders(work: Work, case: Case) -> set[str]:
    """Who has or had a review of a case, or read it for a second look: none of them presents it."""
    readers = (await readers_of(work, [case.id])).get(case.id, set())
    return {a.reviewer for a in await work.uow.find(Assignment, case=case.id)} | readers


async def check_may_move(work: Work, assignment: Assignment, case: Case, *, pairs: Pairs | None = None) -> set[str]:
    """Who could take a review over; refuses, the same whoever presents, where moving it would narrow that down.

    Each reviewer a case has had is one who does not present it, and a review that finds nobody tells that whoever was
    free does. So a supervisor moves one only while enough could present it afterwards, and somebody could take it
    whoever of them does.

    A reviewer who asks for somebody else is answered as if supervisors kept no `pairs` apart, or the answer would tell
    them that there is one; with the pairs it is looked at when somebody takes the review.
    """
    case.must_go_on()
    pairs = await pairs_kept(work) if pairs is None else pairs
    free, holders = await takers_from_outside(work, assignment, case), await _holders(work, case)
    group = await work.uow.get(Group, case.group)
    least = (await work.policy(group)).small_group
    if case.anonymity != Anonymity.OPEN and await least_presenters(work, case, holders, free, pairs) < least:
        raise TooFewPresenters(n=least)
    apart: dict[str, set[str]] = {}
    for pair in pairs:
        for person in pair:
            apart.setdefault(person, set()).update(pair - {person})
    might_present = await therapists_of(work, group) - holders
    if not free or any(not free - {each} - apart.get(each, set()) for each in might_present):
        raise TooFewTakers
    return free


async def _without_a_part(work: Work, case: Case, supervisors: list[Person]) -> list[Person]:
    """Who hears that nobody is free: who reviews a case or reviewed it learns by that who does not present it."""
    involved = {a.reviewer for a in await work.uow.find(Assignment, case=case.id)} | {await work.uow.presenter(case.id)}
    return [each for each in supervisors if each.id not in involved] or supervisors


STEPPED_OUT = frozenset({EndReason.DECLINED, EndReason.CONFLICT, EndReason.RECOGNISED})
"""What a reviewer does themselves."""


async def reassign(ctx: Context, assignment: Assignment, case: Case, named: set[str]) -> bool:
    """A supervisor moves a review to one of those named, by lot, or to the best one; whether somebody took it.

    Nobody else's review moves: it would tell of their cases who does not present them.
    """
    round_ = await ctx.uow.get(Round, assignment.round)
    free = named & await takers_from_outside(ctx, assignment, case)
    able = sorted(free & await _takers(ctx, case, round_))
    await _end(ctx, assignment, EndReason.REASSIGNED)
    to = ctx.tools.rng.choice(able) if able else None
    return await fill_assignments(ctx, round_, [case], to, alone=True)


async def hand_to(work: Work, assignment: Assignment, case: Case, taker: str) -> None:
    """A review goes to the colleague who takes it over, and to nobody else. Raises `TooFewTakers` where it may not."""
    free = await check_may_move(work, assignment, case)
    round_ = await work.uow.get(Round, assignment.round)
    if taker not in free & await _takers(work, case, round_):
        raise TooFewTakers
    await _end(work, assignment, EndReason.SWAPPED)
    if not await fill_assignments(work, round_, [case], taker, alone=True):
        raise TooFewTakers


async def _takers(work: Work, case: Case, round_: Round) -> set[str]:
    """Who may be the next reviewer: neither its presenter nor kept apart from them."""
    presenter = await work.uow.presenter(case.id)
    apart = {
        person
        for pair in await pairs_of(work, round_)
        for person in (pair.one, pair.other)
        if presenter in {pair.one, pair.other}
    }
    return await therapists_of(work, await work.uow.get(Group, case.group)) - apart - {presenter}


async def fill_assignments(
    work: Work, round_: Round, cases: list[Case], reviewer: str | None = None, *, alone: bool = False
) -> bool:
    """One more reviewer for each published case, a named `reviewer` or the best; whether all of them got one.

    Somebody who has not begun is moved only where nothing else fills an assignment, and never where it goes `alone`.
    """
    if not cases:
        return True
    group = await work.uow.get(Group, round_.group)
    facts = await situation(work, group, round_)
    assignments = await work.uow.find(Assignment, round=round_.id, ended_at=None)
    settled = {s.id for s in assignments if alone or s.started_at or not _wants(work, s, facts.cases.get(s.case))}
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
    """New assignments, each with its reasons, the letter of somebody who left where there is one, and the full time."""
    why = reasons_of(facts, plan)
    for pair in pairs:
        letter = await _letter(work, pair.case)
        assignment = new_assignment(work, round_, pair, letter, why[pair])
        await work.uow.add(assignment)
        due = await publish_assignment(work, assignment, round_.days(facts.policy).review)
        await work.uow.wake("case.release", pair.case, due + timedelta(minutes=1))


async def _letter(work: Work, case: str) -> str:
    """A letter that somebody left, by lot, or the next one.

    A gap in the letters, or a question under a letter without a review, would tell the presenter that somebody stepped
    out and which review is the newcomer's.
    """
    assignments = await work.uow.find(Assignment, case=case)
    taken = {each.letter for each in assignments if each.active}
    vacant = sorted({each.letter for each in assignments} - taken)
    return vacant[work.tools.rng.number(len(vacant))] if len(vacant) > 1 else next_letter(taken)


async def _end(work: Work, assignment: Assignment, reason: EndReason) -> None:
    """The reviewer is told once that it is no longer theirs; who stepped out knows, and their messages show it."""
    assignment = await work.uow.save(assignment.end(work.now, reason))
    await end_swaps_of(work, assignment)
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
