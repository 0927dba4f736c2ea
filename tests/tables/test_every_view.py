"""Every command about everything that exists, in every language: what it answers can be drawn on every platform.

Three houses: one with a little of everything, a full one (24 people with long names and the longest texts) and one in
which nothing has happened yet. Each command is tried on each kind of record by everybody who may use it, and on
nothing. What answers with a view in English is asked for again in the other five languages. A command that no house
answers is a door nobody tried.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest

from bot.app.command_row import Command, Kind
from bot.app.commands import COMMANDS
from bot.app.commands import TYPED as TYPED_NAMES
from bot.demo.clinic import GROUP, ORGANISATION, START, person_id
from bot.domain.assignment import Assignment
from bot.domain.organisation import Closure, Group, Membership, NeverAssign
from bot.domain.person import Contact, Person, Role
from bot.ports.records import LeaveEntry, LimitEntry, OutboxEntry
from bot.ui.inbound import ActionPressed, Done, Invalid, Outcome, Refused, Say, Show
from bot.ui.strings import LANGUAGES, words
from storage.memory import MemoryStore
from tests.app.laid_out import laid_out
from tests.app.log_steps import add, sign_everything
from tests.app.planning_steps import present
from tests.app.risk import scene
from tests.app.role_events import event
from tests.app.series_steps import begin
from tests.drawn import faults
from tests.gate import rules_alone
from tests.tables.crawl import TYPED, Crawl, actions, key_of, name_of, view_of
from tests.world import Kept, World, make_world

PEOPLE = "absmp"
"""A presenter, a reviewer, a supervisor, a manager who administers, the data-protection officer."""
LONGEST_NAME = 120
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


async def lived_in(world: World) -> list[str]:
    """Cases, rounds, a series, holds, leave and closed days in every state; the ids of it all."""
    await begin(world)
    _, about = await laid_out(world)
    now = world.clock.now()
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(
            LeaveEntry("lea_1", ORGANISATION, person_id("b"), date(2027, 3, 1), None, now, person_id("s")),
            LimitEntry("lim_1", ORGANISATION, person_id("b"), START.date(), now, person_id("s"), percent=50),
            Closure("clo_1", ORGANISATION, "cli_kiel", date(2027, 4, 1), date(2027, 4, 9), "spring"),
        )
        await uow.commit()
    return list(about.values())


async def crowded(world: World) -> list[str]:
    """The same with 24 people, names as long as a form takes them, and many of everything that lists show."""
    about = await lived_in(world)
    now, began = world.clock.now(), date(2026, 6, 1)
    async with world.store.begin(ORGANISATION) as uow:
        for n in range(14):
            name = f"Therapist {n:02} with a double-barrelled name and every title they ever earned ".ljust(
                LONGEST_NAME, "x"
            )
            person = Person(
                f"per_full_{n}",
                ORGANISATION,
                name[:LONGEST_NAME],
                f"{n}@demo.example",
                "cli_kiel",
                frozenset({Role.THERAPIST}),
                now,
            )
            await uow.add(person, Membership(f"mem_full_{n}", ORGANISATION, GROUP, person.id, began))
            await uow.add(
                Contact(f"con_full_{n}", ORGANISATION, person.id, "web", ORGANISATION, person.id, seen_at=now)
            )
            first = date(2027, 2, 1) + timedelta(days=n)
            await uow.add(LeaveEntry(f"lea_full_{n}", ORGANISATION, person.id, first, None, now, person.id))
            await uow.add(NeverAssign(f"nev_full_{n}", ORGANISATION, person_id("b"), person.id))
            closed = date(2028, 1, 3) + timedelta(days=7 * n)
            await uow.add(Closure(f"clo_full_{n}", ORGANISATION, "cli_lund", closed, closed, "w" * 120))
        for group in await uow.find(Group):
            await uow.save(
                replace(group, name=("Group of the whole northern region and its islands " * 3)[:LONGEST_NAME])
            )
        await uow.commit()
    return about


async def new(world: World) -> list[str]:
    """Nothing has happened yet."""
    return []


async def planning(world: World) -> list[str]:
    """A round collects: three cases wait for a plan, and a message did not arrive."""
    await present(world, "a", "c", "d")
    now = world.clock.now()
    lost = OutboxEntry(
        "out_lost",
        ORGANISATION,
        "lost",
        person_id("a"),
        "reviews_in",
        "case_x",
        now,
        now,
        failed_at=now,
        failure="gone",
    )
    account = Contact("con_second", ORGANISATION, person_id("a"), "slack", "T0CLINIC", "U0A", seen_at=now)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(lost, account)
        await uow.commit()
    return []


async def reviewing(world: World) -> list[str]:
    """A case was published this morning; a reviewer waits for an answer, and somebody asked for a signature."""
    at = await scene(world)
    asked = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send_and_confirm(asked, {"question": "Since when does she seem stuck?"})
    b = world.player("b")
    await b.send(await b.open("log.sign"), {"signer": (person_id("e"),)})
    return []


async def released(world: World) -> list[str]:
    """Both reviews of a case are with its presenter, and somebody signed an entry of somebody's log."""
    at = await scene(world)
    await add(world.player("a"))
    await sign_everything(world)
    await world.advance(days=3)
    for key in "be":
        (assignment,) = await world.find(Assignment, case=at.case.id, reviewer=person_id(key))
        form = await world.player(key).open("review.open", assignment.id)
        await world.player(key).send_and_confirm(form, {"reflection": TYPED, "suggestion": TYPED})
    await world.settle()
    return []


