"""The supervisor's overview and what it offers for one person: look, nudge, the weeks of a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.app.context import Context
from bot.app.facts.groups import NAME_LENGTH
from bot.app.facts.open_reviews import open_reviews
from bot.app.facts.permissions import (
    NotFoundHere,
    NothingToUndo,
    groups_for_planning,
    my_step,
    person_policy,
    planned_group,
    supervised,
)
from bot.app.facts.reachability import reachability_of
from bot.app.overview.groups_views import groups_form
from bot.app.overview.reminding import remind_one
from bot.app.overview.views import member_form, overview, overview_card
from bot.app.overview.weeks_views import weeks_card
from bot.app.overview.year_views import year_card
from bot.app.steps.assignment_undo import AssignmentChange, assignments_near, put_back
from bot.app.steps.reassignment import free_assignments_of
from bot.app.steps.undo import remember, take_back
from bot.domain.assignment import EndReason
from bot.errors import Refusal
from bot.ports.records import Audited, Draft
from bot.ui.inbound import ActionPressed, Done, FormSubmitted, Outcome, Say, Show, typed_text
from bot.ui.model import Action, Card, Items, line

HANDED_OVER = "hand_over"
"""The kind of step, as its note names it."""


class ReachedAgain(Refusal):
    """Reviews are handed over all at once only for somebody whom nothing reaches."""


async def show(ctx: Context, event: ActionPressed) -> Outcome:
    """Everybody's rhythm, most urgent first."""
    return await overview(ctx, event.args)


async def show_group(ctx: Context, event: ActionPressed) -> Outcome:
    """One of many groups: everybody's rhythm, most urgent first."""
    group = await planned_group(ctx, event.subject) if event.subject else None
    if group is None:
        raise NotFoundHere
    return Say(await overview_card(ctx, event.args, group))


async def find_group(ctx: Context, event: FormSubmitted) -> Outcome:
    """Groups by a part of their name."""
    return Show(await groups_form(ctx, {}, typed_text(event, "text").reveal().strip()[:NAME_LENGTH]))


async def open_member(ctx: Context, event: ActionPressed) -> Outcome:
    """One member with everything a supervisor can do."""
    person = ctx.subject(supervised)
    return Show(await member_form(ctx, person, await person_policy(ctx, person)))


async def nudge(ctx: Context, event: ActionPressed) -> Outcome:
    """A friendly word to one person, at most one within a day whoever sends it."""
    return await remind_one(ctx, ctx.subject(supervised))


async def hand_over(ctx: Context, event: ActionPressed) -> Outcome:
    """Every open review of somebody whom nothing reaches goes to the best choice left, in the groups I plan for."""
    person = ctx.subject(supervised)
    if (await reachability_of(ctx, [person]))[person.id].reached:
        raise ReachedAgain(name=person.name)
    groups = {group.id for group in await groups_for_planning(ctx)}
    before, owed = await assignments_near(ctx, person), await open_reviews(ctx, person)
    typed = await ctx.uow.find(Draft, subject__in=[each.id for each in owed])
    moved = await free_assignments_of(ctx, person, reason=EndReason.REASSIGNED, groups=groups)
    change = await AssignmentChange.since(ctx, before)
    erased = len({draft.subject for draft in typed} & {id for ids in change.ended.values() for id in ids})
    await _audit_moved(ctx, change.data)
    said = [ctx.words.count("reach.handed_over", moved, name=person.name)]
    step = await remember(ctx, ctx.me.id, HANDED_OVER, {"person": person.id, "erased": erased, **change.data})
    undo = Action("supervision.hand_over.undo", ctx.words("undo"), step.id)
    return _said(ctx, said, (undo,) if moved else ())


async def undo_hand_over(ctx: Context, event: ActionPressed) -> Outcome:
    """The reviews go back to whom they were taken from, where nobody has begun; what cannot be put back is said."""
    step = ctx.subject(my_step)
    if step.what != HANDED_OVER:
        raise NothingToUndo
    await take_back(ctx, step)
    person = await supervised(ctx, step.data["person"])
    moved = await put_back(ctx, step.data)
    back = moved.back
    await _audit_moved(ctx, step.data)
    said = [ctx.words.count("reach.taken_back", back, name=person.name)] if back else []
    said += [ctx.words.count("undo.assignments_begun", moved.begun)] if moved.begun else []
    said += [ctx.words.count("undo.assignments_kept", moved.kept)] if moved.kept else []
    erased = min(back, step.data["erased"])
    said += [ctx.words.count("reach.draft_erased", erased, name=person.name)] if erased else []
    return _said(ctx, said)


async def _audit_moved(ctx: Context, moved: Mapping[str, Any]) -> None:
    """One line a review that was moved or moved back, with its case."""
    for case, ids in moved["ended"].items():
        for id in ids:
            await ctx.uow.audit(Audited.REASSIGNED, ctx.me.id, id, ctx.now, case=case)


def _said(ctx: Context, said: Sequence[str], actions: tuple[Action, ...] = ()) -> Done:
    """What a step did, in place of the message whose button was pressed."""
    overview = Action("supervision.overview", ctx.words("overview.open"), opens=True)
    title, *more = said
    body = (Items(tuple(line(each) for each in more)),) if more else ()
    return Done(" ".join(said), Card("reach.handed_over", title, body, (*actions, overview), title))


async def show_year(ctx: Context, event: ActionPressed) -> Outcome:
    """The coming rounds of a group: thin ones, targets that will be missed, what would help."""
    group = await planned_group(ctx, event.subject)
    if group is None:
        raise NotFoundHere
    return Say(await year_card(ctx, group))


async def show_weeks(ctx: Context, event: ActionPressed) -> Outcome:
    """A group's weeks as a heat map, a page of members at a time."""
    group = await planned_group(ctx, event.subject) if event.subject else None
    if group is None:
        raise NotFoundHere
    return Say(await weeks_card(ctx, group, event.args))
