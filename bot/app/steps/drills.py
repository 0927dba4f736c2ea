"""Practising the risk alert: sent as an alert goes, answered with one press, told to whoever began it, due monthly.

Nothing is put on hold. Who began and who answered are lines of the audit trail; how long an answer took stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.app.context import Work
from bot.app.facts.duty import first_on_duty
from bot.app.steps.alerts import send_drill
from bot.app.steps.shown_anew import changed
from bot.domain.organisation import Clinic
from bot.domain.person import Person, Role
from bot.errors import Refusal
from bot.ports.records import Audited, AuditEntry

DUE_AFTER = timedelta(days=31)
"""A clinic that has not practised for so long is reminded, once in a calendar month."""
APART = timedelta(minutes=10)
"""From the page no drill of a clinic follows another sooner: a press too many must not ring again."""
UNHEARD = "drill.unheard"


class NobodyOnDuty(Refusal):
    """There is nobody a drill could reach."""


@dataclass(frozen=True)
class Drill:
    """The latest drill of a clinic: its line of the trail, and the lines of those who answered it."""

    begun: AuditEntry
    heard: tuple[AuditEntry, ...]

    def seconds(self, person: str) -> int | None:
        """After how many seconds somebody answered; None when they did not."""
        return next(
            (round((line.at - self.begun.at).total_seconds()) for line in self.heard if line.actor == person), None
        )


async def on_duty(work: Work, clinic: Clinic) -> list[Person]:
    """Whom a drill goes to: the duty supervisor and the deputy, as far as they are here."""
    named = [id for id in (clinic.duty_supervisor, clinic.deputy_supervisor) if id]
    people = {p.id: p for p in await work.uow.find(Person, id__in=named, removed_at=None)} if named else {}
    return [people[id] for id in dict.fromkeys(named) if id in people]


async def practise(work: Work, clinic: Clinic, drill: str) -> list[Person]:
    """Send it to everybody on duty and look later whether somebody answered; who got it. Raises NobodyOnDuty.

    The caller writes the line of the trail: the shell names its account, a page whoever pressed.
    """
    people = await on_duty(work, clinic)
    if not people:
        raise NobodyOnDuty
    for person in people:
        await send_drill(work, person.id, clinic, drill)
    minutes = (await work.policy(clinic=clinic)).risk_acknowledgement_minutes
    await work.uow.wake(UNHEARD, clinic.id, work.now + timedelta(minutes=minutes))
    return people


async def latest(work: Work, clinic: str) -> Drill | None:
    """The clinic's last drill; None when there never was one, or its line is gone with the years."""
    begun = await work.uow.find(AuditEntry, what=Audited.ALERT_DRILL, subject=clinic, order=("-number",), limit=1)
    if not begun:
        return None
    heard = await work.uow.find(AuditEntry, what=Audited.DRILL_HEARD, subject=clinic, number__gt=begun[0].number)
    return Drill(begun[0], tuple(heard))


async def hear(work: Work, person: Person, clinic: Clinic) -> int:
    """Somebody on duty answers; after how many seconds. A second press changes nothing. Raises NobodyOnDuty."""
    drill = await latest(work, clinic.id)
    if drill is None or person.id not in {p.id for p in await on_duty(work, clinic)}:
        raise NobodyOnDuty
    if (before := drill.seconds(person.id)) is not None:
        return before
    seconds = round((work.now - drill.begun.at).total_seconds())
    await work.uow.audit(Audited.DRILL_HEARD, person.id, clinic.id, work.now, seconds=str(seconds))
    await changed(work, clinic.id, "risk_drill", person=person.id)
    if (began := await _who_began(work, drill)) and began.id != person.id:
        key = f"{drill.begun.number}:{person.id}"
        await work.tell(began.id, "drill_heard", clinic.id, key=key, urgent=True, by=person.id, seconds=str(seconds))
    return seconds


async def look_whether_heard(work: Work, clinic: str) -> None:
    """As long after it as an alert waits for an answer: whoever began it hears that nobody did."""
    drill = await latest(work, clinic)
    if drill and not drill.heard and (began := await _who_began(work, drill)):
        await work.tell(began.id, "drill_unheard", clinic, key=str(drill.begun.number), urgent=True)


async def _who_began(work: Work, drill: Drill) -> Person | None:
    """Whoever pressed the button; nobody where the shell began it, which prints what came of it."""
    return await work.uow.one(Person, id=drill.begun.actor, removed_at=None)


async def remind(work: Work) -> int:
    """Once a month the supervisors of each clinic that has not practised for a month are told; how many were.

    Where nobody can be alerted there is nothing to practise: that gap is told elsewhere.
    """
    told = 0
    for clinic in await work.uow.find(Clinic, closed_on=None, order=("name",)):
        drill = await latest(work, clinic.id)
        if (drill and work.now - drill.begun.at < DUE_AFTER) or not await first_on_duty(work, clinic):
            continue
        month = f"{work.now:%Y-%m}"
        for person in await work.uow.find(Person, removed_at=None, roles__has=Role.SUPERVISOR.value, clinic=clinic.id):
            await work.tell(person.id, "drill_due", clinic.id, key=month)
            told += 1
    return told
