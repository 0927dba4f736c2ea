"""A reviewer's question and the presenter's answer: what is asked is asked only while it is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.demo.clinic import person_id
from bot.domain.assignment import Assignment
from bot.ui.inbound import Invalid
from bot.ui.model import Passage
from tests.app.risk import Scene, scene
from tests.tables.crawl import actions
from tests.world import World

ASKED = "A question about your case"


async def ask(at: Scene) -> None:
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send(form, {"question": "How long has it lasted?"})


async def answer(at: Scene) -> None:
    form = await at.presenter.open("question.open", at.case.id)
    await at.presenter.send(form, {form.fields[0].name: "Since May, about half a year."})


async def test_a_question_answered_in_the_same_night_is_asked_no_more_in_the_morning(world: World) -> None:
    at = await scene(world)
    await world.advance(hours=12)
    await ask(at)
    await answer(at)
    await world.advance(hours=14)
    assert ASKED not in [card.title for card in world.inbox("a")]


async def test_an_answer_sent_since_the_form_was_opened_is_replaced_only_when_sent_again(
    world: World,
) -> None:
    at = await scene(world)
    await ask(at)
    old = await at.presenter.open("question.open", at.case.id)
    (name,) = [each.name for each in old.fields]
    await answer(at)

    async def stands() -> str:
        async with world.store.begin(at.case.organisation, write=False) as uow:
            return (await uow.texts(at.case.id, f"question:{name}"))["answer"].text

    first = await stands()
    told = await at.presenter.send(old, {name: "Since the winter."})
    assert isinstance(told, Invalid)
    assert "Send once more" in told.form.errors[name]
    assert first in [block.text.text for block in told.form.body if isinstance(block, Passage)]
    assert await stands() == first
    await at.presenter.send_and_confirm(told.form, {name: "Since the winter."})
    assert await stands() == "Since the winter."


async def test_a_question_that_waits_in_the_morning_is_asked(world: World) -> None:
    at = await scene(world)
    await world.advance(hours=12)
    await ask(at)
    await world.advance(hours=14)
    assert [card.title for card in world.inbox("a")].count(ASKED) == 1


async def test_a_second_question_is_asked_though_the_first_is_answered(world: World) -> None:
    at = await scene(world)
    await ask(at)
    await world.advance(minutes=5)
    await answer(at)
    await world.advance(minutes=5)
    await ask(at)
    await world.advance(minutes=5)
    assert [card.title for card in world.inbox("a")].count(ASKED) == 2


async def test_answers_are_asked_for_only_while_a_question_waits(world: World) -> None:
    at = await scene(world)
    assert "question.open" not in repr(await at.presenter.home())
    await at.reviewer.send_and_confirm(
        await at.reviewer.open("review.open", at.assignment.id), {"question": "Since when is she silent?"}
    )
    assert "question.open" in repr(await at.presenter.home())
    form = await at.presenter.open("question.open", at.case.id)
    await at.presenter.send_and_confirm(form, {form.fields[0].name: "Since her holidays."})
    assert "question.open" not in repr(await at.presenter.home())


async def still_asked(at: Scene) -> None:
    await at.world.advance(days=3)


async def round_closed(at: Scene) -> None:
    await at.world.player("s").press("round.close", at.case.round or "")


async def on_hold(at: Scene) -> None:
    await at.concern()


async def reviews_released(at: Scene) -> None:
    await at.world.advance(days=3)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send_and_confirm(form, {"reflection": "It moves.", "suggestion": "Ask."})
    await at.world.advance(days=8)


@pytest.mark.parametrize(
    ("then", "open_"), [(still_asked, True), (round_closed, False), (on_hold, False), (reviews_released, False)]
)
async def test_questions_can_be_answered_only_while_reviewers_have_the_case(
    world: World, then: Callable[[Scene], Awaitable[None]], open_: bool
) -> None:
    """The form takes no text that would be refused, and is offered where it takes one."""
    at = await scene(world)
    await ask(at)
    await then(at)
    await world.settle()
    form = await at.presenter.open("question.open", at.case.id)
    assert (form.fields != (), form.submit != "") == (open_, open_)
    assert ("question.open" in repr(await at.presenter.home())) == open_


async def test_a_review_on_hold_is_not_offered_to_be_written(world: World) -> None:
    at = await scene(world)
    await world.advance(days=3)
    await at.concern()
    rows = [action for action in actions(await at.reviewer.home()) if action.subject == at.assignment.id]
    assert "Write the review" not in {action.label for action in rows}


async def question_by(at: Scene, key: str, text: str) -> None:
    reviewer = at.world.player(key)
    (mine,) = await at.world.find(Assignment, case=at.case.id, reviewer=person_id(key), ended_at=None)
    await reviewer.send_and_confirm(await reviewer.open("review.open", mine.id), {"question": text})


@pytest.mark.parametrize("answered", [0, 1])
@pytest.mark.parametrize("askers", [("b", "e"), ("e", "b")])
@pytest.mark.parametrize("apart", [0, 5])
async def test_a_question_left_open_by_the_answers_rings(
    world: World, askers: tuple[str, str], answered: int, apart: int
) -> None:
    """The page showed two questions; whichever is answered, the other is asked anew, once."""
    at = await scene(world)
    await question_by(at, askers[0], "Since when is it so?")
    await world.advance(minutes=apart)
    await question_by(at, askers[1], "Who else knows of it?")
    await world.advance(minutes=5)
    assert [card.title for card in world.inbox("a")].count(ASKED) == 1
    form = await at.presenter.open("question.open", at.case.id)
    assert len(form.fields) == 2
    await at.presenter.send_and_confirm(form, {form.fields[answered].name: "Since May, about half a year."})
    await world.settle()
    assert [card.title for card in world.inbox("a")].count(ASKED) == 2
    form = await at.presenter.open("question.open", at.case.id)
    left = [each.name for each in form.fields][-1]
    await world.advance(minutes=5)
    await at.presenter.send_and_confirm(form, {left: "Her sister, since last week."})
    await world.advance(minutes=5)
    assert [card.title for card in world.inbox("a")].count(ASKED) == 2
