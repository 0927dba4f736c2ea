"""The days of somebody's events, read without the rest of their log: for rhythms and reports over many people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bot.app.context import Work
from bot.domain.frequency import Kind
from bot.domain.supervision import Role
from bot.ports.records import LogEntry

Days = Mapping[Kind, tuple[date, ...]]
_FIELDS = ("id", "corrects", "person", "day", "counts_on", "role", "withdrawn", "recorded_at")


async def days_of_events(work: Work, first: date, last: date, **conditions: Any) -> dict[str, Days]:
    """Distinct days of first..last by person and kind, in order, of the log entries that count.

    A round's own day counts, also where the entry was made after `last`. As `supervision.current` has it: of each
    chain of corrections the last, unless it withdraws the entry.
    """
    ask = work.uow.columns
    rows = await ask(LogEntry, _FIELDS, day__ge=first, day__le=last, **conditions)
    rows += await ask(LogEntry, _FIELDS, day__gt=last, counts_on__ge=first, counts_on__le=last, **conditions)
    if rows:  # a day that was corrected may lie outside while the first one lies inside
        seen = {row[0] for row in rows}
        moved = await ask(LogEntry, _FIELDS, moved_from__not=None, **conditions)
        rows += [row for row in moved if row[0] not in seen]
    chains: dict[str, tuple[Any, ...]] = {}
    for id, corrects, *facts, _ in sorted(rows, key=lambda row: (row[-1], row[1] is not None)):
        chains[corrects or id] = (*facts,)
    received: dict[str, set[date]] = defaultdict(set)
    presented: dict[str, set[date]] = defaultdict(set)
    for person, logged, counts_on, role, withdrawn in chains.values():
        day = counts_on or logged
        if withdrawn or role == Role.SUPERVISOR or not first <= day <= last:
            continue
        received[person].add(day)
        if role == Role.PRESENTER:
            presented[person].add(day)
    return {person: with_days(days, presented.get(person, ())) for person, days in received.items()}


def with_days(received: Iterable[date], presented: Iterable[date]) -> Days:
    """Both kinds in order."""
    return {Kind.ANY_EVENT: tuple(sorted(received)), Kind.OWN_CASE: tuple(sorted(presented))}


NO_DAYS: Days = with_days((), ())
