"""Whom a risk alert goes to, one after the other, and what happens when it does not arrive (DOMAIN.md section 5).

The duty supervisor of the presenter's clinic comes first, then the deputy, then every other supervisor; those who
review the case come last. Each is alerted on every channel they have. An alert that arrived nowhere within half a
minute goes to the next person at once, one that nobody takes on goes on after the policy's minutes. A notice on the
web page interrupts nobody and is no delivery, but whoever looked the presenter up or opened the text knows of it.

Whoever raised the concern reads the phone number of their own clinic from the first moment, and "nobody has answered"
always after the same time: neither the length of the chain nor its order tells them who presents. A supervisor who
presents is alerted like the others, and the next one together with them, as they do not decide about their own case.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of
from bot.app.facts.hold_permissions import concerned, reviewers_of
from bot.app.facts.supervisors import by_twenties
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Person, Role
from bot.domain.risk import Hold
from bot.ports.records import Audited, AuditEntry, OutboxEntry

ALERT = "risk_alert"
DELIVERY = timedelta(seconds=30)
"""Without a delivery anywhere for so long the next person is alerted; with the ticker's half minute within 60 s."""
ACTED_ON = (Audited.UNMASKED.value, Audited.TEXT_OPENED.value)
TIMERS = ("hold.delivery", "hold.escalate", "hold.answer")


async def chain(work: Work, hold: Hold) -> AsyncIterator[Person]:
    """Who is alerted, in order: duty supervisor, deputy, the other supervisors; who reviews the case, who is away last.

    Read as far as somebody is needed: an alert waits for nobody's leave of the whole service. Whoever raised it is left
    out: they know already. Whoever presents is not, or the chain would be shorter for them.
    """
    reviewing = await reviewers_of(work, hold)
    later: list[Person] = []
    async for some in _others(work, hold):
        people = [person for person in some if person.id not in reviewing]
        caseloads = await caseloads_of(work, people)
        there = [p for p in people if not caseloads[p.id].on_leave(work.today(p.timezone))]
        for person in there:
            yield person
        later += [person for person in some if person not in there]
    caseloads = await caseloads_of(work, later)
    away = {p.id: caseloads[p.id].on_leave(work.today(p.timezone)) for p in later}
    for person in sorted(later, key=lambda person: (person.id in reviewing, away[person.id])):
        yield person


async def _others(work: Work, hold: Hold) -> AsyncIterator[list[Person]]:
    """Every other supervisor once: who is named for duty, those of the clinic by name, the rest by name in twenties."""
    clinic = await work.uow.get(Clinic, hold.clinic)
    asked: dict[str, Any] = {"removed_at": None, "roles__has": Role.SUPERVISOR.value}
    named = [id for id in (clinic.duty_supervisor, clinic.deputy_supervisor) if id]
    found = {person.id: person for person in await work.uow.find(Person, id__in=named, **asked)}
    near = {id: found[id] for id in named if id in found}
    for person in await work.uow.find(Person, clinic=clinic.id, order=("name",), **asked):
        near.setdefault(person.id, person)
    near.pop(hold.raised_by, None)
    yield list(near.values())
    async for some in by_twenties(work):
        yield [person for person in some if person.id not in near and person.id != hold.raised_by]


async def _next(work: Work, hold: Hold) -> Person | None:
    async for person in chain(work, hold):
        if person.id not in hold.called:
            return person
    return None


async def begin(work: Work, hold: Hold) -> Hold:
    """Alert the first person; from now on runs the time after which whoever raised it reads that nobody answered."""
    minutes = await minutes_to_answer(work, hold)
    await work.uow.wake("hold.answer", hold.id, hold.raised_at + timedelta(minutes=minutes))
    if await _next(work, replace(hold, called=())) is None:
        await _unanswered(work, hold)
    return await call_next(work, hold)


async def call_next(work: Work, hold: Hold) -> Hold:
    """Alert the next person, and with somebody who may not decide the one after; at the chain's end nobody is left."""
    person = await _next(work, hold)
    minutes = await minutes_to_answer(work, hold)
    if person is None:
        # Somebody may get the role or come back: the chain is looked at again as long as nobody takes it on.
        await work.uow.wake("hold.escalate", hold.id, work.now + timedelta(minutes=minutes))
        return hold if hold.exhausted_at else await work.uow.save(hold.exhaust(work.now))
    hold = await work.uow.save(hold.call(person.id, work.now))
    channels = await work.tell_everywhere(person.id, ALERT, hold.id, slot=f"hold:{hold.id}")
    if not channels:
        return await _pass_on(work, hold)
    await work.uow.wake("hold.delivery", hold.id, work.now + DELIVERY)
    await work.uow.wake("hold.escalate", hold.id, work.now + timedelta(minutes=minutes))
    if hold.case and await concerned(work, hold, person.id):
        return await call_next(work, hold)
    return hold


