"""Invitations to present: to everybody, or by name to whoever waited longest."""

from __future__ import annotations

from bot.app.blocks.notice import notice_card
from bot.app.context import Context
from bot.domain.case import Case
from bot.domain.message_review import CaseKind
from bot.domain.organisation import Group
from bot.domain.round import Round, RoundStatus
from bot.ui.model import Action, Card, CardBlock, Text, line


async def open_card(ctx: Context, round_: Round) -> Card:
    """A round collects cases."""
    group = await ctx.uow.get(Group, round_.group)
    new = present_action(ctx, round_)
    until = ctx.words.moment(round_.publish_at, ctx.me.timezone)
    return notice_card(ctx, "round_open", new, extra=_asks_message(ctx, round_), group=group.name, moment=until)


async def asked_card(ctx: Context, round_: Round) -> Card | None:
    """What stands where somebody was asked by name, as of now; None where nothing is to be said.

    Once they said "not this time": that, and the way back until the plan is made. While it waits to be published a case
    may still come, but nobody is asked by name any more.
    """
    group = await ctx.uow.get(Group, round_.group)
    if round_.published_at or round_.cancelled_at or await presents(ctx, round_):
        return None
    collecting = round_.status is RoundStatus.COLLECTING
    if ctx.me.id in round_.passed:
        back = Action("round.pass.undo", ctx.words("round.after_all"), round_.id)
        return notice_card(ctx, "passed", *((back,) if collecting else ()), group=group.name)
    if not collecting:
        return await open_card(ctx, round_)
    new = present_action(ctx, round_)
    no = Action("round.pass", ctx.words("round.pass"), round_.id)
    until = ctx.words.moment(round_.publish_at, ctx.me.timezone)
    return notice_card(ctx, "please_present", new, no, extra=_asks_message(ctx, round_), group=group.name, moment=until)


def present_action(ctx: Context, round_: Round) -> Action:
    """The button to what the round asks for: a case, or a message that is retold."""
    if round_.kind == CaseKind.MESSAGE:
        return Action("message.new", ctx.words("message.new"), look="primary", opens=True)
    return Action("case.new", ctx.words("case.new"), look="primary", opens=True)


def _asks_message(ctx: Context, round_: Round) -> tuple[CardBlock, ...]:
    """That the round is for messages, where it is."""
    return (Text(line(ctx.words("message.asked"))),) if round_.kind == CaseKind.MESSAGE else ()


async def presents(ctx: Context, round_: Round) -> bool:
    """Whether a case of the reader's is in the round: then nobody asks them for one, however late the message comes."""
    cases = await ctx.uow.find(Case, round=round_.id, withdrawn_at=None)
    return bool({case.id for case in cases} & set(await ctx.uow.cases_of(ctx.me.id))) if cases else False
