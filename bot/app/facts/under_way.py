"""Whether first notices of a matter are still on their way to people."""

from __future__ import annotations

from datetime import timedelta

from bot.app.context import Work
from bot.domain.assignment import Assignment
from bot.ports.records import OutboxEntry

STILL_UNDER_WAY = timedelta(minutes=10)
"""Until another look when a reviewer's first notice is not out yet (after downtime, during an outage)."""

ALONG = "along"
"""Marks in its args a notice that comes only with another message: until it is due, else never."""


def merged_ids(entry: OutboxEntry) -> list[str]:
    """Ids of the entries this one carries (`bot.delivery.merging`)."""
    return entry.args.get("merged", "").split()


def is_out(entry: OutboxEntry) -> bool:
    """Whether a notice was sent, alone or with others."""
    return entry.sent_at is not None or "carrier" in entry.args


async def carrier_of(work: Work, entry: OutboxEntry) -> OutboxEntry | None:
    """The message that carried this notice, or the one that carried that; None while it is not out."""
    found: OutboxEntry | None = entry
    while found is not None and "carrier" in found.args:
        found = await work.uow.one(OutboxEntry, id=found.args["carrier"])
    return found if found is not None and found.id != entry.id and found.delivered_id else None


async def under_way(work: Work, assignment: Assignment) -> bool:
    """Whether the first notice of an assignment is still on its way, alone or inside a message of several.

    Until then nobody waits for the review.
    """
    slot = f"assignment:{assignment.id}:{assignment.reviewer}"
    first = await work.uow.find(OutboxEntry, slot=slot, card="assigned", sent_at=None, failed_at=None)
    if any(entry.dropped_at is None for entry in first):
        return True
    merged = {entry.id for entry in first if entry.failure == "merged"}
    if not merged:
        return False
    waiting = await work.uow.find(
        OutboxEntry, person=assignment.reviewer, sent_at=None, failed_at=None, dropped_at=None
    )
    return any(merged & set(merged_ids(carrier)) for carrier in waiting)
