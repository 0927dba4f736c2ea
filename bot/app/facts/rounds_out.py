"""How many rounds went out in a quarter, of the whole service and of each clinic, and when the last one did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.app.context import Work
from bot.domain.calendar import wall_time, zone_of
from bot.domain.case import Case
from bot.domain.organisation import Group, Membership
from bot.domain.round import Round
from bot.reports.periods import Quarter
from bot.reports.quarterly import Report, RoundsOut

WENT_OUT: dict[str, Any] = {"cancelled_at": None}


async def rounds_out(work: Work, report: Report) -> dict[str, RoundsOut]:
    """By clinic, under "" of the whole: rounds with cases, on the days of their groups; whose people are in the report.

    A clinic's rounds are those of the groups that people of its are or were in.
    """
    quarter = report.quarter
    zones = {id: zone_of(zone) for id, zone in await work.uow.columns(Group, ("id", "timezone"))}
    start, end = _moment(quarter.first - timedelta(days=1)), _moment(quarter.last + timedelta(days=2))
    inside: dict[str, Any] = {"published_at__ge": start, "published_at__lt": end}
    used = set(await work.uow.tally(Case, "round", **inside))
    days = defaultdict(list)
    for id, group, out in await work.uow.columns(Round, ("id", "group", "published_at"), **inside, **WENT_OUT):
        day = out.astimezone(zones[group]).date()
        if id in used and quarter.first <= day <= quarter.last:
            days[group].append(day)
    places: dict[str, Collection[str] | None] = {"": None}
    clinics = {person: clinic for person, (clinic, _) in report.members.items()}
    if len(set(clinics.values())) > 1:
        groups: dict[str, set[str]] = defaultdict(set)
        for person, group in await work.uow.columns(Membership, ("person", "group")):
            if person in clinics:
                groups[clinics[person]].add(group)
        places |= groups
    found = {}
    for name, its in places.items():
        here = [day for group, of in days.items() if its is None or group in its for day in of]
        before = None if here else await _before(work, quarter, its)
        found[name] = RoundsOut.of(here, before, quarter)
    return found


async def _before(work: Work, quarter: Quarter, groups: Collection[str] | None) -> date | None:
    """The day of the last round before the quarter."""
    some: dict[str, Any] = {} if groups is None else {"group__in": sorted(groups)}
    earlier: dict[str, Any] = {"published_at__lt": _moment(quarter.first), **WENT_OUT, **some}
    for round_ in await work.uow.find(Round, order=("-published_at",), limit=20, **earlier):
        if round_.published_at and await work.uow.count(Case, round=round_.id, published_at__not=None):
            group = await work.uow.get(Group, round_.group)
            return round_.published_at.astimezone(zone_of(group.timezone)).date()
    return None


def _moment(day: date) -> datetime:
    return wall_time(day, time(0, 0), "UTC")
