"""The first page of administration."""

from __future__ import annotations

from bot.app.administration.start_views import start_form
from bot.app.context import Context
from bot.ui.inbound import ActionPressed, Outcome, Show


async def open_administration(ctx: Context, event: ActionPressed) -> Outcome:
    """Every page of administration."""
    return Show(await start_form(ctx))
