"""Whom a risk alert goes to, one after the other, and what happens when it does not arrive (DOMAIN.md section 5).

The duty supervisor of the presenter's clinic comes first, then the deputy, then every other supervisor. Each is
alerted on every channel they have. An alert that arrived nowhere within half a minute goes to the next person at
once, one that nobody takes on goes on after the policy's minutes; whoever raised the concern is told, with the
phone number of their own clinic and without a name that could tell where the case comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Group
from bot.domain.person import Contact, Person, Role
from bot.domain.risk import Hold
from bot.ports.records import OutboxEntry

ALERT = "risk_alert"
DELIVERY = timedelta(seconds=30)
"""Without a delivery anywhere for so long the next person is alerted; with the ticker's half minute within 60 s."""
TIMERS = ("hold.delivery", "hold.escalate")


async def chain(work: Work, hold: Hold) -> list[Person]:
    """Who can take a hold on, in order: duty supervisor, deputy, the other supervisors; on leave goes last.

    Whoever raised it or presents the case is left out: they know already and are told in their own way.
    """
    clinic = await work.uow.get(Clinic, hold.clinic)
    concerned = {hold.raised_by, *(await work.uow.presenters([hold.case] if hold.case else [])).values()}
    everyone = await work.uow.find(Person, removed_at=None, order=("name",))
    people = [p for p in everyone if p.has(Role.SUPERVISOR) and p.id not in concerned]
    caseloads = await caseloads_of(work, people)
    named = [clinic.duty_supervisor, clinic.deputy_supervisor]

    def rank(person: Person) -> tuple[bool, int, bool]:
        away = caseloads[person.id].on_leave(work.today(person.timezone))
        return away, named.index(person.id) if person.id in named else len(named), person.clinic != clinic.id

    return sorted(people, key=rank)


async def call_next(work: Work, hold: Hold) -> Hold:
    """Alert the next person; when nobody is left, tell whoever raised the concern to call."""
    person = next((p for p in await chain(work, hold) if p.id not in hold.called), None)
    if person is None:
        for timer in TIMERS:
            await work.uow.wake(timer, hold.id, None)
        await work.tell_everywhere(hold.raised_by, "risk_nobody_left", hold.id)
        return await work.uow.save(hold.exhaust(work.now))
    hold = await work.uow.save(hold.call(person.id, work.now))
    channels = await work.tell_everywhere(person.id, ALERT, hold.id, slot=f"hold:{hold.id}")
    if not channels:
        return await _pass_on(work, hold)
    await work.uow.wake("hold.delivery", hold.id, work.now + DELIVERY)
    minutes = await minutes_to_answer(work, hold)
    await work.uow.wake("hold.escalate", hold.id, work.now + timedelta(minutes=minutes))
    return hold


async def check_delivery(work: Work, id: str) -> None:
    """Half a minute after an alert: one that reached its person nowhere goes on to the next."""
    hold = await work.uow.get(Hold, id)
    if hold.waiting and hold.alerted and not await _arrived(work, hold):
        await _pass_on(work, hold)


async def escalate(work: Work, id: str) -> None:
    """The person alerted last did not take it on in time: the next one is alerted."""
    hold = await work.uow.get(Hold, id)
    if hold.waiting:
        await call_next(work, hold)


async def alert_failed(work: Work, entry: OutboxEntry) -> None:
    """One channel failed for good; when it was the last one of the person alerted now, nobody waits any longer."""
    hold = await work.uow.get(Hold, entry.subject)
    if not hold.waiting or hold.alerted != entry.person:
        return
    entries = await _entries(work, hold)
    if all(e.failed_at for e in entries):
        await _pass_on(work, hold)


async def stand_down(work: Work, hold: Hold) -> None:
    """Taken on or over: no further alert, and the alerts that were sent say so in their place."""
    for timer in TIMERS:
        await work.uow.wake(timer, hold.id, None)
    for person in hold.called:
        await work.tell_everywhere(person, "risk_taken", hold.id, slot=f"hold:{hold.id}")


async def minutes_to_answer(work: Work, hold: Hold) -> int:
    """How long the person alerted has before the next one is (policy of the group, else of the clinic)."""
    if hold.case is None:
        return (await work.policy(clinic=await work.uow.get(Clinic, hold.clinic))).risk_acknowledgement_minutes
    case = await work.uow.get(Case, hold.case)
    return (await work.policy(await work.uow.get(Group, case.group))).risk_acknowledgement_minutes


async def _pass_on(work: Work, hold: Hold) -> Hold:
    """Not delivered: said to whoever raised it, then the next person is alerted."""
    hold = await work.uow.save(hold.not_delivered(work.now))
    await work.tell_everywhere(hold.raised_by, "risk_undelivered", hold.id, key=hold.alerted or "")
    return await call_next(work, hold)


async def _arrived(work: Work, hold: Hold) -> bool:
    """Whether the alert certainly reached the person alerted now.

    A notice on the web page interrupts nobody: it counts only for people who have no chat.
    """
    contacts = await work.uow.find(Contact, person=hold.alerted)
    chats = any(c.platform != "web" for c in contacts)
    sent = [e for e in await _entries(work, hold) if e.sent_at and not e.uncertain_at]
    return any(e.platform != "web" or not chats for e in sent)


async def _entries(work: Work, hold: Hold) -> Sequence[OutboxEntry]:
    return await work.uow.find(OutboxEntry, card=ALERT, subject=hold.id, person=hold.alerted)
