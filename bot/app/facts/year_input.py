"""What a year's page needs beside its quarters: minutes, posts, waiting time, and how fast risk was taken on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from fractions import Fraction
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of
from bot.domain.assignment import Assignment
from bot.domain.calendar import wall_time
from bot.domain.case import Case
from bot.domain.follow_up import FollowUp
from bot.domain.organisation import Clinic
from bot.domain.person import Person
from bot.domain.risk import Hold
from bot.domain.supervision import Role
from bot.ports.records import LogEntry
from bot.reports.periods import Year
from bot.reports.quarterly import Report
from bot.reports.yearly import Part, YearFacts

AT_ONCE = 5000
MIDDLE = timedelta(days=45)
SINCE = timedelta(days=45)
"""So long before the first tick a case may have been released that was closed with it."""


async def year_facts(
    work: Work, year: Year, reports: Sequence[Report], clinic: str | None, reader: str = ""
) -> YearFacts:
    """Facts of everybody in the shown line of the year's quarters: the whole service, or one clinic's people.

    Presenters are counted besides whoever reads it, and besides managers.
    """
    people = {p for report in reports for p, (of, _) in report.members.items() if clinic is None or of == clinic}
    minutes, received, estimated = await _minutes(work, year, people)
    waited, presenting = await _waited(work, year, people)
    without = {reader, *(p for report in reports for p in report.readers)}
    presenters = len(presenting - without)
    return YearFacts(
        minutes, received, estimated, await _posts(work, reports, people), waited, presenters,
        await _risks(work, year) if clinic is None else None,
        await _used(work, year, people, without), await _told(work, year, people, without),
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


async def _waited(work: Work, year: Year, people: set[str]) -> tuple[tuple[int, ...], set[str]]:
    """Days from sending a case in to the release of its reviews, of the year's releases in their presenters' days."""
    rows = await work.uow.columns(
        Case, ("id", "submitted_at", "released_at"), withdrawn_at=None, **_around(year, "released_at")
    )
    zones = {id: ZoneInfo(zone) for id, zone in await work.uow.columns(Person, ("id", "timezone"))} if rows else {}
    days, presenters = [], set[str]()
    for at in range(0, len(rows), AT_ONCE):
        portion = rows[at : at + AT_ONCE]
        by = await work.uow.presenters([id for id, *_ in portion])
        for id, submitted, released in portion:
            presenter = by.get(id)
            if presenter not in people or presenter not in zones:
                continue
            first, last = (moment.astimezone(zones[presenter]).date() for moment in (submitted, released))
            if year.quarters[0].first <= last <= year.last:
                days.append((last - first).days)
                presenters.add(presenter)
    return tuple(days), presenters


async def _used(work: Work, year: Year, people: set[str], without: set[str]) -> Part:
    """Of the year's cases with reviews those in which the presenter used a suggestion, from the first tick ever on.

    Fewer people presented or reviewed them than it counts: whoever is fewer decides whether the share is shown.
    """
    ticked = await work.uow.find(Assignment, used_at__not=None, order=("used_at",), limit=1)
    if not ticked or ticked[0].used_at is None:
        return Part()
    rows = await work.uow.columns(
        Case, ("id", "released_at"), withdrawn_at=None, closed_at__not=None, **_around(year, "released_at")
    )
    since = [(id, released) for id, released in rows if released >= ticked[0].used_at - SINCE]
    found = {case: released for case, released, _ in await _of_presenters(work, year, since, people)}
    by = await work.uow.presenters(sorted(found)) if found else {}
    used, reviewers = set[str](), set[str]()
    for at in range(0, len(found), AT_ONCE):
        some = sorted(found)[at : at + AT_ONCE]
        names = ("case", "reviewer", "used_at")
        for case, reviewer, used_at in await work.uow.columns(
            Assignment, names, case__in=some, submitted_at__not=None, ended_at=None
        ):
            reviewers.add(reviewer)
            used |= {case} if used_at else set()
    presenters = set(by.values())
    return Part(len(used), len(found), min(len(presenters - without), len(reviewers - without)))


async def _told(work: Work, year: Year, people: set[str], without: set[str]) -> Part:
    """Of the cases about which it was asked in the year what became of them those about which it was told."""
    rows = await work.uow.columns(FollowUp, ("case", "asked_at", "answered_at"), **_around(year, "asked_at"))
    answered = {case for case, _, at in rows if at}
    asked = await _of_presenters(work, year, [(case, at) for case, at, _ in rows], people)
    presenters = {presenter for *_, presenter in asked}
    return Part(sum(case in answered for case, *_ in asked), len(asked), len(presenters - without))


async def _of_presenters(
    work: Work, year: Year, rows: Sequence[tuple[str, datetime]], people: set[str]
) -> list[tuple[str, datetime, str]]:
    """Of cases with a moment those of these people's whose moment lies in the year, in the presenter's days."""
    zones = {id: ZoneInfo(zone) for id, zone in await work.uow.columns(Person, ("id", "timezone"))} if rows else {}
    found = []
    for at in range(0, len(rows), AT_ONCE):
        portion = rows[at : at + AT_ONCE]
        by = await work.uow.presenters([id for id, _ in portion])
        for id, moment in portion:
            presenter = by.get(id, "")
            if presenter in people and presenter in zones:
                day = moment.astimezone(zones[presenter]).date()
                if year.quarters[0].first <= day <= year.last:
                    found.append((id, moment, presenter))
    return found


async def _risks(work: Work, year: Year) -> tuple[int | None, ...]:
    """Begun minutes until each concern of the year, in the days of its clinic, was taken on."""
    names = ("clinic", "raised_at", "acknowledged_at")
    rows = await work.uow.columns(Hold, names, **_around(year, "raised_at"))
    zones = {id: ZoneInfo(zone) for id, zone in await work.uow.columns(Clinic, ("id", "timezone"))} if rows else {}
    inside = [
        (raised, taken)
        for clinic, raised, taken in rows
        if year.quarters[0].first <= raised.astimezone(zones[clinic]).date() <= year.last
    ]
    return tuple(ceil((taken - raised) / timedelta(minutes=1)) if taken else None for raised, taken in inside)


def _around(year: Year, name: str) -> dict[str, Any]:
    """Conditions for a moment of the year with a day on each side: its day is decided where somebody is."""
    first, last = year.quarters[0].first - timedelta(days=1), year.last + timedelta(days=2)
    return {f"{name}__ge": wall_time(first, time(0, 0), "UTC"), f"{name}__lt": wall_time(last, time(0, 0), "UTC")}
