"""A supervisor names a member within what they type: who is meant is asked, with the names, and nothing is done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Person
from bot.ports.records import LeaveEntry
from bot.ui.inbound import Outcome, Say
from tests.app.entered import leaves
from tests.app.shown import press, text
from tests.tables.crawl import actions
from tests.world import World

NAMES = {"a": "Kim Larsen", "b": "Kim Olsen", "c": "Anna Berg", "d": "Jan de Vries"}
FRIDAY = [("2027-01-18", "2027-01-22")]


async def renamed(world: World, language: str = "en") -> None:
    async with world.store.begin(ORGANISATION) as uow:
        for letter, name in NAMES.items():
            await uow.save(replace(await uow.get(Person, person_id(letter)), name=name))
        await uow.save(replace(await uow.get(Person, person_id("s")), language=language))
        await uow.commit()


def labels(answer: Outcome) -> list[str]:
    assert isinstance(answer, Say), answer
    return [action.label for action in actions(answer.card)]


ANNA = ["Anna Berg: Leave: Mon 18 Jan – Fri 22 Jan"]
KIMS = ["Kim Larsen: Leave: Mon 18 Jan – Fri 22 Jan", "Kim Olsen: Leave: Mon 18 Jan – Fri 22 Jan"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("leave Anna until Friday", ANNA),
        ("leave for Anna Berg until Friday", ANNA),
        ("Anna is off until Friday", ANNA),
        ("Anna's leave until Friday", ANNA),
        ("leave until Friday, Berg", ANNA),
        ("leave Kim until Friday", KIMS),
        ("for Kim: leave until Friday", KIMS),
        ("leave Kim Olsen until Friday", KIMS[1:]),
        ("for Ana Berg: leave until Friday", ANNA),  # a slip in the name
        ("for Anan: leave until Friday", ANNA),
        ("for Zebedee: leave until Friday", []),
        ("f2f Anna from Monday", ["Anna Berg: Face-to-face: Mon 25 Jan – …"]),
        ("Anna back on Friday", ["Anna Berg: Back on Fri 22 Jan"]),
        ("leave Anna", ["Anna Berg: Take leave"]),
    ],
)
async def test_who_is_meant_is_asked_with_the_names(world: World, typed: str, offered: list[str]) -> None:
    await renamed(world)
    answer = await world.player("s").type(f"/caseload {typed}")
    assert "Nothing was changed" in text(answer)
    assert labels(answer) == offered
    assert await world.find(LeaveEntry) == []


async def test_the_chosen_name_gets_the_leave(world: World) -> None:
    await renamed(world)
    supervisor = world.player("s")
    await press(supervisor, await supervisor.type("/caseload leave Kim until Friday"), "Kim Olsen")
    assert (await leaves(world, "b"), await leaves(world, "a"), await leaves(world, "s")) == (FRIDAY, [], [])


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("de", "Anna ist bis Freitag krank"),
        ("nl", "verlof voor Anna tot vrijdag"),
        ("da", "Anna har ferie til fredag"),
        ("nb", "Anna er syk til fredag"),
        ("sv", "Anna är ledig till fredag"),
    ],
)
async def test_names_are_found_in_every_language(world: World, language: str, typed: str) -> None:
    await renamed(world, language)
    supervisor = world.player("s")
    asked = await supervisor.type(f"/caseload {typed}")
    assert [label.split(":")[0] for label in labels(asked)] == ["Anna Berg"]
    await press(supervisor, asked, "Anna Berg")
    assert (await leaves(world, "c"), await leaves(world, "s")) == (FRIDAY, [])


@pytest.mark.parametrize("typed", ["leave from 4 Jan 2028 until 8 Jan 2028", "leave until Friday"])
async def test_words_that_are_read_are_the_supervisors_own(world: World, typed: str) -> None:
    """A month that is also a name is a month."""
    await renamed(world)
    await world.player("s").type(f"/caseload {typed}")
    assert len(await leaves(world, "s")) == 1
    assert await leaves(world, "d") == []


async def test_a_therapist_is_never_asked_about_colleagues(world: World) -> None:
    await renamed(world)
    answer = await world.player("b").type("/caseload leave Anna until Friday")
    assert "Anna Berg" not in repr(answer)
