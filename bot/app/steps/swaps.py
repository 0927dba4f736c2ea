"""A swap begins, is answered and ends: a review changes hands only when a colleague takes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.app.context import Context, Work
from bot.app.facts.caseload import caseloads_of
from bot.app.facts.deadlines import deadline
from bot.app.facts.permissions import members
from bot.app.steps.reassignment import hand_to
from bot.app.steps.shown_anew import changed
from bot.app.steps.swap_end import end_swap
from bot.domain.case import Assignment, Case
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.round import Round
from bot.domain.swap import Swap, SwapOver
from bot.errors import Refusal

PASSED = "swap.passed"
"""The kind of step of who said no, as its note names it."""


async def able_to_be_asked(work: Work, person: Person, case: Case) -> list[Person]:
    """Colleagues who are there and read the case's language, by name.

    Nothing else is looked at: who presents the case, who reviews it and how much somebody has to do are not the
    asker's to know, so whoever may not have it is found out when they answer.
    """
    group = await work.uow.get(Group, case.group)
    others = [p for p in await members(work, group) if p.has(Role.THERAPIST) and p.id != person.id]
    loads = await caseloads_of(work, others)
    return [p for p in others if case.language in p.languages and not loads[p.id].on_leave(work.today(p.timezone))]


async def ask(work: Work, person: Person, assignment: Assignment, colleagues: Iterable[Person]) -> Swap:
    """Everybody named is asked at once; the review stays with its reviewer meanwhile."""
    swap = Swap(
        work.tools.ids.new("swap"),
        work.uow.organisation,
        assignment.id,
        person.id,
        tuple(sorted(each.id for each in colleagues)),
        work.now,
    )
    await work.uow.add(swap)
    for each in swap.asked:
        await work.tell(each, "swap_asked", swap.id, slot=f"swap:{swap.id}")
    return swap


async def take(ctx: Context, swap: Swap) -> Assignment:
    """The review becomes the person's, with the full time. Raises `SwapOver` where it may not."""
    assignment = await ctx.uow.get(Assignment, swap.assignment)
    case = await ctx.uow.get(Case, assignment.case)
    if assignment.started_at:  # one that was sent or has ended refuses by itself to be handed on
        raise SwapOver
    try:
        await hand_to(ctx, assignment, case, ctx.me.id)
    except Refusal:
        raise SwapOver from None
    await end_swap(ctx, swap, ctx.me.id)
    (mine,) = await ctx.uow.find(Assignment, case=case.id, reviewer=ctx.me.id, ended_at=None)
    await ctx.tell(ctx.me.id, "swap_yours", mine.id, slot=f"swap:{swap.id}")
    return mine


async def pass_on(work: Work, swap: Swap, person: str, *, refused: bool = False) -> None:
    """Somebody says no, or is `refused`; when everybody has answered, the asker hears that it stays with them.

    Who is refused reads the same as who was too late.
    """
    swap = await work.uow.save(swap.pass_on(person))
    if refused:
        await work.tell(person, "swap_over", swap.id, key=work.tools.ids.new("notice"), slot=f"swap:{swap.id}")
    else:
        await changed(work, swap.id, "swap_asked", person=person)
    if swap.answered:
        await end_swap(work, swap)
        await work.tell(swap.person, "swap_none", swap.assignment, key=swap.id, slot=f"assignment:{swap.assignment}")


async def ask_again(work: Work, swap: Swap, person: str) -> None:
    """Somebody took their no back: the message that asked them asks again."""
    swap = await work.uow.save(swap.ask_again(person))
    await changed(work, swap.id, "swap_asked", person=person)


async def would_be_due(work: Work, person: Person, assignment: Assignment) -> datetime:
    """By when somebody who takes a review over now would send it (aware UTC)."""
    round_ = await work.uow.get(Round, assignment.round)
    group = await work.uow.get(Group, round_.group)
    days = round_.days(await work.policy(group)).review
    return await deadline(work, person, days)
