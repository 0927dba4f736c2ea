"""Who may take a review over, for all a supervisor may know: one bound for every act by which a review changes hands.

Supervisors read who has or had a review of a case; none of them presents it. So a case gets another reviewer only while
enough people may present it afterwards (`small_group`), and while somebody could take the review whoever of them does
and whoever keeps apart from whom. Everything here is computed without knowing who presents, so what follows from it,
a move or a place that stays open, is the same whoever does. Where names are shown nothing is bounded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from bot import rotation
from bot.app.context import Context, Work
from bot.app.facts.anonymity import (
    least_left,
    least_takers,
    presenter_named,
    presenters_left,
    presenters_left_after,
)
from bot.app.facts.blind_plan import blind
from bot.app.facts.permissions import supervisors_of
from bot.app.facts.round_planning import WAITS, Situation, situation
from bot.app.facts.second_looks import readers_of
from bot.domain.assignment import Assignment, CannotReviewOwnCase
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.round import Round
from bot.errors import Refusal
from bot.rotation.eligibility import Register

LEAST_NAMED = 3
"""So many people with room a review is drawn among at least: who gets it and who does not tells nothing of one."""


MOST_ASKED = 3
"""So many colleagues are asked at once by an open question."""


class TooFewPresenters(Refusal):
    """One more reviewer of a case would leave fewer possible presenters than the group's rule asks for."""


class TooFewTakers(Refusal):
    """Whether a review finds somebody would depend on who presents the case."""


class CannotCover(Refusal):
    """A supervisor who has or had the review, is no therapist, or would narrow down for others who presents."""


class NothingToMove(Refusal):
    """A supervisor would move a review that is in, or that its reviewer has no more."""


class PlaceTaken(Refusal):
    """A supervisor would take over a place of a case that has as many reviewers as it wants."""


class TooFewForASwap(Refusal):
    """The group is too small for a case to have one reviewer more than it wants."""


async def holders_of(work: Work, case: Case) -> set[str]:
    """Who has or had a published review of a case, or read it for a second look: none of them presents it.

    What a plan held before it was published nobody saw.
    """
    readers = (await readers_of(work, [case.id])).get(case.id, set())
    shown = await work.uow.find(Assignment, case=case.id, published_at__not=None)
    return {each.reviewer for each in shown} | readers


async def free_from_outside(work: Work, case: Case, facts: Situation) -> set[str]:
    """Who has room for a review of a case and fits it by the rotation's rules, without who presents or has one."""
    register = Register(blind(facts.instance))
    wanted = register.cases.get(case.id)
    owed = await work.uow.find(Assignment, round=case.round, ended_at=None, submitted_at=None)
    load = Counter(each.reviewer for each in owed)
    return {
        m.id for m in register.members.values() if wanted and load[m.id] < m.room and not register.reasons(wanted, m)
    }


async def takers_from_outside(work: Work, case: Case, facts: Situation) -> set[str]:
    """Who could take a review of a case over today, whoever presents it."""
    return await free_from_outside(work, case, facts) - await holders_of(work, case)


async def may_be_asked_by_name(work: Work, case: Case) -> set[str]:
    """Whom a reviewer may name to take a review over: they are there, fit the case and have room for one more.

    Whoever presents it and whoever has a review of it are among them: a name that is refused would tell.
    """
    return await free_from_outside(work, case, await _situation_of(work, case))


async def may_take(work: Work, case: Case, facts: Situation | None = None) -> set[str]:
    """Who would be given a review of the case today if they took it over: what asks them and what lets them take it.

    Nobody where another reviewer would tell who presents.
    """
    facts = facts or await _situation_of(work, case)
    register = Register(facts.instance)
    try:
        free = await check_may_move(work, case, facts)
    except Refusal:
        return set()
    return {each for each in free if not register.reasons(register.cases[case.id], register.members[each])}


async def most_asked(work: Work, case: Case) -> int:
    """How many colleagues an open question goes to, the same number whoever presents.

    It goes to nobody who may not have the review, so who was not asked may present the case: of these as many stay as
    the group's rule asks for, should all who were asked say so to each other.
    """
    facts, holders = await _situation_of(work, case), await holders_of(work, case)
    free = await takers_from_outside(work, case, facts)
    if presenter_named(case):
        return len(free)
    least = (await work.policy(await work.uow.get(Group, case.group))).small_group
    able = await least_takers(work, case, holders, free)
    return max(0, min(MOST_ASKED, able, await presenters_left(work, case, holders) - least))


async def _situation_of(work: Work, case: Case) -> Situation:
    assert case.round is not None
    return await situation(work, await work.uow.get(Group, case.group), await work.uow.get(Round, case.round))


async def check_may_move(work: Work, case: Case, facts: Situation | None = None) -> set[str]:
    """Who could take a review over; raises `TooFewPresenters`, `TooFewTakers` where another reviewer would tell."""
    case.must_go_on()
    group = await work.uow.get(Group, case.group)
    facts = facts or await _situation_of(work, case)
    free, holders = await takers_from_outside(work, case, facts), await holders_of(work, case)
    if presenter_named(case):
        return free
    least = (await work.policy(group)).small_group
    presenters, takers = await least_left(work, case, holders, free)
    if presenters < least:
        raise TooFewPresenters(n=least)
    if takers < 1:
        raise TooFewTakers
    return free


