"""Presenting cases and looking at the plan, as the tests of plans do."""

from __future__ import annotations

from typing import Any

from bot.demo.story import lines_of
from bot.demo.texts import CASES
from bot.ui.inbound import Show
from bot.ui.model import Form
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


async def preview(world: World, round_: str) -> Form:
    outcome = await world.player("s").press("round.preview", round_)
    assert isinstance(outcome, Show)
    return outcome.form


def told(form: Form) -> str:
    return "\n".join(text for block in form.body for text in lines_of(block))
