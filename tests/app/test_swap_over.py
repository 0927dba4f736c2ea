"""Nobody is asked any more to take a review over once it was begun, done, moved or is over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.demo.player import Player
from bot.domain.swap import Swap
from bot.ui.inbound import Done, Refused
from tests.app.swapping import (
    ASKER,
    FELLOW,
    PRESENTER,
    Stage,
    ask,
    asked,
    goes_on_leave,
    staged,
)
from tests.world import World


@pytest.fixture
async def stage(world: World) -> Stage:
    return await staged(world)


async def _question(stage: Stage, asker: Player) -> None:
    page = await asker.open("review.open", stage.subjects["assignment"])
    await asker.send_and_confirm(page, {"question": "Since when?"})


async def _review(stage: Stage, asker: Player) -> None:
    await stage.world.advance(days=3)
    page = await asker.open("review.open", stage.subjects["assignment"])
    await asker.send_and_confirm(page, {"reflection": "Effort.", "suggestion": "Ask less."})


async def _decline(stage: Stage, asker: Player) -> None:
    form = await asker.open("review.decline", stage.subjects["assignment"])
    await asker.send(form, {"reason": ("conflict",)})


async def _recognise(stage: Stage, asker: Player) -> None:
    await asker.press("review.recognise", stage.subjects["assignment"])


async def _reassign(stage: Stage, asker: Player) -> None:
    supervisor = stage.world.player("s")
    form = await supervisor.open("review.reassign", stage.subjects["assignment"])
    assert isinstance(await supervisor.send(form, {}), Done)


async def _hold(stage: Stage, asker: Player) -> None:
    fellow = stage.world.player(FELLOW)
    await fellow.send(await fellow.open("risk.raise", stage.subjects["case"]), {})


async def _withdraw(stage: Stage, asker: Player) -> None:
    await stage.world.player(PRESENTER).press("case.withdraw", stage.subjects["case"])


async def _close(stage: Stage, asker: Player) -> None:
    await stage.world.player("s").press("round.close", stage.subjects["round"])


ENDS = (_question, _review, _decline, _recognise, goes_on_leave, _reassign, _hold, _withdraw, _close)


@pytest.mark.parametrize("act", ENDS, ids=lambda act: act.__name__.strip("_"))
async def test_nothing_is_asked_once_the_review_is_begun_done_moved_or_over(
    stage: Stage, act: Callable[[Stage, Player], Awaitable[None]]
) -> None:
    await ask(stage, "f")
    swap = await asked(stage)
    await act(stage, stage.world.player(ASKER))
    await stage.world.settle()
    assert await stage.world.find(Swap) == []
    assert "swap_over" in await stage.world.told("f")
    late = await stage.world.player("f").press("swap.take", swap.id)
    assert isinstance(late, Refused)
    assert late.key == "swap_over"
