"""Every step about a leave in every state of it: allowed, or refused by which name.

A row is a step, a column a state of the leave on Monday 18 January 2027; `yes` is allowed, `same` changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps import leave
from bot.app.steps.own_cases import WITHDRAW
from bot.demo.clinic import GROUP, ORGANISATION, START, found, person_id
from bot.demo.clock import VirtualClock
from bot.domain.case import Case
from bot.domain.leave_changes import HowToSettle
from bot.domain.person import Person
from bot.errors import Refusal
from bot.ports.records import LeaveEntry
from bot.runtime.holidays import HolidayCalendars
from storage.memory import MemoryStore
from tests.gate import NOBODY
from tests.tables.cells import cells
from tests.world import SeededRng, SequentialIds

DAY = timedelta(days=1)
AWAY = person_id("b")
REFUSALS: Mapping[str, type[Refusal]] = {"none": leave.NoLeaveToEnd, "known": leave.LeaveEnteredAlready}


def entered(first: date, last: date | None, cancelled_at: datetime | None = None) -> LeaveEntry:
    return LeaveEntry("lea_1", ORGANISATION, AWAY, first, last, START, AWAY, cancelled_at, own_cases=WITHDRAW)


LEAVES: Mapping[str, LeaveEntry] = {
    "planned": entered(date(2027, 2, 1), date(2027, 2, 14)),
    "first_day": entered(date(2027, 1, 18), date(2027, 1, 24)),
    "begun": entered(date(2027, 1, 11), date(2027, 1, 24)),
    "open": entered(date(2027, 1, 11), None),
    "last_day": entered(date(2027, 1, 11), date(2027, 1, 18)),
    "over": entered(date(2027, 1, 4), date(2027, 1, 17)),
    "given_up": entered(date(2027, 2, 1), date(2027, 2, 14), START),
}
Step = Callable[[Work, Person, LeaveEntry], Awaitable[object]]


def later(day: date | None) -> date | None:
    return day + DAY if day else None


LEAVE_STEPS: Mapping[str, Step] = {
    "take_again": lambda w, p, e: leave.take(w, p, e.first_day, e.last_day, by=AWAY),
    "take_longer": lambda w, p, e: leave.take(w, p, e.first_day - DAY, e.last_day, by=AWAY),
    "join": lambda w, p, e: leave.take(w, p, e.first_day - DAY, e.first_day, by=AWAY, how=HowToSettle.JOIN),
    "add": lambda w, p, e: leave.take(w, p, e.first_day - DAY, e.first_day, by=AWAY, how=HowToSettle.ADD),
    "amend": lambda w, p, e: leave.amend(
        w, e, e.first_day, later(e.last_day or e.first_day), by=AWAY, own_cases=WITHDRAW, cover=None
    ),
    "amend_nothing": lambda w, p, e: leave.amend(
        w, e, e.first_day, e.last_day, by=AWAY, own_cases=WITHDRAW, cover=None
    ),
    "cancel": lambda w, p, e: leave.cancel(w, e, by=AWAY),
    "end": lambda w, p, e: leave.end(w, e, by=AWAY),
    "end_whole": lambda w, p, e: leave.end_whole(w, e, by=AWAY),
    "back_tomorrow": lambda w, p, e: leave.back_on(w, p, w.today(p.timezone) + DAY, by=AWAY),
    "begin": lambda w, p, e: leave.begin(w, e),
    "undo_entering": lambda w, p, e: leave.undo(w, leave.Changed(p.id, made=(e,)).data),
    "undo_giving_up": lambda w, p, e: leave.undo(w, leave.Changed(p.id, cancelled=(e,)).data),
}
LEAVE_TABLE = """
step            planned first_day begun open  last_day over given_up
take_again      known   known     known known known    known yes
take_longer     yes     yes       yes   yes   yes      yes  yes
join            yes     yes       yes   yes   yes      yes  yes
add             yes     yes       yes   yes   yes      yes  yes
amend           yes     yes       yes   yes   yes      yes  none
amend_nothing   known   known     known known known    known none
cancel          yes     yes       yes   yes   yes      yes  none
end             yes     yes       yes   yes   yes      none none
end_whole       yes     yes       yes   yes   yes      none none
back_tomorrow   none    yes       yes   yes   known    none none
begin           yes     yes       yes   yes   yes      same same
undo_entering   yes     yes       yes   yes   yes      yes  same
undo_giving_up  same    same      same  same  same     same yes
"""


async def laid_out(entry: LeaveEntry) -> tuple[Work, Person]:
    """The demo clinic with one leave and one open case of the person it is about."""
    clock = VirtualClock(START)
    store, ids = MemoryStore(clock), SequentialIds()
    await found(store, ids)
    uow = await store.begin(ORGANISATION).__aenter__()
    work = Work(uow, clock.now(), Tools(ids, SeededRng(1), NOBODY, HolidayCalendars(), ""))
    await uow.add(entry, Case("cas_1", ORGANISATION, GROUP, "KQ-472", "icbt", "en", 2, START))
    await uow.set_presenter("cas_1", AWAY)
    return work, await uow.get(Person, AWAY)


async def shown(work: Work) -> list[Any]:
    """All leave of the person, amended or not, and whether their case goes on."""
    entries = await work.uow.find(LeaveEntry, person=AWAY, order=("first_day", "id"))
    return [*entries, (await work.uow.get(Case, "cas_1")).withdrawn_at]


@pytest.mark.parametrize(("step", "state", "said"), cells("leave", LEAVE_TABLE, LEAVE_STEPS, LEAVES))
async def test_a_step_about_leave_is_allowed_or_refused_by_name(step: Step, state: LeaveEntry, said: str) -> None:
    work, person = await laid_out(state)
    before = await shown(work)
    if said in REFUSALS:
        with pytest.raises(Refusal) as refused:
            await step(work, person, state)
        assert type(refused.value) is REFUSALS[said]
        assert await shown(work) == before
    else:
        await step(work, person, state)
        assert (await shown(work) == before) == (said == "same")


async def test_a_leave_that_was_amended_does_not_end_the_one_that_took_its_place() -> None:
    """The button of an old message."""
    old = entered(date(2027, 1, 11), date(2027, 1, 24), START)
    work, _ = await laid_out(old)
    await work.uow.add(replace(entered(date(2027, 1, 11), date(2027, 1, 31)), id="lea_2"))
    before = await shown(work)
    with pytest.raises(leave.NoLeaveToEnd):
        await leave.end_whole(work, old, by=AWAY)
    assert await shown(work) == before
