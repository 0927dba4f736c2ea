"""A place of a case without a reviewer: somebody is found, or the case has fewer reviewers, which can be put back."""

from __future__ import annotations

from dataclasses import replace

from bot.app.context import Context
from bot.app.facts.permissions import NothingToUndo, my_step, planned_round
from bot.app.facts.takers import check_may_move
from bot.app.rounds.views import round_card
from bot.app.steps.reassignment import fill_assignments
from bot.app.steps.shown_anew import changed
from bot.app.steps.undo import remember, take_back
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.round import Round
from bot.ui.inbound import ActionPressed, Done, Outcome
from bot.ui.model import Action

FEWER = "round.fewer"
"""The kind of step, as its note names it."""


async def press_fill(ctx: Context, event: ActionPressed) -> Outcome:
    """Find a reviewer for a place that is empty, by lot among the best; answered with what holds where none is."""
    round_ = ctx.subject(planned_round)
    case = await _short_case(ctx, round_, event)
    if case is None:
        return Done(ctx.words("round.complete"), await round_card(ctx, round_.id))
    await check_may_move(ctx, case)
    filled = await fill_assignments(ctx, round_, [case], told=False)
    return Done(ctx.words("round.filled" if filled else "reassign.nobody"), await round_card(ctx, round_.id))


async def press_fewer(ctx: Context, event: ActionPressed) -> Outcome:
    """Let a case have as many reviewers as it has: nobody waits for another one."""
    round_ = ctx.subject(planned_round)
    case = await _short_case(ctx, round_, event)
    if case is not None:
        left = await ctx.uow.count(Assignment, case=case.id, ended_at=None)
        await ctx.uow.save(replace(case, reviewers=max(left, 1)))
        await changed(ctx, case.id, "seat_empty")
        step = await remember(ctx, ctx.me.id, FEWER, {"case": case.id, "reviewers": case.reviewers})
        card = await round_card(ctx, round_.id)
        undo = Action("round.fewer.undo", ctx.words("undo"), step.id)
        return Done(ctx.words("round.complete"), replace(card, actions=(undo, *card.actions)))
    return Done(ctx.words("round.complete"), await round_card(ctx, round_.id))


async def undo_fewer(ctx: Context, event: ActionPressed) -> Outcome:
    """Let a case want as many reviewers as before; supervisors whose message was about the place read it again."""
    step = ctx.subject(my_step)
    if step.what != FEWER:
        raise NothingToUndo
    await take_back(ctx, step)
    case = await ctx.uow.get(Case, step.data["case"])
    await ctx.uow.save(replace(case, reviewers=step.data["reviewers"]))
    await changed(ctx, case.id, "seat_empty")
    assert case.round is not None
    return Done(ctx.words("round.fewer.undone"), await round_card(ctx, case.round))


async def _short_case(ctx: Context, round_: Round, event: ActionPressed) -> Case | None:
    """The case of the round that is meant, while it has fewer reviewers than it wants."""
    for case in await ctx.uow.find(Case, id=event.args.get("case", ""), round=round_.id):
        case.must_go_on()
        if round_.published_at and await ctx.uow.count(Assignment, case=case.id, ended_at=None) < case.reviewers:
            return case
    return None
