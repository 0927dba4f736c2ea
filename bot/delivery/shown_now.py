"""What a message that was delivered shows now, for a press of one of its buttons.

A chat may still show a message as it was before it was edited, so a button may be pressed that stands there no more.
"""

from __future__ import annotations

from typing import Any

from bot.app.context import Context, ShownNow
from bot.app.facts.under_way import merged_ids
from bot.delivery.merging import merged_card
from bot.delivery.notices import card_for, newest_of, newest_pointer, outdated
from bot.delivery.overtaken import NAMES_ITS_MESSAGE, is_overtaken
from bot.domain.person import Contact
from bot.ports.records import OutboxEntry
from bot.ui.inbound import ActionPressed, FormSubmitted
from bot.ui.model import Card

LOOKED_THROUGH = 50
"""The latest messages among whose parts a pressed one is looked for: a long card goes out as several messages."""
MATTERS = (
    *("assignment", "case", "round", "swap", "look", "hold", "exemplar", "follow_up", "asked_back", "questions"),
    *("draft", "reach", "signing", "shared"),
)
"""What a slot may be about, as it begins."""


class DeliveredMessages:
    """Looks messages up as the outbox knows them."""

    async def of(self, ctx: Context, event: ActionPressed | FormSubmitted) -> ShownNow | None:
        """The message that an event came from; None for what is no message of ours to this person."""
        told = await _about(ctx, event)
        if not told:
            return None
        first, last = told[0], [each for each in told if each.card not in NAMES_ITS_MESSAGE][-1]
        if merged_ids(first):
            card = await merged_card(ctx, first)
        elif await is_overtaken(ctx, first):
            card = await newest_pointer(ctx, first)
        else:
            card = await card_for(ctx, last)
        return ShownNow(card or await outdated(ctx, last), bool(merged_ids(first)))

    async def newest(self, ctx: Context, matter: str) -> Card | None:
        """The newest message to this person about a matter that still says something."""
        for kind in MATTERS if matter else ():
            if card := await newest_of(ctx, f"{kind}:{matter}:{ctx.me.id}"):
                return card
        return None


async def _about(ctx: Context, event: ActionPressed | FormSubmitted) -> list[OutboxEntry]:
    """What was sent as this message and what edited it since, oldest first."""
    actor = event.actor
    account: dict[str, Any] = {"platform": actor.platform, "tenant": actor.tenant, "user": actor.user}
    for contact in await ctx.uow.find(Contact, person=ctx.me.id, **account):
        mine: dict[str, Any] = {"person": ctx.me.id, "contact": contact.id}
        first_sent = ("sent_at", "created_at", "id")
        if found := await ctx.uow.find(OutboxEntry, delivered_id=event.message, order=first_sent, **mine):
            return found
        last_sent = ("-sent_at", "-created_at", "-id")
        recent = await ctx.uow.find(OutboxEntry, sent_at__not=None, order=last_sent, limit=LOOKED_THROUGH, **mine)
        return [each for each in reversed(recent) if _is_part(event.message, each.delivered_id)]
    return []


def _is_part(message: str, delivered: str) -> bool:
    """Whether a platform's id names one of the messages that a card became; `where:` stands before them all."""
    where, _, stamp = message.rpartition(":")
    place, _, stamps = delivered.rpartition(":")
    return where == place and stamp in stamps.split(",")
