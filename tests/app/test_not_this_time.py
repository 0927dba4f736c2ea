"""Asked to present: "not this time" shows what holds, and can be taken back until the plan is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.app.context import Work
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.story import Story
from bot.domain.round import Round
from bot.ui.inbound import Done, Outcome
from bot.ui.model import Action, Card
from tests.tables.test_messages_stay_true import shown, standing
from tests.world import World


async def asked(world: World) -> tuple[str, Round]:
    """Somebody who is asked by name, and the round."""
    id = await Story(world, lambda _: None)._open_round()
    await world.settle()
    (round_,) = await world.find(Round, id=id)
    return round_.asked[0].removeprefix(person_id("")), round_


def about(world: World, key: str, round_: Round) -> list[Action]:
    return [a for a in shown(world, key) if a.subject == round_.id and a.key != "matter.show"]


def message(world: World, key: str) -> Card:
    return [card for user, card in standing(world) if user == person_id(key)][-1]


async def press(world: World, key: str, round_: Round, command: str = "round.pass") -> str:
    outcome: Outcome = await world.player(key).press(command, round_.id)
    assert isinstance(outcome, Done), outcome
    await world.settle()
    return outcome.note


@pytest.mark.parametrize("with_others", [False, True], ids=["alone", "with other news"])
async def test_its_message_says_what_holds_and_offers_the_way_back(world: World, with_others: bool) -> None:
    if with_others:  # what it would come with waits for the same minute
        async with world.store.begin(ORGANISATION) as uow:
            for key in "abcdefgs":
                work = Work(uow, world.clock.now(), world.tools)
                await work.tell(person_id(key), "leave_ended", f"news {key}", day="1 Dec")
            await uow.commit()
    key, round_ = await asked(world)
    assert {a.key for a in about(world, key, round_)} == {"round.pass"}
    said = await press(world, key, round_)
    assert "omebody" not in said
    assert {a.key for a in about(world, key, round_)} == {"round.pass.undo"}
    assert "You do not present" in str(message(world, key))
    world.clock.advance(timedelta(seconds=1))
    await press(world, key, round_, "round.pass.undo")
    assert {a.key for a in about(world, key, round_)} == {"round.pass"}
    assert person_id(key) not in (await world.find(Round, id=round_.id))[0].passed


async def test_who_is_asked_instead_is_another_one(world: World) -> None:
    key, round_ = await asked(world)
    await press(world, key, round_)
    (now,) = await world.find(Round, id=round_.id)
    assert set(now.asked) > set(round_.asked)


async def planned(world: World, round_: Round) -> None:
    await world.advance(days=6)


async def published(world: World, round_: Round) -> None:
    await world.advance(days=8)


async def cancelled(world: World, round_: Round) -> None:
    await world.player("s").press("round.cancel", round_.id)
    await world.settle()


STATES: dict[str, tuple[Callable[[World, Round], Awaitable[None]], str]] = {
    "planned": (planned, "The plan of this round is made"),
    "published": (published, "takes no more cases"),
    "cancelled": (cancelled, "takes no more cases"),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("answered", [True, False], ids=["answered", "unanswered"])
async def test_an_old_button_answers_with_what_holds_today(world: World, state: str, answered: bool) -> None:
    key, round_ = await asked(world)
    if answered:
        await press(world, key, round_)
    then, says = STATES[state]
    await then(world, round_)
    assert about(world, key, round_) == []
    for command in ("round.pass", "round.pass.undo"):
        assert says in await press(world, key, round_, command)


async def test_who_has_presented_is_asked_nothing_and_reads_that_the_case_is_in(world: World) -> None:
    _, round_ = await asked(world)
    story = Story(world, lambda _: None)
    await story._present()
    await world.settle()
    presenting = [k for k in "abcdef" if person_id(k) in round_.asked]
    assert presenting
    for each in presenting:
        assert about(world, each, round_) == []
        assert "is in already" in await press(world, each, round_)


async def test_who_presents_before_the_message_goes_out_never_gets_it(world: World) -> None:
    supervisor = world.player("s")
    await supervisor.send(await supervisor.open("round.new"), {})
    await Story(world, lambda _: None)._present()
    await world.settle()
    told = {key: await world.told(key) for key in "abcdef"}
    assert {key: [c for c in cards if c in {"please_present", "round_open"}] for key, cards in told.items()} == {
        key: [] for key in "abcdef"
    }
    assert "round.pass" not in {a.key for key in "abcdef" for a in shown(world, key)}