async def unanswered(work: Work, id: str) -> None:
    """The time for an answer is over: whoever raised the concern is told to call, however far the alerts have got."""
    hold = await work.uow.get(Hold, id)
    if hold.waiting:
        await _unanswered(work, hold)


async def _unanswered(work: Work, hold: Hold) -> None:
    await work.uow.wake("hold.answer", hold.id, None)
    await work.tell_everywhere(hold.raised_by, "risk_nobody_left", hold.id, slot=raised(hold))


async def check_delivery(work: Work, id: str) -> None:
    """Half a minute after an alert: one that reached its person nowhere goes on to the next.

    Whoever presents is looked at like the others, so that what is said to be undelivered follows from the chain alone.
    """
    hold = await work.uow.get(Hold, id)
    if not hold.waiting or not hold.alerted:
        return
    if not await _arrived(work, hold, hold.alerted):
        await _pass_on(work, hold)
        return
    for person in hold.called:
        if await concerned(work, hold, person) and not await _arrived(work, hold, person):
            await _tell_undelivered(work, hold)


async def escalate(work: Work, id: str) -> None:
    """The person alerted last did not take it on in time: the next one is alerted."""
    hold = await work.uow.get(Hold, id)
    if hold.waiting:
        await call_next(work, hold)


async def alert_failed(work: Work, entry: OutboxEntry) -> None:
    """One channel failed for good; when it was the last one of the person alerted now, nobody waits any longer."""
    hold = await work.uow.get(Hold, entry.subject)
    if not hold.waiting or hold.alerted != entry.person or await _arrived(work, hold, entry.person):
        return
    entries = await _entries(work, hold, entry.person)
    # What lies on a page rang nowhere: it keeps nobody waiting for an answer.
    if all(e.failed_at or (e.sent_at and not work.tools.interrupts(e.platform)) for e in entries):
        await _pass_on(work, hold)


async def stand_down(work: Work, hold: Hold) -> None:
    """Taken on or over: no further alert. Who was alerted hears that it is no longer theirs, whose it is sees it.

    What was taken on and is over now is only an edit: the messages that said so lose their buttons.
    """
    for timer in TIMERS:
        await work.uow.wake(timer, hold.id, None)
    over = bool(hold.released_at and hold.acknowledged_at)
    for person in hold.called:
        card = "risk_yours" if over or person == hold.acknowledged_by else "risk_taken"
        await work.tell_everywhere(person, card, hold.id, key="over" if over else "", slot=f"hold:{hold.id}")


async def send_drill(work: Work, person: str, clinic: Clinic, drill: str) -> None:
    """To somebody on duty, as an alert goes: at once, at any hour, on every channel. Nothing is put on hold."""
    await work.tell_everywhere(person, "risk_drill", clinic.id, key=drill)


def raised(hold: Hold) -> str:
    """The matter of what whoever raised it is told: each news edits what held before it to one line."""
    return f"raised:{hold.id}"


async def minutes_to_answer(work: Work, hold: Hold) -> int:
    """How long the person alerted has before the next one is (policy of the group, else of the clinic)."""
    if hold.case is None:
        return (await work.policy(clinic=await work.uow.get(Clinic, hold.clinic))).risk_acknowledgement_minutes
    case = await work.uow.get(Case, hold.case)
    return (await work.policy(await work.uow.get(Group, case.group))).risk_acknowledgement_minutes


async def _pass_on(work: Work, hold: Hold) -> Hold:
    """Not delivered: said to whoever raised it, then the next person is alerted."""
    return await call_next(work, await _tell_undelivered(work, hold))


async def _tell_undelivered(work: Work, hold: Hold) -> Hold:
    """Once a concern: how many alerts did not arrive would tell how long the chain is."""
    await work.tell_everywhere(hold.raised_by, "risk_undelivered", hold.id, slot=raised(hold))
    return await work.uow.save(hold.not_delivered(work.now))


async def _arrived(work: Work, hold: Hold, person: str) -> bool:
    """Whether the alert certainly reached somebody: in a chat or by mail, as a web page interrupts nobody.

    Who looked the presenter up or opened the text since it was raised knows of it, however they learnt of it.
    """
    entries = await _entries(work, hold, person)
    if any(work.tools.interrupts(e.platform) for e in entries if e.sent_at and not e.uncertain_at):
        return True
    return bool(
        hold.case
        and await work.uow.count(AuditEntry, subject=hold.case, actor=person, what__in=ACTED_ON, at__ge=hold.raised_at)
    )


async def _entries(work: Work, hold: Hold, person: str) -> Sequence[OutboxEntry]:
    return await work.uow.find(OutboxEntry, card=ALERT, subject=hold.id, person=person)
