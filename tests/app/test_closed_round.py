"""After a round closed nothing of it is written or reminded, and every page says so; what a late review is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Person
from bot.ui.inbound import Done, Refused, Say, Show
from bot.ui.model import Buttons, Row, plain
from tests.app.published_round import published, who
from tests.world import World

SAID = {"reflection": "It moves.", "suggestion": "Ask her.", "prompts": ("clear",)}


async def english(world: World) -> None:
    """Everybody reads English, so that a sentence is the same whoever reviews by lot."""
    async with world.store.begin(ORGANISATION) as uow:
        for person in await uow.find(Person):
            await uow.save(replace(person, language="en"))
        await uow.commit()


async def states(world: World, round_: str) -> list[tuple[str, str, str]]:
    """Case, reviewer and state of every row of the round's page, as the supervisor reads it."""
    shown = await world.player("s").press("round.show", round_)
    assert isinstance(shown, Say)
    rows = [b for b in shown.card.body if isinstance(b, Row) and b.cells]
    return [(plain(row.cells[0]), plain(row.cells[2]), plain(row.cells[3])) for row in rows]


async def closed(world: World) -> list[Assignment]:
    """A round closed after its deadline with every review missing."""
    await english(world)
    assignments = await published(world)
    await world.advance(days=12)
    assert {state for _, _, state in await states(world, assignments[0].round)} == {"overdue"}
    await world.player("s").press("round.close", assignments[0].round)
    return assignments


async def test_a_closed_round_reminds_nobody_and_says_of_each_that_it_was_not_written(world: World) -> None:
    assignments = await closed(world)
    round_ = assignments[0].round
    shown = await world.player("s").press("round.show", round_)
    assert isinstance(shown, Say)
    offered = [a.key for b in shown.card.body if isinstance(b, Buttons) for a in b.actions]
    assert "round.remind" not in offered
    assert {state for _, _, state in await states(world, round_)} == {"not written"}
    before = len(world.platform.sent)
    refused = await world.player("s").press("round.remind", round_)
    assert isinstance(refused, Refused)
    assert "nobody is reminded" in refused.text
    await world.settle()
    assert not [m for _, m in world.platform.sent[before:] if m.card.key.startswith("notice.nudge")]


async def test_a_case_that_closed_in_a_round_that_goes_on_is_not_reminded_either(world: World) -> None:
    await english(world)
    assignments = await published(world)
    await world.advance(days=12)
    async with world.store.begin(ORGANISATION) as uow:
        for case in await uow.find(Case, round=assignments[0].round):
            await uow.save(case.end(world.clock.now()))
        await uow.commit()
    assert "Nobody was reminded" in str(await world.player("s").press("round.remind", assignments[0].round))


async def test_a_review_of_a_closed_round_has_no_form_and_says_where_to_go(world: World) -> None:
    one = (await closed(world))[0]
    page = await who(one, world).press("review.open", one.id)
    assert isinstance(page, Show)
    assert not page.form.fields
    assert not page.form.submit
    assert "can no longer be written" in str(page.form.body)
    keys = {action.key for action in page.form.actions}
    assert "review.list" in keys
    assert not keys & {"review.decline", "review.swap"}


@pytest.mark.parametrize("step", ["review.decline", "review.swap"])
async def test_nothing_of_a_closed_round_is_given_up(world: World, step: str) -> None:
    one = (await closed(world))[0]
    assert isinstance(await who(one, world).press(step, one.id), Refused)


async def test_a_form_that_was_open_when_the_round_closed_is_refused(world: World) -> None:
    await english(world)
    one = (await published(world))[0]
    await world.advance(days=12)
    form = await who(one, world).open("review.open", one.id)
    leaving = await who(one, world).open("review.decline", one.id)
    await world.player("s").press("round.close", one.round)
    for sent in (
        await who(one, world).send(form, SAID),
        await who(one, world).send(leaving, {"reason": ("declined",)}),
    ):
        assert isinstance(sent, Refused)
        assert "start page" in sent.text


async def test_a_late_review_hears_that_another_may_still_come_and_the_last_one_that_none_does(world: World) -> None:
    await english(world)
    assignments = await published(world)
    await world.advance(days=12)
    first, last = [each for each in assignments if each.case == assignments[0].case]
    answers = []
    for each in (first, last):
        form = await who(each, world).open("review.open", each.id)
        _, done = await who(each, world).send_and_confirm(form, SAID)
        assert isinstance(done, Done)
        answers.append(done.note)
    late = "Your review is in, marked as late, and with the presenter."
    assert answers == [f"{late} Another review may still come.", late]


async def test_a_review_in_time_that_releases_the_others_hears_that_one_is_missing(world: World) -> None:
    await english(world)
    assignments = await published(world)
    await world.advance(days=12)
    _, last = [each for each in assignments if each.case == assignments[0].case]
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Assignment, last.id), due_at=world.clock.now() + timedelta(days=1)))
        await uow.commit()
    form = await who(last, world).open("review.open", last.id)
    _, done = await who(last, world).send_and_confirm(form, SAID)
    assert isinstance(done, Done)
    assert done.note == "Your review is in and with the presenter. Another review may still come."


async def test_a_supervisor_reads_their_own_late_review_as_everybody_elses(world: World) -> None:
    await english(world)
    assignments = await published(world)
    mine = [each for each in assignments if each.reviewer == person_id("s")]
    assert mine, "the supervisor reviews in the demo's round"
    await world.advance(days=12)
    form = await world.player("s").open("review.open", mine[0].id)
    await world.player("s").send_and_confirm(form, SAID)
    rows = [state for _, name, state in await states(world, mine[0].round) if name == "Supervisor (Kiel)"]
    assert "review came late" in rows
