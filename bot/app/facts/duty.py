"""Who is on duty at a clinic today, as it is now and not as it was when they were named.

A role that was taken away, a removal or a leave since then counts; what is wrong is said to whoever can mend it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of
from bot.domain.organisation import Clinic
from bot.domain.person import Person, Role

Gap = Literal["nobody", "no_phone", "removed", "no_role", "on_leave"]
GAPS: tuple[Gap, ...] = ("nobody", "no_phone", "removed", "no_role", "on_leave")


@dataclass(frozen=True)
class DutyGap:
    """What is wrong with a clinic's duty; `person` is who was named and cannot be alerted, empty where nobody is."""

    clinic: Clinic
    kind: Gap
    person: str = ""


async def first_on_duty(work: Work, clinic: Clinic, *, without: str = "") -> Person | None:
    """The duty supervisor, else the deputy, whoever can be alerted today; None where neither can."""
    named = await _named(work, clinic)
    return next((person for person, gap in named if gap is None and person.id != without), None)


async def duty_gaps(work: Work, clinic: Clinic) -> list[DutyGap]:
    """Everything that would go wrong if a concern were raised now; empty when all is well."""
    named = await _named(work, clinic)
    found = [DutyGap(clinic, gap, person.name) for person, gap in named if gap]
    if not any(gap is None for _, gap in named):
        found.insert(0, DutyGap(clinic, "nobody"))
    if not (clinic.emergency_phone or clinic.duty_phone):
        found.append(DutyGap(clinic, "no_phone"))
    return found


async def duty_of(work: Work, person: Person) -> list[Clinic]:
    """The clinics at which somebody is named as duty supervisor or deputy."""
    first = await work.uow.find(Clinic, duty_supervisor=person.id, order=("name",))
    second = await work.uow.find(Clinic, deputy_supervisor=person.id, order=("name",))
    return sorted({clinic.id: clinic for clinic in (*first, *second)}.values(), key=lambda clinic: clinic.name)


async def _named(work: Work, clinic: Clinic) -> list[tuple[Person, Gap | None]]:
    """Duty supervisor and deputy with what keeps each from being alerted."""
    ids = [id for id in (clinic.duty_supervisor, clinic.deputy_supervisor) if id]
    people = {p.id: p for p in await work.uow.find(Person, id__in=ids)} if ids else {}
    caseloads = await caseloads_of(work, people.values())

    def gap(person: Person) -> Gap | None:
        if not person.active:
            return "removed"
        if not person.has(Role.SUPERVISOR):
            return "no_role"
        return "on_leave" if caseloads[person.id].on_leave(work.today(person.timezone)) else None

    return [(people[id], gap(people[id])) for id in dict.fromkeys(ids) if id in people]
