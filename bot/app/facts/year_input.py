"""What a year's page needs beside its quarters: minutes, posts, waiting time, and how fast risk was taken on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from fractions import Fraction

from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of
from bot.domain.calendar import wall_time
from bot.domain.case import Case
from bot.domain.person import Person
from bot.domain.risk import Hold
from bot.domain.supervision import Role
from bot.ports.records import LogEntry
from bot.reports.periods import Year
from bot.reports.quarterly import Report
from bot.reports.yearly import YearFacts

AT_ONCE = 5000
MIDDLE = timedelta(days=45)


async def year_facts(
    work: Work, year: Year, reports: Sequence[Report], clinic: str | None, reader: str = ""
) -> YearFacts:
    """Facts of everybody in the shown line of the year's quarters: the whole service, or one clinic's people.

    Presenters are counted besides whoever reads it, and besides managers.
    """
    people = {p for report in reports for p, (of, _) in report.members.items() if clinic is None or of == clinic}
    start, end = _moment(year, first=True), _moment(year, first=False)
    minutes, received, estimated = await _minutes(work, year, people)
    waited, presenting = await _waited(work, start, end, people)
    presenters = len(presenting - {reader, *(p for report in reports for p in report.readers)})
    return YearFacts(
        minutes, received, estimated, await _posts(work, reports, people), waited, presenters,
        await _risks(work, start, end) if clinic is None else None,
    )  # fmt: skip


async def _minutes(work: Work, year: Year, people: set[str]) -> tuple[int, int, int]:
    """All minutes, those without leading, and those still estimated, of the entries that count."""
    first = year.quarters[0].first
    names = ("id", "corrects", "person", "minutes", "minutes_estimated", "role", "withdrawn")
    chains = {}
    rows = await work.uow.columns(LogEntry, names, order=("recorded_at",), day__ge=first, day__le=year.last)
    moved = await work.uow.columns(LogEntry, (*names, "recorded_at", "day"), moved_from__not=None)
    outside = [row for row in sorted(moved, key=lambda row: row[-2]) if not first <= row[-1] <= year.last]
    for id, corrects, *facts in sorted(rows, key=lambda row: row[1] is not None):
        chains[corrects or id] = facts
    for _, corrects, *_ in outside:  # its day was corrected into another year, unless it came back since
        last = max((row for row in moved if row[1] == corrects), key=lambda row: row[-2])
        if not first <= last[-1] <= year.last:
            chains.pop(corrects, None)
    counted = [facts for facts in chains.values() if facts[0] in people and not facts[4]]
    return (
        sum(minutes for _, minutes, *_ in counted),
        sum(minutes for _, minutes, _, role, _ in counted if role != Role.SUPERVISOR),
        sum(minutes for _, minutes, guess, *_ in counted if guess),
    )


async def _posts(work: Work, reports: Sequence[Report], people: set[str]) -> Fraction:
    """Full posts present on the middle day of a quarter, on average over the quarters with anybody in them."""
    found = await work.uow.find(Person)
    caseloads = await caseloads_of(work, [person for person in found if person.id in people])
    sums = []
    for report in reports:
        day = report.quarter.first + MIDDLE
        there = [caseloads[p] for p in report.members if p in people and p in caseloads]
        if there:
            present = [Fraction(str(c.fte_on(day))) for c in there if not c.on_leave(day)]
            sums.append(sum(present, Fraction(0)))
    return sum(sums, Fraction(0)) / len(sums) if sums else Fraction(0)


async def _waited(work: Work, start: datetime, end: datetime, people: set[str]) -> tuple[tuple[int, ...], set[str]]:
    rows = await work.uow.columns(
        Case, ("id", "submitted_at", "released_at"), released_at__ge=start, released_at__lt=end, withdrawn_at=None
    )
    days, presenters = [], set[str]()
    for at in range(0, len(rows), AT_ONCE):
        portion = rows[at : at + AT_ONCE]
        by = await work.uow.presenters([id for id, *_ in portion])
        for id, submitted, released in portion:
            if by.get(id) in people:
                days.append((released.date() - submitted.date()).days)
                presenters.add(by[id])
    return tuple(days), presenters


async def _risks(work: Work, start: datetime, end: datetime) -> tuple[int | None, ...]:
    """Minutes until each concern of the year was taken on, rounded up."""
    rows = await work.uow.columns(Hold, ("raised_at", "acknowledged_at"), raised_at__ge=start, raised_at__lt=end)
    return tuple(-(-int((taken - raised).total_seconds()) // 60) if taken else None for raised, taken in rows)


def _moment(year: Year, *, first: bool) -> datetime:
    day = year.quarters[0].first if first else year.last + timedelta(days=1)
    return wall_time(day, time(0, 0), "UTC")
