"""Mid-round changes: leave, decline, recusal, reassignment. Nobody else's review moves, only those affected are told.

A started review stays where it is; drafts are not passed on; a new reviewer gets the full time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from bot import rotation
from bot.app.context import Work
from bot.app.facts.permissions import supervisors_of
from bot.app.facts.reasons import reasons_of
from bot.app.facts.round_planning import Situation, new_assignment, next_letter, situation
from bot.app.facts.takers import TooFewTakers, best_of, check_may_move, may_take
from bot.app.steps.assignments import done_with, publish_assignment
from bot.app.steps.drafts import forget_about
from bot.app.steps.shown_anew import changed
from bot.app.steps.swap_end import ask_only_who_can, end_swaps_of
from bot.domain.assignment import Assignment, EndReason
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.round import Round
from bot.domain.swap import Swap
from bot.errors import Refusal
from bot.rotation.eligibility import Register


async def free_assignments_of(
    work: Work,
    person: Person,
    *,
    left: bool = False,
    groups: Collection[str] | None = None,
    reason: EndReason | None = None,
    own: bool = False,
) -> int:
    """Every open review of a person who goes on leave or has `left`, or for another `reason`, moves on; how many did.

    What a plan holds for them moves too and is not counted: nobody knows of it before it is published.

    With `groups` only those of these groups. Whose `own` step it is reads so in its answer and is not told again.
    """
    reason = reason or (EndReason.REMOVED if left or not person.active else EndReason.LEAVE)
    freed: list[tuple[Assignment, Case]] = []
    for assignment in await work.uow.find(Assignment, reviewer=person.id, ended_at=None, submitted_at=None):
        case = await work.uow.get(Case, assignment.case)
        if case.open and (groups is None or case.group in groups):
            await _end(work, assignment, reason, own=own)
            freed.append((assignment, case))
    for round_ in sorted({assignment.round for assignment, _ in freed}):
        cases = [case for assignment, case in freed if assignment.round == round_ and _wants(work, assignment, case)]
        await fill_assignments(work, await work.uow.get(Round, round_), cases)
    await ask_only_who_can(work)
    return sum(assignment.published_at is not None for assignment, _ in freed)


async def replace_assignment(work: Work, assignment: Assignment, case: Case, reason: EndReason) -> None:
    """End an assignment; somebody else gets the review, or its place stays open and supervisors are told."""
    await _end(work, assignment, reason)
    if _wants(work, assignment, case):
        await fill_assignments(work, await work.uow.get(Round, assignment.round), [case])


STEPPED_OUT = frozenset({EndReason.DECLINED, EndReason.CONFLICT, EndReason.RECOGNISED})
"""What a reviewer does themselves."""


async def reassign(work: Work, assignment: Assignment, case: Case, named: set[str]) -> bool:
    """A supervisor moves a review to one of those named, or of the best, by lot; whether somebody took it."""
    await _end(work, assignment, EndReason.REASSIGNED)
    return await fill_assignments(work, await work.uow.get(Round, assignment.round), [case], named)


async def hand_to(work: Work, assignment: Assignment, case: Case, taker: str) -> None:
    """A review goes to the colleague who takes it over, and to nobody else. Raises `TooFewTakers` where it may not."""
    round_ = await work.uow.get(Round, assignment.round)
    facts = await situation(work, await work.uow.get(Group, round_.group), round_)
    if taker not in await may_take(work, case, facts):
        raise TooFewTakers
    await _end(work, assignment, EndReason.SWAPPED, taker=taker)
    pair = rotation.Pair(case.id, taker)
    await _publish(work, round_, case, taker, reasons_of(facts, [pair])[pair], told=False)


async def take_over(work: Work, assignment: Assignment, case: Case, person: Person) -> None:
    """A supervisor takes a review over themselves: one that somebody has, or one that stayed open.

    Where a colleague asked them to, the message that asked says that it is theirs.
    """
    asked = [each for each in await work.uow.find(Swap, assignment=assignment.id) if person.id in each.asked]
    if assignment.active:
        await _end(work, assignment, EndReason.REASSIGNED, taker=person.id)
    round_ = await work.uow.get(Round, assignment.round)
    await _publish(work, round_, case, person.id, {}, told=False)
    (mine,) = await work.uow.find(Assignment, case=case.id, reviewer=person.id, ended_at=None)
    for swap in asked:
        await work.tell(person.id, "swap_yours", mine.id, slot=f"swap:{swap.id}")


async def fill_assignments(
    work: Work, round_: Round, cases: list[Case], named: Collection[str] = frozenset(), *, told: bool = True
) -> bool:
    """One more reviewer for each published case, by lot among the best or those `named`; whether all of them got one.

    Nobody else's review moves: it would tell of their cases who does not present them. Where another reviewer would
    narrow down who presents, or nobody is free, the place stays open and the group's supervisors are told, all of
    them the same, unless one of them asked and reads it in the answer.
    """
    group = await work.uow.get(Group, round_.group)
    filled = True
    for case in cases:
        facts = await situation(work, group, round_)
        taker = await _next_reviewer(work, case, facts, set(named))
        if taker is None:
            filled = False
            for supervisor in await supervisors_of(work, group) if told else ():
                await work.tell(supervisor.id, "seat_empty", case.id, key=work.tools.ids.new("notice"))
            continue
        pair = rotation.Pair(case.id, taker)
        await _publish(work, round_, case, taker, reasons_of(facts, [pair])[pair])
    return filled


async def _next_reviewer(work: Work, case: Case, facts: Situation, named: set[str]) -> str | None:
    """By lot among the best, so that a colleague who was passed over need not present the case.

    An experienced one where the case asks for it and no reviewer is.
    """
    try:
        free = await check_may_move(work, case, facts)
    except Refusal:
        return None
    if not free:
        return None
    active = {a.reviewer for a in await work.uow.find(Assignment, case=case.id, ended_at=None)}
    register = Register(facts.instance)
    wanted = register.cases[case.id]
    able = {id for id in free if not register.reasons(wanted, register.members[id])}
    drawn = able & named or able & best_of(facts, case, free) or able
    known = {m.id for m in register.members.values() if m.experienced}
    if register.wants_experience(wanted) and not active & known:
        drawn = drawn & known or drawn
    return work.tools.rng.choice(sorted(drawn)) if drawn else None


async def _publish(
    work: Work, round_: Round, case: Case, reviewer: str, why: Mapping[str, object], *, told: bool = True
) -> None:
    """A new assignment with its reasons, the letter of somebody who left where there is one, and the full time."""
    policy = await work.policy(await work.uow.get(Group, round_.group))
    pair = rotation.Pair(case.id, reviewer)
    assignment = new_assignment(work, round_, pair, await _letter(work, case.id), why)
    await work.uow.add(assignment)
    due = await publish_assignment(work, assignment, round_.days(policy).review, told=told)
    await work.uow.wake("case.release", case.id, due + timedelta(minutes=1))
    await ask_only_who_can(work)
    await changed(work, round_.id, "round_spared", person=reviewer)


async def _letter(work: Work, case: str) -> str:
    """A letter that somebody left, by lot, or the next one.

    A gap in the letters, or a question under a letter without a review, would tell the presenter that somebody stepped
    out and which review is the newcomer's.
    """
    assignments = await work.uow.find(Assignment, case=case)
    taken = {each.letter for each in assignments if each.active}
    vacant = sorted({each.letter for each in assignments} - taken)
    return vacant[work.tools.rng.number(len(vacant))] if len(vacant) > 1 else next_letter(taken)


async def _end(work: Work, assignment: Assignment, reason: EndReason, *, own: bool = False, taker: str = "") -> None:
    """The reviewer is told once that it is no longer theirs; who stepped out knows, and their messages show it."""
    assignment = await work.uow.save(assignment.end(work.now, reason))
    await end_swaps_of(work, assignment, taker)
    await forget_about(work, [assignment.id])
    if not assignment.published_at:
        return
    if own or reason in STEPPED_OUT:
        await done_with(work, assignment, "review_left")
    else:
        await done_with(work, assignment, "review_moved", freed=True)


def _wants(work: Work, assignment: Assignment, case: Case | None) -> bool:
    """Whether a published assignment of this case is still to be filled by somebody."""
    return bool(assignment.published_at and case and case.under_review(work.now))
