"""When ordinary messages come: in the hours for messages of a day on which a person works, in their own zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.facts.caseload import leaves_of
from bot.app.facts.workdays import own_days
from bot.domain.calendar import wall_time
from bot.domain.person import Person

LOOK_AHEAD_DAYS = 400


async def next_window(work: Work, person: Person, at: datetime, *, on_leave: bool = False) -> datetime:
    """The first moment from `at` on for an ordinary message: hours of a day they work, in their own zone.

    What waited for the hours comes at the time for reminders, so that a night's or a weekend's news is one message.
    With `on_leave` days of leave count as days of work: it is news about the leave itself.
    """
    policy = await work.policy()
    calendar = await own_days(work, person)
    leaves = await leaves_of(work, person)
    local = at.astimezone(ZoneInfo(person.timezone))
    day = local.date() if local.time() < policy.messages_until else local.date() + timedelta(days=1)
    for _ in range(LOOK_AHEAD_DAYS):
        if calendar.is_working(day) and (on_leave or not leaves.on_leave(day)):
            break
        day += timedelta(days=1)
    if day == local.date() and local.time() >= policy.messages_from:
        return at
    return wall_time(day, policy.morning, person.timezone)


async def told_when(work: Work, people: Sequence[Person], at: datetime) -> dict[str, datetime]:
    """By person the moment at which they hear of something that happens `at`; without who is on leave that day."""
    moments = {}
    for person in people:
        day = at.astimezone(ZoneInfo(person.timezone)).date()
        if not (await leaves_of(work, person)).on_leave(day):
            moments[person.id] = await next_window(work, person, at)
    return moments
