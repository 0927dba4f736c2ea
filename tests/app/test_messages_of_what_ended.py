"""When a case or a round ends nobody's message still asks for something, and each who owed or waits hears it once."""

from __future__ import annotations

import pytest

from bot.app.context import Work
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.story import Story
from bot.domain.assignment import Assignment
from bot.ui.model import Card
from tests.app.risk import Scene, scene
from tests.tables.crawl import actions
from tests.world import World

OPEN = frozenset({"review.open", "case.page", "question.open", "takeaway.open", "review.reassign"})
"""Buttons of what goes on."""


def standing(world: World, key: str) -> list[Card]:
    """Somebody's messages as they stand now."""
    now: dict[str, Card] = {}
    for number, (user, message) in enumerate(world.platform.sent, start=1):
        if user == person_id(key):
            now[message.replaces or f"msg-{number}"] = message.card
    return list(now.values())


def buttons(world: World, key: str) -> set[str]:
    """Of somebody's messages, but for the way from an older one to what is true today."""
    return {action.key for card in standing(world, key) for action in actions(card)} - {"matter.show"}


def new(world: World, key: str, before: int) -> list[str]:
    """What rang for somebody since `before` messages were out."""
    later = world.platform.sent[before:]
    return [message.card.key for user, message in later if user == person_id(key) and not message.replaces]


async def review(world: World, at: Scene, key: str) -> None:
    (found,) = await world.find(Assignment, case=at.case.id, reviewer=person_id(key))
    player = world.player(key)
    form = await player.open("review.open", found.id)
    await player.send_and_confirm(form, {"reflection": "It moves.", "suggestion": "Ask her.", "prompts": ("clear",)})
    await world.settle()


async def close(world: World, at: Scene) -> None:
    await world.player("s").press("round.close", at.case.round or "")
    await world.settle()


async def test_a_round_closed_without_a_review_tells_each_who_owed_or_waited_once(world: World) -> None:
    at = await scene(world)
    before = len(world.platform.sent)
    await close(world, at)
    assert {key: new(world, key, before) for key in "abe"} == {
        "a": ["notice.case_ended"],
        "b": ["notice.case_closed"],
        "e": ["notice.case_closed"],
    }
    assert {key: buttons(world, key) & OPEN for key in "abes"} == {key: set() for key in "abes"}
    assert {user for user, _ in world.platform.sent[before:]} <= {person_id(key) for key in "abe"}
    assert "0 of 2" in standing(world, "a")[-1].summary


async def test_a_round_closed_with_one_review_leaves_its_reviewer_alone_and_counts_for_the_presenter(
    world: World,
) -> None:
    at = await scene(world)
    await world.advance(days=3)
    await review(world, at, "b")
    before = len(world.platform.sent)
    await close(world, at)
    assert (new(world, "a", before), new(world, "b", before)) == (["notice.case_ended"], [])
    assert [c.key for c in standing(world, "b") if c.key == "notice.review_in"], "what it said stays"
    assert new(world, "e", before) == ["notice.case_closed"]
    assert "1 of 2" in standing(world, "a")[-1].summary
    assert buttons(world, "a") == {"case.reviews"}
    assert not buttons(world, "e") & OPEN, "the reminder, too"


@pytest.mark.parametrize("by", ["the supervisor", "its days"])
async def test_no_takeaway_is_asked_for_once_the_case_is_closed(world: World, by: str) -> None:
    at = await scene(world)
    await world.advance(days=3)
    await review(world, at, "b")
    await review(world, at, "e")
    assert "takeaway.open" in buttons(world, "a")
    before = len(world.platform.sent)
    await (close(world, at) if by == "the supervisor" else world.advance(days=21))
    assert (await at.now()).closed_at is not None
    assert new(world, "a", before) == ["notice.case_ended"]
    assert buttons(world, "a") == {"case.reviews"}
    assert "notice.case_closed" not in [*new(world, "b", before), *new(world, "e", before)]


async def test_a_takeaway_frees_who_had_not_written(world: World) -> None:
    at = await scene(world)
    await world.advance(days=3)
    await review(world, at, "b")
    await world.advance(days=9)
    assert "takeaway.open" in buttons(world, "a")
    assert "review.open" in buttons(world, "e")
    assert "supervision.nudge" in buttons(world, "s"), "nobody new is asked for a review of a released case"
    before = len(world.platform.sent)
    form = await at.presenter.open("takeaway.open", at.case.id)
    await at.presenter.send_and_confirm(form, {"takeaway": "I ask her."})
    await world.settle()
    assert new(world, "a", before) == []
    assert buttons(world, "a") == {"case.reviews"}
    left = {key: buttons(world, key) & {*OPEN, "supervision.nudge"} for key in "es"}
    assert left == {"e": set(), "s": set()}, "at once, on a Saturday"
    await world.advance(days=2)
    assert "notice.case_closed" in new(world, "e", before)


@pytest.mark.parametrize("together", [False, True], ids=["a message of its own", "with other news"])
async def test_a_presenter_who_withdraws_reads_no_message_that_the_case_goes_on(world: World, together: bool) -> None:
    at = await scene(world)
    if together:
        async with world.store.begin(ORGANISATION) as uow:
            work = Work(uow, world.clock.now(), world.tools)
            await work.tell(person_id("a"), "case_covered", at.case.id)
            await work.tell(person_id("a"), "case_redated", at.case.id, slot=f"case:{at.case.id}")
            await work.tell(person_id("a"), "leave_ended", "news", day="1 Dec")
            await uow.commit()
        await world.settle()
    assert "case.page" in buttons(world, "a")
    before = len(world.platform.sent)
    await at.presenter.press("case.withdraw", at.case.id)
    await world.settle()
    assert new(world, "a", before) == []
    assert {key: buttons(world, key) & OPEN for key in "abe"} == {key: set() for key in "abe"}
    assert new(world, "b", before) == ["notice.case_gone"]


async def test_a_case_withdrawn_before_the_plan_stands_in_no_message(world: World) -> None:
    story = Story(world, lambda _: None)
    await story._open_round()
    await story._present()
    await world.settle()
    (page,) = [a for card in standing(world, "a") for a in actions(card) if a.key == "case.page"]
    await world.player("a").press("case.withdraw", page.subject)
    await world.settle()
    assert "case.page" not in buttons(world, "a")


async def test_a_question_of_a_case_that_is_withdrawn_asks_for_no_answer(world: World) -> None:
    at = await scene(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send_and_confirm(form, {"question": "What has she tried so far?"})
    await world.settle()
    assert "question.open" in buttons(world, "a")
    await at.presenter.press("case.withdraw", at.case.id)
    await world.settle()
    assert "question.open" not in buttons(world, "a")
