"""What was done a moment ago can be put back for ten minutes, by whoever did it, once.

A step that changes something notes what it changed (`remember`); `undo` finds the note and gives it to the function
that puts that kind of step back. What cannot be put back is said: a colleague has begun, a text is gone. Where a later
step changed the same fact, the older one is not put back at all: the later one is undone first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.app.context import Work
from bot.app.steps.recorded import done_now
from bot.app.steps.undo_standing import standing
from bot.errors import Refusal
from bot.ports.records import UndoStep

FOR = timedelta(minutes=10)
LEFT = "left"
"""What a step left behind, among its data."""


class ChangedSince(Refusal):
    """What a step did was changed by a later one, so that undoing it would undo the later one, too.

    `now` is a sentence that says what holds instead; empty where the page says it.
    """

    def __init__(self, now: str = "") -> None:
        super().__init__(now=now)


async def remember(work: Work, person: str, what: str, data: Mapping[str, Any]) -> UndoStep:
    """Note what somebody just did, so that they may undo it."""
    step = UndoStep(
        id=work.tools.ids.new("undo"),
        organisation=work.uow.organisation,
        person=person,
        what=what,
        created_at=await done_now(work, person),
        expires_at=work.now + FOR,
        data={**data, LEFT: await standing(work, what, data)},
    )
    await work.uow.add(step)
    return step


async def own_steps(work: Work, person: str, kinds: Collection[str], most: int | None = None) -> list[UndoStep]:
    """A person's own steps of these kinds whose ten minutes are not over, newest first, `most` at most."""
    return await work.uow.find(
        UndoStep,
        person=person,
        undone_at=None,
        expires_at__gt=work.now,
        what__in=sorted(kinds),
        order=("-created_at",),
        limit=most,
    )


async def still_stands(work: Work, step: UndoStep) -> bool:
    """Whether nothing later changed what the step did."""
    left = step.data.get(LEFT)
    return left is None or await standing(work, step.what, step.data) == left


async def newer_step(work: Work, step: UndoStep) -> UndoStep | None:
    """The same person's later step on the same thing that can be undone now, for one that no longer can."""
    steps = await work.uow.find(
        UndoStep, person=step.person, undone_at=None, expires_at__gt=work.now, order=("-created_at", "-id")
    )
    for each in steps:
        if each.id != step.id and _about(each) == _about(step) and await still_stands(work, each):
            return each
    return None


async def take_back(work: Work, step: UndoStep, now: str = "") -> UndoStep:
    """Note that a step is undone now; a second time finds nothing to undo.

    Raises `ChangedSince` where something later changed what it did; `now` says what holds instead.
    """
    if not await still_stands(work, step):
        raise ChangedSince(now)
    return await work.uow.save(replace(step, undone_at=work.now))


def _about(step: UndoStep) -> tuple[Any, ...]:
    """What a step is about: the kind of fact, and whose."""
    kind = "leave" if step.what == "leaves" else step.what
    return kind, *(step.data.get(name) for name in ("person", "closure", "whose", "name", "place", "clinic"))
