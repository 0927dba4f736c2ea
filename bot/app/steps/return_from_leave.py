"""The end of a long leave: the supervisor hears of it some working days before, to make room for a gentle start."""

from __future__ import annotations

from datetime import timedelta

from bot.app.context import Work
from bot.app.facts.caseload import caseload_of
from bot.app.facts.permissions import groups_of, supervisors_of
from bot.app.facts.workdays import own_days
from bot.domain.calendar import NoWorkingDays, wall_time
from bot.domain.person import Person
from bot.ports.records import LeaveEntry


async def announce_return(work: Work, person: Person, leave: LeaveEntry) -> None:
    """Set the moment to tell supervisors, whatever the length: that is looked at when the moment comes."""
    if leave.last_day is None:
        return
    policy = await work.policy()
    calendar = await own_days(work, person)
    try:
        back = calendar.next_working_day(leave.last_day + timedelta(days=1))
        day = calendar.add_working_days(back, -policy.return_notice_working_days)
    except NoWorkingDays:
        return
    await work.uow.wake("leave.returns", leave.id, wall_time(day, policy.reminder_time, person.timezone))


async def tell_of_return(work: Work, id: str) -> None:
    """Tell the supervisors of somebody who was away for long and did not prolong the leave."""
    leave = await work.uow.get(LeaveEntry, id)
    person = await work.uow.get(Person, leave.person)
    if leave.cancelled_at or leave.last_day is None or not person.active:
        return
    caseload = await caseload_of(work, person)
    ending = [p for p in caseload.long_leave(await work.policy()) if p.last == leave.last_day]
    if not ending:
        return
    told = {s.id for group in await groups_of(work, person) for s in await supervisors_of(work, group)}
    for supervisor in sorted(told - {person.id}):
        await work.tell(supervisor, "returning", leave.id)
