"""What comes along with a person's next message: news that can wait, and what would come within the same minute.

Somebody who is written to anyway hears in that message what would else be one of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.app.context import Work
from bot.delivery.notices import rings
from bot.ports.records import OutboxEntry

ALONE = frozenset({"sign_in", "sign_in_quiet", "welcome"})
"""What is never one of several."""
RIDES = frozenset(
    {
        *("answers_in", "case_closed", "case_ended", "late_review", "missed_question", "missed_supervisor", "reminder"),
        *("reviewer_late", "takeaway_in"),
    }
)
"""What comes along before its own time: it waits for a message so that it need not be one."""
SAME_MINUTE = timedelta(minutes=1)


def ordinary(entry: OutboxEntry) -> bool:
    """Whether it is a new message that may be one of several."""
    return rings(entry) and not entry.urgent and entry.card not in ALONE


async def waiting(work: Work, people: Sequence[str]) -> dict[str, list[OutboxEntry]]:
    """What is not due yet and was not tried before, by person."""
    found = await work.uow.find(
        OutboxEntry,
        person__in=sorted(set(people)),
        sent_at=None,
        failed_at=None,
        dropped_at=None,
        held_at=None,
        due_at__gt=work.now,
        order=("due_at", "created_at"),
    )
    by_person: dict[str, list[OutboxEntry]] = {}
    for entry in found:
        if ordinary(entry) and not entry.attempts and not entry.uncertain_at:
            by_person.setdefault(entry.person, []).append(entry)
    return by_person


def held_for(entry: OutboxEntry, others: Sequence[OutboxEntry], now: datetime) -> OutboxEntry | None:
    """The entry put off to the moment at which another message goes to its person within the minute, if one does.

    One about the same matter is no reason: the first is overtaken by it.
    """
    if entry.uncertain_at or now - entry.wanted > SAME_MINUTE:
        return None
    near = [each for each in others if each.due_at - now <= SAME_MINUTE]
    soon = [each.due_at for each in near if not each.slot or each.slot != entry.slot]
    return replace(entry, due_at=min(soon), attempts=entry.attempts - 1) if soon else None


def riding(others: Sequence[OutboxEntry]) -> list[OutboxEntry]:
    """What comes along with a message that goes out now."""
    return [each for each in others if each.card in RIDES]
