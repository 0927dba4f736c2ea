"""The leaves that hold, on the Monday on which the demo clinic stands."""

from __future__ import annotations

from datetime import date

from bot.ports.records import LeaveEntry
from tests.world import World

MONDAY = date(2027, 1, 18)


async def leaves(world: World) -> list[tuple[date, date | None]]:
    """What holds, by first day."""
    found = await world.find(LeaveEntry, cancelled_at=None, order=("first_day",))
    return [(e.first_day, e.last_day) for e in found]
