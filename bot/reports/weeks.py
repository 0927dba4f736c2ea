"""A group's weeks in numbers: on how many days of each week each member had supervision, and how dark that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.caseload import Caseload

_AT_LEAST = 3
"""So many days in a week are the darkest shade at least: a single one is pale, whatever the others have."""


@dataclass(frozen=True)
class MemberWeeks:
    """One line of the heat map: a label and the days with supervision in each week, None for a week of leave."""

    label: str
    counts: tuple[int | None, ...]


def member_weeks(
    label: str, event_days: Sequence[date], caseload: Caseload, first_monday: date, weeks: int
) -> MemberWeeks:
    """Days per week from a Monday on; a week of leave from Monday to Friday without an event is None."""
    counts: list[int | None] = [0] * weeks
    for day in event_days:
        week = (day - first_monday).days // 7
        if 0 <= week < weeks:
            counts[week] = (counts[week] or 0) + 1
    if caseload.leaves:
        for week in range(weeks):
            monday = first_monday + timedelta(days=7 * week)
            if not counts[week] and all(caseload.on_leave(monday + timedelta(days=n)) for n in range(5)):
                counts[week] = None
    return MemberWeeks(label, tuple(counts))


def shades(members: Sequence[MemberWeeks], darkest: int) -> tuple[tuple[int, ...], ...]:
    """How dark each week of each member is shown, from 0 for none to `darkest` for the most of all."""
    top = max([_AT_LEAST, *(count or 0 for member in members for count in member.counts)])
    return tuple(tuple(-(-darkest * (count or 0) // top) for count in member.counts) for member in members)
