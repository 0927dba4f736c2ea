"""The same concern raised again and again: every alert rings, says how often, and the presenter's message is one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.app.facts.repeated_alarms import JOINED
from bot.ui.inbound import Done
from bot.ui.platform import Message
from tests.app.risk import Chats, Scene, chats, scene
from tests.gate import GateInAWorker


@pytest.fixture
async def place(gate: GateInAWorker) -> Chats:
    """Presenter, reviewer and supervisor read a chat."""
    made = await chats(gate)
    for key in ("a", "b", "s"):
        await made.connect(key, "slack")
    return made


async def raised_and_released(at: Scene, pause: timedelta) -> None:
    """The reviewer raises it, the supervisor takes the case off hold at once, and time passes."""
    await at.concern()
    await at.world.settle()
    assert isinstance(await at.world.player("s").press("risk.release", (await at.hold()).id), Done)
    await at.world.settle()
    at.world.clock.advance(pause)


def alerts(place: Chats) -> list[Message]:
    return [m for user, m in place.slack.sent if user == "per_demo_s" and m.card.key == "notice.risk_alert_case"]


async def test_every_alarm_rings_and_says_how_often_it_was_raised(place: Chats) -> None:
    at = await scene(place.world)
    for _ in range(4):
        await raised_and_released(at, timedelta(minutes=5))
    rung = alerts(place)
    assert [m.replaces for m in rung] == [""] * 4, "a changed message rings nowhere"
    assert [number for m in rung for number in (2, 3, 4) if f"Raised {number} times" in repr(m.card)] == [2, 3, 4]
    assert "Raised" not in repr(rung[0].card)
    at.world.clock.advance(timedelta(hours=25))
    await raised_and_released(at, timedelta())
    assert "Raised" not in repr(alerts(place)[-1].card), "counted within a day"


async def test_the_presenter_has_one_message_for_alarms_in_a_row(place: Chats) -> None:
    at = await scene(place.world)
    told = [m for _ in range(4) for m in await presenters(place, at)]
    assert [not m.replaces for m in told] == [True, False, False, False]
    at.world.clock.advance(JOINED)
    (later,) = await presenters(place, at)
    assert not later.replaces, "after an hour it is news again"


async def presenters(place: Chats, at: Scene) -> list[Message]:
    """What one more alarm brings the presenter about it."""
    before = len(place.slack.sent)
    await at.concern()
    await at.world.settle()
    told = [
        m for user, m in place.slack.sent[before:] if user == "per_demo_a" and m.card.key == "notice.risk_presenter"
    ]
    assert isinstance(await at.world.player("s").press("risk.release", (await at.hold()).id), Done)
    await at.world.settle()
    at.world.clock.advance(timedelta(minutes=5))
    return told


async def test_another_persons_alarm_is_not_counted_with_it(place: Chats) -> None:
    at = await scene(place.world)
    await raised_and_released(at, timedelta(minutes=5))
    await at.concern(at.presenter)
    await at.world.settle()
    assert "Raised" not in repr(alerts(place)[-1].card)
