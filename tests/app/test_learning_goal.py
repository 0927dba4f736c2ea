"""A private learning goal: who reads it, what is counted against it, and when it goes."""

from __future__ import annotations

import json

import pytest

from bot.app.context import Work
from bot.app.steps.access_request import export_person
from bot.app.steps.erasure_request import erase_person
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.learning_goal import HalfYear, LearningGoal
from bot.domain.person import Person
from bot.ports.records import LogEntry
from bot.ui.inbound import Done, Hand, Invalid, Outcome, Refused, Show
from bot.ui.model import TextField
from bot.ui.strings import words
from tests.app.risk import words_of
from tests.app.test_exchange import TAKEAWAY, policy, released
from tests.world import World

ME = "a"
GOAL = "Ask fewer questions in one message."
OWN = "I ask one question now; next I will praise more."


async def set_goal(world: World, sentence: str = GOAL, *themes: str) -> Outcome:
    player = world.player(ME)
    return await player.send(await player.open("goal.open"), {"note": sentence, "themes": themes})


async def half(world: World, key: str = "") -> str:
    outcome = await world.player(ME).press("goal.half", "", half=key)
    assert isinstance(outcome, Show), outcome
    return words_of(outcome) + repr(outcome.form.body)


async def stored(world: World, text: str) -> bool:
    """Whether the store reads the sentence back for anybody."""
    async with world.store.begin(ORGANISATION, write=False) as uow:
        for goal in await uow.find(LearningGoal):
            for part in await uow.parts(goal.id):
                if any(text in each.text for each in (await uow.texts(goal.id, part)).values()):
                    return True
    return False


async def test_one_sentence_is_kept_and_replaced_and_only_its_owner_reads_it(world: World) -> None:
    assert isinstance(await set_goal(world, GOAL, "length"), Done)
    assert GOAL in await half(world)
    for key in "bs":
        shown = await world.player(key).press("goal.half")
        assert isinstance(shown, Show)
        assert GOAL not in words_of(shown)
    await world.advance(days=3)
    assert isinstance(await set_goal(world, "Praise effort."), Done)
    told = await half(world)
    assert GOAL in told
    assert "Praise effort." in told
    assert len(await world.find(LearningGoal, ended_on=None)) == 1


async def test_a_goal_of_the_same_day_leaves_nothing_behind(world: World) -> None:
    await set_goal(world)
    await set_goal(world, "Praise effort.")
    assert not await stored(world, GOAL)
    assert isinstance(await world.player(ME).press("goal.end"), Done)
    assert await world.find(LearningGoal) == []
    again = await world.player(ME).press("goal.end")
    assert isinstance(again, Refused)
    assert again.key == "no_learning_goal"


@pytest.mark.parametrize("typed", ["", "  ", "x" * 201])
async def test_no_sentence_and_a_long_one_are_refused_in_the_form(world: World, typed: str) -> None:
    outcome = await set_goal(world, typed)
    assert isinstance(outcome, Invalid)
    assert outcome.form.errors["note"]
    assert await world.find(LearningGoal) == []


async def test_what_identifies_somebody_is_masked_in_it(world: World) -> None:
    await set_goal(world, "Write to anna@clinic.example less.")
    assert not await stored(world, "anna@clinic.example")


async def test_a_takeaway_is_kept_with_the_goal_when_its_author_ticks_that(world: World) -> None:
    await set_goal(world)
    at = await released(world)
    form = await at.presenter.open("takeaway.open", at.case.id)
    await at.presenter.send_and_confirm(form, {"takeaway": TAKEAWAY, "goal": ("yes",)})
    (entry,) = await world.find(LogEntry, source=f"case:{at.case.id}:{person_id(ME)}")
    await world.advance(days=40)
    async with world.store.begin(ORGANISATION, write=False) as uow:
        assert await uow.texts(at.case.id, "takeaway") == {}, "the text of the case is gone"
        assert (await uow.texts(entry.id, f"log:{entry.id}"))["learning_point"].text == TAKEAWAY
    assert TAKEAWAY in await half(world, HalfYear.of(entry.day).key)


async def test_without_the_tick_or_a_goal_nothing_is_kept(world: World) -> None:
    at = await released(world)
    form = await at.presenter.open("takeaway.open", at.case.id)
    assert "goal" not in {field.name for field in form.fields}
    await at.presenter.send_and_confirm(form, {"takeaway": TAKEAWAY, "goal": ("yes",)})
    (entry,) = await world.find(LogEntry, source=f"case:{at.case.id}:{person_id(ME)}")
    async with world.store.begin(ORGANISATION, write=False) as uow:
        assert await uow.parts(entry.id) == []


async def test_what_one_makes_of_a_half_year_is_kept_handed_out_and_taken_back(world: World) -> None:
    await set_goal(world, GOAL, "length")
    player = world.player(ME)
    form = await player.open("goal.half")
    assert isinstance(await player.send(form, {"learning_point": OWN}), Done)
    (field,) = (await player.open("goal.half")).fields
    assert isinstance(field, TextField)
    assert field.value.reveal() == OWN
    handed = await player.press("goal.file")
    assert isinstance(handed, Hand)
    told = handed.document.content.decode("utf-8-sig")
    assert GOAL in told
    assert OWN in told
    assert words("en")("theme.length") in told
    assert isinstance(await player.send(await player.open("goal.half"), {"learning_point": ""}), Done)
    assert not await stored(world, OWN)


async def test_it_is_in_my_data_and_goes_with_its_owner(world: World) -> None:
    await set_goal(world, GOAL, "length")
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        me = await uow.get(Person, person_id(ME))
        mine = json.loads(await export_person(work, me, texts=True))
        assert mine["LearningGoal"][0]["note"] == GOAL
        assert GOAL not in (await export_person(work, await uow.get(Person, person_id("b")), texts=True)).decode()
        (goal,) = await uow.find(LearningGoal)
        await erase_person(work, me, "per_demo_p", 0)
        assert await uow.texts(goal.id, "goal") == {}
        assert await uow.find(LearningGoal) == []
        await uow.commit()


async def test_where_the_policy_leaves_goals_out_nothing_is_offered(world: World) -> None:
    await policy(world, learning_goals=False)
    for action in ("goal.open", "goal.half", "goal.file"):
        outcome = await world.player(ME).press(action)
        assert isinstance(outcome, Refused)
        assert outcome.key == "no_goals_here"
    assert "goal.half" not in repr(await world.player(ME).type("/supervision"))


@pytest.mark.parametrize("typed", ["goal", "lernziel", "leerdoel", "læringsmål", "lärandemål"])
async def test_the_typed_word_opens_the_form_and_then_the_half_year(world: World, typed: str) -> None:
    first = await world.player(ME).type(f"/supervision {typed}")
    assert isinstance(first, Show)
    assert first.form.key == "goal.send"
    await set_goal(world)
    second = await world.player(ME).type(f"/supervision {typed}")
    assert isinstance(second, Show)
    assert second.form.key == "goal.half.send"
