"""The whole main job through the one way in, on the store in memory."""

from bot.demo.story import Story
from tests.world import World


async def test_a_round_of_six_cases_and_twelve_reviews_ends_in_the_log(world: World) -> None:
    told: list[str] = []
    await Story(world, told.append).run()
    assert any("18 log entries" in sentence for sentence in told)
