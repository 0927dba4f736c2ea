"""When a SQLite file is no longer right: one write at a time is little where hundreds of groups publish at once."""

from __future__ import annotations

from bot.domain.person import Person
from bot.ports.unit_of_work import Store

MOST_ON_SQLITE = 5_000
"""People; publishing the rounds of their groups keeps the one writer busy for about half a minute."""
REMEDY = "move to PostgreSQL with: intervision migrate --to URL (docs/operate.md, How it grows)"


async def people_of(store: Store) -> int:
    """How many people have access, over all organisations."""
    async with store.system(write=False) as system:
        organisations = await system.organisations()
    count = 0
    for organisation in organisations:
        async with store.begin(organisation, write=False) as uow:
            count += await uow.count(Person, removed_at=None)
    return count


def too_many(people: int) -> list[str]:
    """What is wrong with so many people on a SQLite file; nothing while they are few."""
    if people <= MOST_ON_SQLITE:
        return []
    return [f"{people:,} people are many for one SQLite file, which takes one write at a time"]
