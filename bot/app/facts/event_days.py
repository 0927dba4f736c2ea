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
_FIELDS = ("id", "corrects", "person", "day", "role", "withdrawn")


async def days_of_events(work: Work, **conditions: Any) -> dict[str, Days]:
    """Distinct days by person and kind, in order, of the log entries that meet the conditions and count.

    As `supervision.current` has it: of each chain of corrections the last, unless it withdraws the entry.
    """
    rows = await work.uow.columns(LogEntry, _FIELDS, order=("recorded_at",), **conditions)
    last = {corrects or id: (person, day, role, withdrawn) for id, corrects, person, day, role, withdrawn in rows}
    received: dict[str, set[date]] = defaultdict(set)
    presented: dict[str, set[date]] = defaultdict(set)
    for person, day, role, withdrawn in last.values():
        if withdrawn or role == Role.SUPERVISOR:
            continue
        received[person].add(day)
        if role == Role.PRESENTER:
            presented[person].add(day)
    return {person: with_days(days, presented.get(person, ())) for person, days in received.items()}


def with_days(received: Iterable[date], presented: Iterable[date]) -> Days:
    """Both kinds in order."""
    return {Kind.ANY_EVENT: tuple(sorted(received)), Kind.OWN_CASE: tuple(sorted(presented))}


NO_DAYS: Days = with_days((), ())
