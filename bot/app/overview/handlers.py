"""The supervisor's overview and what it offers for one person: look, nudge, the weeks of a group."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.facts.open_reviews import open_reviews
from bot.app.facts.permissions import NotFoundHere, groups_for_planning, person_policy, planned_group, supervised
from bot.app.facts.reachability import reachability_of
from bot.app.overview.views import member_form, overview_card, weeks_card
from bot.app.overview.year_views import year_card
from bot.app.steps.reassignment import free_assignments_of
from bot.domain.case import Assignment, EndReason
from bot.errors import Refusal
from bot.ports.records import Audited
from bot.ui.inbound import ActionPressed, Done, Outcome, Say, Show


class ReachedAgain(Refusal):
    """Reviews are handed over all at once only for somebody whom nothing reaches."""


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


async def hand_over(ctx: Context, event: ActionPressed) -> Outcome:
    """Every open review of somebody whom nothing reaches goes to the best choice left, in the groups I plan for."""
    person = await supervised(ctx, event.subject)
    if (await reachability_of(ctx, [person]))[person.id].reached:
        raise ReachedAgain(name=person.name)
    groups = {group.id for group in await groups_for_planning(ctx)}
    before = await open_reviews(ctx, person)
    moved = await free_assignments_of(ctx, person, reason=EndReason.REASSIGNED, groups=groups)
    for assignment in before:
        if (await ctx.uow.get(Assignment, assignment.id)).ended_at:
            await ctx.uow.audit(Audited.REASSIGNED, ctx.me.id, assignment.id, ctx.now, case=assignment.case)
    return Done(ctx.words.count("reach.handed_over", moved, name=person.name))


async def show_year(ctx: Context, event: ActionPressed) -> Outcome:
    """The coming rounds of a group: thin ones, targets that will be missed, what would help."""
    group = await planned_group(ctx, event.subject)
    if group is None:
        raise NotFoundHere
    return Say(await year_card(ctx, group))


async def show_weeks(ctx: Context, event: ActionPressed) -> Outcome:
    """A group's weeks as a heat map."""
    group = await planned_group(ctx, event.subject) if event.subject else None
    if group is None:
        raise NotFoundHere
    return Say(await weeks_card(ctx, group))
