"""Operations in chat and browser: how delivery stands, and sending again what did not arrive."""

from __future__ import annotations

from dataclasses import replace

from bot.app.context import Context
from bot.app.operations.views import not_arrived, operations_card
from bot.domain.person import Contact
from bot.errors import Refusal
from bot.ports.records import OutboxEntry
from bot.ui.inbound import ActionPressed, Done, Outcome, Say


class AlreadyDelivered(Refusal):
    """Only a message that was given up or whose fate is unknown is sent again."""


async def show(ctx: Context, event: ActionPressed) -> Outcome:
    """Queue, next steps, programs at work, and what did not arrive."""
    return Say(await operations_card(ctx))


async def again(ctx: Context, event: ActionPressed) -> Outcome:
    """Send a message once more; addresses that were shut because a platform refused them are tried again too."""
    entry = await ctx.uow.get(OutboxEntry, event.subject)
    if not await _again(ctx, entry):
        raise AlreadyDelivered
    return Done(ctx.words("operations.again.done"), await operations_card(ctx))


async def again_all(ctx: Context, event: ActionPressed) -> Outcome:
    """Send everything on the list once more, after an outage."""
    for entry in await not_arrived(ctx):
        await _again(ctx, entry)
    return Done(ctx.words("operations.again_all.done"), await operations_card(ctx))


async def _again(ctx: Context, entry: OutboxEntry) -> bool:
    under_way = entry.lease_until is not None and entry.lease_until > ctx.now
    if under_way or entry.dropped_at or not (entry.failed_at or entry.uncertain_at):
        return False
    for contact in await ctx.uow.find(Contact, person=entry.person, failed_at__not=None):
        if contact.failure != "gone":
            await ctx.uow.save(replace(contact, failed_at=None, failure=""))
    anew = replace(
        entry,
        due_at=ctx.now,
        wanted_at=ctx.now,
        attempts=0,
        sent_at=None,
        failed_at=None,
        failure="",
        uncertain_at=None,
        delivered_id="",
    )
    # An alert goes to the channel it was meant for; anything else may go wherever the person is reached today.
    await ctx.uow.save(anew if entry.urgent else replace(anew, contact=""))
    return True
