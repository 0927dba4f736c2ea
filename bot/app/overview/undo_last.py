"""Typed "undo": the last thing somebody did in the last ten minutes is put back, whatever it was, and named.

Every kind of step that a button can put back has a row here; what it takes to put it back is the button's own command.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.app.administration import people_handlers, places_handlers, policy_handlers
from bot.app.caseload import handlers as caseload
from bot.app.caseload import undo_handlers
from bot.app.closures import handlers as closures
from bot.app.context import Context
from bot.app.facts.permissions import NothingToTakeBack, my_step, planned_round
from bot.app.overview import handlers as overview
from bot.app.overview.recent import UNDOES, can_be_undone
from bot.app.overview.undo_names import step_name
from bot.app.reviews import swap_handlers
from bot.app.rounds import handlers as rounds
from bot.app.rounds import place_handlers
from bot.app.steps import publication
from bot.app.steps.swaps import PASSED
from bot.app.steps.undo import own_steps
from bot.domain.person import Role
from bot.domain.round import Round
from bot.ports.records import UndoStep
from bot.ui.inbound import ActionPressed, CommandTyped, Done, Outcome, Say, Show
from bot.ui.model import Notice, Tone, line

Handler = Callable[[Context, ActionPressed], Awaitable[Outcome]]
ADMIN, SUPERVISOR = frozenset({Role.ADMIN}), frozenset({Role.SUPERVISOR})
EVERYBODY = frozenset(Role)


@dataclass(frozen=True)
class Undo:
    """What puts a kind of step back, what the step is called, and who may; a caseload's own answer names it."""

    handler: Handler
    name: str
    roles: frozenset[Role]


UNDO: Mapping[str, Undo] = {
    **{kind: Undo(undo_handlers.undo, "", EVERYBODY) for kind in ("leave", "leaves", "mode")},
    "work": Undo(undo_handlers.undo, UNDOES["work"][1], EVERYBODY),
    "closure": Undo(closures.undo, UNDOES["closure"][1], ADMIN | SUPERVISOR),
    "hand_over": Undo(overview.undo_hand_over, UNDOES["hand_over"][1], SUPERVISOR),
    "swap.taken": Undo(swap_handlers.undo, UNDOES["swap.taken"][1], frozenset({Role.THERAPIST})),
    PASSED: Undo(swap_handlers.undo, UNDOES[PASSED][1], frozenset({Role.THERAPIST})),
    "round.fewer": Undo(place_handlers.undo_fewer, UNDOES["round.fewer"][1], SUPERVISOR),
    publication.WHAT: Undo(rounds.press_take_back, "undo.of.publication", SUPERVISOR),
    "staff": Undo(people_handlers.undo, "undo.of.staff", ADMIN),
    "added": Undo(people_handlers.undo, "undo.of.added", ADMIN),
    "policy": Undo(policy_handlers.undo, "undo.of.policy", ADMIN),
    **{kind: Undo(places_handlers.undo, f"undo.of.{kind}", ADMIN) for kind in ("renamed", "merge", "closed", "duty")},
}


async def typed(ctx: Context, event: CommandTyped) -> Outcome:
    """`/caseload undo`, or "undo" by itself; every other word is the caseload's."""
    word = " ".join(event.text.reveal().casefold().split()).strip(" .!")
    if {word, word.replace(" ", "-")} & ctx.aliases("undo"):
        return await undo_last(ctx, event)
    return await caseload.typed(ctx, event)


async def undo_last(ctx: Context, event: CommandTyped) -> Outcome:
    """Put back the newest step that still can be, and say which it was. Raises `NothingToTakeBack`."""
    for step in await own_steps(ctx, ctx.me.id, UNDO):
        undo = UNDO[step.what]
        if ctx.me.has(*undo.roles) and await _waits(ctx, step):
            key, subject = await _resolved(ctx, step)
            pressed = ActionPressed(event_id=event.event_id, actor=event.actor, key=key, subject=subject)
            name = await step_name(ctx, step, undo.name) if undo.name else ""
            return _named(ctx, name, await undo.handler(ctx, pressed))
    raise NothingToTakeBack


async def _waits(ctx: Context, step: UndoStep) -> bool:
    """Whether there is anything left of a step: what a later one changed is refused by name, as by its button."""
    if step.what != publication.WHAT:
        return step.what != PASSED or await can_be_undone(ctx, step)
    found = await ctx.uow.find(Round, id=step.data["round"])
    return bool(found) and await publication.pending_publication(ctx, found[0]) is not None


async def _resolved(ctx: Context, step: UndoStep) -> tuple[str, str]:
    """Find what the button's command works on, as its row of the command table would."""
    found: tuple[Any, Any] = (my_step, step)
    if step.what == publication.WHAT:
        found = (planned_round, await planned_round(ctx, step.data["round"]))
    ctx.resolved = found
    return step.what, found[1].id


def _named(ctx: Context, name: str, outcome: Outcome) -> Outcome:
    if not name:
        return outcome
    said = ctx.words("undo.done_of", what=name)
    notice = Notice(Tone.OK, line(said))
    match outcome:
        case Done(note, card):
            return Done(f"{said} {note}".strip(), card)
        case Say(card):
            return Say(replace(card, body=(notice, *card.body), summary=said))
        case Show(form):
            return Show(replace(form, body=(notice, *form.body)))
    return outcome
