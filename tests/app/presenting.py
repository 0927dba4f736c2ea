"""A case with more than its least, and the newest one."""

from __future__ import annotations

from bot.demo.texts import CASES
from bot.domain.case import Case
from bot.ui.inbound import Outcome
from bot.ui.model import Form
from tests.world import World


async def present(world: World, **changes: str | tuple[str, ...]) -> tuple[Outcome, Form | None]:
    player = world.player("a")
    values = {**CASES[0], "mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",), **changes}
    form = await player.open("case.new")
    preview, outcome = await player.send_and_confirm(form, values)
    return outcome, preview


async def newest(world: World) -> Case:
    return (await world.find(Case, order=("-submitted_at",)))[0]
