"""Open questions about a review end with it: when it is begun, is in, goes to somebody else, or its case stands still.

Apart from `steps/swaps.py`, because the steps that end a review are what a swap itself is made of.
"""

from __future__ import annotations

from bot.app.context import Work
from bot.domain.case import Assignment
from bot.domain.swap import Swap


async def end_swap(work: Work, swap: Swap, taker: str = "") -> None:
    """Nothing is asked any more, and the messages that asked say so; to whoever took it, that it is theirs."""
    await work.uow.remove(Swap, swap.id)
    for person in swap.asked:
        if person != taker:
            await work.tell(person, "swap_over", swap.id, key="over", slot=f"swap:{swap.id}")


async def end_swaps_of(work: Work, assignment: Assignment) -> None:
    """End what is asked about an assignment."""
    for swap in await work.uow.find(Swap, assignment=assignment.id):
        await end_swap(work, swap)


async def begin(work: Work, assignment: Assignment) -> Assignment:
    """The reviewer began: from now on the review stays where it is."""
    await end_swaps_of(work, assignment)
    return await work.uow.save(assignment.start(work.now))
