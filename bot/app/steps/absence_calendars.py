"""A calendar of absences under an address: connected, read daily, its changes proposed, disconnected.

Nothing becomes leave by itself: what the calendar has and the leave has not is offered, and so is what the calendar
no longer has of the leave that it led to. Only days are kept; the address is sealed and goes with the record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.app.context import Work
from bot.app.steps import leave
from bot.app.steps.leave import Changed, LeaveEnteredAlready, NoLeaveToEnd
from bot.calendars.absences import Absence, absence_of
from bot.domain.leave_changes import HowToSettle
from bot.domain.person import Person
from bot.errors import Refusal
from bot.ports.records import AbsenceCalendar, LeaveEntry
from bot.ports.unit_of_work import NotFound
from bot.ports.web_files import WhyNot
from bot.ports.web_hosts import host_called, is_public

DAILY = timedelta(days=1)
SOON = timedelta(hours=1)
"""After the first reading that failed; then twice as long each time, a day at most."""
PATIENCE = 4
"""A calendar that was read before is said to be out of reach after so many failures in a row: about a day."""
LONGEST_ADDRESS = 2_000
ADDRESS = "address"
"""The name under which the address is sealed."""


class NoCalendarAddress(Refusal):
    """A calendar's address begins with https:// (or webcal://) and names a host of the internet."""


