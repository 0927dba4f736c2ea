"""The year for the board counted the slow way, from raw records, as docs/reports.md says it; see `slow_report.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.person import Role
from tests.app.slow_report import Sheet, Slow, middle, numbers, own_day, share

MIDDLE = timedelta(days=45)
Quarters = Sequence[tuple[date, date]]


def year_numbers(slow: Slow, quarters: Quarters, minimum: int, clinic: str | None = None) -> dict[str, Any]:
    """Every figure of the page of the whole service or one clinic; quarters by their first and last day."""
    sheets = [
        {p: s for p, s in slow.sheets(first, last).items() if clinic in (None, s.clinic)} for first, last in quarters
    ]
    people = {p for quarter in sheets for p in quarter}
    lines = [numbers(quarter.values()) for quarter in sheets if quarter]
    first, last = quarters[0][0], quarters[-1][1]
    minutes, received, guessed = _minutes(slow, first, last, people)
    waited, presenters = _waited(slow, first, last, people)
    raised, taken = (None, []) if clinic else _risks(slow, first, last)
    posts = _posts(slow, [(q[0], there) for q, there in zip(quarters, sheets, strict=True) if there])
    return {
        "coverage": _average(lines, "coverage"),
        "asked": sum(line["asked"] for line in lines),
        "met": sum(line["met"] for line in lines),
        "on_time": share([met for quarter in sheets for s in quarter.values() for met in s.rounds]),
        "own_within": _average(lines, "own_within"),
        "gap_within": _average(lines, "gap_within"),
        "gap_median": max((line["gap_median"] for line in lines if line["gap_median"] is not None), default=None),
        "gap_p90": max((line["gap_p90"] for line in lines if line["gap_p90"] is not None), default=None),
        "cases": sum(line["cases"] for line in lines),
        "reviews": sum(line["reviews"] for line in lines),
        "hours": Fraction(minutes, 60),
        "estimated": _half_up(Fraction(100 * guessed, minutes)) if minutes else None,
        "hours_per_post": Fraction(received, 60) / posts if posts else None,
        "waiting": middle(waited) if presenters >= minimum else None,
        "risks": None if raised is None or 0 < raised < minimum else raised,
        "risk_minutes": _half_up(middle(taken) or 0) if len(taken) >= minimum else None,
        "used": _bounded(*_used(slow, first, last, people), minimum),
        "told": _bounded(*_told(slow, first, last, people), minimum),
    }


def _minutes(slow: Slow, first: date, last: date, people: set[str]) -> tuple[int, int, int]:
    """All minutes, those received, and those nobody declared, of entries of these days."""
    mine = [e for e in slow.in_force() if e.person in people and first <= e.day <= last]
    received = [e for e in mine if e.role != "supervisor"]
    guessed = [e for e in mine if e.minutes_estimated]
    return sum(e.minutes for e in mine), sum(e.minutes for e in received), sum(e.minutes for e in guessed)


def _waited(slow: Slow, first: date, last: date, people: set[str]) -> tuple[list[int], int]:
    """Days from sending a case in to the release of its reviews; how many presented them besides managers."""
    by_id, found, presenters = {p.id: p for p in slow.f.people}, [], set()
    for case in slow.f.cases:
        p = by_id.get(slow.f.presenters.get(case.id, ""))
        if p is None or p.id not in people or case.withdrawn_at or not case.released_at:
            continue
        released = own_day(p, case.released_at)
        if first <= released <= last:
            found.append((released - own_day(p, case.submitted_at)).days)
            if Role.MANAGER not in p.roles:
                presenters.add(p.id)
    return sorted(found), len(presenters)


def _used(slow: Slow, first: date, last: date, people: set[str]) -> tuple[int, int, int]:
    """Cases with a used suggestion of all with reviews since the first tick, and how few people they belong to."""
    ticks = [a.used_at for a in slow.f.assignments if a.used_at]
    by_id, cases, presenters, reviewers = {p.id: p for p in slow.f.people}, set[str](), set[str](), set[str]()
    for case in slow.f.cases if ticks else ():
        p = by_id.get(slow.f.presenters.get(case.id, ""))
        if p is None or p.id not in people or case.withdrawn_at or not case.released_at or not case.closed_at:
            continue
        if first <= own_day(p, case.released_at) <= last and case.released_at >= min(ticks) - MIDDLE:
            cases.add(case.id)
            presenters |= {p.id} - _managers(slow)
    reviews = [a for a in slow.f.assignments if a.case in cases and a.submitted_at and not a.ended_at]
    reviewers = {a.reviewer for a in reviews} - _managers(slow)
    return len({a.case for a in reviews if a.used_at}), len(cases), min(len(presenters), len(reviewers))


def _told(slow: Slow, first: date, last: date, people: set[str]) -> tuple[int, int, int]:
    """Follow-ups told of those asked, and how many people they belong to."""
    by_id, told, asked, presenters = {p.id: p for p in slow.f.people}, 0, 0, set[str]()
    for each in slow.f.follow_ups:
        p = by_id.get(slow.f.presenters.get(each.case, ""))
        if p is not None and p.id in people and first <= own_day(p, each.asked_at) <= last:
            asked, told = asked + 1, told + (each.answered_at is not None)
            presenters |= {p.id} - _managers(slow)
    return told, asked, len(presenters)


def _managers(slow: Slow) -> set[str]:
    return {p.id for p in slow.f.people if Role.MANAGER in p.roles}


def _bounded(part: int, whole: int, people: int, minimum: int) -> int | None:
    """A share of at least five people's cases; of fewer than ten over 90 and under 10 are said as 90 and 10."""
    if people < minimum or not whole:
        return None
    exact = _half_up(Fraction(100 * part, whole))
    return exact if people >= 2 * minimum else min(90, max(10, exact))


def _risks(slow: Slow, first: date, last: date) -> tuple[int, list[int]]:
    """Concerns raised, in the days of their clinic, and the begun minutes until a supervisor took one on."""
    raised, minutes = 0, []
    for hold in slow.f.holds:
        if first <= hold.raised_at.astimezone(ZoneInfo(slow.f.zones[hold.clinic])).date() <= last:
            raised += 1
            if hold.acknowledged_at:
                seconds = (hold.acknowledged_at - hold.raised_at).total_seconds()
                minutes.append(int(seconds // 60) + (seconds % 60 > 0))
    return raised, sorted(minutes)


def _posts(slow: Slow, quarters: Sequence[tuple[date, dict[str, Sheet]]]) -> Fraction:
    """Full posts present on the middle day of each quarter, on average."""
    by_id = {p.id: p for p in slow.f.people}
    each = [slow.post(by_id[p], first + MIDDLE) for first, there in quarters for p in there]
    return sum(each, Fraction(0)) / len(quarters) if quarters else Fraction(0)


def _average(lines: Sequence[dict[str, Any]], name: str) -> int | None:
    """A share of the year: the quarters', each by its therapists; a quarter that measured nothing is left out."""
    known = [(line[name], line["therapists"]) for line in lines if line[name] is not None]
    people = sum(n for _, n in known)
    return _half_up(Fraction(sum(part * n for part, n in known), people)) if people else None


def _half_up(value: Fraction | int) -> int:
    return int(value + Fraction(1, 2))
