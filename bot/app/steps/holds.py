"""A case stands still and goes on: every clock of a held case, and what peers are told (never why).

A deadline that lay ahead when the hold began keeps the working days it had left, counted in the days
that the person it binds works. Assignments that became free during the hold are filled when it ends.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.facts.deadlines import deadline, takeaway_days
from bot.app.facts.second_looks import CLOCKS as LOOK_CLOCKS
from bot.app.facts.second_looks import open_look
from bot.app.facts.workdays import clinic_days, home_clinic, own_days
from bot.app.steps import second_look
from bot.app.steps.assignments import done_with
from bot.app.steps.departure import has_left, settle_left
from bot.app.steps.reassignment import fill_assignments
from bot.app.steps.swap_end import end_swaps_of
from bot.domain.assignment import Assignment
from bot.domain.calendar import WorkCalendar, wall_time
from bot.domain.case import Case, CaseStatus
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.round import Round

CLOCKS = ("case.release", "case.end")


async def stand_still(work: Work, case: Case) -> Case:
    """Stop an open case for everyone; reviewers learn in their next working hours that nothing is asked of them."""
    if not case.open or case.held_at:
        return case
    case = await work.uow.save(case.hold(work.now))
    for clock in CLOCKS:
        await work.uow.wake(clock, case.id, None)
    if look := await open_look(work, case):
        for clock in LOOK_CLOCKS:
            await work.uow.wake(clock, look.id, None)
    for assignment in await _pending(work, case):
        await end_swaps_of(work, assignment)
        await done_with(work, assignment, "case_held", freed=True)
    return case


async def go_on(work: Work, case: Case) -> None:
    """Clocks go on where they stopped."""
    held = case.held_at
    assert held is not None
    presenter = await work.uow.get(Person, await work.uow.presenter(case.id))
    group = await work.uow.get(Group, case.group)
    shared = (await clinic_days(work, (await home_clinic(work, group)).id)).calendar
    clarify = _moved(work, shared, group.timezone, case.clarify_until, held)
    case = await work.uow.save(replace(case.resume(), clarify_until=clarify))
    for assignment in await _pending(work, case):
        reviewer = await work.uow.get(Person, assignment.reviewer)
        due = _moved(work, await own_days(work, reviewer), reviewer.timezone, assignment.due_at, held)
        await work.uow.save(replace(assignment, due_at=due))
        await work.uow.wake("person.remind", reviewer.id, work.now)
        await work.tell(
            reviewer.id, "case_goes_on", assignment.id, key=work.now.isoformat(), slot=f"assignment:{assignment.id}"
        )
    if case.status(work.now) in {CaseStatus.CLARIFYING, CaseStatus.REVIEWING}:
        await _fill(work, case)
        last = max(
            (assignment.due_at for assignment in await _pending(work, case) if assignment.due_at), default=work.now
        )
        await work.uow.wake("case.release", case.id, max(last, work.now) + timedelta(minutes=1))
    if look := await open_look(work, case):
        until = _moved(work, shared, group.timezone, look.until, held)
        await second_look.go_on(work, case, until or look.until)
    if case.released_at:
        await work.uow.wake("case.end", case.id, await deadline(work, presenter, await takeaway_days(work, case)))
    if await has_left(work, presenter, case.group):
        await settle_left(work, presenter, by="admin", groups={case.group})


async def _pending(work: Work, case: Case) -> list[Assignment]:
    return await work.uow.find(Assignment, case=case.id, ended_at=None, submitted_at=None, published_at__not=None)


async def _fill(work: Work, case: Case) -> None:
    """Somebody stepped out or went on leave meanwhile: their assignment is looked for now."""
    assert case.round is not None
    free = case.reviewers - await work.uow.count(Assignment, case=case.id, ended_at=None)
    await fill_assignments(work, await work.uow.get(Round, case.round), [case] * free)


def _moved(
    work: Work, calendar: WorkCalendar, timezone: str, until: datetime | None, held: datetime
) -> datetime | None:
    """The deadline with as many working days ahead as it had when the hold began; one already over stays."""
    if until is None or until <= held:
        return until
    zone = ZoneInfo(timezone)
    local = until.astimezone(zone)
    left = calendar.working_days_between(held.astimezone(zone).date(), local.date())
    day = calendar.add_working_days(calendar.next_working_day(work.today(timezone)), max(left, 0))
    return max(until, wall_time(day, local.time(), timezone))
