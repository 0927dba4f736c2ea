"""A case that cannot wait for the next round, and one that is shared for information and not reviewed."""

from __future__ import annotations

from datetime import timedelta

from bot.app.blocks.cases import case_blocks
from bot.app.blocks.reading import shared_card
from bot.app.context import Context
from bot.app.facts.deadlines import group_morning
from bot.app.facts.permissions import members, my_case, shared_case
from bot.app.facts.urgency import WITHIN, comes_anyway, may_share, urgent_left
from bot.app.steps.end_news import show_case_over
from bot.app.steps.shown_anew import changed
from bot.domain.organisation import Group
from bot.domain.person import Role
from bot.errors import Refusal
from bot.ui.inbound import ActionPressed, Done, Outcome, Say, Show
from bot.ui.model import Action, Form, Text, line


class UrgentUsedUp(Refusal):
    """A group's policy says how often a person may ask for reviews out of turn."""


class UrgentComesAnyway(Refusal):
    """The round of the case is published before a review out of turn would begin."""


class NotShared(Refusal):
    """A group's policy may leave sharing without reviews out."""


async def ask_urgently(ctx: Context, event: ActionPressed) -> Outcome:
    """ "I need a pair of eyes this week": it goes out on the group's next working morning, to whoever has room."""
    case = ctx.subject(my_case)
    group = await ctx.uow.get(Group, case.group)
    at = await group_morning(ctx, group)
    case = case.ask_urgently(at)
    if not await urgent_left(ctx, ctx.me.id, case):
        policy = await ctx.policy(group)
        raise UrgentUsedUp(times=ctx.words.number(policy.urgent_cases), days=ctx.words.number(WITHIN.days))
    if await comes_anyway(ctx, case, at):
        raise UrgentComesAnyway
    await ctx.uow.save(case)
    await ctx.uow.wake("case.urgent", case.id, at)
    return Done(ctx.words("urgent.done", code=case.code, day=ctx.words.day(at.astimezone(ctx.zone).date())))


async def take_urgent_back(ctx: Context, event: ActionPressed) -> Outcome:
    """It waits for its round after all, and does not count against the limit: nobody was asked."""
    case = await ctx.uow.save(ctx.subject(my_case).wait_after_all())
    await ctx.uow.wake("case.urgent", case.id, None)
    return Done(ctx.words("urgent.back.done", code=case.code))


async def share(ctx: Context, event: ActionPressed) -> Outcome:
    """The group reads it from its next working morning on; nobody reviews it."""
    case = ctx.subject(my_case)
    if not await may_share(ctx, case):
        raise NotShared
    group = await ctx.uow.get(Group, case.group)
    at = await group_morning(ctx, group)
    shared = await ctx.uow.save(case.share(ctx.now, at))
    await ctx.uow.wake("case.urgent", case.id, None)
    await ctx.uow.wake("case.purge", case.id, ctx.now + timedelta(days=(await ctx.policy(group)).text_days))
    await show_case_over(ctx, case)
    for person in await members(ctx, group):
        if person.has(Role.THERAPIST) and person.id != ctx.me.id:
            await ctx.tell(person.id, "shared", case.id, slot=f"shared:{case.id}", at=at)
    return Done(ctx.words("shared.done", code=shared.code, day=ctx.words.day(at.astimezone(ctx.zone).date())))


async def read_shared(ctx: Context, event: ActionPressed) -> Outcome:
    """The text of a case that is there for information."""
    case = ctx.subject(shared_case)
    w = ctx.words
    own = case.id in await ctx.uow.cases_of(ctx.me.id)
    actions = (
        Action("shared.list", w("shared.list"), opens=True),
        *(() if own else (Action("shared.recognise", w("review.recognise"), case.id),)),
        Action("risk.raise", w("risk.raise"), case.id, look="danger", opens=True),
    )
    intro = Text(line(w("shared.intro")))
    return Show(
        Form("shared.read", w("shared.title"), case.id, body=(intro, *await case_blocks(ctx, case)), actions=actions)
    )


async def recognise_shared(ctx: Context, event: ActionPressed) -> Outcome:
    """ "I recognise this patient": the reader is out at once, of its message and the list too; nobody is told."""
    case = ctx.subject(shared_case)
    await ctx.uow.save(case.step_out(ctx.me.id))
    await changed(ctx, case.id, "shared", person=ctx.me.id)
    return Done(ctx.words("shared.recognised"))


async def list_shared(ctx: Context, event: ActionPressed) -> Outcome:
    """What my groups' members shared."""
    return Say(await shared_card(ctx))
