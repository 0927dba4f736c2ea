"""What is typed without end: answered in a sentence, and in no time."""

from __future__ import annotations

from time import process_time

import pytest

from bot.demo.story import Story
from bot.ui.inbound import Invalid, Refused, Show
from tests.app.planning_steps import present, preview
from tests.world import World


@pytest.mark.parametrize("command", ["log", "caseload", "round", "report", "help", "nonsense"])
@pytest.mark.parametrize("words", ["1/" * 125_000, "a " * 251])
async def test_a_command_without_end_is_refused_in_a_sentence(world: World, command: str, words: str) -> None:
    began = process_time()
    outcome = await world.player("s").type(f"/{command} {words}")
    assert process_time() - began < 2
    assert isinstance(outcome, Refused)
    assert outcome.key == "too_long"
    assert "at most 500" in outcome.text


async def test_a_command_of_the_longest_length_is_read(world: World) -> None:
    outcome = await world.player("a").type("/log " + "1/" * 250)
    assert not (isinstance(outcome, Refused) and outcome.key == "too_long")


@pytest.mark.parametrize("command", ["case new", "risk"])
async def test_a_message_that_becomes_a_case_and_a_risk_have_no_such_bound(world: World, command: str) -> None:
    outcome = await world.player("a").type(f"/{command} " + "word " * 200)
    assert not (isinstance(outcome, Refused) and outcome.key == "too_long")


@pytest.mark.parametrize("week", ["000000003" + "9" * 30, "9" * 5000, "0" * 5000])
async def test_a_week_of_many_digits_is_said_at_the_field(world: World, week: str) -> None:
    form = await world.player("a").open("pick.add")
    outcome = await world.player("a").send(form, {"number": "P12", "week": week, "weeks": "10"})
    assert isinstance(outcome, Invalid)
    assert "week" in outcome.form.errors


async def test_a_cap_of_thousands_of_digits_is_the_largest(world: World) -> None:
    round_ = await Story(world, lambda _: None)._open_round()
    await present(world, "a", "b", "c", "d")
    form = await preview(world, round_)
    tried = await world.player("s").send(form, {"cap_person": ("per_demo_e",), "cap": "9" * 5000})
    assert isinstance(tried, Show)
