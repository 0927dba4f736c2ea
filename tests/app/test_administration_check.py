"""What is not ready, on the page: the same findings as the command's, each with what to do and where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.admin.readiness import unready
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.organisation import Clinic, Organisation
from bot.domain.person import Person, Role
from bot.ui.inbound import Refused, Show
from bot.ui.model import Form, Notice, Row, plain
from tests.world import World


async def page(world: World) -> Form:
    return form_of(await world.player("m").press("check.open"), "check")


def rows(form: Form) -> list[Row]:
    return [block for block in form.body if isinstance(block, Row)]


async def everything_wrong(world: World) -> None:
    """A clinic without duty and number, a deputy who is no supervisor, an officer who takes part, looks, languages."""
    async with world.store.begin(ORGANISATION) as uow:
        kiel = await uow.get(Clinic, "cli_kiel")
        await uow.save(replace(kiel, duty_supervisor=None, deputy_supervisor=None, duty_phone="", emergency_phone=""))
        lund = await uow.get(Clinic, "cli_lund")
        await uow.save(replace(lund, duty_supervisor=person_id("a"), language="sv"))
        officer = await uow.get(Person, person_id("p"))
        await uow.save(replace(officer, roles=officer.roles | {Role.THERAPIST}))
        organisation = await uow.get(Organisation, ORGANISATION)
        await uow.save(replace(organisation, policy={"second_look": "always"}))
        await uow.commit()


async def test_nothing_wrong_is_said(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        for clinic in await uow.find(Clinic):
            await uow.save(replace(clinic, deputy_supervisor=None))
        await uow.commit()
    form = await page(world)
    (state,) = [block for block in form.body if isinstance(block, Notice)]
    assert plain(state.line) == "Nothing is missing here."
    assert not rows(form)


async def test_the_page_finds_what_the_command_finds(world: World) -> None:
    await everything_wrong(world)
    problems = await unready(world.store, world.clock, world.tools)
    assert len(problems) >= 6
    shown = [plain(row.line) for row in rows(await page(world))]
    # Languages are named in their own words on the page and by their code in the shell.
    said = [f"{each.where}: {each.what}".replace(" in sv", " in Svenska") for each in problems]
    assert shown == said


async def test_each_finding_says_what_to_do_and_opens_where(world: World) -> None:
    await everything_wrong(world)
    for row in rows(await page(world)):
        assert plain(row.detail)
        (opens,) = row.actions
        assert isinstance(await world.player("m").press(opens.key, opens.subject), Show)
    about = {action.subject for row in rows(await page(world)) for action in row.actions}
    assert about >= {"cli_kiel", "cli_lund", GROUP, person_id("p")}


@pytest.mark.parametrize("key", ["a", "s", "p"])
async def test_only_administrators_see_it(world: World, key: str) -> None:
    assert isinstance(await world.player(key).press("check.open"), Refused)
    assert isinstance(await world.player(key).press("administration.open"), Refused)
