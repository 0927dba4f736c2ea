"""Looking at a plan changes nothing: the round goes on asking for cases, and those that come later are in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.demo.clinic import MEMBERS
from bot.demo.story import Story, lines_of
from bot.demo.texts import CASES
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.round import Round, RoundStatus
from bot.ui.inbound import Done, Outcome, Refused, Show
from bot.ui.model import Card
from tests.app.planning_steps import OPTIONS, present, preview
from tests.app.series_steps import begin
from tests.world import World


async def the_round(world: World) -> Round:
    (round_,) = await world.find(Round, published_at=None)
    return round_


async def by_hand(world: World) -> None:
    await Story(world, lambda _: None)._open_round()


async def by_a_series(world: World) -> None:
    await begin(world)
    await world.advance(days=1)
    while not await world.find(Round):
        await world.advance(days=1)


async def press_preview(world: World) -> Outcome:
    return await world.player("s").press("round.preview", (await the_round(world)).id)


async def type_preview(world: World) -> Outcome:
    return await world.player("s").type("/round preview")


async def type_publish(world: World) -> Outcome:
    return await world.player("s").type("/round publish")


async def keep_a_cap(world: World) -> Outcome:
    return await world.player("s").press("round.keep", (await the_round(world)).id)


async def take_back(world: World) -> Outcome:
    id = (await the_round(world)).id
    await preview(world, id)
    assert isinstance(await world.player("s").press("round.publish.soon", id), Done)
    await world.advance(minutes=5)
    assert isinstance(await world.player("s").press("round.publish.back", id), Done)
    return await press_preview(world)


LOOKS = {look.__name__: look for look in (press_preview, type_preview, type_publish, keep_a_cap, take_back)}
Look = Callable[[World], Awaitable[Outcome]]
look_each_way = pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)


@pytest.mark.parametrize("opened", [by_hand, by_a_series])
@look_each_way
async def test_after_a_look_the_round_goes_on_asking(world: World, opened: Look, look: Look) -> None:
    await opened(world)
    round_ = await the_round(world)
    before = {key: invitations(world, key) for key in MEMBERS}
    assert any(before.values())
    assert isinstance(await look(world), Show)
    await world.settle()
    assert {key: invitations(world, key) for key in MEMBERS} == before
    row = lines_of_card(await world.player("s").home())
    assert "open for cases until" in row
    assert "plan ready" not in row
    first = round_.asked[0].rpartition("_")[2]
    said = await world.player(first).press("round.pass", round_.id)
    assert isinstance(said, Done)
    assert "The plan of this round is made" not in said.note
    after = await the_round(world)
    assert len(after.asked) == len(round_.asked) + 1, "the next one is asked"
    assert isinstance(await world.player(first).press("round.pass.undo", round_.id), Done)


@look_each_way
async def test_a_case_sent_after_a_look_is_in_the_round_and_is_published(world: World, look: Look) -> None:
    await by_hand(world)
    await present(world, "a", "b")
    round_ = await the_round(world)
    assert isinstance(await look(world), Show)
    assert "It waits for the next round" not in await sent(world, "c")
    assert len(await world.find(Case, round=round_.id)) == 3
    assert isinstance(await world.player("s").press("round.publish", round_.id), Done)
    cases = {assignment.case for assignment in await world.find(Assignment, round=round_.id)}
    assert len(cases) == 3, "with the case that came after the look"


@pytest.mark.parametrize("act", ["round.publish", "round.publish.soon"])
async def test_a_round_whose_plan_nobody_looked_at_is_not_published_by_hand(world: World, act: str) -> None:
    await by_hand(world)
    await present(world, "a", "b")
    refused = await world.player("s").press(act, (await the_round(world)).id)
    assert isinstance(refused, Refused)
    assert refused.key == "round_not_assigned"
    assert (await the_round(world)).status is RoundStatus.COLLECTING


async def test_supervisors_are_told_on_the_plans_day_although_one_has_looked(world: World) -> None:
    await by_hand(world)
    await present(world, "a", "b")
    await preview(world, (await the_round(world)).id)
    await world.advance(hours=1)
    assert not [card for card in world.inbox("s") if card.key == "notice.plan_ready"]
    await to_the_last_hour(world)
    assert (await the_round(world)).status is RoundStatus.ASSIGNED
    assert [card for card in world.inbox("s") if card.key == "notice.plan_ready"]


@pytest.mark.parametrize("by", ["round.publish", "its own time"])
async def test_a_case_that_comes_after_the_plans_day_is_in_the_round_too(world: World, by: str) -> None:
    await by_hand(world)
    await present(world, "a", "b")
    await to_the_last_hour(world)
    round_ = await the_round(world)
    assert round_.planned_at
    assert "It waits for the next round" not in await sent(world, "c")
    if by == "round.publish":
        assert isinstance(await world.player("s").press("round.publish", round_.id), Done)
    else:
        await world.advance(hours=2)
    assert len({each.case for each in await world.find(Assignment, round=round_.id, published_at__not=None)}) == 3


async def to_the_last_hour(world: World) -> None:
    """An hour before the round is published; its plan was made a working day before."""
    at = (await the_round(world)).publish_at
    await world.advance(seconds=(at - world.clock.now()).total_seconds() - 3600)


async def sent(world: World, key: str) -> str:
    """What a presenter reads after sending a case."""
    player = world.player(key)
    _, said = await player.send_and_confirm(await player.open("case.new"), {**CASES[3], **OPTIONS})
    assert isinstance(said, Done)
    return said.note


def invitations(world: World, key: str) -> list[str]:
    """Everything somebody reads that asks for a case, as it stands now."""
    asks = {"notice.please_present", "notice.round_open"}
    return [lines_of_card(card) for card in world.inbox(key) if card.key in asks]


def lines_of_card(card: Card) -> str:
    return "\n".join(text for block in card.body for text in lines_of(block))
