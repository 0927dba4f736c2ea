"""A whole round without a browser: six cases, twelve reviews, to the log entries; prints what each person sees.

It is the table "one case, walked through" as a program: everything goes through the one way in, the
ticker and the outbox, on a virtual clock. `tests/app/test_story.py` runs it and counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from bot.app.entry import Entry
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import Player, StoryBroken
from bot.demo.texts import ANSWER, CASES, QUESTION, REVIEWS, TAKEAWAY
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.round import Round
from bot.ports.records import LogEntry
from bot.ports.unit_of_work import Store
from bot.ui.inbound import Done, Outcome, Refused, Say, Show
from bot.ui.model import Card, Facts, Form, Heading, Items, Notice, Passage, Preview, Row, Table, Text, plain

R = TypeVar("R")
PRESENTERS = ("a", "b", "c", "d", "e", "f")


class Stage(Protocol):
    """What the story needs of a running program."""

    entry: Entry
    store: Store

    async def advance(self, **by: float) -> None:
        """Move the virtual clock and do everything that becomes due."""


@dataclass
class Story:
    """One round from the first case to the log; `say` prints a line."""

    stage: Stage
    say: Callable[[str], None]
    players: dict[str, Player] = field(default_factory=dict)

    def player(self, key: str) -> Player:
        """The person, always the same object."""
        return self.players.setdefault(key, Player(self.stage.entry, key))

    async def run(self) -> None:
        """All eight steps."""
        round_ = await self._open_round()
        await self._present()
        await self._plan_and_publish(round_)
        await self._clarify(round_)
        await self._review(round_)
        await self._take_away(round_)
        await self._log(round_)

    async def _open_round(self) -> str:
        self.say("1. The supervisor begins a round.")
        supervisor = self.player("s")
        form = await supervisor.open("round.new")
        self._show("Supervisor", await supervisor.send(form, {}))
        await self.stage.advance(minutes=1)
        rounds = await self._find(Round, closed_at=None)
        return rounds[0].id

    async def _present(self) -> None:
        self.say("2. Six therapists present a case; each sees what the gate masks.")
        for key, text in zip(PRESENTERS, CASES, strict=True):
            player = self.player(key)
            form = await player.open("case.new")
            options = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}
            options["guessable"] = ("yes",)  # asked only where few could have written it
            preview, outcome = await player.send_and_confirm(form, {**text, **options})
            if preview is None:
                raise StoryBroken("the gate showed no preview")
            self._form(f"Therapist {key.upper()}", preview)
            self._show(f"Therapist {key.upper()}", outcome)

    async def _plan_and_publish(self, round_: str) -> None:
        self.say("3. The supervisor previews the plan with its reasons and publishes it.")
        supervisor = self.player("s")
        plan = await supervisor.open("round.preview", round_)
        self._form("Supervisor", plan)
        self._show("Supervisor", await supervisor.press("round.publish.soon", round_))
        await self.stage.advance(hours=1)

    async def _clarify(self, round_: str) -> None:
        self.say("4. The clarifying days: a reviewer asks, the presenter answers.")
        assignment = (await self._find(Assignment, round=round_, ended_at=None))[0]
        reviewer = self._by_id(assignment.reviewer)
        form = await reviewer.open("review.open", assignment.id)
        self._form(f"Reviewer {assignment.letter}", form)
        self._show(f"Reviewer {assignment.letter}", await reviewer.send(form, {"question": QUESTION}))
        presenter = self._by_id(await self._presenter(assignment.case))
        answers = await presenter.open("question.open", assignment.case)
        self._show("Presenter", await presenter.send(answers, {answers.fields[0].name: ANSWER}))
        await self.stage.advance(days=3)

    async def _review(self, round_: str) -> None:
        self.say("5. Every reviewer reflects and advises; reviews are released together.")
        for number, assignment in enumerate(await self._find(Assignment, round=round_, ended_at=None)):
            reviewer = self._by_id(assignment.reviewer)
            form = await reviewer.open("review.open", assignment.id)
            reflection, suggestion = REVIEWS[number % len(REVIEWS)]
            values: dict[str, str | tuple[str, ...]] = {
                "reflection": reflection,
                "suggestion": suggestion,
                "prompts": ("rapport", "clear"),
            }
            _, outcome = await reviewer.send_and_confirm(form, values)
            self._show(f"Reviewer {assignment.letter}", outcome)
        await self.stage.advance(hours=1)

    async def _take_away(self, round_: str) -> None:
        self.say("6. Each presenter reads the reviews and writes a takeaway.")
        for number, case in enumerate(await self._find(Case, round=round_)):
            presenter = self._by_id(await self._presenter(case.id))
            reviews = await presenter.open("case.reviews", case.id)
            if number == 0:
                self._form("Presenter", reviews)
            form = await presenter.open("takeaway.open", case.id)
            _, outcome = await presenter.send_and_confirm(form, {"takeaway": TAKEAWAY})
            self._show("Presenter", outcome)
        await self.stage.advance(minutes=5)

    async def _log(self, round_: str) -> None:
        self.say("7. The round is closed and everybody's log has grown.")
        entries = await self._find(LogEntry, round=round_)
        closed = await self._find(Round, id=round_, closed_at__not=None)
        reviews = sum(e.role == "reviewer" for e in entries)
        self.say(f"   {len(entries)} log entries: {len(entries) - reviews} cases presented, {reviews} reviews written.")
        if not closed or reviews != 2 * len(PRESENTERS) or len(entries) != 3 * len(PRESENTERS):
            raise StoryBroken("the round did not end as it should")
        outcome = await self.player("a").type("/supervision")
        self._show("Therapist A", outcome)

    # ---- helpers
    async def _find(self, kind: type[R], **conditions: Any) -> list[R]:
        async with self.stage.store.begin(ORGANISATION, write=False) as uow:
            return await uow.find(kind, **conditions)

    async def _presenter(self, case: str) -> str:
        async with self.stage.store.begin(ORGANISATION, write=False) as uow:
            return await uow.presenter(case)

    def _by_id(self, person: str) -> Player:
        return self.player(person.removeprefix(person_id("")))

    def _show(self, who: str, outcome: Outcome) -> None:
        match outcome:
            case Done(note=note):
                self.say(f"   {who}: {note}")
            case Say(card=card):
                self._card(who, card)
            case Show(form=form):
                self._form(who, form)
            case Refused(key=key):
                raise StoryBroken(f"{who} was refused: {key}")
            case _:
                raise StoryBroken(f"{who}: {type(outcome).__name__}")

    def _card(self, who: str, card: Card) -> None:
        self.say(f"   {who} sees “{card.title}”")
        for block in card.body:
            for text in lines_of(block):
                self.say(f"      {text}")

    def _form(self, who: str, form: Form) -> None:
        self.say(f"   {who} sees “{form.title}”")
        for block in form.body:
            for text in lines_of(block):
                self.say(f"      {text}")


def lines_of(block: object) -> list[str]:
    """A block as plain lines for the shell."""
    match block:
        case Text(line=words) | Notice(line=words):
            return [plain(words)]
        case Heading(text=text):
            return [text]
        case Items(lines=lines):
            return [f"- {plain(words)}" for words in lines]
        case Facts(rows=rows):
            return [f"{label}: {plain(value)}" for label, value in rows]
        case Row(line=words, detail=detail):
            return [plain(words) + (f" — {plain(detail)}" if detail else "")]
        case Table(columns=columns, rows=rows):
            return [" | ".join(columns), *(" | ".join(plain(cell) for cell in row) for row in rows[:4])]
        case Passage(label=label, text=text, by=by):
            return [f"{label}{f' ({by})' if by else ''}: {text.text}"]
        case Preview(label=label, marks=marks):
            return [f"{label}: " + "".join(mark.text for mark in marks)]
        case _:
            return []
