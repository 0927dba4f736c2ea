"""The supervisor's overview and what it offers for one person: look, nudge, the weeks of a group."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.facts.permissions import NotFoundHere, person_policy, planned_group, supervised
from bot.app.overview.views import member_form, overview_card, weeks_card
from bot.ui.inbound import ActionPressed, Done, Outcome, Say, Show


async def show(ctx: Context, event: ActionPressed) -> Outcome:
    """Everybody's rhythm, most urgent first."""
    return Say(await overview_card(ctx))


async def open_member(ctx: Context, event: ActionPressed) -> Outcome:
    """One member with everything a supervisor can do."""
    person = await supervised(ctx, event.subject)
    return Show(await member_form(ctx, person, await person_policy(ctx, person)))


async def nudge(ctx: Context, event: ActionPressed) -> Outcome:
    """A friendly word to one person, at most one a day whoever sends it."""
    person = await supervised(ctx, event.subject)
    await ctx.tell(person.id, "nudge", person.id, key=ctx.today(person.timezone).isoformat())
    return Done(ctx.words("overview.nudged", name=person.name))


async def show_weeks(ctx: Context, event: ActionPressed) -> Outcome:
    """A group's weeks as a heat map."""
    group = await planned_group(ctx, event.subject) if event.subject else None
    if group is None:
        raise NotFoundHere
    return Say(await weeks_card(ctx, group))
