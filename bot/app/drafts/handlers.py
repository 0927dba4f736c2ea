"""Discarding a draft. Keeping and giving back happen in `bot.app.draft_keeping` for every form alike."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.steps import drafts
from bot.app.steps.draft_news import draft_is_over
from bot.ui.inbound import ActionPressed, Done, Outcome


async def discard(ctx: Context, event: ActionPressed) -> Outcome:
    """Forget one draft of the person's own."""
    await drafts.discard(ctx, event.subject)
    await draft_is_over(ctx, event.subject)
    return Done(ctx.words("draft.discarded"))
