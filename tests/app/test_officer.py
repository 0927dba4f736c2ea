"""A data-protection officer's pages: find, export and erase by a reason and a second person, lines of the trail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.app.privacy.officer_views import KINDS
from bot.app.steps.access_request import LINKED_RECORDS, OWN_RECORDS
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import Player, form_of
from bot.domain.case import Case
from bot.domain.data_request import DataRequest
from bot.domain.organisation import Clinic
from bot.domain.person import Person, Role
from bot.ports.records import AuditEntry
from bot.ui.inbound import Done, Hand, Invalid, Outcome, Refused, Say, Show
from bot.ui.model import Facts, Form, Items, Row, Table, plain
from tests.app.published_round import published
from tests.world import World

ANNA = "a@demo.example"


async def found(world: World, subject: str) -> Form:
    form = await world.player("p").open("officer.open")
    return form_of(await world.player("p").send(form, {"subject": subject}), "find")


async def ask(world: World, step: str, about: str, **values: Sequence[str]) -> Outcome:
    form = form_of(await world.player("p").press(step, about), step)
    return await world.player("p").send(form, {"reason": ("request",), **values})


async def request(world: World) -> DataRequest:
    (only,) = await world.find(DataRequest)
    return only


async def trail(world: World, **values: Sequence[str]) -> list[list[str]]:
    form = await world.player("p").open("officer.trail")
    shown = form_of(await world.player("p").send(form, values), "trail")
    tables = [block for block in shown.body if isinstance(block, Table)]
    return [[plain(cell) for cell in row] for table in tables for row in table.rows]


def told(form: Form) -> str:
    return " / ".join(plain(each) for block in form.body if isinstance(block, Items) for each in block.lines)


def test_every_kind_of_record_is_counted_under_words() -> None:
    assert {kind.__name__ for kind in (*OWN_RECORDS, *LINKED_RECORDS)} <= set(KINDS)


async def test_people_are_found_by_address_or_name_and_cases_by_code(world: World) -> None:
    await published(world)
    sent_in = (await world.find(Case))[0]
    person = await found(world, ANNA)
    (facts,) = [block for block in person.body if isinstance(block, Facts)]
    assert plain(dict(facts.rows)["Addresses and sign-ins"]) == "1"
    assert plain(dict(facts.rows)["Own cases"]) == "not counted here, because a count could tell who presents"
    several = await found(world, "therapist")
    assert len([b for b in several.body if isinstance(b, Row) and "Therapist" in plain(b.line)]) == 7
    case = await found(world, sent_in.code)
    assert not [action for action in case.actions if action.key == "officer.export"]
    form = await world.player("p").open("officer.open")
    assert isinstance(await world.player("p").send(form, {"subject": "nobody@x.example"}), Invalid)


async def test_an_export_needs_a_reason_and_somebody_else(world: World) -> None:
    a = person_id("a")
    assert isinstance(await ask(world, "officer.export", a, reason=("curiosity",)), Invalid)
    assert isinstance(await ask(world, "officer.export", a), Done)
    asked = await request(world)
    assert isinstance(await world.player("p").press("officer.fetch", asked.id), Refused)
    assert isinstance(await world.player("p").press("officer.agree", asked.id), Refused)
    for key in "as":
        assert isinstance(await world.player(key).press("officer.agree", asked.id), Refused)
    await world.settle()
    assert "data_request" in await world.told("m")
    assert isinstance(await world.player("m").press("officer.agree", asked.id), Done)
    assert isinstance(await world.player("m").press("officer.fetch", asked.id), Refused)
    handed = await world.player("p").press("officer.fetch", asked.id)
    assert isinstance(handed, Hand)
    assert json.loads(handed.document.content)["profile"]["email"] == ANNA
    lines = await world.find(AuditEntry, subject=a, order=("number",))
    done = [(line.what, line.actor, line.detail.get("reason")) for line in lines[-3:]]
    assert done == [
        ("data_asked", person_id("p"), "request"),
        ("data_agreed", person_id("m"), "request"),
        ("exported", person_id("p"), "request"),
    ]


async def test_an_erasure_is_looked_at_first_and_done_by_the_second_person(world: World) -> None:
    await published(world)
    f = person_id("f")
    before = await world.find(Person)
    lines = len(await world.find(AuditEntry))
    shown = form_of(await world.player("p").press("officer.erase", f), "erase")
    assert "name, e-mail, language" in told(shown)
    assert "Therapist F (Aarhus)" in str(shown.body[0])
    assert "backups: until" in told(shown)
    assert await world.find(Person) == before
    assert len(await world.find(AuditEntry)) == lines
    assert isinstance(await ask(world, "officer.erase", f), Done)
    assert await world.find(Person) == before
    asked = await request(world)
    assert isinstance(await world.player("m").press("officer.agree", asked.id), Done)
    (gone,) = await world.find(Person, id=f)
    assert not gone.active
    assert gone.email.endswith("@erased.invalid")
    assert not await world.find(DataRequest)
    assert isinstance(await world.player("m").press("officer.agree", asked.id), Refused)


async def test_a_case_is_erased_by_its_code(world: World) -> None:
    await published(world)
    sent_in = (await world.find(Case))[0]
    form = await found(world, sent_in.code.lower())
    assert isinstance(await ask(world, "officer.erase", form.subject), Done)
    assert isinstance(await world.player("m").press("officer.agree", (await request(world)).id), Done)
    async with world.store.begin(ORGANISATION, write=False) as uow:
        assert not await uow.parts(sent_in.id)


async def test_whoever_is_on_duty_is_not_erased_and_the_page_says_why(world: World) -> None:
    refused = await world.player("p").press("officer.erase", person_id("s"))
    assert isinstance(refused, Refused)
    assert "on duty" in refused.text


async def test_nobody_agrees_to_what_is_about_themselves(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        g = await uow.get(Person, person_id("g"))
        await uow.save(replace(g, roles=g.roles | {Role.ADMIN}))
        await uow.commit()
    await ask(world, "officer.export", person_id("g"))
    asked = await request(world)
    assert isinstance(await world.player("g").press("officer.agree", asked.id), Refused)
    assert not [a for row in await rows(world.player("g")) for a in row.actions]
    assert isinstance(await world.player("m").press("officer.agree", asked.id), Done)


async def rows(player: Player) -> list[Row]:
    form = await player.open("officer.requests")
    return [block for block in form.body if isinstance(block, Row)]


async def test_a_request_is_taken_back_declined_or_ends_by_itself(world: World) -> None:
    for key in "pm":
        await ask(world, "officer.export", person_id("a"))
        assert isinstance(await world.player(key).press("officer.withdraw", (await request(world)).id), Done)
        assert not await world.find(DataRequest)
    await ask(world, "officer.export", person_id("a"))
    asked = await request(world)
    await world.advance(days=15)
    assert isinstance(await world.player("m").press("officer.agree", asked.id), Refused)
    assert not await rows(world.player("m"))


async def test_without_a_second_person_nothing_is_asked(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        manager = await uow.get(Person, person_id("m"))
        await uow.save(replace(manager, roles=manager.roles - {Role.ADMIN}))
        await uow.commit()
    refused = await ask(world, "officer.export", person_id("a"))
    assert isinstance(refused, Refused)
    assert refused.key == "no_second_person"


async def test_the_trail_is_filtered_by_what_who_whom_and_day(world: World) -> None:
    form = await world.player("m").open("staff.change", person_id("a"))
    await world.player("m").send(form, {"name": "Anna A", "email": ANNA, "timezone": "Europe/Berlin"})
    await world.advance(days=2)
    assert await trail(world, what=("person_changed",))
    assert await trail(world, who="m@demo.example", about="Anna A")
    assert not await trail(world, who="m@demo.example", what=("erased",))
    assert not await trail(world, what=("person_changed",), since="2027-01-20")
    assert await trail(world, what=("person_changed",), since="2027-01-18", until="2027-01-18")
    read = [line for line in await world.find(AuditEntry, what="trail_read") if line.actor == person_id("p")]
    assert len(read) == 5


async def test_an_export_that_was_agreed_to_is_not_handed_out_after_its_days(world: World) -> None:
    await ask(world, "officer.export", person_id("a"))
    await world.player("m").press("officer.agree", (await request(world)).id)
    asked = await request(world)
    world.clock.advance_to(asked.expires_at)  # nobody has swept it away yet
    refused = await world.player("p").press("officer.fetch", asked.id)
    assert isinstance(refused, Refused)
    assert refused.key == "request_over"


async def test_asking_by_person_never_finds_whose_case_it_is(world: World) -> None:
    await published(world)
    sent = await world.find(AuditEntry, what="case_submitted")
    assert sent
    shown = await trail(world, what=("case_submitted",))
    assert len(shown) == len(sent)
    names = {p.name for p in await world.find(Person)}
    assert not [row for row in shown if set(row) & names]
    for person in await world.find(Person, removed_at=None):
        assert not await trail(world, what=("case_submitted",), who=person.email)


async def test_privacy_typed_in_a_chat_says_who_does_it_and_where(world: World) -> None:
    said = await world.player("a").type("/privacy")
    assert isinstance(said, Say)
    assert "Data-protection officer (Kiel)" in str(said.card)
    assert "http://127.0.0.1:8377" in str(said.card)


@pytest.mark.parametrize("key", ["a", "s", "m"])
async def test_only_officers_find_ask_and_read(world: World, key: str) -> None:
    for step in ("officer.open", "officer.show", "officer.erase", "officer.export", "officer.trail"):
        assert isinstance(await world.player(key).press(step, person_id("b")), Refused)
    assert isinstance(await world.player("p").press("officer.open"), Show)
    assert await world.find(Clinic)


async def test_what_was_agreed_to_is_for_whoever_asked_alone(world: World) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        g = await uow.get(Person, person_id("g"))
        await uow.save(replace(g, roles=g.roles | {Role.DPO}))
        await uow.commit()
    await ask(world, "officer.export", person_id("a"))
    asked = await request(world)
    assert isinstance(await world.player("m").press("officer.agree", asked.id), Done)
    refused = await world.player("g").press("officer.fetch", asked.id)
    assert isinstance(refused, Refused) and refused.key == "not_found_here", "another reads no export"
    for key in "gm":
        refused = await world.player(key).press("officer.withdraw", asked.id)
        assert isinstance(refused, Refused) and refused.key == "request_over", "nor takes it away"
    assert isinstance(await world.player("p").press("officer.fetch", asked.id), Hand)
    world.entry.tools = world.tools = replace(world.tools, platforms={})
    refused = await world.player("p").press("officer.fetch", asked.id)
    assert isinstance(refused, Refused) and refused.key == "only_on_the_web", "no file is handed out in a chat"
    assert isinstance(await world.player("p").press("officer.withdraw", asked.id), Done)
    assert await world.find(DataRequest) == []
