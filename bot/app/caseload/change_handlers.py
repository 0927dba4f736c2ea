"""Leave changed by typing: moved, prolonged, shortened; asked where several leaves or days can be meant."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from bot.app.caseload import leave_handlers
from bot.app.caseload.leave_views import changed_leave_card
from bot.app.caseload.mode_change_handlers import longer
from bot.app.caseload.state_views import leave_state_card
from bot.app.context import Context
from bot.app.steps.leave import NoLeaveToEnd, whole_leaves
from bot.calendars.spoken import Act, Change, ChangeLeave, TakeLeave
from bot.calendars.spoken.things import Doubt, ahead
from bot.domain.caseload import Period
from bot.domain.person import Person
from bot.ports.records import LeaveEntry
from bot.ui.inbound import Outcome, Say

ONE_DAY = timedelta(days=1)


async def change(ctx: Context, person: Person, act: ChangeLeave) -> Outcome:
    """Do it where one leave and one period can be meant, else show what can. Raises `NoLeaveToEnd` without leave."""
    today = ctx.today(person.timezone)
    mode_longer = [] if act.named else await longer(ctx, person, act.count, act.unit)
    known = [(e, p) for e, p in await whole_leaves(ctx, person) if p.last is None or p.last >= today]
    offered: list[Act] = [*mode_longer, *new_leave(act, today)]
    if not known and not offered:
        raise NoLeaveToEnd
    if any(holds_already(whole, act) for _, whole in known):
        return Say(await leave_state_card(ctx, person))
    found = [
        (entry, period)
        for entry, whole in known
        if act.of is None or act.of in whole
        for period in results(whole, act, today)
    ]
    runs = any(period.first <= today for _, period in found)
    if len(found) == 1 and act.how not in {Change.BEGIN, Change.BREAK} and (act.named or (runs and not mode_longer)):
        return await leave_handlers.set_days(ctx, person, *found[0])
    if found and act.how in {Change.END, Change.EXTEND}:
        offered = [*mode_longer]  # no new leave where one is entered
    return Say(await changed_leave_card(ctx, person, found, offered=offered))


async def ask_which(ctx: Context, person: Person) -> Outcome | None:
    """The leave that is not over, each with its buttons; None without any."""
    today = ctx.today(person.timezone)
    found: list[tuple[LeaveEntry, Period]] = await whole_leaves(ctx, person)
    if not any(period.last is None or period.last >= today for _, period in found):
        return None
    return Say(await changed_leave_card(ctx, person, [], asked=True))


def new_leave(act: ChangeLeave, today: date) -> list[TakeLeave]:
    """The new leave that "it ends on Friday", "it begins on Friday" or "another week" may mean; only offered."""
    if act.how is Change.END and act.last and act.last >= today:
        return [TakeLeave(today, act.last)]
    if act.how is Change.EXTEND and act.last and act.last >= today:
        return [TakeLeave(today, act.last)]
    if act.how is Change.EXTEND and act.count > 0:
        with suppress(Doubt):
            return [TakeLeave(today, ahead(today, act.count, act.unit) - ONE_DAY)]
    if act.how is Change.BEGIN and act.first:
        return [TakeLeave(act.first, act.first), TakeLeave(act.first, None)]
    return []


def holds_already(whole: Period, act: ChangeLeave) -> bool:
    """Whether a leave ends or begins on the very day that is said."""
    return (act.how is Change.END and whole.last == act.last) or (act.how is Change.BEGIN and whole.first == act.first)


def results(whole: Period, act: ChangeLeave, today: date) -> list[Period]:
    """The days that a leave can have after a change; none where the change does not fit it."""
    try:
        found = _found(whole, act)
    except Doubt:  # so far away that no calendar has the day
        return []
    if act.how in {Change.MOVE, Change.BEGIN}:  # what has begun is ended, not moved
        return [period for period in found if whole.first > today and period.first >= today and period != whole]
    return [period for period in found if period.last and period.last >= max(whole.first, today - ONE_DAY)]


def _found(whole: Period, act: ChangeLeave) -> list[Period]:
    match act.how:
        case Change.MOVE:
            return _moved(whole, act)
        case Change.BEGIN:
            return _begun(whole, act)
        case Change.END:
            return [Period(whole.first, act.last)] if act.last and act.last >= whole.first else []
        case Change.BREAK:
            return _broken_off(whole, act)
    return _ended(whole, act)


def _begun(whole: Period, act: ChangeLeave) -> list[Period]:
    """It begins on another day: up to the same end, or as long as before."""
    assert act.first
    moved = _moved(whole, replace(act, last=act.first))
    kept = [Period(act.first, whole.last)] if whole.last is None or act.first <= whole.last else []
    return list(dict.fromkeys([*kept, *moved]))


def _broken_off(whole: Period, act: ChangeLeave) -> list[Period]:
    """Broken off on a day: the last day off, or the first day of work."""
    assert act.last
    ends = [last for last in (act.last, act.last - ONE_DAY) if last >= whole.first]
    return [Period(whole.first, last) for last in ends if whole.last is None or last < whole.last]


def _moved(whole: Period, act: ChangeLeave) -> list[Period]:
    length = None if whole.days is None else timedelta(days=whole.days - 1)
    begins = ahead(whole.first, act.count, act.unit) if act.first is None else act.first
    if act.first is None or act.first == act.last:  # "to 8 Feb": it begins then
        return [Period(begins, begins + length if length is not None else None)]
    return [Period(act.first, act.last)]


def _ended(whole: Period, act: ChangeLeave) -> list[Period]:
    last = act.last
    if last is None:
        last = ahead(whole.last, act.count, act.unit) if whole.last else None
    if last is None:
        return []
    if act.how is Change.EXTEND:
        return [Period(whole.first, last)] if whole.last and last > whole.last else []
    return [Period(whole.first, last)] if whole.last is None or last < whole.last else []
