"""SIGKILL at random moments of whole rounds: whatever was answered is kept, whatever was sent again happened once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app.dependencies import Tools
from bot.app.steps.sign_in import SignInService
from bot.demo.texts import CASES, REVIEWS, TAKEAWAY
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group, Membership, Organisation
from bot.domain.person import Contact, Role
from bot.domain.person import Person as Colleague
from bot.domain.round import Round
from bot.ports.records import Audited, AuditEntry, LogEntry, OutboxEntry, UndoStep
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.system import SystemClock, SystemIds, SystemRng
from storage import open_store
from storage.keys import KeyRing
from storage.migrate import upgrade
from tests.e2e.server.browser import Page, Person, Values, at_browser
from tests.e2e.server.process import Server
from tests.e2e.server.quick import QuickServer
from tests.gate import rules_alone

ORGANISATION = "org_1"
THERAPISTS = ("ada", "bo", "cy", "di")
GROUPS = ("north", "south")
OPTIONS: dict[str, Any] = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}
MOST_ANSWERS = 12
"""Answers that a server gives before it is killed, at most."""
LONGEST_PAUSE = 0.3
"""Seconds from then, or from its start, to the moment of the kill, at most."""
POLICY = {"clarify_working_days": 0, "messages_from": "00:00", "messages_until": "23:59"}
"""Everything can happen on one day, so that a whole round fits between two kills."""


async def furnish(server: Server) -> dict[str, str]:
    """Two groups of four therapists with a supervisor each; everybody's session."""
    upgrade(server.url)
    clock = SystemClock()
    store = await open_store(server.url, KeyRing.load(file=str(server.key)), clock)
    now = clock.now()
    colleagues = [
        Colleague(
            id=f"{group}_{name}",
            organisation=ORGANISATION,
            name=f"{name.title()} {group.title()}",
            email=f"{name}@{group}.example",
            clinic="cli_1",
            roles=frozenset({Role.SUPERVISOR if name == "supervisor" else Role.THERAPIST}),
            created_at=now,
            experienced_since=now.date() - timedelta(days=1000),
        )
        for group in GROUPS
        for name in (*THERAPISTS, "supervisor")
    ]
    async with store.begin(ORGANISATION) as uow:
        await uow.add(Organisation(ORGANISATION, ORGANISATION, "Service", now, policy=POLICY))
        await uow.add(Clinic("cli_1", ORGANISATION, "Kiel", "DE", "UTC", "SH"))
        await uow.add(*(Group(group, ORGANISATION, group.title(), "UTC") for group in GROUPS))
        await uow.add(*colleagues)
        for each in colleagues:
            await uow.add(
                Contact(f"con_{each.id}", ORGANISATION, each.id, "web", ORGANISATION, each.id, seen_at=now),
                Membership(f"mem_{each.id}", ORGANISATION, each.id.partition("_")[0], each.id, now.date()),
            )
        await uow.commit()
    tools = Tools(SystemIds(), SystemRng(), rules_alone(), HolidayCalendars(), server.address)
    service = SignInService(store, clock, tools)
    sessions = {each.id: await service.open_session(each) for each in colleagues}
    await store.close()
    return sessions


@dataclass
class Team:
    """One group at their browsers, playing round after round, and what they were told had happened."""

    group: str
    people: dict[str, Person]
    presented: int = 0
    reviewed: int = 0
    taken_away: int = 0
    rounds: int = 0
    cases: list[str] = field(default_factory=list)

    async def play_until(self, done: asyncio.Task[None]) -> None:
        """Round after round, at least one, until something else is done."""
        while not (self.rounds and done.done()):
            await self.play()

    async def play(self) -> None:
        """One whole round, step by step, whatever happens to the server in between."""
        supervisor = self.people["supervisor"]
        form = await supervisor.type("/round new")
        while not form.has("round.new.send"):  # a cut took the form away: it is "done already", and one types again
            form = await supervisor.type("/round new")
        await supervisor.send(form, "round.new.send", {})
        for number, name in enumerate(THERAPISTS[:3]):
            await self._present(self.people[name], number)
        plan = await supervisor.press(await supervisor.home(), "round.preview")
        waiting = await supervisor.press(plan, "round.publish.soon")  # which waits ten minutes, unless one wants it now
        await supervisor.press(waiting, "round.publish")
        for name in THERAPISTS:
            await self._review_all(self.people[name])
        for name in THERAPISTS[:3]:
            await self._take_away(self.people[name])
        self.rounds += 1

    async def _present(self, person: Person, number: int) -> None:
        form = await person.press(await person.home(), "case.new")
        await self._write(person, form, "case.submit", {**CASES[(self.rounds + number) % len(CASES)], **OPTIONS})
        self.presented += 1

    async def _review_all(self, person: Person) -> None:
        home = await person.home()
        for assignment in home.subjects("review.open"):
            form = await person.press(home, "review.open", assignment)
            if form.has("review.send"):
                reflection, suggestion = REVIEWS[self.reviewed % len(REVIEWS)]
                await self._write(person, form, "review.send", {"reflection": reflection, "suggestion": suggestion})
                self.reviewed += 1

    async def _take_away(self, person: Person) -> None:
        home = await person.home()
        for case in home.subjects("case.reviews"):
            reviews = await person.press(home, "case.reviews", case)
            if reviews.has("takeaway.send"):
                await self._write(person, reviews, "takeaway.send", {"takeaway": TAKEAWAY})
                self.taken_away += 1

    async def _write(self, person: Person, form: Page, key: str, values: Values) -> None:
        page = await person.send(form, key, values)
        if page.has("text.confirm"):
            await person.send(page, "text.confirm", {})


