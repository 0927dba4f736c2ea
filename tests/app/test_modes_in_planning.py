"""The mode of a case in a plan: a preference, or a rule of the group, and what that rule costs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.story import Story
from bot.demo.texts import CASES
from bot.domain.assignment import Assignment
from bot.domain.organisation import Organisation
from tests.app.planning_steps import OPTIONS, preview, told
from tests.app.series_steps import begin
from tests.app.series_steps import told as told_in
from tests.world import World


async def f2f_case(world: World, *reviewers: str, presenter: str = "a") -> str:
    """A face-to-face case in an open round; therapist a and these colleagues do face-to-face work."""
    round_ = await Story(world, lambda _: None)._open_round()
    for key in ("a", *reviewers):
        await world.player(key).type("/caseload f2f")
    player = world.player(presenter)
    form = await player.open("case.new")
    await player.send_and_confirm(form, {**CASES[0], **OPTIONS, "mode": ("f2f",)})
    return round_


async def fit(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Organisation, ORGANISATION), policy={"mode_must_fit": True}))
        await uow.commit()


async def test_one_switch_to_face_to_face_does_not_starve(world: World) -> None:
    round_ = await f2f_case(world)
    await preview(world, round_)
    await world.player("s").press("round.publish", round_)
    assert len(await world.find(Assignment, round=round_, ended_at=None)) == 2


async def test_whoever_works_in_the_mode_of_a_case_comes_first(world: World) -> None:
    round_ = await f2f_case(world, "e", "g")
    await preview(world, round_)
    assignments = await world.find(Assignment, round=round_, ended_at=None)
    assert {assignment.reviewer for assignment in assignments} == {person_id("e"), person_id("g")}


@pytest.mark.parametrize("presenter", ["a", "e"])
async def test_the_number_that_a_rule_of_modes_costs_is_the_same_whoever_presents(world: World, presenter: str) -> None:
    """Two work face to face: from outside both could review, but one of them presents."""
    await fit(world)
    round_ = await f2f_case(world, "e", presenter=presenter)
    shown = told(await preview(world, round_))
    assert "There are enough reviewers" in shown
    assert "gives 1 more review" in next(line for line in shown.splitlines() if "mode_must_fit" in line)


async def test_where_modes_must_fit_the_help_names_the_assignments_and_the_presenter_hears_why(world: World) -> None:
    await fit(world)
    round_ = await f2f_case(world)
    shown = told(await preview(world, round_))
    assert "mode_must_fit" in shown
    assert "gives 2 more reviews" in next(line for line in shown.splitlines() if "mode_must_fit" in line)
    await world.player("s").press("round.publish", round_)
    await world.settle()
    waits = [card for card in world.inbox("a") if card.key == "notice.own_case_waits"]
    assert len(waits) == 1
    assert "caseload mode" in waits[0].summary


async def test_a_presenter_whose_case_waits_hears_until_when_if_a_series_says_so(world: World) -> None:
    await fit(world)
    await begin(world, anchor="2027-03-01")
    round_ = await f2f_case(world)
    await preview(world, round_)
    await world.player("s").press("round.publish", round_)
    await world.settle()
    (waits,) = [card for card in world.inbox("a") if card.key == "notice.own_case_waits"]
    assert "The next round is planned for Mon 1 Mar" in told_in(waits)
