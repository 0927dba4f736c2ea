"""Who is on duty at a clinic today, as it is now and not as it was when they were named.

A role that was taken away, a removal or a leave since then counts; what is wrong is said to whoever can mend it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    return (await gaps_of(work, [clinic]))[clinic.id]


async def gaps_of(work: Work, clinics: Sequence[Clinic]) -> dict[str, list[DutyGap]]:
    """The same of several clinics by their id, in one go."""
    everybody = await _standing(work, clinics)
    gaps: dict[str, list[DutyGap]] = {}
    for clinic in clinics:
        named = _of(clinic, everybody)
        found = [DutyGap(clinic, gap, person.name) for person, gap in named if gap]
        if not any(gap is None for _, gap in named):
            found.insert(0, DutyGap(clinic, "nobody"))
        if not (clinic.emergency_phone or clinic.duty_phone):
            found.append(DutyGap(clinic, "no_phone"))
        gaps[clinic.id] = found
    return gaps


async def duty_of(work: Work, person: Person) -> list[Clinic]:
    """The clinics at which somebody is named as duty supervisor or deputy."""
    first = await work.uow.find(Clinic, duty_supervisor=person.id, order=("name",))
    second = await work.uow.find(Clinic, deputy_supervisor=person.id, order=("name",))
    return sorted({clinic.id: clinic for clinic in (*first, *second)}.values(), key=lambda clinic: clinic.name)


Standing = Mapping[str, tuple[Person, Gap | None]]


async def _named(work: Work, clinic: Clinic) -> list[tuple[Person, Gap | None]]:
    """Duty supervisor and deputy with what keeps each from being alerted."""
    return _of(clinic, await _standing(work, [clinic]))


def _of(clinic: Clinic, everybody: Standing) -> list[tuple[Person, Gap | None]]:
    ids = dict.fromkeys(id for id in (clinic.duty_supervisor, clinic.deputy_supervisor) if id)
    return [everybody[id] for id in ids if id in everybody]


async def _standing(work: Work, clinics: Sequence[Clinic]) -> Standing:
    """Everybody named at one of the clinics with what keeps them from being alerted, by id."""
    ids = sorted({id for each in clinics for id in (each.duty_supervisor, each.deputy_supervisor) if id})
    people = await work.uow.find(Person, id__in=ids) if ids else []
    caseloads = await caseloads_of(work, people)

    def gap(person: Person) -> Gap | None:
        if not person.active:
            return "removed"
        if not person.has(Role.SUPERVISOR):
            return "no_role"
        return "on_leave" if caseloads[person.id].on_leave(work.today(person.timezone)) else None

    return {person.id: (person, gap(person)) for person in people}
