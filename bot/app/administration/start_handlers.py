"""The first page of administration, and what is not ready."""

from __future__ import annotations

from bot.app.administration.check_views import check_form
from bot.app.administration.start_views import start_form
from bot.app.context import Context
from bot.ui.inbound import ActionPressed, Outcome, Show


async def open_administration(ctx: Context, event: ActionPressed) -> Outcome:
    """Every page of administration."""
    return Show(await start_form(ctx, event.actor.platform))


async def open_check(ctx: Context, event: ActionPressed) -> Outcome:
    """Everything that is not ready, each with what to do."""
    return Show(await check_form(ctx))
