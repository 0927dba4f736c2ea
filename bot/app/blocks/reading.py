"""The ways to what colleagues keep to be read: cases for information and the learning library."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.facts.exemplars import library_of
from bot.app.facts.permissions import shared_cases
from bot.domain.person import Role
from bot.ui.model import Action


async def reading_places(ctx: Context) -> tuple[Action, ...]:
    """A button to each place where something is kept that this therapist may read."""
    if not ctx.me.has(Role.THERAPIST):
        return ()
    w = ctx.words
    shared = (Action("shared.list", w("shared.list"), opens=True),) if await shared_cases(ctx) else ()
    library = (Action("library.open", w("library.open"), opens=True),) if await library_of(ctx) else ()
    return (*shared, *library)
