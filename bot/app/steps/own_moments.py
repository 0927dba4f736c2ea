"""A person's working days or clock changed: the moments that are set by them are set anew.

They change with the working week, the clinic, its closed days and the time zone. What was told already is not told
again: a message's key is that of the leave.
"""

from __future__ import annotations

from bot.app.context import Work
from bot.app.steps import leave
from bot.app.steps.departure import leave_service_on
from bot.domain.person import Person


async def set_moments_anew(work: Work, person: Person) -> None:
    """The beginning of leave, the notice before its end, the last day in the service, the next reminder."""
    if not person.active:
        return
    await leave.date_again(work, person)
    if person.leaves_on:
        await leave_service_on(work, person, person.leaves_on, person.leaving_cover)
    await work.uow.wake("person.remind", person.id, work.now)