@dataclass(frozen=True)
class Proposal:
    """What a calendar would change: periods to take as leave, and leave to move (to a period) or to give up (None)."""

    take: tuple[Absence, ...] = ()
    change: tuple[tuple[LeaveEntry, Absence | None], ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Each change as a short text, to know it again."""
        return (*(taking(each) for each in self.take), *(changing(entry, to) for entry, to in self.change))

    def __bool__(self) -> bool:
        return bool(self.take or self.change)


def taking(absence: Absence) -> str:
    """The short text of a period to take."""
    return f"+{absence}"


def changing(entry: LeaveEntry, to: Absence | None) -> str:
    """The short text of a leave to move or give up."""
    return f"-{entry.first_day}/{entry.last_day}>{to or ''}"


def checked_address(text: str) -> str:
    """The address as it is called. Raises `NoCalendarAddress`."""
    address = text.strip()
    for scheme in ("webcal://", "webcals://"):
        if address.lower().startswith(scheme):
            address = f"https://{address[len(scheme) :]}"
    try:
        where = urlsplit(address)
        host, _ = host_called(address), where.port
    except ValueError:
        raise NoCalendarAddress from None
    odd = any(not c.isprintable() or c.isspace() for c in address) or where.username is not None
    local = "." not in host.strip(".") or host.rstrip(".").endswith(
        (".local", ".localhost", ".internal", ".lan", ".home.arpa")
    )
    with suppress(ValueError):
        ip_address(host)
        local = not is_public(host)
    if where.scheme != "https" or odd or local or len(address) > LONGEST_ADDRESS:
        raise NoCalendarAddress
    return address


async def calendar_of(work: Work, person: Person) -> AbsenceCalendar | None:
    """The person's calendar, if one is connected."""
    return await work.uow.one(AbsenceCalendar, person=person.id)


async def connect(work: Work, person: Person, address: str) -> AbsenceCalendar:
    """Read this address from now on, instead of another. Raises `NoCalendarAddress`."""
    checked = checked_address(address)
    await disconnect(work, person)
    calendar = AbsenceCalendar(
        work.tools.ids.new("calendar"), work.uow.organisation, person.id, created_at=work.now, next_at=work.now
    )
    await work.uow.add(calendar)
    await work.uow.put_sealed(calendar.id, ADDRESS, checked.encode())
    return calendar


async def disconnect(work: Work, person: Person) -> None:
    """Forget the address and what was read; leave stays as it is."""
    calendar = await calendar_of(work, person)
    if calendar:
        await work.uow.shred(calendar.id)
        await work.uow.remove(AbsenceCalendar, calendar.id)


async def proposal(work: Work, person: Person, calendar: AbsenceCalendar) -> Proposal:
    """What the last reading would change in the leave as it is now, without what was declined."""
    today = work.today(person.timezone)
    known = await leave.active_leave(work, person)
    periods = _coming(calendar.periods, today)
    change = []
    for gone in (each for each in _coming(calendar.taken, today) if not _covered(each, periods)):
        for entry in known:
            if (entry.first_day, entry.last_day) == (gone.first, gone.last):
                change.append((entry, _in_place_of(gone, periods)))
    change = [(entry, to) for entry, to in change if changing(entry, to) not in calendar.declined]
    moved = {to for _, to in change}
    spans = [Absence(e.first_day, e.last_day or date.max) for e in known]
    take = [
        each
        for each in periods
        if not _covered(each, spans) and each not in moved and taking(each) not in calendar.declined
    ]
    return Proposal(tuple(take), tuple(change))


async def note(work: Work, id: str, periods: Iterable[Absence]) -> None:
    """A reading: the person is told where it would change something, of the same changes once."""
    with suppress(NotFound):
        calendar = await work.uow.get(AbsenceCalendar, id)
        person = await work.uow.get(Person, calendar.person)
        today = work.today(person.timezone)
        calendar = replace(
            calendar,
            read_at=work.now,
            next_at=work.now + DAILY,
            fault="",
            faults=0,
            periods=tuple(map(str, periods)),
            taken=tuple(map(str, _coming(calendar.taken, today))),
        )
        found = await proposal(work, person, calendar)
        if set(found.keys) - set(calendar.told):
            await work.tell(person.id, "absences_changed", calendar.id, key=work.now.isoformat())
        await work.uow.save(replace(calendar, told=found.keys))


async def note_fault(work: Work, id: str, why: WhyNot) -> None:
    """A reading that failed: the person is told when it is the first of all, or when it lasts."""
    with suppress(NotFound):
        calendar = await work.uow.get(AbsenceCalendar, id)
        faults = calendar.faults + 1
        again = min(SOON * 2 ** min(faults - 1, 10), DAILY)
        if faults == (PATIENCE if calendar.read_at else 1):
            await work.tell(calendar.person, "absences_unread", calendar.id, key=work.now.isoformat())
        await work.uow.save(replace(calendar, fault=why.value, faults=faults, next_at=work.now + again))


async def settle(
    work: Work, person: Person, calendar: AbsenceCalendar, take: Collection[str], change: Collection[str]
) -> list[Changed]:
    """Do what was chosen of the proposal, decline the rest; what was done, to be undone together."""
    found = await proposal(work, person, calendar)
    done, taken, declined = [], set(calendar.taken), set(calendar.declined)
    for entry, to in found.change:
        key = changing(entry, to)
        if key not in change:
            declined.add(key)
            continue
        with suppress(LeaveEnteredAlready, NoLeaveToEnd):
            done.append(
                await leave.amend(
                    work, entry, to.first, to.last, by=person.id, own_cases=entry.own_cases, cover=entry.cover
                )
                if to
                else await leave.end(work, entry, by=person.id)
            )
        taken.discard(f"{entry.first_day}/{entry.last_day}")
        taken |= {str(to)} if to else set()
    for absence in found.take:
        if str(absence) not in take:
            declined.add(taking(absence))
            continue
        with suppress(LeaveEnteredAlready):
            done.append(await leave.take(work, person, absence.first, absence.last, by=person.id, how=HowToSettle.JOIN))
        taken.add(str(absence))
    await work.uow.save(replace(calendar, taken=tuple(sorted(taken)), declined=tuple(sorted(declined))))
    return done


def _coming(texts: Iterable[str], today: date) -> list[Absence]:
    """Periods that are not over."""
    return [each for each in filter(None, map(absence_of, texts)) if each.last >= today]


def _covered(absence: Absence, by: Sequence[Absence]) -> bool:
    return any(each.first <= absence.first and absence.last <= each.last for each in by)


def _in_place_of(gone: Absence, periods: Sequence[Absence]) -> Absence | None:
    """The period that overlaps one that is gone: it was moved or shortened; the longest of several."""
    touching = [each for each in periods if each.first <= gone.last and gone.first <= each.last]
    return max(touching, key=lambda each: each.last - each.first, default=None)
