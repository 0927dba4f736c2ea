"""Moments of a round: working days of the reviewer's clinic, wall time of their own zone, kept as aware UTC."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.app.context import Work
from bot.app.views.caseload import clinic_calendar
from bot.domain.calendar import wall_time
from bot.domain.organisation import Clinic
from bot.domain.person import Person
from bot.domain.policy import Policy

END_OF_DAY = time(23, 59)


def start_of_day(day: date, zone: str) -> datetime:
    """The first moment of a day in a zone."""
    return wall_time(day, time(0, 0), zone)


async def working_day_after(work: Work, person: Person, start: date, days: int) -> date:
    """The day so many working days after `start` at the person's clinic."""
    calendar = await clinic_calendar(work, await work.uow.get(Clinic, person.clinic))
    return calendar.add_working_days(start, days)


async def review_due(work: Work, reviewer: Person, policy: Policy) -> datetime:
    """The end of the last day on which the reviewer's comment is on time, counted from today."""
    day = await working_day_after(work, reviewer, work.today(reviewer.timezone), policy.comment_working_days)
    return wall_time(day, END_OF_DAY, reviewer.timezone)


async def clarify_end(work: Work, presenter: Person, policy: Policy) -> datetime:
    """The end of the clarifying days, counted at the presenter's clinic."""
    day = await working_day_after(work, presenter, work.today(presenter.timezone), policy.clarify_working_days)
    return wall_time(day, END_OF_DAY, presenter.timezone)


def later(moment: datetime, by: timedelta) -> datetime:
    """A deadline moved by the time a hold stood still."""
    return moment + by
