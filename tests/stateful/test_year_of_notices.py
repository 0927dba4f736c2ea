"""A played year of a group of twelve: what rings, how often, and how many messages a round brings to whom.

A series begins a round every other week; people present, ask, answer, review, now and then late, and close their cases.
The chat keeps what is a new message and what is an edit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import pytest

from bot.delivery.notices import NOTICES
from bot.demo.clinic import GROUP, ORGANISATION, START, person_id
from bot.demo.texts import ANSWER, CASES, QUESTION, REVIEWS, TAKEAWAY
from bot.domain.case import Assignment, Case, CaseStatus, Question
from bot.domain.organisation import Membership
from bot.domain.person import Contact, Person, Role
from bot.domain.round import Round, RoundStatus
from bot.ports.records import OutboxEntry
from bot.ui.inbound import Invalid, Refused, Show
from tests.app.risk import Channel
from tests.app.series_steps import begin
from tests.gate import rules_alone
from tests.world import World, make_world

KEYS = "abcdefgshijk"
PRESENTING = 5
"""Of twelve in each round."""
YEAR = timedelta(days=365)
CHOICES = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}
MOST = {"reviewer": 5, "supervisor": 6, "supervisor who presents": 7, "supervisor who presents and is late": 8}
"""Messages of one round. The seven of a supervisor who does everything in it come on seven days that cannot be one:
whose turn it is, the plan to look at, publication with the own review, a question, the answers with the reminder, the
reviews, and a colleague who is three days late."""


async def clinic() -> tuple[World, Channel]:
    """Twelve therapists, one of them the supervisor, all of them in one chat."""
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
        await uow.commit()
    return world, chat


@dataclass
class Year:
    """Everybody's days, drawn from one seed."""

    world: World
    chance: Random
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
            if status is CaseStatus.REVIEWING:
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
            if assignment.letter == "A" and self._due(f"ask:{assignment.id}", 0):
                await self._writes(
                    assignment.reviewer.removeprefix(person_id("")),
                    "review.open",
                    assignment.id,
                    {"question": QUESTION},
                )

    async def _review(self, case: Case) -> None:
        for assignment in await self._pending(case):
            late = 5 if self.chance.random() < 0.05 else 0
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


async def played() -> tuple[World, Channel, Year]:
    world, chat = await clinic()
    await begin(world)
    year, end = Year(world, Random(11)), world.clock.now() + YEAR
    while world.clock.now() < end:
        await year.day()
        await world.advance(days=1)
    return world, chat, year


@pytest.mark.slow
async def test_in_a_year_everything_that_rings_rings_exactly_once_and_nobody_is_flooded() -> None:
    world, chat, year = await played()
    entries = {entry.id: entry for entry in await world.find(OutboxEntry)}
    new = Counter(message.outbox_id for _, message in chat.sent if not message.replaces)
    rang: Counter[str] = Counter()
    for entry in entries.values():
        kind = NOTICES[entry.card]
        carrier = entry.args.get("carrier") or entry.id
        if not kind.rings:
            continue
        if entry.dropped_at and not entry.args.get("carrier"):
            assert new[entry.id] == 0, entry
            assert entry.failure == "pointless", entry
            continue
        assert entry.failed_at is None, entry
        if entries[carrier].sent_at is None:
            assert entries[carrier].due_at > world.clock.now(), entry  # tomorrow morning
            continue
        assert new[carrier] == 1, (entry.card, new[carrier])
        rang[entry.card] += 1
    assert {"round_open", "assigned", "reviews_released", "plan_ready", "question_asked", "takeaway_in"} <= set(rang)
    assert max(new.values()) == 1, "no new message comes twice"
    await _check_numbers(world, chat, year)


async def _check_numbers(world: World, chat: Channel, year: Year) -> None:
    """How many messages one round brings: each is of the newest round that one of its notices is about."""
    rounds = [r for r in await world.find(Round, series__not=None, order=("opened_at",)) if r.published_at]
    assert len(rounds) >= 24
    of_round = await _rounds(world, rounds)
    entries = {entry.id: entry for entry in await world.find(OutboxEntry)}
    order = ["", *(round_.id for round_ in rounds)]
    brought: dict[tuple[str, str], list[str]] = {}
    for user, message in chat.sent:
        entry = entries[message.outbox_id]
        carried = [of_round(entries[id]) for id in entry.args.get("merged", "").split()]
        if not message.replaces and (of := max(of_round(entry), *carried, "", key=order.index)):
            brought.setdefault((user, of), []).append(entry.card)
    most = {role: Counter[int]() for role in MOST}
    for round_ in rounds[:-1]:
        assignments = await world.find(Assignment, round=round_.id, ended_at=None)
        presenters = {person_id(key) for key in year.presenters[round_.id]}
        for person in {assignment.reviewer for assignment in assignments} - presenters - {person_id("s")}:
            cards = brought.get((person, round_.id), [])
            most["reviewer"][len(cards)] += 1
        role = "supervisor who presents" if person_id("s") in presenters else "supervisor"
        own = [each for each in assignments if each.reviewer == person_id("s")]
        if role != "supervisor" and any(_late(each) for each in own):
            role += " and is late"
        most[role][len(brought.get((person_id("s"), round_.id), []))] += 1
    for role, counts in most.items():
        assert max(counts, default=0) <= MOST[role], most


def _late(assignment: Assignment) -> bool:
    due, written = assignment.due_at, assignment.submitted_at
    return due is not None and (written is None or written > due)


async def _rounds(world: World, rounds: list[Round]) -> Callable[[OutboxEntry], str]:
    """Which round a notice is about; of a reminder and the like the one published last."""
    assignments = {assignment.id: assignment.round for assignment in await world.find(Assignment)}
    cases = {case.id: case.round or "" for case in await world.find(Case)}
    ids = {round_.id for round_ in rounds}

    def of(entry: OutboxEntry) -> str:
        subject = entry.subject
        if subject in ids:
            return subject
        if subject in assignments or subject in cases:
            return assignments.get(subject) or cases.get(subject, "")
        before = [r for r in rounds if r.published_at and r.published_at <= entry.created_at]
        return before[-1].id if before else ""

    return of
