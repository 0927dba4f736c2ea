"""A published round of six cases, and who reviews in it."""

from __future__ import annotations

from bot.demo.player import Player
from bot.demo.story import Story
from bot.domain.assignment import Assignment
from tests.world import World


async def published(world: World) -> list[Assignment]:
    """A published round of six cases; its assignments."""
    story = Story(world, lambda _: None)
    round_ = await story._open_round()
    await story._present()
    await story._plan_and_publish(round_)
    return await world.find(Assignment, round=round_, ended_at=None)


def who(assignment: Assignment, world: World) -> Player:
    return world.player(assignment.reviewer.rpartition("_")[2])
