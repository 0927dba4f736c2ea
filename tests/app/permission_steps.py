"""Who is in which group with which roles, who is away, and the world as one of them has it in hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.app.context import Context
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.organisation import Group, Membership
from bot.domain.person import Person, Role
from bot.ports.records import LeaveEntry
from tests.world import World

MONDAY = date(2027, 1, 18)


SECOND = Group("grp_two", ORGANISATION, "Second group", "Europe/Berlin")


async def keep(world: World, *records: Any) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(*records)
        await uow.commit()


async def made(world: World, key: str, *roles: Role, group: str | None = None) -> None:
    """These roles for a demo person; with a group they leave all others for it."""
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id(key)), roles=frozenset(roles)))
        if group is not None:
            for membership in await uow.find(Membership, person=person_id(key)):
                await uow.remove(Membership, membership.id)
            if group:
                await uow.add(Membership(f"mem_{key}", ORGANISATION, group, person_id(key), MONDAY))
        await uow.commit()


async def away(world: World, key: str, first: int = 0, last: int | None = 0, **more: Any) -> None:
    """Leave in days from Monday."""
    end = None if last is None else MONDAY + timedelta(days=last)
    entry = LeaveEntry(
        f"lea_{key}", ORGANISATION, person_id(key), MONDAY + timedelta(days=first), end, world.clock.now(), "x", **more
    )
    await keep(world, entry)


@asynccontextmanager
async def seen_by(world: World, key: str) -> AsyncIterator[Context]:
    async with world.entry.reading(world.player(key).actor) as ctx:
        assert ctx
        yield ctx


async def left(world: World, key: str) -> None:
    """Their last day in the group was yesterday."""
    async with world.store.begin(ORGANISATION) as uow:
        (membership,) = await uow.find(Membership, person=person_id(key))
        await uow.save(replace(membership, left_on=MONDAY - timedelta(days=1)))
        await uow.commit()


def keys(people: list[Person] | None) -> str | None:
    """The letters of demo people, as found."""
    return None if people is None else "".join(person.id.removeprefix("per_demo_") for person in people)
