"""Discarding a draft. Keeping and giving back happen at the door (`bot.app.entry`) for every form alike."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.steps import drafts
from bot.ui.inbound import ActionPressed, Done, Outcome


async def discard(ctx: Context, event: ActionPressed) -> Outcome:
    """Forget one draft of the person's own."""
    await drafts.discard(ctx, event.subject)
    return Done(ctx.words("draft.discarded"))
