"""Home says first what needs a person today; for a supervisor who is late and what waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.story import Story
from bot.domain.round import Round
from bot.ports.records import SignRequest
from bot.ui.inbound import Refused
from bot.ui.model import Buttons, Card, Heading, Row, Text, plain
from tests.app.risk import ANSWERS, TEXTS, scene
from tests.world import World


def top(card: Card) -> list[Any]:
    """The blocks of the first section."""
    start = next(i for i, b in enumerate(card.body) if isinstance(b, Heading))
    end = next((i for i, b in enumerate(card.body) if isinstance(b, Heading) and i > start), len(card.body))
    return list(card.body[start + 1 : end])


def rows(card: Card) -> list[str]:
    return [plain(b.line) for b in top(card) if isinstance(b, Row)]


async def test_the_next_step_stands_first_with_its_minutes_and_its_day(world: World) -> None:
    at = await scene(world)
    await at.reviewer.type("language en")
    [step, new] = top(await at.reviewer.home())
    assert isinstance(step, Row)
    assert plain(step.line) == f"Read {at.case.code} and ask what you need to know"
    assert "about 20 minutes" in plain(step.detail)
    assert "due" in plain(step.detail)
    assert step.actions[0].look == "primary"
    assert isinstance(new, Buttons)
    await world.advance(days=3)
    assert rows(await at.reviewer.home()) == [f"Write your review of {at.case.code}"]


async def test_a_supervisor_reads_who_is_late_without_a_press(world: World) -> None:
    at = await scene(world)
    supervisor = world.player("s")
    assert not [r for r in rows(await supervisor.home()) if "overdue" in r]
    await world.advance(days=12)
    late = [b for b in top(await supervisor.home()) if isinstance(b, Row) and "overdue" in plain(b.line)]
    assert late
    assert at.case.code not in "".join(plain(b.line) for b in late)
    for row in late:
        assert [a.key for a in row.actions] == ["supervision.nudge", "supervision.member"]
        for action in row.actions:
            assert not isinstance(await supervisor.press(action.key, action.subject), Refused)


async def plan_is_ready(world: World) -> str:
    await Story(world, lambda _: None)._open_round()
    await world.advance(days=6)
    return "s"


async def colleague_asks(world: World) -> str:
    at = await scene(world)
    form = await at.reviewer.open("review.swap", at.assignment.id)
    await at.reviewer.send(form, {"whom": (person_id("c"),)})
    return "c"


async def signature_is_asked(world: World) -> str:
    request = SignRequest("sig_c", ORGANISATION, person_id("b"), person_id("c"), (), world.clock.now())
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(request)
        await uow.commit()
    return "c"


async def somebody_is_late(world: World) -> str:
    await scene(world)
    await world.advance(days=12)
    return "s"


async def concern_stands(world: World) -> str:
    await (await scene(world)).concern()
    return "s"


async def text_waits(world: World) -> str:
    player = world.player("c")
    form = await player.open("case.new")
    await player.send(form, {**TEXTS, **ANSWERS})
    return "c"


@pytest.mark.parametrize(
    "waits", [plan_is_ready, colleague_asks, signature_is_asked, somebody_is_late, concern_stands, text_waits]
)
async def test_that_nothing_waits_stands_above_nothing_that_does(
    world: World, waits: Callable[[World], Awaitable[str]]
) -> None:
    player = world.player(await waits(world))
    await player.type("language en")
    await world.settle()
    assert "Nothing waits for you today" not in repr((await player.home()).body)


async def test_that_nothing_waits_is_said_where_nothing_does(world: World) -> None:
    assert "Nothing waits for you today" in repr((await world.player("c").home()).body)


async def test_a_case_that_waits_stands_on_the_supervisors_home(world: World) -> None:
    supervisor, presenter = world.player("s"), world.player("a")
    for round_ in await world.find(Round, closed_at=None, cancelled_at=None):
        await supervisor.press("round.cancel", round_.id)
    form = await presenter.open("case.new")
    await presenter.send_and_confirm(form, {**TEXTS, **ANSWERS})
    await world.advance(hours=24)  # counted as of this morning
    waiting = [b for b in top(await supervisor.home()) if isinstance(b, Row) and "waits for a round" in plain(b.line)]
    assert [action.key for action in waiting[0].actions] == ["round.new"]


async def test_whoever_has_nothing_to_do_reads_so(world: World) -> None:
    world.clock.advance_to(world.clock.now() + timedelta(minutes=1))
    nothing = top(await world.player("a").home())[0]
    assert isinstance(nothing, Text)
    assert plain(nothing.line) == "Nothing waits for you today."


async def test_who_neither_reviews_nor_plans_has_no_such_section(world: World) -> None:
    card = await world.player("m").home()
    assert "What needs you today" not in [b.text for b in card.body if isinstance(b, Heading)]
