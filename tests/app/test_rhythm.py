"""What a person reads about their own rhythm is true the moment they have done something."""

from __future__ import annotations

from bot.demo.player import Player
from bot.demo.story import lines_of
from bot.demo.texts import REVIEWS
from bot.domain.case import Assignment
from tests.app.test_repair import published, who
from tests.world import World


async def any_supervision(player: Player) -> str:
    """The line about any supervision on the person's start page."""
    return next(line for block in (await player.home()).body for line in lines_of(block) if "Any supervision" in line)


async def test_a_review_counts_from_the_day_it_is_in_not_from_the_day_the_case_closes(world: World) -> None:
    assignment: Assignment = (await published(world))[0]
    player = who(assignment, world)
    await world.advance(days=4)
    before = await any_supervision(player)
    form = await player.open("review.open", assignment.id)
    await player.send_and_confirm(form, {"reflection": REVIEWS[0][0], "suggestion": REVIEWS[0][1]})
    assert await any_supervision(player) != before
