"""A round begins, changes its date or does not take place, by hand or from a series; its members are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.facts.permissions import members
from bot.app.facts.round_planning import gather_waiting
from bot.app.facts.workdays import clinic_days, home_clinic
from bot.app.steps.presenter_requests import ask_presenters
from bot.app.steps.round_news import invite
from bot.app.steps.shown_anew import changed
from bot.domain.assignment import Assignment
from bot.domain.calendar import wall_time
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.round import Round, RoundStatus
from bot.domain.series import PhaseDays
from bot.errors import Refusal
from bot.ports.records import SeriesEntry

TIMERS = ("round.ask", "round.plan", "round.publish")


class RoundUnderWay(Refusal):
    """A group has one collecting round at a time."""


async def collecting(work: Work, group: str) -> Round | None:
    """The round of a group that collects cases, if there is one."""
    rounds = await work.uow.find(Round, group=group, closed_at=None, cancelled_at=None, published_at=None)
    return next((r for r in rounds if r.status is RoundStatus.COLLECTING), None)


async def open_round(
    work: Work,
    group: Group,
    publish_at: datetime,
    *,
    phases: PhaseDays | None = None,
    series: str | None = None,
    occurrence: date | None = None,
    kind: str = "case",
) -> Round:
    """A new collecting round of a group; its members are told where to present. Raises `RoundUnderWay`.

    Without `phases` the policy's days hold. `series` and `occurrence` are unique together: the store raises
    `AlreadyThere` for a second round of one occurrence.
    """
    if await collecting(work, group.id):
        raise RoundUnderWay
    round_ = Round(
        id=work.tools.ids.new("round"),
        organisation=work.uow.organisation,
        group=group.id,
        opened_at=work.now,
        collect_until=publish_at,
        publish_at=publish_at,
        seed=work.tools.rng.number(2**31),
        series=series,
        occurrence=occurrence,
        number=await work.uow.count(Round, group=group.id) + 1,
        clarify_days=phases.clarify if phases else None,
        review_days=phases.review if phases else None,
        takeaway_days=phases.takeaway if phases else None,
        kind=kind,
    )
    await work.uow.add(round_)
    await gather_waiting(work, group, round_)
    await _set_timers(work, round_, group)
    # Whose turn it is hears that in the same minute, so that it is one message with whatever else comes now.
    await ask_presenters(work, round_.id)
    round_ = await work.uow.get(Round, round_.id)
    await invite(work, group, round_)
    return round_


async def redate_round(work: Work, round_: Round, publish_at: datetime) -> Round:
    """Another date for a round that was not published; a plan made for the old one is thrown away."""
    reopened = round_.reopen()
    group = await work.uow.get(Group, round_.group)
    round_ = await work.uow.save(replace(reopened, publish_at=publish_at, collect_until=publish_at))
    await _set_timers(work, round_, group)
    await _tell_change(work, round_, "round_moved")
    return round_


async def cancel_round(work: Work, round_: Round) -> Round:
    """A round that was not published does not take place; its cases wait for the next one."""
    cancelled = round_.cancel(work.now)
    for assignment in await work.uow.find(Assignment, round=round_.id):
        await work.uow.remove(Assignment, assignment.id)
    for case in await work.uow.find(Case, round=round_.id):
        await work.uow.save(replace(case, round=None))
    round_ = await work.uow.save(cancelled)
    for what in TIMERS:
        await work.uow.wake(what, round_.id, None)
    await changed(work, round_.id, "plan_ready", "please_present")
    await _tell_change(work, round_, "round_off")
    return round_


async def clinic_of(work: Work, round_: Round, group: Group) -> str:
    """The clinic whose working days a round follows."""
    if round_.series:
        return (await work.uow.get(SeriesEntry, round_.series)).clinic
    return (await home_clinic(work, group)).id


async def _tell_change(work: Work, round_: Round, card: str) -> None:
    """A new message says what changed; the invitation that members have leads to it."""
    for person in await members(work, await work.uow.get(Group, round_.group)):
        await work.tell(person.id, card, round_.id, key=str(round_.version), slot=f"round:{round_.id}")


async def _set_timers(work: Work, round_: Round, group: Group) -> None:
    """Make the plan a working day before, publish on time; ask for cases while there is still time to write one."""
    calendar = (await clinic_days(work, await clinic_of(work, round_, group))).calendar
    local = round_.publish_at.astimezone(ZoneInfo(group.timezone))
    day_before = calendar.add_working_days(local.date(), -1)
    plan_at = wall_time(day_before, local.time().replace(tzinfo=None), group.timezone)
    halfway = work.now + max(plan_at - work.now, timedelta()) / 2
    # Asked at once, whose turn it is gets one invitation, not two; halfway others are asked where cases are missing.
    await work.uow.wake("round.ask", round_.id, halfway if round_.asked else work.now)
    await work.uow.wake("round.plan", round_.id, max(plan_at, halfway + timedelta(minutes=1)))
    await work.uow.wake("round.publish", round_.id, round_.publish_at)
