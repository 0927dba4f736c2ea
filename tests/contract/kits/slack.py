"""Slack's adapter against its stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.ui.platform import Address
from tests.contract.kits import Stand, Trouble
from tests.standins.slack.world import connected

FAULTS: dict[Trouble, str] = {"refused for now": "rate", "unanswered": "lost"}


@asynccontextmanager
async def stand() -> AsyncIterator[Stand]:
    """By signed HTTP."""
    async with connected("http") as world:
        person = world.person()

        def trouble(what: Trouble) -> None:
            if what == "refused for good":
                world.person("U0ANNA", deleted=True)
            else:
                world.slack.fail("chat.postMessage", FAULTS[what], seconds=7)

        yield Stand(world.platform, Address(world.actor("U0ANNA"), {}), lambda: len(person.inbox), trouble)
