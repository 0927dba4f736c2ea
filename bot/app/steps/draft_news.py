"""A text that a chat's dialog took and that was not sent: one message says that it waits, and leads back to it.

A dialog that was closed, refused or out of time leaves no trace in a chat. On our own pages the form itself stays.
"""

from __future__ import annotations

from datetime import timedelta

from bot.app.context import Context, Work
from bot.app.steps.drafts import id_of, saved_at
from bot.ports.records import Draft, OutboxEntry

TOLD_AFTER = timedelta(minutes=10)
"""Since the last change: whoever is still at it is not told."""


async def watch_draft(ctx: Context, name: str, platform: str) -> None:
    """Look later whether what a form of this platform brought was sent."""
    if not ctx.tools.own_pages(platform):
        await ctx.uow.wake("draft.waits", id_of(name), ctx.now + TOLD_AFTER)


async def tell_draft(work: Work, id: str) -> None:
    """Tell its author once; while it is still being changed, look again later. Raises NotFound once it is gone."""
    draft = await work.uow.get(Draft, id)
    quiet = saved_at(draft) + TOLD_AFTER
    if quiet > work.now:
        await work.uow.wake("draft.waits", id, quiet)
        return
    await work.tell(draft.person, "draft_waits", draft.id, slot=f"draft:{draft.id}")


async def draft_is_over(ctx: Context, name_or_id: str) -> None:
    """Where it was told of: the message says that the text was sent or discarded, and loses its buttons."""
    id = id_of(name_or_id)
    slot = f"draft:{id}"
    if await ctx.uow.find(OutboxEntry, slot=f"{slot}:{ctx.me.id}", dropped_at=None, limit=1):
        await ctx.tell(ctx.me.id, "draft_over", id, slot=slot)
