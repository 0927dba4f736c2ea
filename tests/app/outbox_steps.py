"""Telling people something and reading what waits for them."""

from __future__ import annotations

from datetime import timedelta

from bot.app.context import Work
from bot.demo.clinic import MEMBERS, ORGANISATION, person_id
from bot.demo.story import Story
from bot.domain.assignment import Assignment
from bot.ports.records import OutboxEntry
from tests.world import World


async def tell_of_one_matter(world: World) -> None:
    """A message, and the newer one of its matter that edits it, both ready to go."""
    for card in ("leave_ended", "leave_undone"):
        async with world.store.begin(ORGANISATION) as uow:
            work = Work(uow, world.clock.now(), world.tools)
            await work.tell(person_id("a"), card, person_id("a"), slot="matter:1")
            await uow.commit()
        await world.dispatcher.drain()
        world.clock.advance_to(world.clock.now() + timedelta(seconds=1))


async def tell(world: World, *cards: str, to: str = "a", urgent: bool = False) -> list[OutboxEntry]:
    """Plain notices to a demo person."""
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        for n, card in enumerate(cards):
            await work.tell(person_id(to), card, f"subject {card} {n}", urgent=urgent, name="Therapist B", code="AB-12")
        await uow.commit()
    return await outbox(world)


async def outbox(world: World) -> list[OutboxEntry]:
    return await world.find(OutboxEntry, order=("created_at", "dedupe"))


def titles(world: World, key: str = "a") -> list[str]:
    return [card.title for card in world.inbox(key)]


async def assignments_of_a_round(world: World) -> list[Assignment]:
    story = Story(world, lambda _: None)
    round_ = await story._open_round()
    await story._present()
    await story._plan_and_publish(round_)
    return await world.find(Assignment, round=round_, ended_at=None)


async def told_to_everybody(world: World) -> int:
    for key in MEMBERS:
        await tell(world, "not_reached", to=key)
    return len(MEMBERS)
