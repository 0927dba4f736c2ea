"""The days on which a group's rounds go out next: of open rounds and series, or by its cadence from the last round."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.steps.series_store import following, plan_of
from bot.domain.organisation import Group
from bot.domain.round import Round
from bot.ports.records import SeriesEntry

AHEAD = timedelta(weeks=52)


async def coming_rounds(work: Work, group: Group, ahead: timedelta = AHEAD) -> list[date]:
    """In order, up to a year ahead; dates that are left out or moved are as the series has them."""
    today = work.today(group.timezone)
    opened = await work.uow.find(Round, group=group.id, published_at=None, closed_at=None, cancelled_at=None)
    zone = ZoneInfo(group.timezone)
    days = {max(today, each.publish_at.astimezone(zone).date()) for each in opened}
    series = await work.uow.find(SeriesEntry, group=group.id, ended_at=None)
    for entry in series:
        plan = await plan_of(work, entry)
        for occurrence in plan.occurrences(following(entry)):
            if occurrence.planned > today + ahead:
                break
            if occurrence.day and occurrence.day > today:
                days.add(occurrence.day)
    if not series:
        step = timedelta(weeks=(await work.policy(group)).cadence_weeks)
        last = max(days, default=None) or await _latest(work, group) or today
        while last + step <= today:
            last += step
        days |= {last + step * n for n in range(1, ahead // step + 1)}
    return sorted(days)


async def _latest(work: Work, group: Group) -> date | None:
    """The day on which the group's latest round went out."""
    gone_out = await work.uow.find(
        Round, group=group.id, published_at__not=None, cancelled_at=None, order=("-published_at",), limit=1
    )
    published = gone_out[0].published_at if gone_out else None
    return published.astimezone(ZoneInfo(group.timezone)).date() if published else None


async def has_series(work: Work, group: Group) -> bool:
    """Whether somebody has planned the group's rounds ahead: without a series `coming_rounds` takes its cadence."""
    return bool(await work.uow.find(SeriesEntry, group=group.id, ended_at=None, limit=1))


async def next_planned(work: Work, group: Group) -> date | None:
    """The next day a series of the group has, or None: a cadence alone promises no day."""
    if not await has_series(work, group):
        return None
    today = work.today(group.timezone)
    return next((day for day in await coming_rounds(work, group) if day > today), None)
