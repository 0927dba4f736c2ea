"""Home, help, "why me?", my cases by command, reassigning by a supervisor."""

from __future__ import annotations

from dataclasses import replace

from bot.app.blocks.cases import presenter_page, review_form
from bot.app.blocks.reasons import reason_line
from bot.app.context import Context
from bot.app.facts.anonymity import presenter_named
from bot.app.facts.permissions import groups_of, my_assignment, my_matter, planned_round
from bot.app.facts.takers import (
    LEAST_NAMED,
    TooFewPresenters,
    TooFewTakers,
    check_may_cover,
    check_may_move,
    check_wants_somebody_else,
)
from bot.app.overview.handlers import HANDED_OVER
from bot.app.overview.home_views import home_card
from bot.app.people.welcome_views import welcome_card
from bot.app.rounds.reassign_views import reassign_form, stays_form
from bot.app.rounds.views import PLACE, round_card
from bot.app.steps.assignment_undo import AssignmentChange, assignments_near
from bot.app.steps.reassignment import reassign, take_over
from bot.app.steps.undo import remember
from bot.app.steps.welcome import WELCOME
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Person
from bot.domain.round import Round, RoundStatus
from bot.ports.records import Audited, Draft, OutboxEntry
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
            home = Action("home.open", ctx.words("home.open"), opens=True)
            return Say(replace(card, actions=(*card.actions, home)))
    return await _home(ctx)


async def show_matter(ctx: Context, event: ActionPressed) -> Outcome:
    """Where that which an old message was about stands today; what they may not open leads to their start page."""
    match ctx.subject(my_matter):
        case Case() as case:
            return Show(await presenter_page(ctx, case))
        case (assignment, case):
            return Show(await review_form(ctx, assignment, case, {}, {}))
        case Round(id=id):
            return Say(await round_card(ctx, id))
        case None:
            return Say(await _matter_of_others(ctx, event.subject))


async def _matter_of_others(ctx: Context, id: str) -> Card:
    """What is said of a matter that is not the person's to open: their newest message about it, or that it is over."""
    home = Action("home.open", ctx.words("home.open"), opens=True)
    if ctx.messages and (card := await ctx.messages.newest(ctx, id)):
        return replace(card, actions=(*card.actions, home))
    said = ctx.words("matter.over")
    mine = {group.id for group in await groups_of(ctx, ctx.me)}
    for round_ in await ctx.uow.find(Round, id=id):
        if round_.group in mine and round_.status is not RoundStatus.COLLECTING:
            said = ctx.words("round.passed_planned" if round_.status is RoundStatus.ASSIGNED else "round.passed_over")
    return Card("matter.over", ctx.words("matter.show"), (Text(line(said)),), (home,), said)


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
    word = "review.read" if assignment.submitted_at else "review.open"
    actions = (
        Action("review.open", w(word), assignment.id, look="primary", opens=True),
        Action("review.list", w("home.reviews"), opens=True),
    )
    return Say(Card("why", w("why.title"), body, actions, w("why.title")))


async def open_reassign(ctx: Context, event: ActionPressed) -> Outcome:
    """Who should take this review over; where another colleague would tell who presents, what can be done instead."""
    assignment, case = await _to_move(ctx, event.subject)
    try:
        await check_may_move(ctx, case)
    except TooFewPresenters as few:
        return Show(await stays_form(ctx, assignment, case, ctx.words(f"refusal.{few.key}", **few.values)))
    except TooFewTakers as few:
        return Show(await stays_form(ctx, assignment, case, ctx.words(f"refusal.{few.key}")))
    return Show(await reassign_form(ctx, assignment, case, {}))


async def send_reassign(ctx: Context, event: FormSubmitted) -> Outcome:
    """Move a review to one of the people named, by lot among those who can take it, else to one of the best.

    By lot and among three at least: who got it and who did not tells nothing of a single person.
    """
    assignment, case = await _to_move(ctx, event.subject)
    named = set(chosen(event, "to"))
    free = await check_may_move(ctx, case)
    if named and len(named & free) < LEAST_NAMED:
        few = ctx.words("reassign.name_more", n=LEAST_NAMED)
        return Invalid(await reassign_form(ctx, assignment, case, {"to": few}))
    reviewer = await ctx.uow.get(Person, assignment.reviewer)
    before, typed = await assignments_near(ctx, reviewer), await ctx.uow.count(Draft, subject=assignment.id)
    new = await reassign(ctx, assignment, case, named)
    change = await AssignmentChange.since(ctx, before)
    data = {"person": reviewer.id, "erased": min(typed, 1), **change.data}
    step = await remember(ctx, ctx.me.id, HANDED_OVER, data)
    undo = Action("supervision.hand_over.undo", ctx.words("undo"), step.id)
    return await _moved(ctx, assignment, "reassign.done" if new else "reassign.nobody", undo)


async def cover(ctx: Context, event: ActionPressed) -> Outcome:
    """I take a review over myself: one that a colleague has, or a place that stayed open."""
    assignment = await ctx.uow.get(Assignment, event.subject)
    await planned_round(ctx, assignment.round)
    case = await ctx.uow.get(Case, assignment.case)
    await check_may_cover(ctx, assignment, case, place=PLACE in event.args)
    await take_over(ctx, assignment, case, ctx.me)
    return await _moved(ctx, assignment, "cover.done")


async def _to_move(ctx: Context, id: str) -> tuple[Assignment, Case]:
    """A review that is not in, of a round the supervisor plans."""
    assignment = await ctx.uow.get(Assignment, id)
    await planned_round(ctx, assignment.round)
    case = await ctx.uow.get(Case, assignment.case)
    check_wants_somebody_else(ctx, assignment, case)
    return assignment, case


async def _moved(ctx: Context, assignment: Assignment, said: str, *undo: Action) -> Outcome:
    await ctx.uow.audit(Audited.REASSIGNED, ctx.me.id, assignment.id, ctx.now, case=assignment.case)
    card = await round_card(ctx, assignment.round)
    return Done(ctx.words(said), replace(card, actions=(*undo, *card.actions)))
