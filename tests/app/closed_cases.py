"""A case that has ended."""

from __future__ import annotations

from bot.demo.story import Story
from bot.domain.case import Case
from tests.world import Kept, World

_PLAYED: list[Kept] = []
"""The demo's round played to its end, once for all tests that begin there."""


async def closed_case(world: World) -> Case:
    """A case whose round was played to its end."""
    if not _PLAYED:
        await Story(world, lambda _: None).run()
        _PLAYED.append(world.kept())
    world.restore(_PLAYED[0])
    return next(c for c in await world.find(Case, order=("-closed_at",)) if c.closed_at)
