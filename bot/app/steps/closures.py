"""A clinic's closed days, written and taken back; everything dated by them follows in the same unit of work."""

from __future__ import annotations

from datetime import date

from bot.app.context import Work
from bot.app.facts.workdays import clinic_days
from bot.app.steps.reschedule import Redated, redate
from bot.domain.organisation import Closure
from bot.errors import Refusal
from bot.ports.unit_of_work import NotFound

LONGEST = 366
"""Days of one closure; a clinic that is closed for longer has no rounds at all."""


class ClosureEndsBeforeItStarts(Refusal):
    """A closure's last day is not before its first; `first_day`, `last_day`."""


class ClosureTooLong(Refusal):
    """A closure lasts a year at most; `days` is the limit."""


async def keep_closure(work: Work, closure: Closure) -> Redated:
    """Add a closure or change it. Raises ClosureEndsBeforeItStarts, ClosureTooLong, NoWorkingDays."""
    if closure.last_day < closure.first_day:
        raise ClosureEndsBeforeItStarts(first_day=closure.first_day, last_day=closure.last_day)
    if (closure.last_day - closure.first_day).days >= LONGEST:
        raise ClosureTooLong(days=LONGEST)
    before = (await clinic_days(work, closure.clinic)).calendar
    try:
        await work.uow.get(Closure, closure.id)
        await work.uow.save(closure)
    except NotFound:
        await work.uow.add(closure)
    await _must_leave_working_days(work, closure.clinic, closure.first_day)
    return await redate(work, closure.clinic, before)


async def remove_closure(work: Work, closure: Closure) -> Redated:
    """The clinic is open on these days after all."""
    before = (await clinic_days(work, closure.clinic)).calendar
    await work.uow.remove(Closure, closure.id)
    return await redate(work, closure.clinic, before)


async def _must_leave_working_days(work: Work, clinic: str, first_day: date) -> None:
    """Closures one after the other may together leave no working day for more than a year."""
    calendar = (await clinic_days(work, clinic)).calendar
    calendar.add_working_days(calendar.add_working_days(first_day, -1), 1)
