"""When to remind a reviewer, and when to tell the supervisor (numbers: policy).

Moments are wall times in the reviewer's own zone, moved forward to the next working day of their clinic
on which they are not on leave. At most one reminder a person a day: the message lists all that is open.
Reminders missed while the program was down become one.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.relations import supervisors_of
from bot.app.views.caseload import caseload_of, clinic_calendar
from bot.domain.calendar import WorkCalendar, wall_time
from bot.domain.case import Assignment, Case
from bot.domain.caseload import Caseload
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Person
from bot.domain.policy import Policy

LOOK_AHEAD_DAYS = 400


async def next_step(work: Work, seat: Assignment, case: Case) -> None:
    """Send what is due for one open review, then set the timer to the next moment."""
    assert seat.due_at is not None and seat.published_at is not None
    group = await work.uow.get(Group, case.group)
    policy = await work.policy(group)
    person = await work.uow.get(Person, seat.reviewer)
    calendar = await clinic_calendar(work, await work.uow.get(Clinic, person.clinic))
    caseload = await caseload_of(work, person)
    moments = reminder_moments(seat, person, policy, calendar, caseload)
    if any(seat.published_at < at <= work.now for at in moments):
        day = work.today(person.timezone)
        await work.tell(person.id, "reminder", person.id, key=day.isoformat(), slot=f"reminder:{day.isoformat()}")
    late = supervisor_moment(seat, person, policy, calendar, caseload)
    if late <= work.now and not seat.not_reached_at:
        for supervisor in await supervisors_of(work, group):
            await work.tell(supervisor.id, "reviewer_late", seat.id)
    coming = [at for at in [*moments, late] if at > work.now]
    if coming:
        await work.uow.wake("assignment.remind", seat.id, min(coming))


def reminder_moments(
    seat: Assignment, person: Person, policy: Policy, calendar: WorkCalendar, caseload: Caseload
) -> list[datetime]:
    """Two working days before, on the due day, and the day after, each at the policy's time."""
    due = _due_day(seat, person)
    days = []
    if policy.reminder_before_working_days:
        days.append(calendar.add_working_days(due, -policy.reminder_before_working_days))
    if policy.reminder_on_due_day:
        days.append(due)
    if policy.reminder_after_days:
        days.append(due + timedelta(days=policy.reminder_after_days))
    return sorted({_moment(day, person, policy, calendar, caseload) for day in days})


def supervisor_moment(
    seat: Assignment, person: Person, policy: Policy, calendar: WorkCalendar, caseload: Caseload
) -> datetime:
    """Three working days after the due day."""
    day = calendar.add_working_days(_due_day(seat, person), policy.supervisor_told_after_days)
    return _moment(day, person, policy, calendar, caseload)


def _due_day(seat: Assignment, person: Person) -> date:
    assert seat.due_at is not None
    return seat.due_at.astimezone(ZoneInfo(person.timezone)).date()


def _moment(day: date, person: Person, policy: Policy, calendar: WorkCalendar, caseload: Caseload) -> datetime:
    for _ in range(LOOK_AHEAD_DAYS):
        if calendar.is_working(day) and not caseload.on_leave(day):
            break
        day += timedelta(days=1)
    return wall_time(day, policy.reminder_time, person.timezone)
