"""A reviewer asks for somebody else; colleagues take the review over or say no (`domain/swap.py`)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.app.context import Context
from bot.app.facts.permissions import NothingToUndo, my_assignment, my_step
from bot.app.facts.takers import check_may_ask, may_be_asked_by_name
from bot.app.reviews.swap_views import (
    ANYBODY,
    asked_form,
    colleagues_of,
    passed_card,
    swap_form,
    taken_card,
    undone_card,
)
from bot.app.steps import swaps
from bot.app.steps.assignment_undo import put_back
from bot.app.steps.swap_end import end_swaps_of
from bot.app.steps.swaps import PASSED
from bot.app.steps.undo import remember, take_back
from bot.domain.assignment import Assignment
from bot.domain.case import Case, NotYourReview
from bot.domain.swap import Swap, SwapAfterBeginning, SwapOver
from bot.ports.records import Audited
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Invalid, Outcome, Refused, Show, chosen
from bot.ui.model import Form

TAKEN = "swap.taken"


async def offered_swap(ctx: Context, id: str) -> Swap:
    """A review that a colleague asks this person to take over; whatever else the id is, the answer is the same."""
    for swap in await ctx.uow.find(Swap, id=id):
        if ctx.me.id in swap.asked:
            return swap
    raise SwapOver


async def page(ctx: Context, assignment: Assignment, case: Case, typed: Sequence[str] = ()) -> Form:
    """Whom to ask, with the colleague whose name was typed chosen already; or that colleagues are asked."""
    for swap in await ctx.uow.find(Swap, assignment=assignment.id):
        return asked_form(ctx, assignment, swap, await swaps.ends_at(ctx, swap))
    await _check(ctx, assignment, case)
    if not typed:
        return await swap_form(ctx, assignment, case, {})
    wanted = {word.casefold() for word in typed}
    found = [p for p in await colleagues_of(ctx, case) if wanted <= set(p.name.casefold().split())]
    if len(found) == 1 and found[0].id in await may_be_asked_by_name(ctx, case):
        return await swap_form(ctx, assignment, case, {}, found[0].id)
    if len(found) == 1:
        return await swap_form(ctx, assignment, case, {"whom": ctx.words("swap.cannot")})
    return await swap_form(ctx, assignment, case, {"whom": ctx.words("swap.nobody_named")})


async def open_swap(ctx: Context, event: ActionPressed) -> Outcome:
    """Open the form to ask for somebody else."""
    return Show(await page(ctx, *ctx.subject(my_assignment)))


async def send_swap(ctx: Context, event: FormSubmitted) -> Outcome:
    """Ask one colleague, or everybody who is there; the review stays with its reviewer until somebody takes it."""
    assignment, case = ctx.subject(my_assignment)
    if await ctx.uow.count(Swap, assignment=assignment.id):
        return Show(await page(ctx, assignment, case))
    await _check(ctx, assignment, case)
    named, *_ = [*chosen(event, "whom"), ANYBODY]
    if named == ANYBODY:
        asked = await swaps.drawn(ctx, ctx.me, case)
    else:
        asked = sorted(await may_be_asked_by_name(ctx, case) & {named} - {ctx.me.id})
    if not asked:
        why = ctx.words("swap.nobody_can" if named == ANYBODY else "swap.cannot")
        return Invalid(await swap_form(ctx, assignment, case, {"whom": why}))
    await swaps.ask(ctx, ctx.me, assignment, asked)
    until = ctx.words.moment(await swaps.answer_by(ctx, ctx.me), ctx.me.timezone)
    return Done(ctx.words.count("swap.asked", len(asked), until=until))


async def end(ctx: Context, event: ActionPressed) -> Outcome:
    """Ask nobody any more: the review stays."""
    assignment, _ = ctx.subject(my_assignment)
    await end_swaps_of(ctx, assignment)
    return Done(ctx.words("swap.ended"))


async def take(ctx: Context, event: ActionPressed) -> Outcome:
    """Take a colleague's review over, with the full time.

    Who may not have it has answered all the same, as one who said no: the asker may not learn which of the two it was.
    """
    swap = ctx.subject(offered_swap)
    if ctx.me.id in swap.passed:
        raise SwapOver
    old = await ctx.uow.get(Assignment, swap.assignment)
    try:
        new = await swaps.take(ctx, swap)
    except SwapOver as refusal:
        await swaps.pass_on(ctx, swap, ctx.me.id, refused=True)
        return Refused(refusal.key, ctx.words("refusal.swap_over"), audited=True)
    await ctx.uow.audit(Audited.REASSIGNED, ctx.me.id, old.id, ctx.now, case=old.case)
    moved = {"ended": {old.case: [old.id]}, "made": {old.case: [new.id]}}
    step = await remember(ctx, ctx.me.id, TAKEN, {"person": ctx.me.id, **moved})
    card = taken_card(ctx, new, step.id)
    return Done(card.summary, card)


async def pass_on(ctx: Context, event: ActionPressed) -> Outcome:
    """Not this time: it is not held against anybody, and the asker is not told who said so."""
    swap = ctx.subject(offered_swap)
    if ctx.me.id in swap.passed:
        raise SwapOver
    await swaps.pass_on(ctx, swap, ctx.me.id)
    still_asked = await ctx.uow.count(Swap, id=swap.id)
    data = {"person": ctx.me.id, "swap": swap.id}
    card = passed_card(ctx, (await remember(ctx, ctx.me.id, PASSED, data)).id if still_asked else "")
    return Done(card.summary, card)


async def undo(ctx: Context, event: ActionPressed) -> Outcome:
    """A review that was taken goes back while nobody has begun; a no becomes an open question again."""
    step = ctx.subject(my_step)
    if step.what == TAKEN:
        await take_back(ctx, step)
        back = (await put_back(ctx, step.data)).back
        for case, ids in step.data["ended"].items():
            await ctx.uow.audit(Audited.REASSIGNED, ctx.me.id, ids[0], ctx.now, case=case)
        said = ctx.words("swap.back" if back else "swap.begun")
        return Done(said, undone_card(ctx, said))
    found = await ctx.uow.find(Swap, id=step.data["swap"]) if step.what == PASSED else []
    if not found:
        raise NothingToUndo
    await take_back(ctx, step)
    await swaps.ask_again(ctx, found[0], ctx.me.id)
    said = ctx.words("swap.open_again")
    return Done(said, undone_card(ctx, said))


async def _check(ctx: Context, assignment: Assignment, case: Case) -> None:
    """Refuse, the same whoever presents, where the review may not change hands."""
    if not assignment.pending:
        raise NotYourReview
    if assignment.started_at:
        raise SwapAfterBeginning
    await check_may_ask(ctx, case)
