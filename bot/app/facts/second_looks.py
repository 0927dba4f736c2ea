"""The second looks of a case as stored facts: which is open, who read it, and what ends with one."""

from __future__ import annotations

from collections.abc import Sequence

from bot.app.context import Work
from bot.domain.case import Case
from bot.domain.second_look import LookEnd, SecondLook
from bot.ports.records import OutboxEntry

CLOCKS = ("look.remind", "look.late")
ASKS = frozenset({"look_wanted", "look_reminder", "look_late"})
"""Messages to whoever may look; the last one holds."""


async def looks_of(work: Work, case: Case) -> list[SecondLook]:
    """Every look at a case, oldest first."""
    return await work.uow.find(SecondLook, case=case.id, order=("asked_at", "id"))


async def open_look(work: Work, case: Case) -> SecondLook | None:
    """The look a case waits for."""
    return await work.uow.one(SecondLook, case=case.id, end=None)


async def stepped_out(work: Work, case: Case) -> set[str]:
    """Who recognised the patient at any look: nothing of the case is open to them."""
    return {person for look in await looks_of(work, case) for person in look.stepped_out}


async def left_by(work: Work, person: str, cases: Sequence[Case]) -> set[str]:
    """Of these cases those whose patient the person recognised, at a second look or as a reader for information."""
    looks = await work.uow.find(SecondLook, case__in=[case.id for case in cases]) if cases else []
    left = {look.case for look in looks if person in look.stepped_out}
    return left | {case.id for case in cases if person in case.stepped_out}


async def readers_of(work: Work, cases: Sequence[str]) -> dict[str, set[str]]:
    """By case id who opened its text for a second look; they never review it."""
    readers: dict[str, set[str]] = {}
    for look in await work.uow.find(SecondLook, case__in=list(cases)) if cases else []:
        readers.setdefault(look.case, set()).update(look.readers)
    return readers


async def end_look(work: Work, look: SecondLook) -> SecondLook:
    """Keep how it ended: its clocks stop, and the messages that asked for it say that it is over."""
    for clock in CLOCKS:
        await work.uow.wake(clock, look.id, None)
    asked = await work.uow.find(OutboxEntry, card__in=sorted(ASKS), subject=look.id)
    for person in sorted({each.person for each in asked}):
        await work.tell(person, "look_over", look.id, slot=f"look:{look.id}")
    return await work.uow.save(look)


async def take_back(work: Work, case: Case) -> None:
    """The case is withdrawn or erased: nobody needs to look any more, and nobody is reminded."""
    for look in await looks_of(work, case):
        await work.uow.wake("look.author", look.id, None)
        if look.open:
            await end_look(work, look.over(LookEnd.WITHDRAWN, work.now))
