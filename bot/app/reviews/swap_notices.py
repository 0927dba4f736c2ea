"""Messages about a swap: they name neither the case nor who asks, because its presenter may be asked, too."""

from __future__ import annotations

from bot.app.blocks.notice import notice_card
from bot.app.context import Context
from bot.app.facts.takers import may_ask
from bot.app.facts.under_way import is_out
from bot.app.notice_kinds import NoticeKind, Ring
from bot.app.steps.swaps import PASSED, would_be_due
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.round import Round
from bot.domain.swap import Swap
from bot.ports.records import OutboxEntry, UndoStep
from bot.ui.model import Action, Card


async def asked(ctx: Context, entry: OutboxEntry) -> Card | None:
    """Would you take a review over? Once it is answered, that it was, and the way back while there is one."""
    swap = await ctx.uow.get(Swap, entry.subject)
    if ctx.me.id in swap.passed:
        mine = await ctx.uow.find(UndoStep, person=ctx.me.id, what=PASSED, undone_at=None, expires_at__gt=ctx.now)
        steps = [step for step in mine if step.data["swap"] == swap.id]
        undo = tuple(Action("swap.undo", ctx.words("undo"), step.id) for step in steps[:1])
        return notice_card(ctx, "swap_passed", *undo) if is_out(entry) else None
    assignment = await ctx.uow.get(Assignment, swap.assignment)
    round_ = await ctx.uow.get(Round, assignment.round)
    group = await ctx.uow.get(Group, round_.group)
    due = await would_be_due(ctx, ctx.me, assignment)
    actions = (
        Action("swap.take", ctx.words("swap.take"), swap.id, look="primary"),
        Action("swap.pass", ctx.words("swap.pass"), swap.id),
    )
    day = ctx.words.day(due.astimezone(ctx.zone).date())
    return notice_card(ctx, "swap_asked", *actions, group=group.name, day=day)


async def yours(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To whoever took it, in place of the question: theirs, until when, and the way in."""
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    if not assignment.pending or case.held_at or not case.open or assignment.due_at is None:
        return None
    actions = (
        Action("review.open", ctx.words("review.open"), assignment.id, look="primary", opens=True),
        Action("why", ctx.words("why.button"), assignment.id, opens=True),
    )
    day = ctx.words.day(assignment.due_at.astimezone(ctx.zone).date())
    return notice_card(ctx, "swap_yours", *actions, code=case.code, day=day)


async def over(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In place of the question: nothing is asked any more."""
    return notice_card(ctx, "swap_over")


async def nobody(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To who asked: everybody answered, nobody took it; pointless once the review is over."""
    assignment = await ctx.uow.get(Assignment, entry.subject)
    case = await ctx.uow.get(Case, assignment.case)
    if not assignment.pending or assignment.due_at is None or not case.open or case.held_at:
        return None
    day = ctx.words.day(assignment.due_at.astimezone(ctx.zone).date())
    again = (Action("review.swap", ctx.words("review.swap"), assignment.id, opens=True),)
    actions = (
        Action("review.open", ctx.words("review.open"), assignment.id, look="primary", opens=True),
        *(again if not assignment.started_at and await may_ask(ctx, case) else ()),
    )
    return notice_card(ctx, "swap_none", *actions, code=case.code, day=day)


SWAP_NOTICES: dict[str, NoticeKind] = {
    "swap_asked": NoticeKind(asked, Ring.ASKS),
    "swap_yours": NoticeKind(yours, Ring.STATE, only_edit=True),
    "swap_over": NoticeKind(over, Ring.STATE, only_edit=True),
    "swap_none": NoticeKind(nobody, Ring.AWAITED),
}
