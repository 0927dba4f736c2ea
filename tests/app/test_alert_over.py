"""A risk alert that is over (DOMAIN.md section 5): what whoever raised it reads, and every notice that a case stops."""

from __future__ import annotations

import pytest

from bot.demo.clinic import person_id
from bot.domain.risk import Hold
from bot.ui.inbound import Done
from tests.app.risk import Scene, scene, words_of
from tests.world import World

TAKEN_ON = pytest.mark.parametrize("taken_on", [False, True])
ENDS = pytest.mark.parametrize(
    ("step", "says", "told"),
    [
        ("risk.withdraw", "withdrew the case on", "notice.risk_over_withdrawn"),
        ("risk.release", "no longer on hold", "notice.risk_over_released"),
    ],
)


def new_messages(world: World, key: str, since: int) -> list[str]:
    """The keys of what rang at somebody since so many messages: an edit is no new message."""
    sent = [message for user, message in world.platform.sent if user == person_id(key)]
    return [message.card.key for message in sent[since:] if not message.replaces]


def shown(world: World, key: str) -> list[str]:
    """The cards that stand in somebody's chat now."""
    messages: dict[str, str] = {}
    for number, (user, message) in enumerate(world.platform.sent, 1):
        if user == person_id(key):
            messages[message.replaces or f"msg-{number}"] = repr(message.card)
    return list(messages.values())


async def ended(at: Scene, step: str, taken_on: bool, by: str = "s") -> str:
    """The newest concern ends; its id."""
    hold = await at.hold()
    supervisor = at.world.player(by)
    await at.world.settle()
    if taken_on:
        await supervisor.press("risk.acknowledge", hold.id)
        await at.world.settle()
    assert isinstance(await supervisor.press(step, hold.id), Done)
    return hold.id


@TAKEN_ON
@ENDS
@pytest.mark.parametrize("raiser", ["a", "b"])
async def test_whoever_raised_an_alert_reads_that_it_is_over_and_hears_it_once(
    world: World, raiser: str, step: str, says: str, told: str, taken_on: bool
) -> None:
    at = await scene(world)
    player = world.player(raiser)
    await at.concern(player)
    hold = await ended(at, step, taken_on)
    page = words_of(await player.open("risk.status", hold))
    assert says in page
    assert "is dealing with it" not in page
    since = len(world.inbox(raiser))
    await world.advance(days=1)
    rang = new_messages(world, raiser, since)
    assert rang.count(told) == 1
    assert not {"notice.hold_withdrawn", "notice.hold_released"} & set(rang), "one message says both"


async def test_an_alert_without_a_case_is_closed_on_a_day(world: World) -> None:
    author = world.player("a")
    await author.press("risk.alert_duty")
    (hold,) = await world.find(Hold)
    await world.player("s").press("risk.release", hold.id)
    assert "Your alert was closed on" in words_of(await author.open("risk.status", hold.id))
    await world.settle()
    assert world.inbox("a")[-1].key == "notice.risk_over"


@TAKEN_ON
@ENDS
async def test_whoever_ended_an_alert_is_not_rung_for_it(
    world: World, step: str, says: str, told: str, taken_on: bool
) -> None:
    at = await scene(world)
    await at.concern()
    await ended(at, step, taken_on)
    since = len([1 for user, _ in world.platform.sent if user == person_id("s")])
    await world.settle()
    assert not [key for key in new_messages(world, "s", since) if "risk" in key]
    assert not [card for card in shown(world, "s") if "risk.acknowledge" in card]


@ENDS
@pytest.mark.parametrize("raisers", ["b", "ab", "ba", "be"])
async def test_no_notice_of_a_hold_outlives_it(world: World, raisers: str, step: str, says: str, told: str) -> None:
    """The presenter's, with the emergency number, and every reviewer's become one line."""
    at = await scene(world)
    for key in raisers:
        await at.concern(world.player(key))
    await world.advance(days=1)
    assert [card for card in shown(world, "a") if "because of a risk alert" in card]
    assert [card for card in shown(world, "e") if "notice.case_held" in card]
    for _ in raisers if step == "risk.release" else "1":
        (hold, *_) = await world.find(Hold, case=at.case.id, released_at=None)
        assert isinstance(await world.player("s").press(step, hold.id), Done)
    await world.advance(days=1)
    for key in "abe":
        left = [card for card in shown(world, key) if "because of a risk alert" in card or "notice.case_held" in card]
        assert not left, key
