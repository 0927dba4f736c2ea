"""Whether first notices of a matter are still on their way to people."""

from __future__ import annotations

from datetime import timedelta

from bot.app.context import Work
from bot.domain.case import Assignment
from bot.ports.records import OutboxEntry

STILL_UNDER_WAY = timedelta(minutes=10)
"""Until another look when a reviewer's first notice is not out yet (after downtime, during an outage)."""


async def under_way(work: Work, seat: Assignment) -> bool:
    """Whether the first notice of an assignment is still on its way: until then nobody waits for the review."""
    slot = f"assignment:{seat.id}:{seat.reviewer}"
    first = await work.uow.find(OutboxEntry, slot=slot, card="assigned", sent_at=None, failed_at=None, dropped_at=None)
    return bool(first)
