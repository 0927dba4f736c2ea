"""Which days people work: clinics with their holidays and closures, persons with their own weekdays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from bot.app.context import Work
from bot.app.facts.caseload import days_of
from bot.domain.calendar import WorkCalendar
from bot.domain.organisation import Clinic, Closure, Group, Membership
from bot.domain.person import Person


@dataclass(frozen=True)
class ClinicDays:
    """A clinic's working days, and which of the others are its closures."""

    calendar: WorkCalendar
    closures: frozenset[date]

    def in_closure(self, day: date) -> bool:
        """Whether the clinic itself is closed, holidays aside."""
        return day in self.closures


async def clinic_days(work: Work, clinic: str) -> ClinicDays:
    """The working days of a clinic."""
    place = await work.uow.get(Clinic, clinic)
    closures = await work.uow.find(Closure, clinic=clinic)
    closed = frozenset(day for c in closures for day in days_of(c.first_day, c.last_day))
    return ClinicDays(work.tools.calendars.calendar(place.country, place.region, closed), closed)


async def own_days(work: Work, person: Person) -> WorkCalendar:
    """The days of the person's clinic on which they work themselves; leave is not looked at."""
    return (await clinic_days(work, person.clinic)).calendar.only(person.weekdays)


async def home_clinic(work: Work, group: Group) -> Clinic:
    """The clinic most of the group's members work at today; its days are a round's unless another was chosen."""
    day = work.today(group.timezone)
    ids = [m.person for m in await work.uow.find(Membership, group=group.id) if m.holds_on(day)]
    people = await work.uow.find(Person, id__in=ids, removed_at=None) if ids else []
    counted = Counter(p.clinic for p in people).most_common()
    if counted:
        return await work.uow.get(Clinic, min(id for id, n in counted if n == counted[0][1]))
    return (await work.uow.find(Clinic, order=("name",), limit=1))[0]
