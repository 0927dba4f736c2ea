"""A person sees the browsers they are signed in in, and signs all of them out; nobody else's."""

from __future__ import annotations

from bot.app.steps.sign_in import SESSION_HOURS, SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Person
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
    await world.advance(hours=1)
    await signed_in(world, "a")
    await signed_in(world, "b")
    assert await rows(world, "a") == 2
    await world.advance(hours=SESSION_HOURS - 1)
    assert await rows(world, "a") == 1


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
