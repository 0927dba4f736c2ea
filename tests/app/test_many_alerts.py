"""Very many open risk concerns on the start page: none that waits is left out, what is taken on is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.risk.views import MOST_HOLDS
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Person
from bot.domain.risk import Hold
from bot.ui.model import Heading, Row, Text, plain
from tests.world import World


async def raised(world: World, number: int, *, taken_by: str = "") -> None:
    """So many calls for help, each of which somebody took on or nobody did."""
    now = world.clock.now()
    async with world.store.begin(ORGANISATION) as uow:
        clinic = (await uow.get(Person, person_id("b"))).clinic
        for n in range(number):
            at = now - timedelta(days=number - n)
            id = f"hold_{taken_by or 'nobody'}_{n:02}"
            hold = Hold(id, ORGANISATION, None, "author", clinic, person_id("b"), at)
            taken = replace(hold, acknowledged_by=person_id(taken_by), acknowledged_at=at) if taken_by else hold
            await uow.add(taken)
        await uow.commit()


async def shown(world: World) -> tuple[list[str], str]:
    """How each row of the section says it stands, and the line below them."""
    body = list((await world.player("s").home()).body)
    begin = next(n for n, block in enumerate(body) if isinstance(block, Heading))
    rows: list[str] = []
    for block in body[begin + 1 :]:
        if not isinstance(block, Row):
            return rows, plain(block.line) if isinstance(block, Text) else ""
        rows.append(plain(block.detail))
    return rows, ""


async def test_what_waits_stands_first_then_ones_own_and_the_rest_is_counted(world: World) -> None:
    await raised(world, 30, taken_by="g")
    await raised(world, 3, taken_by="s")
    await raised(world, 4)
    rows, below = await shown(world)
    assert len(rows) == MOST_HOLDS
    assert all("Supervisor" not in row and "Therapist" not in row for row in rows[:4]), "nobody took these on"
    assert all("Supervisor (Kiel)" in row for row in rows[4:7])
    assert below == "17 more risk alerts are open; somebody has taken each of them on."


@pytest.mark.parametrize("waiting", [MOST_HOLDS + 5])
async def test_none_that_waits_is_ever_left_out(world: World, waiting: int) -> None:
    await raised(world, waiting)
    await raised(world, 1, taken_by="g")
    rows, below = await shown(world)
    assert len(rows) == waiting
    assert below == "One more risk alert is open; somebody has taken it on."


async def test_few_are_all_shown(world: World) -> None:
    await raised(world, 2, taken_by="g")
    rows, below = await shown(world)
    assert len(rows) == 2
    assert "more risk alert" not in below
