"""A swap begins, is answered and ends: a review changes hands only when a colleague takes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, time

from bot.app.context import Context, Work
from bot.app.facts.deadlines import deadline
from bot.app.facts.takers import may_take, most_asked
from bot.app.facts.workdays import own_days
from bot.app.steps.reassignment import hand_to
from bot.app.steps.shown_anew import changed
from bot.app.steps.swap_end import end_swap, nobody_took_it
from bot.domain.assignment import Assignment
from bot.domain.calendar import wall_time
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.round import Round
from bot.domain.swap import Swap, SwapOver
from bot.errors import Refusal
from bot.ports.records import Timer

ENDS = "swap.ends"
"""The stored date on which an open question ends."""
ANSWER_BY = time(16, 0)
"""In the asker's own time zone."""
PASSED = "swap.passed"
"""The kind of step of who said no, as its note names it."""


async def drawn(work: Work, person: Person, case: Case) -> list[str]:
    """Whom an open question goes to, among those who would be given the review (person ids).

    In an order of the case's own that nobody knows: asked once more, it goes to the same colleagues while they can, or
    those left over after many times would be the presenter and the reviewers.
    """
    able = await may_take(work, case) - {person.id}
    order = sorted(able, key=lambda each: hashlib.sha256(f"{case.id}:{each}".encode()).digest())
    return sorted(order[: await most_asked(work, case)])


async def answer_by(work: Work, person: Person) -> datetime:
    """Until when colleagues may answer: the afternoon of the asker's next working day (aware UTC).

    The asker hears of it in their hours for messages, on the same day.
    """
    day = (await own_days(work, person)).add_working_days(work.today(person.timezone), 1)
    return wall_time(day, ANSWER_BY, person.timezone)


async def ends_at(work: Work, swap: Swap) -> datetime:
    """When an open question ends by itself (aware UTC)."""
    for timer in await work.uow.find(Timer, what=ENDS, subject=swap.id):
        return timer.at
    return work.now


async def ask(work: Work, person: Person, assignment: Assignment, colleagues: Iterable[str]) -> Swap:
    """Everybody named is asked at once; the review stays with its reviewer meanwhile."""
    swap = Swap(
        work.tools.ids.new("swap"),
        work.uow.organisation,
        assignment.id,
        person.id,
        tuple(sorted(colleagues)),
        work.now,
    )
    await work.uow.add(swap)
    await work.uow.wake(ENDS, swap.id, await answer_by(work, person))
    for each in swap.asked:
        await work.tell(each, "swap_asked", swap.id, slot=f"swap:{swap.id}")
    return swap


async def not_answered(work: Work, id: str) -> None:
    """The time for answers is over: nobody is asked any more, and whoever asked hears that nobody took it."""
    await nobody_took_it(work, await work.uow.get(Swap, id))


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
        await nobody_took_it(work, swap)


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
