"""A case for which no review ever comes ends by itself; until then a late review still counts."""

from __future__ import annotations

from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.round import Round
from tests.app.risk import Scene, scene
from tests.world import World


async def now(at: Scene) -> Case:
    return (await at.world.find(Case, id=at.case.id))[0]


async def test_it_closes_ten_working_days_after_the_last_deadline_and_its_round_with_it(world: World) -> None:
    at = await scene(world)
    due = max(each.due_at for each in await world.find(Assignment, case=at.case.id, ended_at=None) if each.due_at)
    await world.advance(seconds=(due - world.clock.now()).total_seconds() + 3600)
    await world.advance(days=10)
    assert (await now(at)).open, "ten days are not ten working days: a late review still helps"
    await world.advance(days=6)
    over = await now(at)
    assert over.closed_at
    assert over.released_at is None
    assert "case_ended" in await world.told("a")
    (round_,) = await world.find(Round, id=over.round)
    others = [each for each in await world.find(Case, round=round_.id) if each.open]
    assert round_.closed_at or others


async def test_a_late_review_releases_it_and_sets_the_end_anew(world: World) -> None:
    at = await scene(world)
    mine = (await world.find(Assignment, case=at.case.id, ended_at=None))[0]
    assert mine.due_at
    await world.advance(seconds=(mine.due_at - world.clock.now()).total_seconds() + 3600)
    await world.advance(days=9)
    reviewer = world.player(mine.reviewer.removeprefix("per_demo_"))
    form = await reviewer.open("review.open", mine.id)
    await reviewer.send_and_confirm(form, {"reflection": "I wonder about it.", "suggestion": "Ask once more."})
    await world.settle()
    assert (await now(at)).released_at
    await world.advance(days=8)
    assert (await now(at)).open, "the presenter has ten working days from the release on"
    await world.advance(days=8)
    assert (await now(at)).closed_at
