"""Where the rules ask for two pairs of eyes, nobody takes a step of weight alone; elsewhere nothing changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.admin.context import AdminContext
from bot.admin.installation import require_second
from bot.admin.people import end_agreement
from bot.admin.rules import set_policy
from bot.admin.sign_in import sign_in_link
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.data_request import DataRequest
from bot.domain.person import Person, Role
from bot.errors import SetupError
from bot.ports.records import Audited, AuditEntry, SignInLink
from bot.ui.inbound import Done, Refused, Show
from tests.app.risk import scene
from tests.world import World

ASKER = "p@demo.example"
SECOND = "m"

Step = Callable[[AdminContext, str], Awaitable[Any]]


def by(admin: AdminContext, asker: str) -> AdminContext:
    admin.asker = asker
    return admin


async def link(admin: AdminContext, asker: str) -> Any:
    return await sign_in_link(by(admin, asker), ORGANISATION, "a@demo.example")


async def agreement(admin: AdminContext, asker: str) -> Any:
    return await end_agreement(by(admin, asker), ORGANISATION, "Lund")


async def keys(admin: AdminContext, asker: str) -> Any:
    await require_second(admin.store, admin.clock, admin.tools, asker)


STEPS: dict[str, Step] = {"sign_in_link": link, "end_agreement": agreement, "forget_keys": keys}


@pytest.fixture
def admin(world: World) -> AdminContext:
    sign_in = SignInService(world.store, world.clock, world.tools)
    return AdminContext(world.store, world.clock, world.tools, sign_in, "root")


async def two_pairs(admin: AdminContext) -> None:
    await set_policy(admin, ORGANISATION, "", "", {"second_person": True})


async def request(world: World) -> DataRequest:
    (found,) = await world.find(DataRequest)
    return found


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_of_the_shell_waits_for_a_second_person_and_is_good_once(
    world: World, admin: AdminContext, step: str
) -> None:
    await STEPS[step](admin, "")
    await two_pairs(admin)
    links = len(await world.find(SignInLink))
    with pytest.raises(SetupError, match="--as ADDRESS"):
        await STEPS[step](admin, "")
    with pytest.raises(SetupError, match="neither administrator nor"):
        await STEPS[step](admin, "a@demo.example")
    for _ in range(2):
        with pytest.raises(SetupError, match="Nothing was done yet"):
            await STEPS[step](admin, ASKER)
    asked = await request(world)
    assert asked.act == step
    assert len(await world.find(SignInLink)) == links
    assert isinstance(await world.player("p").press("officer.agree", asked.id), Refused), "not by oneself"
    assert isinstance(await world.player(SECOND).press("officer.agree", asked.id), Done)
    with pytest.raises(SetupError, match="says there that it is they who ask"):
        await STEPS[step](admin, ASKER)
    assert isinstance(await world.player(SECOND).press("officer.confirm", asked.id), Refused), "not for another"
    assert isinstance(await world.player("p").press("officer.confirm", asked.id), Done)
    await STEPS[step](admin, ASKER)
    assert await world.find(DataRequest) == []
    with pytest.raises(SetupError, match="Nothing was done yet"):
        await STEPS[step](admin, ASKER)
    told = [line.what for line in await world.find(AuditEntry)]
    assert (told.count(Audited.STEP_ASKED), told.count(Audited.STEP_AGREED)) == (2, 1)


async def test_a_presenter_is_looked_up_by_two(world: World, admin: AdminContext) -> None:
    await two_pairs(admin)
    at = await scene(world)
    await at.concern()
    await world.settle()
    supervisor = world.player("s")

    async def looked_up() -> Any:
        return await supervisor.send(await supervisor.open("risk.unmask", at.case.id), {"reason": "reach"})

    first = await looked_up()
    assert isinstance(first, Done)
    assert "can agree until" in first.note
    assert await world.find(AuditEntry, what=Audited.UNMASKED) == []
    await world.settle()
    assert world.inbox(SECOND)[-1].key == "notice.step_request"
    assert isinstance(await world.player(SECOND).press("officer.agree", (await request(world)).id), Done)
    shown = await looked_up()
    assert isinstance(shown, Show)
    assert len(await world.find(AuditEntry, what=Audited.UNMASKED)) == 1


async def test_who_agreed_and_is_no_officer_any_more_agreed_to_nothing(world: World, admin: AdminContext) -> None:
    await two_pairs(admin)
    links = len(await world.find(SignInLink))
    with pytest.raises(SetupError, match="second person"):
        await link(admin, ASKER)
    await world.player(SECOND).press("officer.agree", (await request(world)).id)
    async with world.store.begin(ORGANISATION) as uow:
        second = await uow.get(Person, person_id(SECOND))
        await uow.save(replace(second, roles=frozenset({Role.THERAPIST})))
        deputy = await uow.get(Person, person_id("s"))
        await uow.save(replace(deputy, roles=deputy.roles | {Role.ADMIN}))
        await uow.commit()
    with pytest.raises(SetupError, match="second person"):
        await link(admin, ASKER)
    assert len(await world.find(SignInLink)) == links
    assert (await request(world)).agreed_at is None, "it was asked for anew"


async def test_without_the_rule_one_is_enough(world: World) -> None:
    at = await scene(world)
    await at.concern()
    supervisor = world.player("s")
    form = await supervisor.open("risk.unmask", at.case.id)
    assert isinstance(await supervisor.send(form, {"reason": "reach"}), Show)
    assert person_id("s") == supervisor.actor.user
