"""Coming back: which leave a return ends, what asks, what changes nothing."""

from __future__ import annotations

from datetime import date

import pytest

from bot.ui.inbound import Refused, Say
from bot.ui.model import Row
from tests.app.known_leaves import MONDAY, leaves
from tests.app.shown import press, text
from tests.world import World


@pytest.mark.parametrize(
    ("typed", "last"),
    [
        ("back 25 Jan", date(2027, 1, 24)),  # earlier
        ("back 1 March", date(2027, 2, 28)),  # later than planned
        ("back today", None),
    ],
)
async def test_back_on_a_day_ends_the_leave_the_day_before(world: World, typed: str, last: date | None) -> None:
    player = world.player("b")
    await player.type("/caseload leave until 12 Feb")
    said = text(await player.type(f"/caseload {typed}"))
    assert await leaves(world) == ([(MONDAY, last)] if last else [])
    assert ("No leave" in said) == (last is None)


async def test_back_before_a_planned_leave_gives_it_up(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave from 1 Feb to 12 Feb")
    await player.type("/caseload back 1 Feb")
    assert await leaves(world) == []
    refused = await player.type("/caseload back 1 Feb")
    assert isinstance(refused, Refused)
    assert refused.key == "no_leave_to_end"


async def test_a_moved_return_moves_the_notice_to_the_supervisor(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave from 18 Jan 2027 until 30 June 2027")
    await player.type("/caseload back 1 May")
    await world.advance(days=140)
    told = [card for card in world.inbox("s") if card.key == "notice.returning"]
    assert len(told) == 1
    assert "30 Apr" in told[0].summary


DECEMBER = ("leave from 9 Dec to 10 Dec 2027", "leave from 14 Dec to 16 Dec 2027", "leave from 15 Dec to 18 Dec 2027")


WINTER = ("leave from 8 Feb to 9 Feb", "leave from 1 March to 5 March")


TOUCHING = ("leave from 1 Feb to 7 Feb", "leave from 8 Feb to 12 Feb")


NOW = ("leave from 18 Jan to 22 Jan", "leave from 1 Feb to 5 Feb")


UNCHANGED = "unchanged"


ASKED = "asked"


@pytest.mark.parametrize(
    ("known", "typed", "expected"),
    [
        (WINTER, "back 4 March", "8 Feb – 9 Feb, 1 Mar – 3 Mar"),
        (WINTER, "back 6 March", UNCHANGED),
        (WINTER, "back 8 March", ASKED),
        (WINTER, "back 15 Feb", ASKED),
        (WINTER, "back 1 Feb", ASKED),
        (WINTER, "back", ASKED),
        (WINTER, "I'm back", ASKED),
        (DECEMBER, "back 15 Dec 2027", "9 Dec – 10 Dec, 14 Dec – 14 Dec"),
        (DECEMBER, "back 13 Dec 2027", ASKED),
        (TOUCHING, "back 4 Feb", "1 Feb – 3 Feb"),
        (TOUCHING, "back 10 Feb", "1 Feb – 7 Feb, 8 Feb – 9 Feb"),
        (TOUCHING, "back 8 Feb", "1 Feb – 7 Feb"),
        (TOUCHING, "back 1 Feb", ""),
        (NOW, "back", "1 Feb – 5 Feb"),
        (NOW, "back 20 Jan", "18 Jan – 19 Jan, 1 Feb – 5 Feb"),
        (NOW, "back 26 Jan", "18 Jan – 25 Jan, 1 Feb – 5 Feb"),
        (NOW, "back 3 Feb", "18 Jan – 22 Jan, 1 Feb – 2 Feb"),
        (NOW, "back 9 Feb", ASKED),
        (("leave from 18 Jan to 22 Jan", "leave from 23 Jan to 29 Jan"), "back", ""),
        (("leave from 18 Jan to 28 Feb", "leave from 1 Feb to 5 Feb"), "back 20 Jan", "18 Jan – 19 Jan"),
    ],
)
async def test_back_ends_the_leave_that_the_day_says_and_asks_where_it_says_none(
    world: World, known: tuple[str, ...], typed: str, expected: str
) -> None:
    player = world.player("b")
    for each in known:
        said = await player.type(f"/caseload {each}")
        if "Nothing is changed yet" in text(said):
            await press(player, said, "Join")
    before = await leaves(world)
    said = await player.type(f"/caseload {typed}")
    now = await leaves(world)
    if expected in {ASKED, UNCHANGED}:
        assert now == before
        assert ("Nothing is changed" in text(said)) == (expected == ASKED)
    else:
        assert ", ".join(f"{a.day} {a:%b} – {b.day} {b:%b}" for a, b in now if b) == expected


async def test_no_planned_leave_is_cancelled_without_being_chosen(world: World) -> None:
    player = world.player("b")
    for each in WINTER:
        await player.type(f"/caseload {each}")
    before = await leaves(world)
    assert "End leave" not in text(await player.type("/caseload"))
    asked = await player.press("caseload.back")
    assert "No leave runs today" in text(asked)
    assert "8 Feb" in text(asked)
    assert "1 Mar" in text(asked)
    assert await leaves(world) == before
    assert isinstance(asked, Say)
    rows = [block for block in asked.card.body if isinstance(block, Row)]
    assert [[action.key for action in row.actions] for row in rows] == [["caseload.leave.change", "caseload.back"]] * 2
    await player.press("caseload.back", rows[0].actions[1].subject)
    assert await leaves(world) == before[1:]


async def test_a_later_return_than_a_planned_leave_is_offered_as_a_longer_leave(world: World) -> None:
    player = world.player("b")
    for each in WINTER:
        await player.type(f"/caseload {each}")
    asked = await player.type("/caseload back 15 Feb")
    await press(player, asked, "Leave")
    assert await leaves(world) == [(date(2027, 2, 8), date(2027, 2, 14)), (date(2027, 3, 1), date(2027, 3, 5))]


async def test_a_forged_return_on_the_first_day_of_the_calendar_changes_nothing(world: World) -> None:
    player = world.player("b")
    await player.type("/caseload leave from 1 Feb to 7 Feb")
    assert isinstance(await player.press("caseload.read", do="back", first="0001-01-01"), Say)
    assert await leaves(world) == [(date(2027, 2, 1), date(2027, 2, 7))]
