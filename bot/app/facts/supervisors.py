"""The organisation's supervisors, looked through as far as somebody is needed: there may be thousands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date
from typing import Any

from bot.app.context import Work
from bot.domain.person import Person, Role
from bot.ports.records import LeaveEntry

AT_ONCE = 20


async def by_twenties(work: Work, role: Role = Role.SUPERVISOR) -> AsyncIterator[list[Person]]:
    """Everybody who has the role, by name, twenty at a time."""
    seen: dict[str, Person] = {}
    last = ""
    while True:
        again = sum(person.name == last for person in seen.values())
        limit = AT_ONCE + again
        asked: dict[str, Any] = {"removed_at": None, "roles__has": role.value, "name__ge": last}
        found = await work.uow.find(Person, order=("name",), limit=limit, **asked)
        new = [person for person in found if person.id not in seen]
        if new:
            yield new
        if len(found) < limit:
            return
        seen |= {person.id: person for person in new}
        last = found[-1].name


async def are_many(work: Work) -> bool:
    """Whether the organisation has more supervisors than are told at once."""
    return await work.uow.count(Person, removed_at=None, roles__has=Role.SUPERVISOR.value) > AT_ONCE


async def there_on(work: Work, people: Sequence[Person], day: date) -> list[Person]:
    """Those of some people who are not on leave on a day."""
    ids = [person.id for person in people]
    kept = ("person", "last_day")
    rows = await work.uow.columns(LeaveEntry, kept, person__in=ids, cancelled_at=None, first_day__le=day)
    away = {person for person, last in rows if last is None or last >= day}
    return [person for person in people if person.id not in away]


async def first_there(work: Work, role: Role, day: date, without: Collection[str]) -> list[Person]:
    """Who has the role and is there on a day: those of the first twenty by name of whom anybody is."""
    async for some in by_twenties(work, role):
        if found := await there_on(work, [person for person in some if person.id not in without], day):
            return found
    return []
