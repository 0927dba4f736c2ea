"""Closed days and the due days they move."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.assignment import Assignment
from bot.domain.person import Person
from tests.world import World


async def close(world: World, clinic: str, first: str, last: str = "", by: str = "s", **values: Any) -> Any:
    form = await world.player(by).open("closures.add")
    outcome = await world.player(by).send(
        form, {"clinic": (clinic,), "first_day": first, "last_day": last, "name": "", **values}
    )
    await world.settle()
    return outcome


async def due_days(world: World, assignments: list[Assignment]) -> dict[str, date]:
    """When each assignment is due where its reviewer is."""
    people = {p.id: p for p in await world.find(Person)}
    now = await world.find(Assignment, id__in=[s.id for s in assignments])
    return {s.id: s.due_at.astimezone(ZoneInfo(people[s.reviewer].timezone)).date() for s in now if s.due_at}
