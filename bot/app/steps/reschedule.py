"""A clinic's closed days change: series, open reviews and phases follow, and only who is affected is told.

What was counted in working days is counted again: as many working days as lay between publication and the due day
by the old calendar lie between them by the new one. Time given back after a hold is therefore kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.facts.deadlines import END_OF_DAY
from bot.app.facts.workdays import clinic_days, home_clinic
from bot.app.steps.own_moments import set_moments_anew
from bot.app.steps.series_store import follow
from bot.app.steps.shown_anew import LISTS, changed
from bot.domain.assignment import Assignment
from bot.domain.calendar import WorkCalendar, wall_time
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.ports.records import SeriesEntry, Timer


@dataclass(frozen=True)
class Redated:
    """How many dates a change of closed days moved."""

    reviews: int = 0
    series: int = 0


async def redate(work: Work, clinic: str, before: WorkCalendar) -> Redated:
    """Bring everything dated by this clinic's days in line with them; `before` are the days it was counted by."""
    after = (await clinic_days(work, clinic)).calendar
    people = await work.uow.find(Person, clinic=clinic, removed_at=None)
    reviews = 0
    for person in people:
        reviews += await _reviews(work, person, before, after)
        await _own_cases(work, person, before, after)
    await _clarifying(work, clinic, before, after)
    entries = await work.uow.find(SeriesEntry, clinic=clinic, ended_at=None)
    for entry in entries:
        await follow(work, entry)
    return Redated(reviews, len(entries))


async def _reviews(work: Work, person: Person, before: WorkCalendar, after: WorkCalendar) -> int:
    """The person's open reviews that are not due yet; those that move are told, in one message."""
    assignments = await work.uow.find(
        Assignment, reviewer=person.id, ended_at=None, submitted_at=None, published_at__not=None, due_at__gt=work.now
    )
    moved = 0
    for assignment in assignments:
        case = await work.uow.get(Case, assignment.case)
        assert assignment.published_at is not None
        assert assignment.due_at is not None
        due = _counted_again(assignment.published_at, assignment.due_at, person, before, after)
        if due == assignment.due_at or not case.open:
            continue
        await work.uow.save(replace(assignment, due_at=due, supervisor_told_at=None))
        key = work.tools.ids.new("notice")  # a day that is put back was told before, and is told again
        await work.tell(person.id, "redated", assignment.id, key=key, slot=f"assignment:{assignment.id}")
        await _release_after(work, case)
        moved += 1
    if moved:
        await changed(work, person.id, *LISTS)
        await work.tell(person.id, "due_moved", person.id, key=work.tools.ids.new("notice"))
    await set_moments_anew(work, person)
    return moved


async def _own_cases(work: Work, person: Person, before: WorkCalendar, after: WorkCalendar) -> None:
    """The days for the takeaway of the person's own cases."""
    ids = await work.uow.cases_of(person.id)
    for case in await work.uow.find(Case, id__in=ids, released_at__not=None, closed_at=None, withdrawn_at=None):
        for timer in await work.uow.find(Timer, id=f"case.end:{case.id}"):
            assert case.released_at is not None
            end = _counted_again(case.released_at, timer.at, person, before, after)
            await work.uow.wake(timer.what, timer.subject, end)


async def _clarifying(work: Work, clinic: str, before: WorkCalendar, after: WorkCalendar) -> None:
    """The clarifying days of the groups that mostly work at this clinic (see `moments.group_deadline`)."""
    for group in await work.uow.find(Group):
        if (await home_clinic(work, group)).id != clinic:
            continue
        cases = await work.uow.find(
            Case, group=group.id, published_at__not=None, clarify_until__gt=work.now, closed_at=None, withdrawn_at=None
        )
        for case in cases:
            assert case.published_at is not None
            assert case.clarify_until is not None
            until = _counted(case.published_at, case.clarify_until, group.timezone, before, after, after)
            if until != case.clarify_until:
                await work.uow.save(replace(case, clarify_until=until))
                presenter = await work.uow.presenter(case.id)
                key = work.tools.ids.new("notice")
                await work.tell(presenter, "case_redated", case.id, key=key, slot=f"case:{case.id}")


async def _release_after(work: Work, case: Case) -> None:
    """Reviews are released together after the last due date."""
    assignments = await work.uow.find(Assignment, case=case.id, ended_at=None, published_at__not=None)
    last = max((s.due_at for s in assignments if s.due_at), default=None)
    if last and not case.released_at:
        await work.uow.wake("case.release", case.id, last + timedelta(minutes=1))


def _counted_again(
    start: datetime, end: datetime, person: Person, before: WorkCalendar, after: WorkCalendar
) -> datetime:
    """The end of as many working days after `start` as before, on a day the person works."""
    return _counted(start, end, person.timezone, before, after, after.only(person.weekdays))


def _counted(
    start: datetime, end: datetime, timezone: str, before: WorkCalendar, after: WorkCalendar, ends_on: WorkCalendar
) -> datetime:
    zone = ZoneInfo(timezone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    day = ends_on.next_working_day(after.add_working_days(first, before.working_days_between(first, last)))
    return end if day == last else wall_time(day, END_OF_DAY, timezone)
