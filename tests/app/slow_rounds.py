"""Rounds that went out, counted the slow way from raw records, as docs/reports.md says it."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from tests.app.slow_report import Facts

Out = tuple[int, date | None, int | None]
"""How many, the day of the last one up to the end, and the days from it to the end."""


def rounds_out(facts: Facts, zones: dict[str, str], first: date, last: date, clinic: str | None = None) -> Out:
    """Of the whole service, or of the groups that people of a clinic were ever in; days are those of the groups."""
    there = {p.id for p in facts.people if clinic is None or facts.clinics[p.clinic] == clinic}
    groups = {m.group for m in facts.memberships if m.person in there} if clinic else set(zones)
    days = []
    for r in facts.rounds:
        with_cases = any(c.round == r.id and c.published_at for c in facts.cases)
        if r.published_at and not r.cancelled_at and with_cases and r.group in groups:
            days.append(r.published_at.astimezone(ZoneInfo(zones[r.group])).date())
    until = [day for day in days if day <= last]
    latest = max(until, default=None)
    inside = sum(first <= day for day in until)
    return inside, latest, (last - latest).days if latest else None
