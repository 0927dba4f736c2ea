"""Answers to a button that its message shows no more: the message stays dead, and says what holds and a way on."""

from __future__ import annotations

from dataclasses import replace

from bot.app.blocks.way_on import ways_on
from bot.app.context import Context, ShownNow
from bot.ui.buttons import buttons
from bot.ui.inbound import ActionPressed, Done, Event, FormSubmitted, Outcome
from bot.ui.model import Card, Notice, Tone, line


async def shown_before(ctx: Context, event: Event) -> ShownNow | None:
    """What the message shows that an event came from, before anything is done."""
    if ctx.messages is None or not isinstance(event, ActionPressed | FormSubmitted) or not event.message:
        return None
    return await ctx.messages.of(ctx, event)


async def in_its_message(ctx: Context, event: Event, before: ShownNow | None, outcome: Outcome) -> Outcome:
    """What is put in the place of a message: the answer's own card, unless the message is over or is of several.

    Those stay what they are as of now, under a line that says what was done or holds; one that is over gets a way on.
    """
    if before is None or ctx.messages is None or not isinstance(outcome, Done):
        return outcome
    assert isinstance(event, ActionPressed | FormSubmitted)
    old = not _shows(before.card, event)
    if not (outcome.note if old else outcome.card and before.several):
        return outcome
    now = (await ctx.messages.of(ctx, event) or before).card
    said = (Notice(Tone.INFO if old else Tone.OK, line(outcome.note)),) if outcome.note else ()
    there = {(each.key, each.subject) for each in buttons(now)}
    ways = [each for each in await ways_on(ctx, event.subject) if (each.key, each.subject) not in there] if old else []
    summary = outcome.note or now.summary
    return replace(outcome, card=replace(now, body=(*said, *now.body), actions=(*now.actions, *ways), summary=summary))


def _shows(card: Card, event: ActionPressed | FormSubmitted) -> bool:
    """Whether a button that was pressed still stands there; of a form, whether one about its matter does."""
    if isinstance(event, ActionPressed):
        return any((each.key, each.subject) == (event.key, event.subject) for each in buttons(card))
    return any(each.subject == event.subject and each.key != "matter.show" for each in buttons(card))
