"""A mistake planted in each loop of the program leaves the place it came from in the log."""

from __future__ import annotations

from typing import Any, NoReturn, cast

import pytest

from bot.app import timers
from bot.app.context import Work
from bot.app.notice_kinds import NoticeKind, Ring
from bot.demo.clinic import ORGANISATION, person_id
from tests.world import World

HERE = "tests/app/test_places.py:"


def places(world: World, action: str) -> list[str]:
    """Where the log says that this happened."""
    return [str(ids["place"]) for name, ids in world.log.records if name == action]


async def planted(*_: object, **__: object) -> NoReturn:
    raise KeyError("planted")


async def tell(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        await work.tell(person_id("a"), "not_reached", "per_x", name="Therapist B", code="AB-12")
        await uow.commit()


async def test_in_a_step_of_the_ticker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast("dict[str, timers.Step]", timers.STEPS), "case.end", planted)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.wake("case.end", "case_1", world.clock.now())
        await uow.commit()
    await world.ticker.tick()
    assert [place.startswith(HERE) for place in places(world, "tick.failed")] == [True]


async def test_in_the_drawing_of_a_message(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.delivery import notices

    monkeypatch.setitem(notices.NOTICES, "not_reached", NoticeKind(cast("Any", planted), Ring.ASKS))
    await tell(world)
    await world.settle()
    assert places(world, "dispatch.broken")[0].startswith(HERE)


async def test_in_an_adapter_that_sends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.platform, "send", planted)
    await tell(world)
    await world.settle()
    assert places(world, "dispatch.broken")[0].startswith(HERE)


async def test_in_the_rule_behind_the_end_of_a_message(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.delivery import results

    monkeypatch.setattr(results, "ended", planted)
    await tell(world)
    await world.settle()
    assert places(world, "dispatch.broken")[0].startswith(HERE)
