"""A person's passkeys in the core: whose they are, what is told, and what ends with the person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.steps.passkeys import MOST, PasskeyService
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Person
from bot.ports.records import Audited, AuditEntry, Passkey
from bot.ui.inbound import Actor, Say
from bot.ui.sign_in import NewPasskey
from tests.world import World


def service(world: World) -> PasskeyService:
    return PasskeyService(world.store, world.clock, world.tools)


def at_the_page(key: str) -> Actor:
    return Actor("web", ORGANISATION, person_id(key))


async def add(world: World, key: str, credential: str = "one") -> bool:
    return await service(world).keep(at_the_page(key), NewPasskey(credential, "key", 0, "Phone"))


async def enter(world: World, credential: str = "one") -> str | None:
    session = await service(world).enter(credential, 1, world.clock.now())
    holder = await SignInService(world.store, world.clock, world.tools).holder(session) if session else None
    return holder.actor.user if holder else None


async def test_whoever_adds_or_loses_one_is_told_and_the_trail_says_so(world: World) -> None:
    assert await add(world, "a")
    (held,) = await service(world).of(at_the_page("a"))
    await world.advance(days=1)
    await service(world).remove(at_the_page("a"), held.id)
    await world.advance(days=1)
    told = [card.key for card in world.inbox("a") if "passkey" in card.key]
    assert told == ["notice.passkey_added", "notice.passkey_removed"]
    for what in (Audited.PASSKEY_ADDED, Audited.PASSKEY_REMOVED):
        (line,) = await world.find(AuditEntry, what=what.value)
        assert (line.actor, line.subject) == (person_id("a"), person_id("a"))


async def test_it_signs_in_its_person_once_for_each_challenge(world: World) -> None:
    await add(world, "a")
    asked_at = world.clock.now()
    assert await enter(world) == person_id("a")
    assert await service(world).enter("one", 2, asked_at) is None, "the same challenge"
    world.clock.advance(timedelta(seconds=1))
    assert await service(world).enter("one", 2, asked_at) is None, "one made before"
    assert await enter(world) == person_id("a")
    assert await enter(world, "another") is None


async def test_it_is_one_persons_and_nobody_else_touches_it(world: World) -> None:
    assert await add(world, "a")
    assert not await add(world, "b"), "it is somebody's already"
    (held,) = await service(world).of(at_the_page("a"))
    await service(world).rename(at_the_page("b"), held.id, "mine")
    await service(world).remove(at_the_page("b"), held.id)
    (still,) = await service(world).of(at_the_page("a"))
    assert still == held
    assert await service(world).of(at_the_page("b")) == []
    await service(world).rename(at_the_page("a"), held.id, " Tablet ")
    assert [each.name for each in await service(world).of(at_the_page("a"))] == ["Tablet"]


async def test_there_are_not_too_many(world: World) -> None:
    assert [await add(world, "a", f"key-{n}") for n in range(MOST + 1)] == [True] * MOST + [False]


async def test_it_ends_with_its_persons_access(world: World) -> None:
    await add(world, "a")
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id("a")), removed_at=world.clock.now()))
        await uow.commit()
    assert await service(world).find("one") is None
    assert await enter(world) is None
    assert not await add(world, "a", "two")


@pytest.mark.parametrize("way", ["remove", "erase"])
async def test_nothing_is_kept_of_whoever_leaves(world: World, way: str) -> None:
    from bot.app.context import Work
    from bot.app.steps.departure import leave_service
    from bot.app.steps.erasure_request import erase_person

    await add(world, "a")
    async with world.store.begin(ORGANISATION) as uow:
        work, person = Work(uow, world.clock.now(), world.tools), await uow.get(Person, person_id("a"))
        if way == "remove":
            await leave_service(work, person, by="admin")
        else:
            await erase_person(work, person, "admin", 30)
        await uow.commit()
    assert await world.find(Passkey) == []


async def test_a_chat_says_where_they_are(world: World) -> None:
    shown = await world.player("a").press("privacy.passkeys")
    assert isinstance(shown, Say)
    assert f"{world.tools.public_url}/settings/passkeys" in repr(shown.card)
