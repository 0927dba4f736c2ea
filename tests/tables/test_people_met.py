"""People are met: what a look-up in a chat answers, at every occasion at which somebody is looked up.

`found` brings one welcome, `unknown` is asked again the next day, `silent` at the next go; nobody is told that they are
no member, and a supervisor sees who cannot be reached.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.admin.people import join_group, return_person
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.person import Contact, Person, Role
from bot.ui.inbound import Say
from tests.app.house import House, house
from tests.gate import rules_alone

NEL = "nel@demo.example"
Occasion = Callable[[House, Path], Awaitable[str]]


async def imported(at: House, tmp_path: Path) -> str:
    await at.imports(tmp_path)
    return NEL


async def joins_a_group(at: House, tmp_path: Path) -> str:
    await join_group(at.admin, "", "p@demo.example", "Northern iCBT group")
    return "p@demo.example"


async def program_starts(at: House, tmp_path: Path) -> str:
    """Somebody who has been a member for long and never came."""
    return "c@demo.example"


async def comes_back(at: House, tmp_path: Path) -> str:
    async with at.world.store.begin(ORGANISATION) as uow:
        person = await uow.get(Person, person_id("c"))
        await uow.save(replace(person, removed_at=at.world.clock.now() - timedelta(days=9)))
        await uow.commit()
    await return_person(at.admin, "", "c@demo.example", "Northern iCBT group")
    return "c@demo.example"


OCCASIONS: dict[str, Occasion] = {each.__name__: each for each in (imported, joins_a_group, program_starts, comes_back)}


async def welcomes(at: House, email: str) -> int:
    return [card.key for card in at.messages(email)].count("notice.welcome")


@pytest.mark.parametrize("occasion", OCCASIONS)
async def test_who_is_found_is_welcomed_once(occasion: str, tmp_path: Path) -> None:
    at = await house(rules_alone())
    email = await OCCASIONS[occasion](at, tmp_path)
    at.chat.emails.append(email)
    await at.introducer.meet()
    await at.world.advance(days=3)
    await at.introducer.meet()
    assert await welcomes(at, email) == 1
    assert at.chat.asked.count(email) == 1


@pytest.mark.parametrize("occasion", OCCASIONS)
@pytest.mark.parametrize(("answer", "wait"), [("unknown", timedelta(days=1)), ("silent", timedelta(minutes=1))])
async def test_who_is_not_found_is_asked_for_again_and_told_nothing(
    occasion: str, answer: str, wait: timedelta, tmp_path: Path
) -> None:
    at = await house(rules_alone())
    email = await OCCASIONS[occasion](at, tmp_path)
    at.chat.silent = answer == "silent"
    await at.introducer.meet()
    await at.world.settle()
    assert at.messages(email) == []
    (person,) = await at.world.find(Person, email=email)
    assert await at.world.find(Contact, person=person.id, platform="slack") == []
    if person.has(Role.THERAPIST):
        overview = await at.world.player("s").type("/supervision overview")
        assert isinstance(overview, Say)
        assert person.name in repr(overview), "a supervisor sees who cannot be reached"
    at.chat.silent, before = False, at.chat.asked.count(email)
    at.chat.emails.append(email)
    await at.introducer.meet()
    assert at.chat.asked.count(email) - before == (answer == "silent"), "unknown is an answer for a day"
    at.world.clock.advance(wait)
    await at.introducer.meet()
    await at.world.advance(days=3)
    assert await welcomes(at, email) == 1
