"""Clinics, groups and duty as administrators change them by forms, with what is wrong said before it is done."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.demo.clinic import GROUP, person_id
from bot.demo.player import form_of
from bot.domain.organisation import Clinic, Group, Membership
from bot.domain.person import Person
from bot.ports.records import AuditEntry
from bot.ui.inbound import Done, Invalid, Outcome, Refused, Show
from bot.ui.model import Form
from tests.world import World


async def send(world: World, form: Form, **values: Sequence[str]) -> Outcome:
    return await world.player("m").send(form, values)


async def clinic(world: World, name: str) -> Clinic:
    return (await world.find(Clinic, name=name))[0]


async def test_the_list_names_places_and_gaps_of_duty(world: World) -> None:
    shown = str(await world.player("m").press("places.list"))
    for name in ("Kiel", "Lund", "Aarhus", "Northern iCBT group"):
        assert name in shown


async def test_a_clinic_is_added_renamed_merged_and_closed(world: World) -> None:
    form = await world.player("m").open("places.add_clinic")
    added = {"name": "Malmö", "country": "se", "timezone": "Europe/Stockholm", "phone": "112"}
    assert isinstance(await send(world, form, **added), Show)
    made = await clinic(world, "Malmö")
    form = await world.player("m").open("places.rename", made.id)
    assert isinstance(await send(world, form, name="Malmö Syd"), Show)
    form = await world.player("m").open("places.merge", (await clinic(world, "Lund")).id)
    assert isinstance(await send(world, form, into=(made.id,)), Show)
    assert {p.clinic for p in await world.find(Person, id__in=[person_id("d"), person_id("e")])} == {made.id}
    assert (await clinic(world, "Lund")).closed_on
    refused = await world.player("m").press("places.close", made.id)
    assert isinstance(refused, Done)
    assert "People work at this clinic" in refused.note
    lines = await world.find(AuditEntry, actor=person_id("m"))
    assert len(lines) >= 2


async def test_an_empty_clinic_and_a_group_are_closed(world: World) -> None:
    form = await world.player("m").open("places.add_clinic")
    await send(world, form, name="Empty", country="DK", timezone="Europe/Copenhagen")
    assert isinstance(await world.player("m").press("places.close", (await clinic(world, "Empty")).id), Show)
    assert (await clinic(world, "Empty")).closed_on
    assert isinstance(await world.player("m").press("places.close", GROUP), Show)
    assert (await world.find(Group, id=GROUP))[0].closed_on
    assert isinstance(await world.player("m").press("places.show", GROUP), Refused)


async def test_a_group_is_added_and_merged_with_its_members(world: World) -> None:
    form = await world.player("m").open("places.add_group")
    assert isinstance(await send(world, form, name="Second", timezone="Europe/Berlin"), Show)
    (second,) = await world.find(Group, name="Second")
    form = await world.player("m").open("places.merge", GROUP)
    assert isinstance(await send(world, form, into=(second.id,)), Show)
    assert len(await world.find(Membership, group=second.id)) == 8


async def test_duty_is_named_with_whether_they_are_reachable_now(world: World) -> None:
    kiel = await clinic(world, "Kiel")
    form = await world.player("m").open("places.duty", kiel.id)
    s = person_id("s")
    assert isinstance(await send(world, form, duty=(s,), deputy=(s,)), Invalid)
    assert isinstance(await send(world, form, duty=("nobody",)), Invalid)
    shown = form_of(await send(world, form, duty=(s,), deputy=("nobody",), phone="+49 431 1"), "duty")
    changed = await clinic(world, "Kiel")
    assert (changed.duty_supervisor, changed.deputy_supervisor, changed.duty_phone) == (s, None, "+49 431 1")
    assert "Supervisor (Kiel) · " in str(shown)
    await world.player("s").type("/caseload leave from 2027-01-18 until 2027-01-29")
    assert "leave" in str(await world.player("m").press("places.show", kiel.id))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "kiel"}, "name"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"country": "Denmark"}, "country"),
        ({"country": "1"}, "country"),
    ],
)
async def test_what_cannot_be_is_said_at_its_field(world: World, values: dict[str, str], field: str) -> None:
    form = await world.player("m").open("places.add_clinic")
    good = {"name": "New", "country": "DK", "timezone": "Europe/Copenhagen"}
    outcome = await send(world, form, **{**good, **values})
    assert isinstance(outcome, Invalid)
    assert set(outcome.form.errors) == {field}


async def test_a_country_without_known_holidays_is_refused_in_a_sentence(world: World) -> None:
    form = await world.player("m").open("places.add_clinic")
    refused = await send(world, form, name="New", country="QQ", timezone="Europe/Copenhagen")
    assert isinstance(refused, Refused)
    assert "No public holidays" in refused.text
    assert not await world.find(Clinic, name="New")
