"""The answers of whoever is asked by name for a case: not this time, and I can after all."""

from __future__ import annotations

from bot.app.blocks.invitations import asked_card
from bot.app.context import Context
from bot.app.steps.presenter_requests import ASKS, ask_presenters
from bot.app.steps.shown_anew import changed
from bot.domain.case import Case
from bot.domain.round import Round, RoundStatus
from bot.errors import Refusal
from bot.ui.inbound import ActionPressed, Done, Outcome


class NotAsked(Refusal):
    """Only who was asked to present in a round can say "not this time"."""


async def not_this_time(ctx: Context, event: ActionPressed) -> Outcome:
    """They do not present; it changes nothing for the next round. Asked again, the answer is what holds today."""
    round_ = await _asked_for(ctx, event.subject)
    if said := await _too_late(ctx, round_):
        return Done(said)
    if ctx.me.id not in round_.passed:
        round_ = await ctx.uow.save(round_.pass_on(ctx.me.id))
        await ask_presenters(ctx, round_.id)
        await changed(ctx, round_.id, *ASKS, person=ctx.me.id)
    said = ctx.words("round.passed", moment=ctx.words.moment(round_.publish_at, ctx.me.timezone))
    return Done(said, await asked_card(ctx, round_))


async def after_all(ctx: Context, event: ActionPressed) -> Outcome:
    """Who said "not this time" can present after all, until the plan is made."""
    round_ = await _asked_for(ctx, event.subject)
    if said := await _too_late(ctx, round_):
        return Done(said)
    round_ = await ctx.uow.save(round_.take_up(ctx.me.id))
    await changed(ctx, round_.id, *ASKS, person=ctx.me.id)
    said = ctx.words("round.after_all_done", moment=ctx.words.moment(round_.publish_at, ctx.me.timezone))
    return Done(said, await asked_card(ctx, round_))


async def _asked_for(ctx: Context, id: str) -> Round:
    round_ = await ctx.uow.get(Round, id)
    if ctx.me.id not in round_.asked:
        raise NotAsked
    return round_


async def _too_late(ctx: Context, round_: Round) -> str:
    """Why nothing of it can be changed any more, "" while it can."""
    mine = set(await ctx.uow.cases_of(ctx.me.id))
    presented = [case for case in await ctx.uow.find(Case, round=round_.id, withdrawn_at=None) if case.id in mine]
    if presented:
        return ctx.words("round.passed_presented", code=presented[0].code)
    if round_.status is RoundStatus.ASSIGNED:  # the plan may be made again, but nobody else is asked
        return ctx.words("round.passed_planned")
    return "" if round_.status is RoundStatus.COLLECTING else ctx.words("round.passed_over")
