"""What delivery means for the rules: where a person is reached, when they may be written to, what failure changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app.alerts import ALERT, alert_failed
from bot.app.context import Work
from bot.app.relations import supervisors_of
from bot.app.views.caseload import caseload_of
from bot.app.workdays import own_days
from bot.domain.calendar import wall_time
from bot.domain.case import Assignment, Case
from bot.domain.organisation import Group
from bot.domain.person import Contact, Person
from bot.ports.records import OutboxEntry
from bot.ports.work import NotFound

LOOK_AHEAD_DAYS = 400


async def reachable(work: Work, person: Person, platforms: tuple[str, ...], only: str = "") -> Contact | None:
    """The best way to reach a person: the preferred platform, else the chat seen last; the web page comes last.

    `only` names the one contact that is meant.
    """
    contacts = await work.uow.find(Contact, person=person.id, failed_at=None)
    there = [c for c in contacts if c.platform in platforms and only in {"", c.id}]
    if not there:
        return None
    epoch = datetime.min.replace(tzinfo=work.now.tzinfo)
    return max(there, key=lambda c: (c.platform == person.notify_on, c.platform != "web", c.seen_at or epoch))


async def next_window(work: Work, person: Person) -> datetime:
    """The next moment at which an ordinary message may go out: hours of a day they work, in their own zone."""
    policy = await work.policy()
    calendar = await own_days(work, person)
    caseload = await caseload_of(work, person)
    local = work.now.astimezone(ZoneInfo(person.timezone))
    day = local.date() if local.time() < policy.messages_until else local.date() + timedelta(days=1)
    for _ in range(LOOK_AHEAD_DAYS):
        if calendar.is_working(day) and not caseload.on_leave(day):
            break
        day += timedelta(days=1)
    return max(work.now, wall_time(day, policy.messages_from, person.timezone))


async def delivered(work: Work, entry: OutboxEntry) -> None:
    """A notice arrived: a reviewer who counted as not reached is reached now."""
    if entry.card == "assigned":
        seat = await work.uow.get(Assignment, entry.subject)
        if seat.not_reached_at:
            await work.uow.save(replace(seat, not_reached_at=None))


async def given_up(work: Work, entry: OutboxEntry, reason: str) -> None:
    """A notice will not arrive: nobody is overdue for it, the supervisor sees it, an alert goes to the next person."""
    if entry.card == "assigned":
        try:
            seat = await work.uow.get(Assignment, entry.subject)
        except NotFound:
            return
        await work.uow.save(replace(seat, not_reached_at=work.now))
        case = await work.uow.get(Case, seat.case)
        person = await work.uow.get(Person, entry.person)
        for supervisor in await supervisors_of(work, await work.uow.get(Group, case.group)):
            await work.tell(supervisor.id, "not_reached", seat.id, name=person.name, code=case.code)
    if entry.card == ALERT:
        await alert_failed(work, entry)
