"""The day a treatment began, as an author told it: kept sealed, never shown to peers."""

from __future__ import annotations

from datetime import date

from bot.app.context import Context
from bot.ports.records import Draft

START = "treatment-start"


async def draft_start(ctx: Context, draft: Draft) -> date | None:
    """The day of a draft."""
    sealed = await ctx.uow.sealed(draft.id, START)
    return date.fromisoformat(sealed.decode()) if sealed else None
