"""A drill of the risk path: whoever is on duty gets a message marked as a drill, at this very hour, on every channel.

What came of it is told by channel, and who pressed *I heard it* after how many seconds. Nothing is put on hold, and
nobody else hears of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.admin.context import AdminContext, named
from bot.app.context import Work
from bot.app.steps.drills import NobodyOnDuty, latest, on_duty, practise
from bot.domain.organisation import Clinic
from bot.domain.person import Contact
from bot.errors import SetupError
from bot.ports.records import Audited, OutboxEntry
from bot.ports.unit_of_work import UnitOfWork

CARD = "risk_drill"


async def begin(admin: AdminContext, org: str, clinic: str) -> str:
    """Send it to the duty supervisor and the deputy; the drill's id. Raises SetupError where nobody is on duty."""
    async with admin.begin(org) as uow:
        found = await named(uow, Clinic, clinic)
        drill, work = admin.tools.ids.new("drill"), Work(uow, admin.clock.now(), admin.tools)
        try:
            await practise(work, found, drill)
        except NobodyOnDuty:
            raise SetupError(f"{clinic}: nobody is on duty. Run: intervision admin set-duty.") from None
        await admin.audit(uow, Audited.ALERT_DRILL, found.id)
        await uow.commit()
    return drill


async def results(admin: AdminContext, org: str, clinic: str, drill: str) -> tuple[list[str], bool]:
    """What is known of each channel by now, a line each, and whether every one has an end."""
    async with admin.begin(org, write=False) as uow:
        found = await named(uow, Clinic, clinic)
        lines, over = [], True
        work = Work(uow, admin.clock.now(), admin.tools)
        answers = await latest(work, found.id)
        for person in await on_duty(work, found):
            sent = await uow.find(OutboxEntry, person=person.id, card=CARD, subject=found.id)
            mine = [entry for entry in sent if f":{drill}:" in entry.dedupe]
            lines += [f"{person.name}: {line}" for line in await _told(admin, uow, mine)]
            seconds = answers.seconds(person.id) if answers else None
            lines.append(f"{person.name}: {'not answered' if seconds is None else f'answered after {seconds} s'}")
            over = (
                over
                and seconds is not None
                and all(entry.sent_at or entry.failed_at or entry.dropped_at for entry in mine)
            )
    return lines, over


async def run_drill(admin: AdminContext, org: str, clinic: str, wait: int) -> list[str]:
    """Send it and wait for its end, so many seconds at most; a line each channel."""
    drill = await begin(admin, org, clinic)
    lines, over = await results(admin, org, clinic, drill)
    for _ in range(wait):
        if over:
            break
        await asyncio.sleep(1)  # the program that serves sends it
        lines, over = await results(admin, org, clinic, drill)
    return lines


async def _told(admin: AdminContext, uow: UnitOfWork, entries: Sequence[OutboxEntry]) -> list[str]:
    told = []
    for entry in entries:
        platform = (await uow.get(Contact, entry.contact)).platform
        if entry.sent_at and not admin.tools.interrupts(platform):
            said = "lies on the page, which rings nowhere"
        elif entry.sent_at:
            said = f"arrived after {max(0, round((entry.sent_at - entry.created_at).total_seconds()))} s"
        elif entry.failed_at or entry.dropped_at:
            said = f"NOT delivered ({entry.failure or 'no reason told'})"
        else:
            said = "not sent yet: does the program serve?"
        told.append(f"{platform} {said}")
    return told or ["is reached on no channel"]
