"""What stands in the caseload of a member of the demo clinic, as ISO days."""

from __future__ import annotations

from bot.demo.clinic import person_id
from bot.ports.records import LeaveEntry, ModeEntry
from tests.world import World

Days = list[tuple[str, str | None]]


async def leaves(world: World, letter: str = "b") -> Days:
    """What is entered and holds, by first day."""
    entries = await world.find(LeaveEntry, person=person_id(letter), cancelled_at=None)
    days = sorted((e.first_day.isoformat(), e.last_day) for e in entries)
    return [(first, last.isoformat() if last else None) for first, last in days]


async def modes(world: World) -> Days:
    entries = await world.find(ModeEntry, person=person_id("b"), cancelled_at=None)
    return sorted((e.from_day.isoformat(), e.until_day.isoformat() if e.until_day else None) for e in entries)


async def first_id(world: World) -> str:
    """The entry that the buttons of the leave name."""
    entries = await world.find(LeaveEntry, person=person_id("b"), cancelled_at=None)
    return min(entries, key=lambda entry: entry.first_day).id
