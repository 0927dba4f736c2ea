"""Notices about a text that waits to be sent."""

from __future__ import annotations

from bot.app.blocks.drafts import draft_row
from bot.app.blocks.notice import notice_card
from bot.app.context import Context
from bot.ports.records import OutboxEntry
from bot.ui.model import Card, plain


async def draft_waits(ctx: Context, entry: OutboxEntry) -> Card | None:
    """To its author alone, and without a word of it: a text is not sent yet, since when, and the way back."""
    row = await draft_row(ctx, entry.subject)
    if row is None:
        return None
    w, text = ctx.words, plain(row.line)
    return Card("notice.draft_waits", w("notice.draft_waits.title"), (row,), (), text)


async def draft_over(ctx: Context, entry: OutboxEntry) -> Card | None:
    """In its place once the text is sent or discarded."""
    return notice_card(ctx, "draft_over")
