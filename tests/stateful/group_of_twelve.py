"""A group of twelve whose series begins a round every other week, and what each of its members does in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from bot.app.facts.round_messages import OUTSIDE
from bot.demo.clinic import GROUP, ORGANISATION, START, person_id
from bot.demo.texts import ANSWER, CASES, QUESTION, REVIEWS, TAKEAWAY
from bot.domain.assignment import Assignment, Question
from bot.domain.case import Case, CaseStatus
from bot.domain.organisation import Membership
from bot.domain.person import Contact, Person, Role
from bot.domain.round import Round, RoundStatus
from bot.ports.records import OutboxEntry
from bot.ui.inbound import Invalid, Refused, Show
from tests.app.risk import Channel
from tests.gate import rules_alone
from tests.world import World, make_world

KEYS = "abcdefgshijk"
PRESENTING = 5
"""Of twelve in each round."""
CHOICES = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}


async def clinic(supervisors: str = "s") -> tuple[World, Channel]:
    """Twelve therapists, one or some of them supervisors, all of them in one chat."""
    chat = Channel("slack")
    world = await make_world(rules_alone(), platforms={"slack": chat}, connected={"slack"})
    now, joined = world.clock.now(), (START - timedelta(days=200)).date()
    async with world.store.begin(ORGANISATION) as uow:
        for key in KEYS[8:]:
            person = Person(
                id=person_id(key),
                organisation=ORGANISATION,
                name=f"Therapist {key.upper()} (Kiel)",
                email=f"{key}@demo.example",
                clinic="cli_kiel",
                roles=frozenset({Role.THERAPIST}),
                created_at=now,
                timezone="Europe/Berlin",
            )
            web = Contact(f"con_demo_{key}", ORGANISATION, person.id, "web", ORGANISATION, person.id)
            await uow.add(person, web, Membership(f"mem_demo_{key}", ORGANISATION, GROUP, person.id, joined))
        for key in KEYS:
            await uow.add(
                Contact(f"con_chat_{key}", ORGANISATION, person_id(key), "slack", "T1", person_id(key), {}, now)
            )
        for key in supervisors:
            person = await uow.get(Person, person_id(key))
            await uow.save(replace(person, roles=person.roles | {Role.SUPERVISOR}))
        await uow.commit()
    return world, chat


def seldom_late(chance: Random, _: Assignment) -> int:
    """Days after the usual moment at which somebody writes."""
    return 5 if chance.random() < 0.05 else 0


def first_of_two(assignment: Assignment) -> bool:
    """Who asks a question before writing."""
    return assignment.letter == "A"


@dataclass
class Group:
    """Everybody's days, drawn from one seed."""

    world: World
    chance: Random
    late: Callable[[Random, Assignment], int] = seldom_late
    asks: Callable[[Assignment], bool] = first_of_two
    turn: int = 0
    presenters: dict[str, list[str]] = field(default_factory=dict)
    """By round who presents in it."""
    _answers_on: dict[str, datetime] = field(default_factory=dict)

    async def day(self) -> None:
        """Everybody looks at what is theirs in the morning."""
        await self._present()
        for case in await self.world.find(Case, withdrawn_at=None, closed_at=None, published_at__not=None):
            presenter = await self._presenter(case.id)
            status = case.status(self.world.clock.now())
            if status is CaseStatus.CLARIFYING:
                await self._clarify(case, presenter)
            if status in {CaseStatus.REVIEWING, CaseStatus.RELEASED}:
                await self._review(case)
            if status is CaseStatus.RELEASED and self._due(f"takeaway:{case.id}", 2):
                await self._writes(presenter, "takeaway.open", case.id, {"takeaway": TAKEAWAY})
        await self.world.settle()

    async def _present(self) -> None:
        for round_ in await self.world.find(Round, closed_at=None, cancelled_at=None, published_at=None):
            if round_.status is not RoundStatus.COLLECTING:
                continue
            if round_.id not in self.presenters:
                self.presenters[round_.id] = [KEYS[(self.turn + n) % len(KEYS)] for n in range(PRESENTING)]
                self.turn += PRESENTING
            for number, key in enumerate(self.presenters[round_.id]):
                if self._due(f"present:{round_.id}:{key}", 1 + number % 4):
                    text = CASES[self.chance.randrange(len(CASES))]
                    await self._writes(key, "case.new", "", {**text, **CHOICES})

    async def _clarify(self, case: Case, presenter: str) -> None:
        for question in await self.world.find(Question, case=case.id, answered_at=None):
            if self._due(f"answer:{question.id}", 1):
                player = self.world.player(presenter)
                form = await player.open("question.open", case.id)
                await player.send_and_confirm(form, {field.name: ANSWER for field in form.fields})
        for assignment in await self._pending(case):
            if self.asks(assignment) and self._due(f"ask:{assignment.id}", "AB".find(assignment.letter)):
                await self._writes(
                    assignment.reviewer.removeprefix(person_id("")),
                    "review.open",
                    assignment.id,
                    {"question": QUESTION},
                )

    async def _review(self, case: Case) -> None:
        for assignment in await self._pending(case):
            late = self.late(self.chance, assignment)
            if self._due(f"review:{assignment.id}", self.chance.randrange(3) + late):
                reflection, suggestion = REVIEWS[self.chance.randrange(len(REVIEWS))]
                key = assignment.reviewer.removeprefix(person_id(""))
                await self._writes(
                    key, "review.open", assignment.id, {"reflection": reflection, "suggestion": suggestion}
                )

    async def _pending(self, case: Case) -> list[Assignment]:
        return await self.world.find(Assignment, case=case.id, ended_at=None, submitted_at=None, published_at__not=None)

    def _due(self, what: str, days: int) -> bool:
        """Whether the day has come on which somebody does this, once; the first look sets it."""
        now = self.world.clock.now()
        if now < self._answers_on.setdefault(what, now + timedelta(days=days)):
            return False
        self._answers_on[what] = datetime.max.replace(tzinfo=now.tzinfo)
        return True

    async def _writes(self, key: str, opens: str, subject: str, values: Mapping[str, Sequence[str]]) -> None:
        player = self.world.player(key)
        outcome = await player.press(opens, subject)
        if isinstance(outcome, Show) and outcome.form.submit:
            _, sent = await player.send_and_confirm(outcome.form, values)
            assert not isinstance(sent, Refused | Invalid), (opens, sent)

    async def _presenter(self, case: str) -> str:
        async with self.world.store.begin(ORGANISATION, write=False) as uow:
            return (await uow.presenter(case)).removeprefix(person_id(""))


