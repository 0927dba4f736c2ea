"""Who is on duty is looked up when it is read: a role, a person or a leave that changed since then counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from bot.admin.context import AdminContext
from bot.admin.people import remove_person
from bot.admin.rules import set_roles
from bot.app.context import Work
from bot.app.steps.departure import settle_left
from bot.app.steps.leave import begin
from bot.app.steps.sign_in import SignInService
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.case import Case
from bot.domain.data_request import DataRequest
from bot.domain.organisation import Clinic, Membership
from bot.domain.person import Person, Role
from bot.domain.risk import Hold
from bot.ports.records import LeaveEntry, OutboxEntry, SignRequest
from bot.ports.schema import RECORDS, REFERENCES
from bot.ui.inbound import Refused
from tests.app.risk import change, chats, clinic_of, scene, words_of
from tests.gate import GateInAWorker
from tests.world import World

Rot = Callable[[World], Awaitable[None]]


async def person(world: World, key: str) -> Person:
    return (await world.find(Person, id=person_id(key)))[0]


async def without_the_role(world: World) -> None:
    await change(world, await person(world, "s"), roles=frozenset({Role.THERAPIST}))


async def removed(world: World) -> None:
    await change(world, await person(world, "s"), removed_at=world.clock.now())


async def on_leave(world: World) -> None:
    today = world.clock.now().date()
    entry = LeaveEntry("lv_1", ORGANISATION, person_id("s"), today, today, world.clock.now(), person_id("s"))
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(entry)
        await uow.commit()


ROTS: dict[str, Rot] = {"no role": without_the_role, "removed": removed, "on leave": on_leave}


@pytest.mark.parametrize("why", ROTS)
async def test_a_page_never_names_somebody_who_cannot_be_alerted(gate: GateInAWorker, why: str) -> None:
    world = (await chats(gate)).world
    at = await scene(world)
    page = words_of(await at.reviewer.open("risk.raise", at.case.id))
    assert "Duty supervisor Supervisor (Kiel)" in page
    await ROTS[why](world)
    page = words_of(await at.reviewer.open("risk.raise", at.case.id))
    assert "Duty supervisor not set" in page
    deputy = await person(world, "g")
    await change(world, deputy, roles=frozenset({Role.THERAPIST, Role.SUPERVISOR}))
    await change(world, await clinic_of(world, at.reviewer), deputy_supervisor=deputy.id)
    page = words_of(await at.reviewer.open("risk.raise", at.case.id))
    assert "Duty supervisor Therapist G (Aarhus)" in page, "the deputy stands in"


async def test_a_page_does_not_name_its_reader_as_the_one_who_is_alerted(world: World) -> None:
    at = await scene(world, "a", ("b", "s"))
    assert "Duty supervisor not set" in words_of(await world.player("s").open("risk.raise", at.case.id))


@pytest.mark.parametrize("why", ROTS)
async def test_the_overview_says_what_is_wrong_with_a_clinics_duty(world: World, why: str) -> None:
    await change(world, await person(world, "g"), roles=frozenset({Role.THERAPIST, Role.SUPERVISOR}))
    await ROTS[why](world)
    said = repr(await world.player("g").press("supervision.overview"))
    assert "Kiel: Supervisor (Kiel) is named for duty" in said


async def test_the_commands_that_empty_a_clinics_duty_say_so(world: World) -> None:
    admin = AdminContext(world.store, world.clock, world.tools, SignInService(world.store, world.clock, world.tools))
    await set_roles(admin, "", "s@demo.example", ["therapist"])
    assert any("Kiel: nobody is on duty" in note and "set-duty" in note for note in admin.notes)
    admin.notes.clear()
    await remove_person(admin, "", "s@demo.example")
    assert any("was removed" in note for note in admin.notes)


async def test_leave_of_whoever_is_on_duty_is_said_when_it_is_entered(world: World) -> None:
    outcome = await world.player("s").type("/caseload leave until 2027-02-12")
    assert "named for duty at Aarhus, Kiel and Lund" in repr(outcome)


# ---- every stored reference to a person -------------------------------------------------------


async def the_alert_goes_elsewhere(world: World) -> None:
    at = await scene(world)
    await removed(world)
    await change(world, await person(world, "f"), roles=frozenset({Role.SUPERVISOR}))
    await at.concern()
    assert (await world.find(Hold))[0].called == (person_id("f"),)


async def a_cover_who_left_presents_nothing(world: World) -> None:
    at = await scene(world)
    await change(world, await person(world, "d"), removed_at=world.clock.now())
    today = world.clock.now().date()
    now, last = world.clock.now(), today + timedelta(days=9)
    leave = LeaveEntry("lv_1", ORGANISATION, person_id("a"), today, last, now, "x", None, "cover", person_id("d"))
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(leave)
        await begin(Work(uow, world.clock.now(), world.tools), leave)
        assert await uow.presenter(at.case.id) == person_id("a")
        assert await uow.count(Case, id=at.case.id, closed_at=None) == 1
        assert await uow.count(OutboxEntry, person=person_id("a"), card="cover_impossible") == 1


async def a_cover_of_a_leaver_who_left_presents_nothing(world: World) -> None:
    at = await scene(world)
    await change(world, await person(world, "d"), removed_at=world.clock.now())
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        left = await settle_left(work, await uow.get(Person, person_id("a")), by="x", cover=person_id("d"))
    assert at.case.id in left.cases.withdrawn + left.cases.closed


async def a_signer_who_left_signs_nothing(world: World) -> None:
    await removed(world)
    assert isinstance(await world.player("s").press("log.sign.look", "sgr_1"), Refused)


async def a_request_of_an_officer_who_left_is_over(world: World) -> None:
    officer = world.player("p")
    form = form_of(await officer.press("officer.export", person_id("a")), "officer.export")
    await officer.send(form, {"reason": ("request",)})
    (asked,) = await world.find(DataRequest)
    await change(world, await person(world, "p"), removed_at=world.clock.now())
    assert isinstance(await world.player("m").press("officer.agree", asked.id), Refused)


ACTS_FOR_OTHERS: dict[tuple[type[Any], str], Rot] = {
    (Clinic, "duty_supervisor"): the_alert_goes_elsewhere,
    (Clinic, "deputy_supervisor"): the_alert_goes_elsewhere,
    (Person, "leaving_cover"): a_cover_of_a_leaver_who_left_presents_nothing,
    (Membership, "cover"): a_cover_of_a_leaver_who_left_presents_nothing,
    (LeaveEntry, "cover"): a_cover_who_left_presents_nothing,
    (SignRequest, "signer"): a_signer_who_left_signs_nothing,
    (DataRequest, "asked_by"): a_request_of_an_officer_who_left_is_over,
}
"""References that make somebody act for others later: what happens when they no longer can."""
OWNERS = {"person", "one", "other", "reviewer", "agreed_by"}
"""References that say whose a record is, about whom, or who agreed once; nobody is called because of them."""


def test_every_stored_reference_to_a_person_is_the_owner_or_looked_at_again() -> None:
    """A new column that names a person has to say which it is."""
    named = {(kind, name) for kind, refs in REFERENCES.items() for name, of in refs.items() if of is Person}
    assert {each for each in named if each[1] not in OWNERS} == set(ACTS_FOR_OTHERS)
    known = {name for _, name in named} | {"recorded_by", "signed_by", "set_by", "decided_by", "raised_by"}
    known |= {"acknowledged_by", "released_by", "called", "left_out", "members", "readers", "stepped_out", "actor"}
    suspicious = {
        (kind.__name__, spec.name)
        for kind in RECORDS
        for spec in fields(kind)
        if spec.name.endswith(("_by", "supervisor", "signer", "cover", "owner", "deputy")) and spec.name not in known
    }
    assert not suspicious - {("OutboxEntry", "lease_by")}, suspicious


@pytest.mark.parametrize("reference", ACTS_FOR_OTHERS, ids=lambda each: f"{each[0].__name__}.{each[1]}")
async def test_a_reference_to_somebody_who_left_is_looked_at_again(
    world: World, reference: tuple[type[Any], str]
) -> None:
    await ACTS_FOR_OTHERS[reference](world)
    gone = {each.id for each in await world.find(Person) if each.removed_at}
    assert gone, "somebody left"
    waiting = [e.card for e in await world.find(OutboxEntry, sent_at=None) if e.person in gone]
    assert waiting == [], "whoever left is told nothing of it any more"
