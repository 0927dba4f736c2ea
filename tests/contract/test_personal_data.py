"""What is stored about a person, found, exported and erased on every store, of the demo clinic."""

from __future__ import annotations

import dataclasses
import json
from typing import get_origin, get_type_hints

import pytest

from bot.app.context import Work
from bot.app.steps.access_request import (
    LINKED_RECORDS,
    LISTS,
    OWN_RECORDS,
    export_person,
    find_case,
    find_person,
)
from bot.app.steps.erasure_request import erase_person
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.case import Case
from bot.domain.person import Person
from bot.domain.risk import Hold
from bot.ports.unit_of_work import Store
from bot.ui.inbound import Done, Show
from bot.ui.model import Row
from tests.gate import rules_alone
from tests.world import World, make_world


@pytest.fixture
async def world(store: Store) -> World:
    """Three months of facts."""
    return await make_world(rules_alone(), store=store)


def test_the_table_of_records_names_columns() -> None:
    """A property in the table would be answered in memory and break on a database."""
    wrong: list[object] = [
        kind for kind in OWN_RECORDS if "person" not in {spec.name for spec in dataclasses.fields(kind)}
    ]
    for kind, names in LINKED_RECORDS.items():
        hints = get_type_hints(kind)
        stored = {spec.name for spec in dataclasses.fields(kind)}
        wrong += [(kind, name) for name in names if name not in stored]
        several = {name for name in names if get_origin(hints.get(name)) is tuple}
        wrong += [(kind, name) for name in names if ((kind, name) in LISTS) != (name in several)]
    assert wrong == []


async def test_everybody_is_found_and_exported(world: World) -> None:
    now = world.clock.now()
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(
            Hold("hold_1", ORGANISATION, None, "concern", "cli_kiel", person_id("a"), now, called=(person_id("s"),))
        )
        await uow.commit()
    async with world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, now, world.tools)
        for person in await uow.find(Person):
            found = {each.what: each.count for each in await find_person(work, person)}
            assert found["profile"] == 1
            assert found.get("Hold", 0) == (person.id in {person_id("a"), person_id("s")})
            assert json.loads(await export_person(work, person, texts=True))["profile"]["email"] == person.email
        for case in await uow.find(Case):
            await find_case(work, case)


@pytest.mark.parametrize("key", ["a", "e"])
async def test_somebody_is_erased(world: World, key: str) -> None:
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        await erase_person(work, await uow.get(Person, person_id(key)), "dpo", 35)
        await uow.commit()
    (gone,) = await world.find(Person, id=person_id(key))
    assert (gone.name, gone.active) == ("–", False)


async def test_an_erasure_is_asked_for_shown_agreed_to_and_done_by_the_pages(world: World) -> None:
    officer, second, a = world.player("p"), world.player("m"), person_id("a")
    form = form_of(await officer.press("officer.erase", a), "erase")
    before = await world.find(Person, id=a)
    assert isinstance(await officer.send(form, {"reason": ("request",)}), Done)
    assert isinstance(await officer.press("officer.open"), Show)
    rows = [b for b in (await second.open("officer.requests")).body if isinstance(b, Row)]
    agree = next(action for row in rows for action in row.actions if action.key == "officer.agree")
    assert await world.find(Person, id=a) == before
    assert isinstance(await second.press(agree.key, agree.subject), Done)
    assert [p.active for p in await world.find(Person, id=a)] == [False]
    trail = await officer.send(await officer.open("officer.trail"), {"what": ("data_agreed",)})
    assert isinstance(trail, Show)