async def messages_of_rounds(world: World, chat: Channel, rounds: list[Round]) -> dict[tuple[str, str], list[str]]:
    """By person and round what each new message carried: it counts for the newest round that it is about."""
    of_round = await _rounds(world, rounds)
    entries = {entry.id: entry for entry in await world.find(OutboxEntry)}
    order = ["", *(round_.id for round_ in rounds)]
    brought: dict[tuple[str, str], list[str]] = {}
    for user, message in chat.sent:
        entry = entries[message.outbox_id]
        carried = [entries[id] for id in entry.args.get("merged", "").split()]
        of = max([of_round(each) for each in (entry, *carried)], key=order.index)
        anyway = any(each.card in OUTSIDE for each in (entry, *carried))
        if not message.replaces and of and not anyway:
            told = "+".join(sorted({each.card for each in (entry, *carried)}))
            brought.setdefault((user, of), []).append(told)
    return brought


async def _rounds(world: World, rounds: list[Round]) -> Callable[[OutboxEntry], str]:
    """Which round a notice is about; of a reminder and the like the one published last."""
    assignments = {assignment.id: assignment.round for assignment in await world.find(Assignment)}
    cases = {case.id: case.round or "" for case in await world.find(Case)}
    ids = {round_.id for round_ in rounds}

    def of(entry: OutboxEntry) -> str:
        subject = entry.subject
        if entry.card in OUTSIDE:
            return ""
        if subject in ids:
            return subject
        if subject in assignments or subject in cases:
            found = assignments.get(subject) or cases.get(subject, "")
            return found if found in ids else ""
        before = [r for r in rounds if r.published_at and r.published_at <= entry.created_at]
        return before[-1].id if before else ""

    return of
