"""Every command × every role, and another organisation's ids: refused by name, never a crash, nothing changed."""

from __future__ import annotations

import inspect
import re

import pytest

from bot.app.access import RESOLVERS
from bot.app.command_row import Command, Kind
from bot.app.commands import COMMANDS
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Contact, Person, Role
from bot.domain.round import Round
from bot.ui.inbound import ActionPressed, Actor, HomeOpened, Refused
from tests.app.published_round import published
from tests.app.role_events import event
from tests.world import World

ORG = "org_demo"
LOOK_UPS = {resolver.__name__ for resolver in RESOLVERS.values()}


async def person_with(world: World, role: Role) -> Actor:
    """A new person who holds just this role."""
    person = Person(
        f"per_{role}", ORG, f"Only {role}", f"{role}@demo.example", "cli_kiel", frozenset({role}), world.clock.now()
    )
    async with world.store.begin(ORG) as uow:
        await uow.add(person, Contact(f"con_{role}", ORG, person.id, "web", ORG, person.id))
        await uow.commit()
    return Actor("web", ORG, person.id)


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_gets_exactly_its_commands(world: World, role: Role) -> None:
    actor = await person_with(world, role)
    for command in COMMANDS:
        outcome = await world.entry.handle(event(command, actor, "", 1))
        refused = isinstance(outcome, Refused) and outcome.key == "not_allowed"
        assert refused == (role not in command.roles), command.key


async def test_foreign_and_forged_ids_are_refused_in_every_command(world: World) -> None:
    assignments = await published(world)
    outsider = await person_with(world, Role.THERAPIST)
    case = (await world.find(Case, id=assignments[0].case))[0]
    round_ = (await world.find(Round, id=assignments[0].round))[0]
    before = (await world.find(Case), await world.find(Assignment), await world.find(Round))
    for command in COMMANDS:
        if Role.THERAPIST not in command.roles or command.kind is Kind.TYPED or command.key in NEEDS_NO_SUBJECT:
            continue
        for number, subject in enumerate(("nowhere_1", "", case.id, assignments[0].id, round_.id)):
            outcome = await world.entry.handle(event(command, outsider, subject, number))
            assert isinstance(outcome, Refused), (command.key, subject, outcome)
    assert before == (await world.find(Case), await world.find(Assignment), await world.find(Round))


NEEDS_NO_SUBJECT = {
    "help.open",
    "about.privacy",
    "about.feedback",
    "about.setup",
    "risk.open",
    "welcome.open",
    "leaving.open",
    "leaving.send",
    "log.sign.outside",
    "log.sign.outside.send",
    "example.show",
    "case.find",
    "overview.find",
    "case.list",
    "case.mine",
    "shared.list",
    "library.open",
    "report.method",
    "library.find",
    "goal.open",
    "goal.send",
    "goal.end",
    "goal.half",
    "goal.half.send",
    "goal.file",
    "case.new",
    "review.find",
    "review.list",
    "review.queue",
    "case.submit",
    "pick.open",
    "pick.add",
    "pick.add.send",
    "pick.erase",
    "pick.file",
    "message.new",
    "message.submit",
    "behaviours.open",
    "pick.file.send",
    "caseload.read",
    "caseload.switch",
    "caseload.leave",
    "caseload.leave.send",
    "caseload.back",
    "home.open",
    "matter.show",
    "settings.open",
    "settings.send",
    "settings.connect",
    "log.open",
    "privacy.mine",
    "privacy.looked",
    "privacy.sessions",
    "privacy.sessions.end",
    "privacy.passkeys",
    "settings.silence_mail",
    "log.rhythm",
    "log.span",
    "log.span.send",
    "log.add",
    "log.add.send",
    "log.sign",
    "log.sign.given",
    "report.list",
    "log.sign.ask",
    "log.export",
    "log.export.send",
    "missed.fine",
    "missed.help",
    "week.open",
    "week.send",
    "feed.open",
    "feed.make",
    "feed.end",
    "absences.open",
    "absences.send",
    "absences.take",
    "absences.address",
    "absences.address.send",
    "absences.address.end",
    "absences.proposed",
    "absences.settle",
    "caseload.status",
    "caseload.plan",
    "caseload.plan.send",
    "caseload.history",
    "caseload.work",
    "caseload.work.send",
    "risk.alert_duty",
    "apart.open",
    "apart.send",
}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.kind.value} {command.key}")
def test_a_handler_takes_what_its_row_resolved_and_looks_nothing_up_again(command: Command) -> None:
    """What a relation found and judged is handed to the handler; one that relies on another relation would fail."""
    resolver = RESOLVERS.get(command.relation)
    for step in (command.handler, command.prepare):
        source = inspect.getsource(step) if step else ""
        taken = set(re.findall(r"ctx\.subject\((\w+)\)", source))
        assert taken <= {resolver.__name__ if resolver else ""}
        again = {each for each in LOOK_UPS if re.search(rf"await {each}\(ctx, event\.subject\b", source)}
        assert again == set()


async def test_an_unknown_person_learns_nothing(world: World) -> None:
    stranger = Actor("slack", "T-unknown", "U-unknown")
    for command in COMMANDS:
        outcome = await world.entry.handle(event(command, stranger, "", 1))
        assert isinstance(outcome, Refused)
        assert outcome.key == "not_a_member"


async def test_a_removed_person_loses_access_at_once(world: World) -> None:
    actor = await person_with(world, Role.SUPERVISOR)
    async with world.store.begin(ORG) as uow:
        from dataclasses import replace

        person = await uow.get(Person, actor.user)
        await uow.save(replace(person, removed_at=world.clock.now()))
        await uow.commit()
    outcome = await world.entry.handle(HomeOpened(event_id="x", actor=actor))
    assert isinstance(outcome, Refused)
    assert outcome.key == "access_ended"


async def test_buttons_of_an_older_version_are_answered(world: World) -> None:
    actor = await person_with(world, Role.THERAPIST)
    outcome = await world.entry.handle(ActionPressed(event_id="x", actor=actor, key="no.such.button"))
    assert isinstance(outcome, Refused)
    assert outcome.key == "unknown_action"