async def cut_power(server: Server, times: int, chance: random.Random, people: list[Person]) -> None:
    """Kill it at moments of chance, from its first instant to the middle of a round, and start it again.

    How long it lives is counted in answers, so that a slow machine gets on too.
    """
    for _ in range(times):
        if chance.random() < 0.8:
            enough = sum(p.answered for p in people) + chance.randint(0, MOST_ANSWERS)
            while sum(p.answered for p in people) < enough:  # noqa: ASYNC110  # a count, not an event
                await asyncio.sleep(0.005)
        await asyncio.sleep(chance.uniform(0, LONGEST_PAUSE))
        await server.kill()
        await server.start()
    await server.ready()


async def facts(server: Server) -> dict[type[Any], list[Any]]:
    """Everything that is in the database."""
    store = await open_store(server.url, KeyRing.load(file=str(server.key)), SystemClock())
    kinds = (Case, Assignment, LogEntry, OutboxEntry, AuditEntry, Round, UndoStep)
    async with store.begin(ORGANISATION, write=False) as uow:
        found: dict[type[Any], list[Any]] = {kind: await uow.find(kind) for kind in kinds}
        found[dict] = [dict(await uow.presenters([c.id for c in found[Case]]))]
    await store.close()
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("times", "groups"),
    [pytest.param(2, GROUPS[:1], id="short"), pytest.param(30, GROUPS, id="long")],
)
async def test_power_cuts_lose_nothing_and_double_nothing(tmp_path: Path, times: int, groups: tuple[str, ...]) -> None:
    server = QuickServer(tmp_path)
    sessions = await furnish(server)
    async with AsyncExitStack() as browsers:
        teams = []
        for group in groups:
            names = (*THERAPISTS, "supervisor")
            people = {
                n: await browsers.enter_async_context(at_browser(server.address, sessions[f"{group}_{n}"]))
                for n in names
            }
            teams.append(Team(group, people))
        await server.start()
        async with asyncio.TaskGroup() as together:
            everybody = [person for team in teams for person in team.people.values()]
            cutting = together.create_task(cut_power(server, times, random.Random(times), everybody))
            for team in teams:
                together.create_task(team.play_until(cutting))
    assert await server.stop() == 0, server.errors.read_text()
    assert sum(p.sent_again for team in teams for p in team.people.values()), "no request met a dying server"
    check(await facts(server), teams)


def check(found: dict[type[Any], list[Any]], teams: list[Team]) -> None:
    """What people were told happened is there, once; what follows from it is there, once."""
    rounds, cases, assignments = found[Round], found[Case], found[Assignment]
    assert len(rounds) == sum(t.rounds for t in teams)
    assert len(cases) == sum(t.presented for t in teams) == sum(t.taken_away for t in teams)
    assert all(case.closed_at for case in cases)
    assert all(round_.closed_at for round_ in rounds)
    written = [s for s in assignments if s.submitted_at]
    assert len(written) == len(assignments) == sum(t.reviewed for t in teams) == 2 * len(cases)
    (presenters,) = found[dict]
    expected = [f"case:{s.case}:{s.reviewer}" for s in written] + [f"case:{c}:{p}" for c, p in presenters.items()]
    assert Counter(e.source for e in found[LogEntry]) == Counter(expected)
    # A message is edited once for each newer one that overtakes part of it and each case in it that ends.
    notices = Counter((e.person, e.card, e.subject, e.args.get("by", "")) for e in found[OutboxEntry])
    assert all(count == 1 for count in notices.values()), notices.most_common(3)
    published = [e for e in found[AuditEntry] if e.what == Audited.ROUND_PUBLISHED]
    assert Counter(e.subject for e in published) == Counter(r.id for r in rounds)
    waited = [s for s in found[UndoStep] if s.what == "round.publish"]
    assert Counter(s.data["round"] for s in waited) == Counter(r.id for r in rounds)
