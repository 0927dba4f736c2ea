"""Open questions about a review end with it: when it is begun, is in, goes to somebody else, or its case stands still.

Apart from `steps/swaps.py`, because the steps that end a review are what a swap itself is made of.
"""

from __future__ import annotations

from bot.app.context import Work
from bot.app.facts.takers import may_be_asked_by_name
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.swap import Swap


async def end_swap(work: Work, swap: Swap, taker: str = "") -> None:
    """Nothing is asked any more, and the messages that asked say so; to whoever took it, that it is theirs."""
    await work.uow.remove(Swap, swap.id)
    await work.uow.wake("swap.ends", swap.id, None)
    for person in swap.asked:
        if person != taker:
            await work.tell(person, "swap_over", swap.id, key="over", slot=f"swap:{swap.id}")


async def nobody_took_it(work: Work, swap: Swap) -> None:
    """Nobody is left who might: nothing is asked any more, and whoever asked hears that the review stays with them."""
    await end_swap(work, swap)
    await work.tell(swap.person, "swap_none", swap.assignment, key=swap.id, slot=f"assignment:{swap.assignment}")


async def ask_only_who_can(work: Work) -> None:
    """Whoever got another review, went on leave or works another way meanwhile is asked no more.

    Looked at without who presents the case or reviews it, as for a name that is asked.
    """
    for open_ in await work.uow.find(Swap):
        swap = open_
        assignment = await work.uow.get(Assignment, swap.assignment)
        case = await work.uow.get(Case, assignment.case)
        able = await may_be_asked_by_name(work, case)
        gone = [each for each in swap.asked if each not in able and each not in swap.passed]
        if not gone:
            continue
        for each in gone:
            swap = swap.pass_on(each)
            await work.tell(each, "swap_over", swap.id, key="over", slot=f"swap:{swap.id}")
        swap = await work.uow.save(swap)
        if swap.answered:
            await nobody_took_it(work, swap)


async def end_swaps_of(work: Work, assignment: Assignment, taker: str = "") -> None:
    """End what is asked about an assignment; `taker` has it from now on and hears from the step that gave it."""
    for swap in await work.uow.find(Swap, assignment=assignment.id):
        await end_swap(work, swap, taker)


async def begin(work: Work, assignment: Assignment) -> Assignment:
    """The reviewer began: from now on the review stays where it is."""
    await end_swaps_of(work, assignment)
    return await work.uow.save(assignment.start(work.now))
