"""Buttons that ask once more: not for what is over, which is answered at once with what holds today."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.ui.inbound import ActionPressed, Refused
from tests.app.risk import Scene, scene
from tests.world import World


async def close(at: Scene) -> tuple[str, str, str]:
    return "s", "round.close", at.case.round or ""


async def withdraw(at: Scene) -> tuple[str, str, str]:
    return "a", "case.withdraw", at.case.id


async def cover(at: Scene) -> tuple[str, str, str]:
    return "s", "review.cover", at.assignment.id


async def release(at: Scene) -> tuple[str, str, str]:
    await at.concern()
    return "s", "risk.release", (await at.hold()).id


async def withdraw_held(at: Scene) -> tuple[str, str, str]:
    await at.concern()
    return "s", "risk.withdraw", (await at.hold()).id


ASKS: dict[str, Callable[[Scene], Awaitable[tuple[str, str, str]]]] = {
    each.__name__: each for each in (close, withdraw, cover, release, withdraw_held)
}


@pytest.mark.parametrize("act", ASKS)
async def test_whether_a_button_would_be_refused_is_known_before_it_asks(world: World, act: str) -> None:
    at = await scene(world)
    key, command, subject = await ASKS[act](at)
    player = world.player(key)
    event = ActionPressed(event_id="looked", actor=player.actor, key=command, subject=subject)
    before = world.kept().state.rows
    assert not await world.entry.would_refuse(event)
    assert world.kept().state.rows == before, "a look keeps nothing"
    assert not isinstance(await player.press(command, subject), Refused)
    await world.settle()
    assert await world.entry.would_refuse(event)
    again = await player.press(command, subject)
    assert isinstance(again, Refused)
    assert again.way, "what holds today is one press away"
