"""Each chat is acknowledged within three seconds while the database hangs: nothing on that way asks it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import pytest

from adapters.teams.payload_ids import opening, typed_data
from bot.ui.inbound import Actor, Event, Outcome
from tests.standins.slack.world import connected
from tests.standins.teams.services import MemoryDrawer
from tests.standins.teams.world import world

LATEST = 3.0
"""Seconds: Slack gives up then; Teams gives five."""
DIALOG: dict[str, Any] = {"data": opening(typed_data("case", ""))}
PRESS: dict[str, Any] = {"action": {"type": "Action.Execute", "verb": "home.open", "data": {}}, "trigger": "manual"}


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Every question to the drawers waits until the test ends."""
    freed = asyncio.Event()

    async def hang(*_: Any, **__: Any) -> Any:
        await freed.wait()

    for name in ("get", "put", "delete", "keys", "take"):
        monkeypatch.setattr(MemoryDrawer, name, hang)
    return freed


@asynccontextmanager
async def slack(freed: asyncio.Event, most: int) -> AsyncIterator[Any]:
    async def handle(_: Event) -> Outcome:
        await freed.wait()
        raise RuntimeError

    async def language_of(_: Actor) -> str:
        await freed.wait()
        return "en"

    async with connected("http", handle=handle, language_of=language_of, most_under_way=most) as at:
        try:
            yield at
        finally:
            freed.set()


async def seconds(of: Awaitable[Any]) -> tuple[float, Any]:
    began = monotonic()
    answer = await asyncio.wait_for(of, 10)
    return monotonic() - began, answer


@pytest.mark.slow
@pytest.mark.parametrize("most", [200, 10], ids=["with room", "shedding"])
async def test_slack_is_acknowledged(hanging: asyncio.Event, most: int) -> None:
    async with slack(hanging, most) as at:
        person = at.person()
        asked = [*(person.types("/case") for _ in range(14)), person.opens_home()]
        shed = 0
        for taken, answer in await asyncio.gather(*map(seconds, asked)):
            assert taken < LATEST
            assert answer.status in ({200} if most > 10 else {200, 503}), "an event that is shed is brought again"
            shed += "very busy" in str(answer.body)
        assert (shed > 0) == (most == 10)


TEAMS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "typed": lambda person: person.types("case"),
    "a dialog opened": lambda person: person.invokes("task/fetch", DIALOG),
    "a dialog sent": lambda person: person.invokes("task/submit", DIALOG),
    "a button of a card": lambda person: person.invokes("adaptiveCard/action", PRESS),
}


@pytest.mark.slow
async def test_teams_is_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.teams.platform.LATEST_ELSE", 0.2)  # a message may wait for its answer to be posted
    async with world() as at:
        freed = asyncio.Event()

        async def hang(*_: Any, **__: Any) -> Any:
            await freed.wait()

        for name in ("get", "put", "delete", "keys", "take"):
            monkeypatch.setattr(MemoryDrawer, name, hang)
        try:
            answered = await asyncio.gather(*(seconds(does(at.person())) for does in TEAMS.values()))
        finally:
            freed.set()
    for how, (taken, answer) in zip(TEAMS, answered, strict=True):
        assert taken < LATEST, how
        assert answer.status == 200, how
        assert how == "typed" or "Look in a minute whether it was done" in str(answer.body), how