HOUSES: dict[str, tuple[Callable[[World], Awaitable[list[str]]], datetime]] = {
    "lived in": (lived_in, START),
    "full": (crowded, START),
    "empty": (new, START - timedelta(days=400)),
    "planning": (planning, START),
    "reviewing": (reviewing, START),
    "released": (released, START),
}


async def built(house: str) -> Clinic:
    furnish, start = HOUSES[house]
    world = await make_world(rules_alone(), start=start)
    about = await furnish(world)
    assert isinstance(world.store, MemoryStore)
    subjects = [id for rows in world.store.state.rows.values() for id in list(rows)[-1:]]
    roles = {person.id: person.roles for person in await world.find(Person)}
    subjects += [person_id("a"), person_id("b"), *about]
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
@pytest.mark.parametrize("house", ["lived in", "full", "empty"])
async def test_every_answer_can_be_drawn_on_every_platform_in_every_language(house: str) -> None:
    clinic = await built(house)
    wrong: list[str] = []
    views: list[tuple[Command, str, str]] = []
    drawn: set[str] = set()
    answered: set[str] = set()
    for command, key, subject in tried(clinic):
        outcome = await clinic.answers(command, key, subject)
        if not isinstance(outcome, Refused):
            answered.add(command.key)
        if repr(outcome) in drawn:
            continue
        drawn.add(repr(outcome))
        wrong += [f"{command.key} {subject} by {key}: {fault}" for fault in faults(outcome, words("en"))]
        if isinstance(outcome, Show | Invalid | Say) or (isinstance(outcome, Done) and outcome.card):
            views.append((command, key, subject))
    assert wrong == []
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


