"""Publishing by hand waits ten minutes: until then nobody is told or sees who reviews, and it can be taken back."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.demo.clinic import MEMBERS, ORGANISATION, person_id
from bot.demo.story import Story, lines_of
from bot.domain.assignment import Assignment
from bot.domain.person import Person, Role
from bot.domain.round import Round
from bot.ports.records import Audited, AuditEntry
from bot.ui.inbound import Done, Outcome, Refused, Show
from bot.ui.model import Card
from tests.app.planning_steps import present
from tests.app.risk import change, scene
from tests.app.risk import words_of as page_words
from tests.world import World


async def planned(world: World) -> str:
    """A round with three cases and a plan."""
    round_ = await Story(world, lambda _: None)._open_round()
    await present(world, "a", "b", "c")
    assert isinstance(await world.player("s").press("round.preview", round_), Show)
    return round_


async def pressed(world: World) -> str:
    """A round that will be published in ten minutes."""
    round_ = await planned(world)
    assert isinstance(await world.player("s").press("round.publish.soon", round_), Done)
    await world.settle()
    return round_


async def is_public(world: World, round_: str) -> bool:
    (found,) = await world.find(Round, id=round_)
    return found.published_at is not None


def words_of(outcome: Outcome) -> str:
    """What a step answered, with the card below it."""
    assert isinstance(outcome, Done)
    shown = [line for block in outcome.card.body for line in lines_of(block)] if isinstance(outcome.card, Card) else []
    return "\n".join([outcome.note, *shown])


async def everything_received(world: World) -> dict[str, list[str]]:
    await world.settle()
    return {key: [card.key for card in world.inbox(key)] for key in MEMBERS}


async def test_for_ten_minutes_nobody_is_told_and_nobody_sees_who_reviews(world: World) -> None:
    round_ = await planned(world)
    before = await everything_received(world)
    said = await world.player("s").press("round.publish.soon", round_)
    await world.advance(minutes=9)
    assert await everything_received(world) == before
    assert await world.find(Assignment, round=round_, published_at__not=None) == []
    assert "Therapist" not in words_of(said), "a plan that can be taken back shows nobody"
    await world.advance(minutes=1)
    assert await is_public(world, round_)
    assert any("notice.assigned" in cards for cards in (await everything_received(world)).values())
    (line,) = await world.find(AuditEntry, what=Audited.ROUND_PUBLISHED)
    assert line.actor == person_id("s")


Press = Callable[[World, str], Awaitable[Outcome]]
BACK: dict[str, Press] = {
    "by whoever pressed": lambda world, id: world.player("s").press("round.publish.back", id),
    "by another supervisor of the group": lambda world, id: world.player("g").press("round.publish.back", id),
}


@pytest.mark.parametrize("back", BACK.values(), ids=BACK)
async def test_taken_back_it_waits_for_its_own_time(world: World, back: Press) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        colleague = await uow.get(Person, person_id("g"))
        await uow.save(replace(colleague, roles=colleague.roles | {Role.SUPERVISOR}))
        await uow.commit()
    round_ = await pressed(world)
    before = await everything_received(world)
    await world.advance(minutes=5)
    assert "nobody was told" in words_of(await back(world, round_))
    assert isinstance(await back(world, round_), Refused), "there is nothing more to take back"
    await world.advance(hours=2)
    assert not await is_public(world, round_)
    assert await everything_received(world) == before
    await world.advance(days=7)
    assert await is_public(world, round_), "its own time came"


async def test_publish_now_on_a_page_from_before_it_was_taken_back_publishes_nothing(world: World) -> None:
    round_, supervisor = await pressed(world), world.player("s")
    page = await supervisor.press("round.preview", round_)
    assert isinstance(page, Show)
    (now,) = [action for action in page.form.actions if action.key == "round.publish"]
    await world.advance(minutes=2)
    await supervisor.press("round.publish.back", round_)
    refused = await supervisor.press(now.key, now.subject, **now.args)
    assert isinstance(refused, Refused)
    assert "Nothing was published" in refused.text
    assert not await is_public(world, round_)
    await supervisor.press("round.publish.soon", round_)
    assert isinstance(await supervisor.press(now.key, now.subject, **now.args), Refused), "another publication waits"
    page = await supervisor.press("round.preview", round_)
    assert isinstance(page, Show)
    (now,) = [action for action in page.form.actions if action.key == "round.publish"]
    assert isinstance(await supervisor.press(now.key, now.subject, **now.args), Done)
    assert await is_public(world, round_)


async def test_a_round_that_is_public_is_not_taken_back(world: World) -> None:
    round_ = await pressed(world)
    await world.advance(minutes=10)
    assert isinstance(await world.player("s").press("round.publish.back", round_), Refused)
    assert await is_public(world, round_)


async def test_whoever_does_not_plan_for_the_group_takes_nothing_back(world: World) -> None:
    round_ = await pressed(world)
    assert isinstance(await world.player("a").press("round.publish.back", round_), Refused)
    await world.advance(minutes=10)
    assert await is_public(world, round_)


async def test_pressed_again_it_keeps_its_moment_and_waits_no_longer_than_that(world: World) -> None:
    round_ = await pressed(world)
    await world.advance(minutes=6)
    assert isinstance(await world.player("s").press("round.publish.soon", round_), Done)
    await world.advance(minutes=4)
    assert await is_public(world, round_)


async def test_publish_now_does_not_wait(world: World) -> None:
    round_ = await pressed(world)
    assert isinstance(await world.player("s").press("round.publish", round_), Done)
    assert await is_public(world, round_)
    await world.advance(minutes=15)
    assert len(await world.find(AuditEntry, what=Audited.ROUND_PUBLISHED)) == 1


async def test_where_its_own_time_is_near_it_is_not_put_off(world: World) -> None:
    round_ = await planned(world)
    (found,) = await world.find(Round, id=round_)
    await world.advance(seconds=(found.publish_at - world.clock.now()).total_seconds() - 240)
    await world.player("s").press("round.publish.soon", round_)
    await world.advance(minutes=4)
    assert await is_public(world, round_)


async def test_taken_back_where_its_own_time_is_over_it_waits_for_the_next_working_day(world: World) -> None:
    round_ = await planned(world)
    (found,) = await world.find(Round, id=round_)
    await world.advance(seconds=(found.publish_at - world.clock.now()).total_seconds() - 240)
    await world.player("s").press("round.publish.soon", round_)
    said = words_of(await world.player("s").press("round.publish.back", round_))
    assert "Tue 26 Jan, 09:00" in said
    await world.advance(hours=23)
    assert not await is_public(world, round_)
    await world.advance(hours=2)
    assert await is_public(world, round_)


@pytest.mark.parametrize("beside", ["an older case", "a supervisor who is no therapist"])
async def test_as_many_are_told_as_the_plan_said(world: World, beside: str) -> None:
    """Whose case of an earlier round goes on hears of this one, too; whom nothing concerns is not counted."""
    await planned(world)
    if beside == "an older case":
        older = (await scene(world, "f", ("b", "e"))).case
        await change(world, older, released_at=world.clock.now())
    else:
        (person,) = await world.find(Person, id=person_id("s"))
        await change(world, person, roles=frozenset({Role.SUPERVISOR}))
    (round_,) = await world.find(Round, published_at=None, closed_at=None, cancelled_at=None)
    shown = page_words(await world.player("s").press("round.preview", round_.id))
    (said,) = re.findall(r"(\d+) people hear of it", shown)
    before = len(world.platform.sent)
    await world.player("s").press("round.publish.soon", round_.id)
    await world.advance(minutes=11)
    assert await is_public(world, round_.id)
    told = {user for user, message in world.platform.sent[before:] if not message.replaces}
    assert len(told) == int(said)


async def test_the_plan_says_how_many_hear_of_it_and_when(world: World) -> None:
    round_ = await planned(world)
    shown = await world.player("s").press("round.preview", round_)
    assert isinstance(shown, Show)
    assert "8 people hear of it Mon 18 Jan" in "\n".join(line for b in shown.form.body for line in lines_of(b))
    await world.advance(hours=9)
    later = words_of(await world.player("s").press("round.publish.soon", round_))
    assert "8 people hear of it when their working hours begin, the last Tue 19 Jan" in later
    await world.player("b").type("/caseload leave until 12 Feb")
    assert "7 people" in words_of(await world.player("s").press("round.publish.soon", round_))
