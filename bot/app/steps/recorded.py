"""When a dated fact is recorded: later than every fact of its kind before it, also within one moment of the clock.

Several places ask which fact was recorded last. Two steps may fall into one moment (a clock that stands still in the
demo, one that was set back), and ids are not ordered, so that the order would be left to chance.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.app.context import Work
from bot.ports.records import ExperienceEntry, FteEntry, LimitEntry, LogEntry, ModeEntry, UndoStep

STEP = timedelta(microseconds=1)
"""The smallest difference that every store keeps."""
Fact = ModeEntry | FteEntry | LimitEntry | ExperienceEntry | LogEntry


async def recorded_now(work: Work, kind: type[Fact], person: str) -> datetime:
    """Now, or just after the last such fact about the person where the clock does not say so."""
    last = await work.uow.find(kind, person=person, order=("-recorded_at",), limit=1)
    return max(work.now, last[0].recorded_at + STEP) if last else work.now


async def done_now(work: Work, person: str) -> datetime:
    """Now, or just after the last step the person can undo."""
    last = await work.uow.find(UndoStep, person=person, order=("-created_at",), limit=1)
    return max(work.now, last[0].created_at + STEP) if last else work.now