ONLY_WITH = {
    **dict.fromkeys(
        ("pick.row", "pick.row.send", "pick.present", "pick.discussed", "pick.delete", "pick.erase"),
        "a row of one's own worksheet",
    ),
    "calibrate.send": "a message to review",
    **dict.fromkeys(("overview.find", "overview.group"), "more than twelve groups"),
    "supervision.remind.overdue": "somebody overdue whom the round under way could not have met",
    "pick.server": "a server of health records",
    "pick.server.send": "a server of health records",
    "answer_back.open": "a presenter who asked back",
    "answer_back.send": "a presenter who asked back",
    "case.share": "a case that nobody reviews yet",
    "case.urgent": "a case that nobody reviews yet",
    "case.urgent.back": "a case that was to go out of turn",
    "exemplar.agree": "an excerpt that was proposed",
    "exemplar.consent": "an excerpt that was proposed",
    "exemplar.decline": "an excerpt that was proposed",
    "exemplar.look": "an excerpt that everybody agreed to",
    "exemplar.open": "a closed case whose text is kept",
    "exemplar.pass": "an excerpt that everybody agreed to",
    "exemplar.return": "an excerpt that everybody agreed to",
    "exemplar.send": "a closed case whose text is kept",
    "exemplar.withdraw": "an excerpt that was proposed",
    "follow_up.open": "a case closed four weeks ago",
    "follow_up.read": "what became of a case, told",
    "follow_up.send": "a case closed four weeks ago",
    "follow_up.skip": "a case closed four weeks ago",
    "goal.end": "a learning goal",
    "goal.half.send": "a learning goal",
    "library.find": "an excerpt in the library",
    "library.open": "an excerpt in the library",
    "library.read": "an excerpt in the library",
    "library.recognise": "an excerpt in the library",
    "shared.list": "a case shared for information",
    "shared.read": "a case shared for information",
    "shared.recognise": "a case shared for information",
    "absences.address.end": "a calendar that is connected",
    "absences.proposed": "a calendar that was read",
    "absences.settle": "a calendar that was read",
    "absences.take": "a calendar file with absences",
    "case.change": "a case that was sent back",
    "case.mine": "its address on the web page",
    "caseload.leave.settle": "a leave that overlaps another",
    "caseload.mode.settle": "a switch that overlaps another",
    "caseload.read": "typed words that leave a doubt",
    "caseload.leave.days": "typed words that change one of several leaves",
    "draft.discard": "a text that was begun",
    "feed.end": "an address that was made before",
    "leaving.open": "a last day that was set",
    "leaving.send": "a last day that was set",
    "log.sign.look": "a colleague's request",
    "log.sign.send": "a colleague's request",
    "missed.fine": "two missed reviews",
    "missed.help": "two missed reviews",
    "officer.show": "a person or case that was searched for",
    "officer.export": "a person that was searched for",
    "officer.erase": "a person or case that was searched for",
    "officer.ask": "a person or case that was searched for",
    "officer.agree": "a request of somebody else's",
    "officer.confirm": "a request that the shell made in the reader's name",
    "risk.drill": "a month in which nobody practised the alert",
    "risk.drill_heard": "a drill of the risk alert",
    "officer.withdraw": "a request",
    "officer.fetch": "an export that was agreed to",
    "policies.find": "a chat, which shows one part at a time",
    "policies.reset": "a number that was set here",
    "roster.add": "a chat that names its members",
    "roster.find": "a chat that names its members",
    "roster.find.send": "a chat that names its members",
    "roster.offer": "a chat that names its members",
    "roster.open": "a chat that names its members",
    "roster.send": "a chat that names its members",
    "operations.again_all": "messages that may not have arrived",
    "review.queue": "its address on the web page",
    "review.send": "the end of the clarifying days",
    "risk.alert_duty": "a current risk at submission",
    "round.list": "its address on the web page",
    "round.keep": "caps or absences that were tried",
    "matter.show": "a message that a newer one took the place of",
    "round.fewer": "a place without a reviewer",
    "round.fewer.undo": "a place without a reviewer that was closed",
    "round.fill": "a place without a reviewer",
    "round.pass": "the question whether somebody presents",
    "round.pass.undo": "not this time",
    "round.remind": "an overdue review of the round",
    "round.publish": "a publication that waits",
    "round.publish.back": "a publication that waits",
    "round.publish.soon": "a plan",
    "series.list": "its address on the web page",
    "series.said": "typed days that leave a doubt",
    "setup.ask_round": "a service in which no round has gone out",
    "setup.workspace": "a chat that is connected",
    "setup.workspace.send": "a chat that is connected",
    "settings.silence_mail": "the link of a mail",
    "staff.return": "somebody who left",
    "review.swap.end": "colleagues who were asked to take a review over",
    "swap.pass": "a colleague who asks for somebody else",
    "swap.take": "a colleague who asks for somebody else",
    "swap.undo": "an answer to a colleague's question",
    "supervision.hand_over": "the notice that nothing reaches a member",
    "supervision.hand_over.undo": "handing over a member's reviews",
    "text.preview": "the address of a text that was begun",
    "welcome.open": "adding the app",
    "staff.change.send": "details of a person that may all be kept",
    "risk.open": "a story typed where nobody reads it",
}
"""Doors that this crawl does not open, and what opens them; each has a test of its own."""

OTHERWISE_AGAIN = {
    "case.read.send Show": "a text that was opened with a reason asks for it again",
    "privacy.mine Hand": "the file names its own first export",
    "risk.unmask.send Show": "a name that was shown with a reason asks for it again",
}
"""What a second delivery of the same event is answered otherwise, on purpose."""


@pytest.mark.slow
async def test_every_door_is_opened_by_what_is_shown_and_what_is_behind_it_can_be_drawn() -> None:
    """Whoever may use a command finds a way to it, in one house or another, and it answers with more than a refusal."""
    wrong: list[str] = []
    opened: set[str] = set()
    acts: set[str] = set()
    shows: set[str] = set()
    twice: dict[str, bool] = {}
    for house in HOUSES:
        clinic = await built(house)
        crawl = Crawl(clinic.world, PEOPLE + "e", tuple(f"{name} {rest}" for name in TYPED_NAMES for rest in WORDS))
        async for step, outcome in crawl.steps():
            wrong += [f"{house}: {name_of(step.event)} by {step.key}: {f}" for f in faults(outcome, words("en"))]
            if not isinstance(outcome, Refused):
                opened.add(key_of(step.event))
            acts |= {action.key for action in actions(view_of(outcome)) if not action.opens}
            if isinstance(step.event, ActionPressed) and isinstance(outcome, Say | Show):
                shows.add(key_of(step.event))
            door = f"{key_of(step.event)} {type(outcome).__name__}"
            if not isinstance(outcome, Refused | Invalid) and door not in twice:
                twice[door] = await clinic.world.entry.handle(step.event) == outcome
    assert wrong == []
    assert sorted(door for door, same in twice.items() if not same) == sorted(OTHERWISE_AGAIN), (
        "a step that arrives twice is answered the same"
    )
    does = {command.key for command in COMMANDS if command.changes}
    assert sorted((acts & shows) - does) == [], "what only shows something opens, which is a dialog in Teams"
    assert sorted({command.key for command in COMMANDS} - opened - set(ONLY_WITH)) == []
