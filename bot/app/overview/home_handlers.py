"""Home, help, "why me?", my cases by command, reassigning by a supervisor."""

from __future__ import annotations

from dataclasses import replace

from bot.app.blocks.reasons import reason_line
from bot.app.context import Context
from bot.app.facts.anonymity import presenter_named
from bot.app.facts.permissions import my_assignment, planned_round
from bot.app.overview.home_views import home_card
from bot.app.people.welcome_views import welcome_card
from bot.app.rounds.views import LEAST_NAMED, reassign_form, round_card
from bot.app.steps.reassignment import check_may_move, reassign
from bot.app.steps.welcome import WELCOME
from bot.domain.case import Assignment, Case, NotYourReview
from bot.ports.records import Audited, OutboxEntry
from bot.ui.inbound import (
    ActionPressed,
    CommandTyped,
    Done,
    FormSubmitted,
    HomeOpened,
    Invalid,
    Outcome,
    Say,
    Show,
    chosen,
)
from bot.ui.model import Action, Card, Text, line


async def show_home(ctx: Context, event: HomeOpened) -> Outcome:
    """The start page."""
    return await _home(ctx)


async def typed_home(ctx: Context, event: CommandTyped) -> Outcome:
    """The start page as a card: in chats that have no start page of their own it is one word away."""
    return await _home(ctx)


async def press_home(ctx: Context, event: ActionPressed) -> Outcome:
    """The same by a button."""
    return await _home(ctx)


async def open_welcome(ctx: Context, event: ActionPressed) -> Outcome:
    """What the app says when it is added: the welcome, which then needs no message of its own; else the start page."""
    for entry in await ctx.uow.find(OutboxEntry, person=ctx.me.id, card=WELCOME, sent_at=None, dropped_at=None):
        card = await welcome_card(ctx, entry)
        under_way = entry.lease_until is not None and entry.lease_until > ctx.now
        if card is not None and not under_way:
            await ctx.uow.save(replace(entry, dropped_at=ctx.now, failure="shown"))
            home = Action("home.open", ctx.words("home.open"))
            return Say(replace(card, actions=(*card.actions, home)))
    return await _home(ctx)


async def _home(ctx: Context) -> Outcome:
    return Say(await home_card(ctx))


async def why(ctx: Context, event: ActionPressed) -> Outcome:
    """Why a review came to me."""
    assignment, case = ctx.subject(my_assignment)
    w = ctx.words
    body = (
        Text(line(w("why.intro", code=case.code))),
        Text(reason_line(ctx, assignment.why, presenter_hidden=not presenter_named(case))),
    )
    return Say(Card("why", w("why.title"), body, summary=w("why.title")))


async def open_reassign(ctx: Context, event: ActionPressed) -> Outcome:
    """Who should take this review over."""
    assignment = await ctx.uow.get(Assignment, event.subject)
    await planned_round(ctx, assignment.round)
    case = await ctx.uow.get(Case, assignment.case)
    if not assignment.pending:
        raise NotYourReview
    await check_may_move(ctx, assignment, case)
    return Show(await reassign_form(ctx, assignment, case, {}))


async def send_reassign(ctx: Context, event: FormSubmitted) -> Outcome:
    """Move a review to one of the people named, by lot among those who can take it, else to the best one.

    By lot and among three at least: who got it and who did not tells nothing of a single person.
    """
    assignment = await ctx.uow.get(Assignment, event.subject)
    await planned_round(ctx, assignment.round)
    case = await ctx.uow.get(Case, assignment.case)
    named = set(chosen(event, "to"))
    free = await check_may_move(ctx, assignment, case)
    if named and len(named & free) < LEAST_NAMED:
        few = ctx.words("reassign.name_more", n=LEAST_NAMED)
        return Invalid(await reassign_form(ctx, assignment, case, {"to": few}))
    new = await reassign(ctx, assignment, case, named)
    await ctx.uow.audit(Audited.REASSIGNED, ctx.me.id, assignment.id, ctx.now, case=case.id)
    note = ctx.words("reassign.done" if new else "reassign.nobody")
    return Done(note, await round_card(ctx, assignment.round))
