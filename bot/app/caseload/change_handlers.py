"""Leave changed by typing: moved, prolonged, shortened; asked where several leaves or days can be meant."""

from __future__ import annotations

from datetime import date, timedelta

from bot.app.caseload import leave_handlers
from bot.app.caseload.leave_views import changed_leave_card
from bot.app.context import Context
from bot.app.steps.leave import NoLeaveToEnd, whole_leaves
from bot.calendars.spoken import Change, ChangeLeave
from bot.calendars.spoken.things import Doubt, ahead
from bot.domain.caseload import Period
from bot.domain.person import Person
from bot.ports.records import LeaveEntry
from bot.ui.inbound import Outcome, Say

ONE_DAY = timedelta(days=1)


async def change(ctx: Context, person: Person, act: ChangeLeave) -> Outcome:
    """Do it where one leave and one period can be meant, else show what can. Raises `NoLeaveToEnd` without leave."""
    today = ctx.today(person.timezone)
    known = [(e, p) for e, p in await whole_leaves(ctx, person) if p.last is None or p.last >= today]
    if not known:
        raise NoLeaveToEnd
    found = [
        (entry, period)
        for entry, whole in known
        if act.of is None or act.of in whole
        for period in results(whole, act, today)
    ]
    if len(found) == 1:
        return await leave_handlers.set_days(ctx, person, *found[0])
    return Say(await changed_leave_card(ctx, person, found))


async def ask_which(ctx: Context, person: Person) -> Outcome | None:
    """The leave that is not over, each with its buttons; None without any."""
    today = ctx.today(person.timezone)
    found: list[tuple[LeaveEntry, Period]] = await whole_leaves(ctx, person)
    if not any(period.last is None or period.last >= today for _, period in found):
        return None
    return Say(await changed_leave_card(ctx, person, [], asked=True))


def results(whole: Period, act: ChangeLeave, today: date) -> list[Period]:
    """The days that a leave can have after a change; none where the change does not fit it."""
    try:
        found = _moved(whole, act) if act.how is Change.MOVE else _ended(whole, act)
    except Doubt:  # so far away that no calendar has the day
        return []
    if act.how is Change.MOVE:  # what has begun is ended, not moved
        return [period for period in found if whole.first > today and period.first >= today and period != whole]
    return [period for period in found if period.last and period.last >= max(whole.first, today - ONE_DAY)]


def _moved(whole: Period, act: ChangeLeave) -> list[Period]:
    length = None if whole.days is None else timedelta(days=whole.days - 1)
    begins = ahead(whole.first, act.count, act.unit) if act.first is None else act.first
    same_length = Period(begins, begins + length if length is not None else None)
    if act.first is None:
        return [same_length]
    if act.first == act.last and whole.days != 1:  # "to 8 Feb": begins then, or is that one day
        return [same_length, Period(act.first, act.first)]
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
