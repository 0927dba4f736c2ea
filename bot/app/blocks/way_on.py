"""What a refused button leads to instead: an old message may show one whose matter is done, moved or withdrawn."""

from __future__ import annotations

from dataclasses import replace

from bot.app.context import Context
from bot.app.facts.permissions import my_assignment, planned_round
from bot.app.steps.undo import newer_step
from bot.domain.case import NotYourReview
from bot.domain.person import Role
from bot.errors import Refusal
from bot.ports.records import UndoStep
from bot.ports.unit_of_work import NotFound
from bot.ui.inbound import ActionPressed, Event, Refused
from bot.ui.model import Action


async def with_way_on(ctx: Context, event: Event, refused: Refused) -> Refused:
    """The refusal of a button that is about something, with what its person may still open of it, and their page.

    What they may not know of leads to nothing but their page, whether it exists or not.
    """
    if not isinstance(event, ActionPressed) or not event.subject or not ctx.private:
        return refused
    newer = await _newer_undo(ctx, event) if refused.key == "changed_since" else ()
    way = (*newer, *await ways_on(ctx, event.subject))
    return replace(refused, way=tuple(action for action in way if (action.key, action.subject) != _pressed(event)))


async def ways_on(ctx: Context, subject: str) -> tuple[Action, ...]:
    """What somebody may open of that which a button is about, and their page."""
    return (*await _matter(ctx, subject), Action("home.open", ctx.words("home.open"), opens=True))


def _pressed(event: ActionPressed) -> tuple[str, str]:
    return event.key, event.subject


async def _newer_undo(ctx: Context, event: ActionPressed) -> tuple[Action, ...]:
    """The Undo of the later step, in place of an older one that is refused."""
    for step in await ctx.uow.find(UndoStep, id=event.subject, person=ctx.me.id):
        if newer := await newer_step(ctx, step):
            return (Action(event.key, ctx.words("undo"), newer.id),)
    return ()


async def _matter(ctx: Context, subject: str) -> tuple[Action, ...]:
    w = ctx.words
    if subject in await ctx.uow.cases_of(ctx.me.id):
        return (Action("case.page", w("case.open"), subject, opens=True),)
    try:
        assignment, _ = await my_assignment(ctx, subject)
        return (Action("review.open", w("review.read"), assignment.id, opens=True),)
    except (NotYourReview, NotFound):
        pass
    if ctx.me.has(Role.SUPERVISOR):
        try:
            return (Action("round.show", w("round.show"), (await planned_round(ctx, subject)).id, opens=True),)
        except (Refusal, NotFound):
            return ()
    return ()
