"""Presenting cases and looking at the plan, as the tests of plans do."""

from __future__ import annotations

from typing import Any

from bot.demo.texts import CASES
from tests.world import World

OPTIONS = {
    "mode": ("icbt",),
    "language": ("en",),
    "objection": ("no",),
    "risk": ("no",),
    "guessable": ("yes",),  # where so many are away that it is asked
}


async def present(world: World, *keys: str) -> None:
    for number, key in enumerate(keys):
        player = world.player(key)
        form = await player.open("case.new")
        values: dict[str, Any] = {**CASES[number % len(CASES)], **OPTIONS}
        await player.send_and_confirm(form, values)
