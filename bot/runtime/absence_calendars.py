"""Reads people's calendars of absences, each once a day: nothing of them is kept but days, and nothing is done.

A new address is read within a minute. Of several replicas one reads. What a reading would change is proposed to the
person (`bot.app.steps.absence_calendars`), and so is one that failed, in words.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.facts.workdays import own_days
from bot.app.steps.absence_calendars import ADDRESS, note, note_fault
from bot.calendars.absences import Absence, CalendarTooLarge, NotACalendar, read_absences
from bot.domain.person import Person
from bot.log import Log, report
from bot.ports.records import AbsenceCalendar
from bot.ports.system import Clock
from bot.ports.unit_of_work import ChangedMeanwhile, NotFound, Store, StoreUnavailable
from bot.ports.web_files import FileUnread, WebFiles, WhyNot

EVERY = timedelta(seconds=50)
AT_ONCE = 20
"""Calendars of an organisation in one go."""
LONGEST_TEXT, MOST_EVENTS = 10_000_000, 10_000
"""Of a calendar that the program reads itself; one that a person pastes is shorter."""


@dataclass
class AbsenceReader:
    """Reads what is due."""

    store: Store
    clock: Clock
    tools: Tools
    log: Log
    files: WebFiles

    async def run_if_due(self) -> None:
        """One go, unless another program has just made one."""
        try:
            async with self.store.system() as system:
                mine = await system.due_again("absence_calendars", self.clock.now(), EVERY)
                await system.commit()
            if mine:
                await self.read_due()
        except (StoreUnavailable, ChangedMeanwhile):
            self.log.warning("absence_calendars.again")
        except Exception as error:  # one mistake must not end what runs every minute
            report(self.log, "absence_calendars.failed", error)

    async def read_due(self) -> int:
        """Read every calendar whose day has come; how many."""
        async with self.store.system(write=False) as system:
            organisations = await system.organisations()
        count = 0
        for organisation in organisations:
            async with self.store.begin(organisation, write=False) as uow:
                due = await uow.find(
                    AbsenceCalendar, next_at__le=self.clock.now(), order=("next_at", "id"), limit=AT_ONCE
                )
            for calendar in due:
                await self._read(calendar)
                count += 1
        return count

    async def _read(self, calendar: AbsenceCalendar) -> None:
        async with self.store.begin(calendar.organisation, write=False) as uow:
            try:
                person = await uow.get(Person, calendar.person)
            except NotFound:
                return
            address = await uow.sealed(calendar.id, ADDRESS)
            works = (await own_days(Work(uow, self.clock.now(), self.tools), person)).is_working
        if address is None:
            return
        found: tuple[Absence, ...] | WhyNot
        try:
            text = (await self.files(address.decode())).decode("utf-8", errors="replace")
            today = self.clock.now().astimezone(ZoneInfo(person.timezone)).date()
            read = await asyncio.to_thread(
                read_absences, text, ZoneInfo(person.timezone), today, works, longest=LONGEST_TEXT, most=MOST_EVENTS
            )
            found = read.periods
        except FileUnread as error:
            found = error.why
        except NotACalendar:
            found = WhyNot.OTHER
        except CalendarTooLarge:
            found = WhyNot.LARGE
        if isinstance(found, WhyNot):
            self.log.info("absence_calendars.unread", subject=calendar.id, reason=found.value)
        async with self.store.begin(calendar.organisation) as uow:
            work = Work(uow, self.clock.now(), self.tools)
            if isinstance(found, WhyNot):
                await note_fault(work, calendar.id, found)
            else:
                await note(work, calendar.id, found)
            await uow.commit()
