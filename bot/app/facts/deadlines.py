"""Moments of a round: working days of the reviewer's clinic, wall time of their own zone, kept as aware UTC."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.app.context import Work
from bot.app.facts.workdays import clinic_days, home_clinic, own_days
from bot.domain.calendar import wall_time, zone_of
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.round import Round

END_OF_DAY = time(23, 59)


def start_of_day(day: date, zone: str) -> datetime:
    """The first moment of a day in a zone."""
    return wall_time(day, time(0, 0), zone)


async def group_deadline(work: Work, group: Group, days: int) -> datetime:
    """The end of the n-th working day after today at the clinic most of the group works at.

    What every member reads may not follow one member's clinic: its holidays would tell whose case it is.
    """
    calendar = (await clinic_days(work, (await home_clinic(work, group)).id)).calendar
    return wall_time(calendar.add_working_days(work.today(group.timezone), days), END_OF_DAY, group.timezone)


async def deadline(work: Work, person: Person, days: int) -> datetime:
    """The end of the n-th working day of the person's clinic after today.

    Where that is a day on which the person does not work, it is the end of their next working day.
    """
    calendar = (await clinic_days(work, person.clinic)).calendar
    day = calendar.add_working_days(work.today(person.timezone), days)
    return wall_time(calendar.only(person.weekdays).next_working_day(day), END_OF_DAY, person.timezone)


async def writing_begins(work: Work, case: Case, person: str) -> datetime | None:
    """The morning on which a reviewer can write and is reminded, if need be; None when that is now or over."""
    if case.clarify_until is None or case.clarify_until <= work.now:
        return None
    reviewer = await work.uow.get(Person, person)
    policy = await work.policy(await work.uow.get(Group, case.group))
    day = case.clarify_until.astimezone(zone_of(reviewer.timezone)).date() + timedelta(days=1)
    return wall_time(day, policy.reminder_time, reviewer.timezone)


async def next_morning(work: Work, person: Person) -> datetime:
    """The time for reminders on the next day: what need not be known today comes with whatever else comes then."""
    policy = await work.policy()
    return wall_time(work.today(person.timezone) + timedelta(days=1), policy.reminder_time, person.timezone)


async def group_morning(work: Work, group: Group) -> datetime:
    """The group's next working morning, in its home clinic's days: what many are to read does not tell who did it when.

    Of a group whose time for messages has begun today, it is the next day's.
    """
    calendar = (await clinic_days(work, (await home_clinic(work, group)).id)).calendar
    at = (await work.policy(group)).morning
    today = work.today(group.timezone)
    if calendar.is_working(today) and wall_time(today, at, group.timezone) > work.now:
        return wall_time(today, at, group.timezone)
    return wall_time(calendar.add_working_days(today, 1), at, group.timezone)


async def working_morning(work: Work, person: Person, days: int) -> datetime:
    """The time for reminders on the person's n-th working day after today."""
    day = (await own_days(work, person)).add_working_days(work.today(person.timezone), days)
    return wall_time(day, (await work.policy()).reminder_time, person.timezone)


async def takeaway_days(work: Work, case: Case) -> int:
    """Working days the presenter has for the takeaway: the round's own number, else the policy's."""
    policy = await work.policy(await work.uow.get(Group, case.group))
    return (await work.uow.get(Round, case.round)).days(policy).takeaway if case.round else policy.takeaway_working_days
