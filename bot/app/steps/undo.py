"""What was done a moment ago can be put back for ten minutes, by whoever did it, once.

A step that changes something notes what it changed (`remember`); `undo` finds the note and gives it to the function
that puts that kind of step back. What cannot be put back is said: a colleague has begun, a text is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.app.context import Work
from bot.ports.records import UndoStep

FOR = timedelta(minutes=10)


async def remember(work: Work, person: str, what: str, data: Mapping[str, Any]) -> UndoStep:
    """Note what somebody just did, so that they may undo it."""
    step = UndoStep(
        id=work.tools.ids.new("undo"),
        organisation=work.uow.organisation,
        person=person,
        what=what,
        created_at=work.now,
        expires_at=work.now + FOR,
        data=dict(data),
    )
    await work.uow.add(step)
    return step


async def take_back(work: Work, step: UndoStep) -> UndoStep:
    """Note that a step is undone now; a second time finds nothing to undo."""
    return await work.uow.save(replace(step, undone_at=work.now))
