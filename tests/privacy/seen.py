"""A case under way with two reviewers, and everything that one of them, its presenter or a supervisor can see of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.anonymise import AnonText
from bot.app.steps.drafts import NAME
from bot.demo.clinic import ORGANISATION
from bot.demo.player import Player
from bot.domain.assignment import Assignment, Question
from bot.domain.case import Case
from bot.ui.inbound import Show
from bot.ui.model import Passage
from tests.app.risk import Scene, chats, scene
from tests.gate import GateInAWorker
from tests.world import World

PRESENTERS = ("a", "c", "d", "f")
"""Kiel and Kiel's novice, a Swedish speaker in Lund, Aarhus: other clinics, holidays, zones and languages."""


async def staged(gate: GateInAWorker, presenter: str, reviewers: tuple[str, str]) -> Scene:
    """A published case with one answered question; the presenter sits on Slack, a reviewer on Teams."""
    place = await chats(gate)
    await place.connect(presenter, "slack")
    await place.connect(reviewers[0], "teams")
    at = await scene(place.world, presenter, reviewers)
    await lay(at.world, at.case, "question", at.assignment)
    return at


async def lay(world: World, case: Case, part: str, assignment: Assignment) -> None:
    """A question with its answer, a review, or a takeaway, as if it had passed the gate."""
    async with world.store.begin(ORGANISATION) as uow:
        if part == "question":
            asked = Question("que_1", ORGANISATION, case.id, assignment.id, world.clock.now(), world.clock.now())
            await uow.add(asked)
            fields = {"question": AnonText.from_store("What came first?"), "answer": AnonText.from_store("The exam.")}
            await uow.put_text(case.id, "question:que_1", fields)
        elif part == "review":
            now = world.clock.now()
            stored = await uow.get(Assignment, assignment.id)
            await uow.save(replace(stored, submitted_at=now, started_at=now, prompts=("rapport",)))
            fields = {
                "reflection": AnonText.from_store("I see effort."),
                "suggestion": AnonText.from_store("Ask less."),
            }
            await uow.put_text(case.id, f"review:{assignment.id}", fields)
        await uow.commit()


async def all_seen(world: World, player: Player, at: Scene, assignment: Assignment | None) -> list[Any]:
    """Everything a person can open or was sent, texts included, times of sending left out."""
    seen: list[Any] = [await player.home(), await player.type("/review"), await player.type("/case")]
    if assignment:
        page = await player.press("review.open", assignment.id)
        seen += [page, await player.press("why", assignment.id), await player.press("review.decline", assignment.id)]
        seen += [await player.press("risk.raise", at.case.id), texts(page)]
    else:
        page = await player.press("case.page", at.case.id)
        seen += [page, await player.press("question.open", at.case.id), await player.press("case.reviews", at.case.id)]
        seen += [await player.press("risk.raise", at.case.id), texts(page)]
    seen += [await player.type("/supervision"), world.inbox(player.key)]
    return [_unnamed(view) for view in seen]


def _unnamed(view: Any) -> Any:
    """A form without the name of its draft, which differs each time it is drawn and tells of the reader alone."""
    if not isinstance(view, Show):
        return view
    return Show(replace(view.form, state={k: v for k, v in view.form.state.items() if k != NAME}))


def texts(outcome: Any) -> list[tuple[str, str, str]]:
    form = getattr(outcome, "form", None)
    return [(b.label, b.text.text, b.by) for b in getattr(form, "body", ()) if isinstance(b, Passage)]