@dataclass(frozen=True)
class EmptyPlace:
    """Why a place of a case has no reviewer, for all a supervisor may know, and whether a colleague can take it."""

    why: str
    """"free", "narrow" (another reviewer would tell who presents), "released" (nobody new is asked), or a word of
    `WAITS`, or "nobody"."""

    @property
    def can_be_filled(self) -> bool:
        """Whether somebody is found whoever presents."""
        return self.why == "free"


async def empty_place(work: Work, case: Case, facts: Situation) -> EmptyPlace:
    """Look without knowing who presents: what it says is the same whoever does."""
    if case.released_at:
        return EmptyPlace("released")
    try:
        if await check_may_move(work, case, facts):
            return EmptyPlace("free")
    except (TooFewPresenters, TooFewTakers):
        if await takers_from_outside(work, case, facts):
            return EmptyPlace("narrow")
    except Refusal:  # on hold, or over
        return EmptyPlace("nobody")
    register = Register(blind(facts.instance))
    wanted, holders = register.cases.get(case.id), await holders_of(work, case)
    others = [m for m in register.members.values() if m.id not in holders]
    why = [reason for m in others if wanted for reason in (register.reasons(wanted, m) or ("open_review_cap",))[:1]]
    counts = Counter(WAITS[reason] for reason in why if reason in WAITS)
    return EmptyPlace(counts.most_common(1)[0][0] if counts else "nobody")


async def check_may_ask(work: Work, case: Case) -> None:
    """Refuse a reviewer who asks for somebody else where one more would tell too much; raises `TooFewForASwap`.

    Computed from what every reviewer knows, without who else has or had the case, or the answer would tell them that
    somebody stepped out; `check_may_move` is asked when somebody takes the review.
    """
    case.must_go_on()
    least = (await work.policy(await work.uow.get(Group, case.group))).small_group
    if not presenter_named(case) and await presenters_left_after(work, case, case.reviewers + 1) < least:
        raise TooFewForASwap


async def may_ask(work: Work, case: Case) -> bool:
    """Whether asking for somebody else is offered."""
    try:
        await check_may_ask(work, case)
    except Refusal:
        return False
    return True


async def may_move(work: Work, assignment: Assignment, case: Case, known: dict[str, Situation]) -> bool:
    """Whether a supervisor may give a review to somebody else, and somebody is there whoever presents.

    `known` keeps the situation of each round for the other reviews of one list.
    """
    try:
        check_wants_somebody_else(work, assignment, case)
        if assignment.round not in known:
            known[assignment.round] = await _situation_of(work, case)
        return bool(await check_may_move(work, case, known[assignment.round]))
    except Refusal:
        return False


def check_wants_somebody_else(work: Work, assignment: Assignment, case: Case) -> None:
    """Refuse by name to move a review that is in or over, or one of a case that wants no other reviewer."""
    if not assignment.pending:
        raise NothingToMove
    case.must_want_reviewers(work.now)


def best_of(facts: Situation, case: Case, free: set[str]) -> set[str]:
    """The best of those who are free, one more than is drawn among: enough are left whoever of them presents.

    Every other review of the round stays where it is.
    """
    instance, held = blind(facts.instance), defaultdict[str, set[str]](set)
    for each in facts.instance.previous:
        held[each.case].add(each.reviewer)
    places = {each.id: len(held[each.id]) for each in instance.cases} | {case.id: LEAST_NAMED + 1}
    among = {**held, case.id: free}
    cases = tuple(replace(each, k=places[each.id], candidates=tuple(sorted(among[each.id]))) for each in instance.cases)
    locked = tuple(replace(each, locked=True) for each in facts.instance.previous if each.case != case.id)
    plan = rotation.assign(replace(instance, cases=cases, previous=locked))
    return {pair.reviewer for pair in plan.assignments if pair.case == case.id}


async def check_may_cover(ctx: Context, assignment: Assignment, case: Case, *, place: bool = False) -> None:
    """Refuse a supervisor who would take a review over: one that a colleague has, or a place that stayed open.

    The button is drawn by the same check (`can_cover`). Offered for an empty `place`, it takes nobody's review away.
    """
    case.must_want_reviewers(ctx.now)
    place_open = await ctx.uow.count(Assignment, case=case.id, ended_at=None) < case.reviewers
    if not place_open and (place or assignment.ended_at):
        raise PlaceTaken
    if not (assignment.pending or assignment.ended_at):
        raise NothingToMove
    if await ctx.uow.presenter(case.id) == ctx.me.id:
        raise CannotReviewOwnCase
    if not await _could_cover(ctx, case):
        raise CannotCover


async def can_cover(ctx: Context, assignment: Assignment, case: Case) -> bool:
    """Whether taking it over is offered to this supervisor."""
    try:
        await check_may_cover(ctx, assignment, case)
    except Refusal:
        return False
    return True


async def _could_cover(ctx: Context, case: Case) -> bool:
    """Whether the supervisor may review the case for all that is known without its presenter."""
    if not ctx.me.has(Role.THERAPIST) or ctx.me.id in await holders_of(ctx, case):
        return False
    return await _may_cover(ctx, case, ctx.me)


async def _may_cover(work: Work, case: Case, person: Person) -> bool:
    """Whether a supervisor may take a review over for all that the group's other supervisors learn by it.

    They themselves learn nothing: they know that they do not present. Pairs and private lists do not count, as for a
    second look: whether they did would tell the supervisor who presents.
    """
    if presenter_named(case):
        return True
    group = await work.uow.get(Group, case.group)
    others = {p.id for p in await supervisors_of(work, group)} - {person.id}
    if not others:
        return True
    holders = {*await holders_of(work, case), person.id}
    return await presenters_left(work, case, holders) >= (await work.policy(group)).small_group
