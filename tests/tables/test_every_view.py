"""Every command about everything that exists, in every language: what it answers can be drawn on every platform.

One clinic with a little of everything; each command is tried on each kind of record by everybody who may use it, and
on nothing. What answers with a view in English is asked for again in the other five languages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from bot.app.commands import COMMANDS, Command, Kind
from bot.demo.clinic import ORGANISATION, person_id
from bot.domain.organisation import Closure
from bot.domain.person import Person, Role
from bot.ports.records import LeaveEntry
from bot.ui.inbound import Done, Invalid, Outcome, Refused, Say, Show
from bot.ui.strings import LANGUAGES, words
from storage.memory import MemoryStore
from tests.app.test_access import laid_out
from tests.app.test_roles import event
from tests.app.test_series import begin
from tests.drawn import faults
from tests.gate import rules_alone
from tests.world import Kept, World, make_world

PEOPLE = "absmp"
"""A presenter, a reviewer, a supervisor, a manager who administers, the data-protection officer."""
WORDS = ("", "new", "help", "status", "leave", "icbt", "overview", "weeks", "series", "pdf", "log", "nonsense")


@dataclass
class Clinic:
    """A clinic with something of everything; every step begins with the same."""

    world: World
    kept: Kept
    subjects: list[str]
    roles: dict[str, frozenset[Role]]

    async def answers(self, command: Command, key: str, subject: str) -> Outcome:
        """The answer, in a clinic in which nothing of the like was done before."""
        outcome = await self.world.entry.handle(event(command, self.world.player(key).actor, subject, 1))
        if command.changes and not isinstance(outcome, Refused):
            self.world.restore(self.kept)
        return outcome


@pytest.fixture
async def clinic() -> Clinic:
    world = await make_world(rules_alone())
    await begin(world)
    _, about = await laid_out(world)
    now = world.clock.now()
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(
            LeaveEntry("lea_1", ORGANISATION, person_id("b"), date(2027, 3, 1), None, now, person_id("s")),
            Closure("clo_1", ORGANISATION, "cli_kiel", date(2027, 4, 1), date(2027, 4, 9), "spring"),
        )
        await uow.commit()
    assert isinstance(world.store, MemoryStore)
    subjects = [id for rows in world.store.state.rows.values() for id in list(rows)[-1:]]
    roles = {person.id: person.roles for person in await world.find(Person)}
    subjects += [person_id("a"), person_id("b"), *about.values()]
    return Clinic(world, world.kept(), sorted(set(subjects)), {key: roles[person_id(key)] for key in PEOPLE})


def tried(clinic: Clinic) -> list[tuple[Command, str, str]]:
    """Command, person and subject."""
    return [
        (command, key, subject)
        for command in COMMANDS
        for key in PEOPLE
        if command.roles & clinic.roles[key]
        for subject in (WORDS if command.kind is Kind.TYPED else ("", *clinic.subjects))
    ]


@pytest.mark.slow
async def test_every_answer_can_be_drawn_on_every_platform_in_every_language(clinic: Clinic) -> None:
    wrong: list[str] = []
    views: list[tuple[Command, str, str]] = []
    drawn: set[str] = set()
    for command, key, subject in tried(clinic):
        outcome = await clinic.answers(command, key, subject)
        if repr(outcome) in drawn:
            continue
        drawn.add(repr(outcome))
        wrong += [f"{command.key} {subject} by {key}: {fault}" for fault in faults(outcome, words("en"))]
        if isinstance(outcome, Show | Invalid | Say) or (isinstance(outcome, Done) and outcome.card):
            views.append((command, key, subject))
    assert wrong == []
    reached = {command.key for command, _, _ in views}
    assert reached >= {"caseload.leave", "review.reassign", "pairs.open", "apart.open", "log.sign", "series.show"}
    once = {(command.key, key): (command, key, subject) for command, key, subject in views}
    for language in sorted(set(LANGUAGES) - {"en"}):
        await spoken(clinic, language)
        for command, key, subject in once.values():
            outcome = await clinic.answers(command, key, subject)
            found = faults(outcome, words(language))
            wrong += [f"{language}: {command.key} {subject} by {key}: {fault}" for fault in found]
    assert wrong == []


async def spoken(clinic: Clinic, language: str) -> None:
    """Everybody speaks this from now on."""
    clinic.world.restore(clinic.kept)
    async with clinic.world.store.begin(ORGANISATION) as uow:
        for person in await uow.find(Person):
            await uow.save(replace(person, language=language))
        await uow.commit()
    clinic.kept = clinic.world.kept()
