"""A person sees the browsers they are signed in in, and signs all of them out; nobody else's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.organisation import Clinic, Organisation
from bot.domain.person import Person
from bot.ports.records import Session
from bot.ports.unit_of_work import StoreUnavailable
from bot.ui.inbound import Done, Say
from bot.ui.model import Row
from tests.world import World


def service(world: World) -> SignInService:
    return SignInService(world.store, world.clock, world.tools)


async def signed_in(world: World, key: str) -> str:
    session = await service(world).redeem((await link(world, key)).rpartition("/")[2])
    assert session
    return session


async def link(world: World, key: str) -> str:
    return await service(world).link_for_person(ORGANISATION, person_id(key))


async def rows(world: World, key: str) -> int:
    shown = await world.player(key).press("privacy.sessions")
    assert isinstance(shown, Say)
    return sum(isinstance(block, Row) for block in shown.card.body)


async def test_each_browser_is_listed_until_its_session_ends(world: World) -> None:
    assert await rows(world, "a") == 0
    await signed_in(world, "a")
    await world.advance(minutes=30)
    await signed_in(world, "a")
    await signed_in(world, "b")
    assert await rows(world, "a") == 2
    await world.advance(minutes=30)
    assert await rows(world, "a") == 1, "the first was left alone for an hour"


async def policy(world: World, clinic: bool = False, **numbers: int) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        if clinic:
            place = (await uow.find(Clinic, id="cli_kiel"))[0]
            await uow.save(replace(place, policy={**place.policy, **numbers}))
        else:
            organisation = await uow.get(Organisation, ORGANISATION)
            await uow.save(replace(organisation, policy={**organisation.policy, **numbers}))
        await uow.commit()


async def test_a_browser_that_is_used_stays_signed_in_until_twelve_hours_and_one_left_alone_an_hour(
    world: World,
) -> None:
    used, left = await signed_in(world, "a"), await signed_in(world, "a")
    for _ in range(13):
        await world.advance(minutes=55)
        assert await service(world).holder(used)
    assert await service(world).holder(left) is None
    assert len(await world.find(Session, person=person_id("a"))) == 1, "it is gone, not only refused"
    await world.advance(minutes=10)
    assert await service(world).holder(used) is None


@pytest.mark.parametrize(("minutes", "after", "alive"), [(5, 5, False), (5, 4, True), (0, 700, True), (720, 700, True)])
async def test_how_long_is_the_rule_of_the_organisation(world: World, minutes: int, after: int, alive: bool) -> None:
    await policy(world, sign_in_idle_minutes=minutes)
    session = await signed_in(world, "a")
    await world.advance(minutes=after)
    assert bool(await service(world).holder(session)) == alive


async def test_a_device_is_remembered_where_the_clinic_allows_it_and_only_if_asked_for(world: World) -> None:
    asked = await service(world).redeem((await link(world, "a")).rpartition("/")[2], remember=True)
    assert asked
    await world.advance(hours=2)
    assert await service(world).holder(asked) is None, "nobody allowed it"
    assert await service(world).remembered_days() == 0
    await policy(world, clinic=True, sign_in_remember_days=30)
    assert await service(world).remembered_days() == 30
    named = await service(world).named((await link(world, "a")).rpartition("/")[2])
    assert named and named.remember_days == 30
    elsewhere = await service(world).redeem((await link(world, "d")).rpartition("/")[2], remember=True)
    remembered = await service(world).redeem((await link(world, "a")).rpartition("/")[2], remember=True)
    plain = await signed_in(world, "a")
    assert remembered and elsewhere
    await world.advance(days=29)
    holder = await service(world).holder(remembered)
    assert holder and holder.remember_seconds == 86_400
    assert [await service(world).holder(each) for each in (plain, elsewhere)] == [None, None]
    assert await rows(world, "a") == 1
    await policy(world, clinic=True, sign_in_remember_days=7)
    await world.advance(minutes=1)
    assert await service(world).holder(remembered) is None, "a stricter rule ends what was begun"


async def test_a_database_that_can_only_be_read_signs_nobody_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    session = await signed_in(world, "a")
    await world.advance(minutes=10)
    begin = world.store.begin

    def locked(organisation: str, *, write: bool = True) -> Any:
        if write:
            raise StoreUnavailable
        return begin(organisation, write=False)

    monkeypatch.setattr(world.store, "begin", locked)
    assert await service(world).holder(session)


async def test_signing_out_everywhere_ends_every_browser_and_unused_link_of_this_person_only(world: World) -> None:
    mine = [await signed_in(world, "a") for _ in range(3)]
    other = await signed_in(world, "b")
    unused = await link(world, "a")
    done = await world.player("a").press("privacy.sessions.end")
    assert isinstance(done, Done)
    assert "3 browsers" in done.note
    assert [await service(world).holder(session) for session in mine] == [None, None, None]
    assert await service(world).redeem(unused.rpartition("/")[2]) is None
    assert await service(world).holder(other)
    (person,) = await world.find(Person, id=person_id("a"))
    assert person.active
    assert await rows(world, "a") == 0
