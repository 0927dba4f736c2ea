"""Whom a provider of single sign-on vouches for: one active person of the organisation, or nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.app.steps.sign_in import SESSION_HOURS, SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Person
from bot.ui.inbound import Actor
from bot.ui.platform import SeveralPeople
from tests.world import World


def desk(world: World) -> SignInService:
    return SignInService(world.store, world.clock, world.tools)


async def email_of(world: World, key: str) -> str:
    (person,) = await world.find(Person, id=person_id(key))
    return str(person.email)


async def change(world: World, key: str, **changed: object) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id(key)), **changed))  # type: ignore[arg-type]  # by name
        await uow.commit()


@pytest.mark.parametrize("organisation", ["", ORGANISATION])
async def test_a_person_gets_a_session_that_ends(world: World, organisation: str) -> None:
    session = await desk(world).vouched(f" {(await email_of(world, 'a')).upper()} ", organisation)
    assert session
    holder = await desk(world).holder(session)
    assert holder
    assert holder.actor == Actor("web", ORGANISATION, person_id("a"))
    await world.advance(hours=SESSION_HOURS)
    assert await desk(world).holder(session) is None


async def test_nobody_is_let_into_another_organisation(world: World) -> None:
    assert await desk(world).vouched(await email_of(world, "a"), "org_another") is None


async def test_an_address_that_nobody_has_lets_nobody_in(world: World) -> None:
    assert await desk(world).vouched("nobody@clinic.example", "") is None


async def test_a_removed_person_is_not_let_in(world: World) -> None:
    email = await email_of(world, "a")
    await change(world, "a", removed_at=world.clock.now())
    assert await desk(world).vouched(email, "") is None


async def test_two_people_with_one_address_are_not_told_apart_by_a_guess(world: World) -> None:
    await change(world, "b", email=await email_of(world, "a"))
    with pytest.raises(SeveralPeople):
        await desk(world).vouched(await email_of(world, "a"), "")
