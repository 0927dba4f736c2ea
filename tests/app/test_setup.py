"""An administrator's checklist: each line with the button that brings it on, gone when all is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.app.administration.setup_views import TENANT
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.domain.organisation import Clinic, Membership, Workspace
from bot.domain.person import Contact, Person, Role
from bot.domain.round import Round
from bot.ports.unit_of_work import UnitOfWork
from bot.ui.inbound import Done, Invalid, Outcome
from bot.ui.model import Card, Heading, Row, plain
from bot.ui.strings import words
from tests.app.published_round import published
from tests.gate import GateInAWorker
from tests.world import World, make_world

W = words("en")
LINES = ("workspace", "clinic", "people", "duty", "round")


@pytest.fixture
async def world(gate: GateInAWorker) -> World:
    """A service in which nothing was done yet but one account: an administrator's."""
    world = await make_world(gate)
    world.entry.tools = replace(world.tools, connected=("web", "slack"), listed_only=("slack",))
    async with world.store.begin(ORGANISATION) as uow:
        await _no_rounds(uow)
        for membership in await uow.find(Membership):
            await uow.remove(Membership, membership.id)
        for clinic in await uow.find(Clinic):
            bare = replace(clinic, duty_supervisor=None, deputy_supervisor=None, duty_phone="", emergency_phone="")
            await uow.save(replace(bare, closed_on=date(2026, 1, 1)))
        for person in await uow.find(Person):
            if person.id != person_id("m"):
                await uow.save(replace(person, removed_at=world.clock.now()))
        await uow.commit()
    return world


async def _no_rounds(uow: UnitOfWork) -> None:
    """As if none of the earlier rounds had gone out."""
    for round_ in await uow.find(Round):
        await uow.save(replace(round_, published_at=None, closed_at=None, cancelled_at=round_.opened_at))


def checklist(card: Card) -> dict[str, Row]:
    """The lines by what they are about; empty when the list is not there."""
    if Heading(W("setup.heading")) not in card.body:
        return {}
    named = {W(f"setup.{name}"): name for name in LINES}
    rows = [block for block in card.body if isinstance(block, Row)]
    return {named[plain(row.line)]: row for row in rows if plain(row.line) in named}


async def left(world: World) -> dict[str, str]:
    """What is still to be done, with the command of its button."""
    rows = checklist(await world.player("m").home())
    return {name: row.actions[0].key for name, row in rows.items() if row.actions}


async def test_each_line_leads_on_and_the_list_goes_when_all_is_done(world: World) -> None:
    admin = world.player("m")
    assert await left(world) == {
        "workspace": "setup.workspace",
        "clinic": "places.add_clinic",
        "people": "staff.add",
        "duty": "places.list",
        "round": "staff.list",
    }

    form = await admin.open("setup.workspace")
    assert isinstance(await admin.send(form, {"platform": ("slack",), "tenant": "T0CLINIC"}), Done)
    assert [(each.platform, each.tenant) for each in await world.find(Workspace)] == [("slack", "T0CLINIC")]
    assert "workspace" not in await left(world)

    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Clinic, "cli_kiel"), closed_on=None))
        for key in "abcdefgs":
            await uow.save(replace(await uow.get(Person, person_id(key)), removed_at=None))
            await uow.add(Membership(f"mem_{key}", ORGANISATION, GROUP, person_id(key), date(2026, 1, 1)))
        await uow.commit()
    assert await left(world) == {"people": "staff.list", "duty": "places.duty", "round": "setup.ask_round"}
    told = checklist(await admin.home())["people"].detail
    assert told is not None
    assert "0 of 8 can be reached" in plain(told)

    async with world.store.begin(ORGANISATION) as uow:
        for key in "abcdefgs":
            who = person_id(key)
            await uow.add(
                Contact(f"slack_{key}", ORGANISATION, who, "slack", "T0CLINIC", who, seen_at=world.clock.now())
            )
        await uow.commit()
    assert await left(world) == {"duty": "places.duty", "round": "setup.ask_round"}
    duty = {"duty": (person_id("s"),), "deputy": ("nobody",), "phone": "+49 431 000 112"}
    await admin.send(await admin.open("places.duty", "cli_kiel"), duty)
    assert await left(world) == {"round": "setup.ask_round"}

    asked = await admin.press("setup.ask_round")
    assert isinstance(asked, Done)
    assert "Supervisor" in asked.note
    async with world.store.begin(ORGANISATION) as uow:
        now = world.clock.now()
        await uow.add(Round("rnd_1", ORGANISATION, GROUP, now, now, now, 1, number=1, planned_at=now, published_at=now))
        await uow.commit()
    assert await left(world) == {"round": "operations.show"}, "it is running, and what does not arrive is seen there"
    assert "goes away when it is closed" in str(await admin.home())
    await _supervises(world, "m")
    assert await left(world) == {"round": "supervision.overview"}
    async with world.store.begin(ORGANISATION) as uow:
        round_ = await uow.get(Round, "rnd_1")
        await uow.save(replace(round_, closed_at=world.clock.now()))
        await uow.commit()
    assert checklist(await admin.home()) == {}


async def _supervises(world: World, key: str) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        person = await uow.get(Person, person_id(key))
        await uow.save(replace(person, roles=person.roles | {Role.SUPERVISOR}))
        await uow.commit()


async def test_only_who_administers_has_it(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(replace(await uow.get(Person, person_id("s")), removed_at=None))
        await uow.commit()
    assert checklist(await world.player("s").home()) == {}


async def test_a_service_that_has_begun_has_none(gate: GateInAWorker) -> None:
    world = await make_world(gate)
    await published(world)
    assert checklist(await world.player("m").home()) == {}


async def test_a_supervisor_who_is_asked_begins_with_one_press(gate: GateInAWorker) -> None:
    world = await make_world(gate)
    async with world.store.begin(ORGANISATION) as uow:
        await _no_rounds(uow)
        await uow.commit()
    await world.player("m").press("setup.ask_round")
    await world.settle()
    (card,) = [each for each in world.inbox("s") if each.key == "notice.first_round"]
    assert [action.key for action in card.actions] == ["round.new"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "setup.workspace.wrong"),
        ("T 1", "setup.workspace.wrong"),
        ("<script>", "setup.workspace.wrong"),
        ("T" * (TENANT + 1), "setup.workspace.wrong"),
        ("T0KNOWN", "setup.workspace.known"),
    ],
)
async def test_what_is_no_id_is_said_at_the_field(world: World, typed: str, said: str) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Workspace("wsp_1", ORGANISATION, "slack", "T0KNOWN"))
        await uow.commit()
    admin = world.player("m")
    outcome: Outcome = await admin.send(await admin.open("setup.workspace"), {"platform": ("slack",), "tenant": typed})
    assert isinstance(outcome, Invalid)
    assert outcome.form.errors == {"tenant": W(said)}
    assert len(await world.find(Workspace)) == 1
