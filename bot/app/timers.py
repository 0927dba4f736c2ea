"""What stored dates lead to when their moment comes: each step looks at the facts first, so twice does no harm."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.app.caching_uow import Remembering
from bot.app.context import Work
from bot.app.facts.caseload import caseload_of
from bot.app.facts.deadlines import deadline, start_of_day, takeaway_days
from bot.app.facts.permissions import supervisors_of
from bot.app.facts.round_planning import look_ahead as plans_ahead
from bot.app.facts.under_way import STILL_UNDER_WAY, under_way
from bot.app.rounds.handlers import make_plan, publish
from bot.app.rounds.urgent_round import send_out_urgent
from bot.app.steps import leave, second_look
from bot.app.steps.alerts import check_delivery, escalate, unanswered
from bot.app.steps.closing import end_case, release_if_ready
from bot.app.steps.departure import membership_ends, person_leaves
from bot.app.steps.draft_news import tell_draft
from bot.app.steps.drills import UNHEARD, look_whether_heard
from bot.app.steps.exchange_news import FOLLOW_UP, ask_follow_up
from bot.app.steps.presenter_requests import ASKS, ask_presenters
from bot.app.steps.publication import pending_publication, pressed_by
from bot.app.steps.reminders import look
from bot.app.steps.retention_rules import purge_text
from bot.app.steps.return_from_leave import tell_of_return
from bot.app.steps.series_store import look_ahead as series_ahead
from bot.app.steps.series_store import open_due
from bot.app.steps.shown_anew import changed
from bot.app.steps.swaps import ENDS, not_answered
from bot.app.steps.welcome import greet
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.risk import Hold
from bot.domain.round import Round, RoundStatus
from bot.ports.records import Audited, LeaveEntry, Timer
from bot.ports.unit_of_work import NotFound

Step = Callable[[Work, str], Awaitable[None]]


async def due(work: Work, timer: Timer) -> None:
    """Do what a timer stands for; it is gone unless the step set it again."""
    await work.uow.wake(timer.what, timer.subject, None)
    try:
        await STEPS[timer.what](work, timer.subject)
    except NotFound:
        return


async def look_ahead(reads: Remembering, what: str, subjects: Sequence[str]) -> None:
    """Read for timers of one kind what each of their steps asks for, where thousands come in one minute."""
    if what == "series.open":
        await series_ahead(reads, subjects)
    elif what in {"round.plan", "round.publish"}:
        await plans_ahead(reads, subjects)


async def plan_round(work: Work, id: str) -> None:
    """A day before publication the plan is made and supervisors are asked to look."""
    round_ = await work.uow.get(Round, id)
    if round_.status is not RoundStatus.COLLECTING:
        return
    round_ = await make_plan(work, round_)
    group = await work.uow.get(Group, round_.group)
    await changed(work, round_.id, *ASKS)
    if await pending_publication(work, round_):
        return
    for supervisor in await supervisors_of(work, group):
        await work.tell(supervisor.id, "plan_ready", round_.id, slot=f"round:{round_.id}")


async def publish_round(work: Work, id: str) -> None:
    """Nobody has to push: at its time the round is planned anew from today's facts and published."""
    round_ = await work.uow.get(Round, id)
    if not round_.open or round_.published_at:
        return
    if person := await pressed_by(work, round_):
        await work.uow.audit(Audited.ROUND_PUBLISHED, person, round_.id, work.now)
    await publish(work, await make_plan(work, round_))


async def release_case(work: Work, id: str) -> None:
    """The last deadline passed: what is in is released together."""
    case = await work.uow.get(Case, id)
    if not case.open or case.held_at:
        return
    for assignment in await work.uow.find(Assignment, case=case.id, ended_at=None, submitted_at=None):
        if await under_way(work, assignment):
            await work.uow.wake("case.release", case.id, work.now + STILL_UNDER_WAY)
            return
    case = await release_if_ready(work, case)
    if case.published_at and not case.released_at:
        # No review is in: a late one still releases the case, and without any it ends as a silent presenter's does.
        presenter = await work.uow.get(Person, await work.uow.presenter(case.id))
        await work.uow.wake("case.end", case.id, await deadline(work, presenter, await takeaway_days(work, case)))


async def end_quiet_case(work: Work, id: str) -> None:
    """Ten working days after release without a takeaway, or after the last deadline with no review, it closes."""
    case = await work.uow.get(Case, id)
    if not case.open or case.held_at:
        return
    presenter = await work.uow.get(Person, await work.uow.presenter(case.id))
    if not case.released_at:
        pending = await work.uow.find(Assignment, case=case.id, ended_at=None, submitted_at=None)
        if any(each.due_at and each.due_at > work.now for each in pending):
            return  # somebody took a review over meanwhile: their deadline sets this anew
        await end_case(work, case)
        return
    today = work.today(presenter.timezone)
    away = (await caseload_of(work, presenter)).leave_on(today)
    if away is None:
        await end_case(work, case)
        return
    # Nobody writes a takeaway on leave: its days are counted anew from the return.
    back = start_of_day((away.last or today) + timedelta(days=1), presenter.timezone)
    at = await deadline(replace(work, now=back), presenter, await takeaway_days(work, case))
    await work.uow.wake("case.end", case.id, at)


async def purge_case(work: Work, id: str) -> None:
    """The text's time is over: key and texts are destroyed, the facts stay; not while a risk concern stands."""
    case = await work.uow.get(Case, id)
    if case.open or case.purged_at:
        return
    if await work.uow.count(Hold, case=id, released_at=None):
        await work.uow.wake("case.purge", id, work.now + timedelta(days=1))
        return
    await purge_text(work, case)


async def leave_begins(work: Work, id: str) -> None:
    """From the first day of leave open reviews move to others, own cases go the chosen way."""
    await leave.begin(work, await work.uow.get(LeaveEntry, id))


STEPS: Mapping[str, Step] = {
    "round.ask": ask_presenters,
    "round.plan": plan_round,
    "round.publish": publish_round,
    "series.open": open_due,
    "case.release": release_case,
    "case.end": end_quiet_case,
    "case.purge": purge_case,
    FOLLOW_UP: ask_follow_up,
    "case.urgent": send_out_urgent,
    "person.remind": look,
    "draft.waits": tell_draft,
    "person.welcome": greet,
    "leave.begins": leave_begins,
    "leave.returns": tell_of_return,
    "membership.ends": membership_ends,
    "person.leaves": person_leaves,
    "look.remind": second_look.remind,
    "look.late": second_look.over_time,
    "look.author": second_look.author_silent,
    "hold.delivery": check_delivery,
    "hold.escalate": escalate,
    "hold.answer": unanswered,
    UNHEARD: look_whether_heard,
    ENDS: not_answered,
}

LIGHT = (
    "series.open",
    "person.remind",
    "round.ask",
    "case.release",
    "case.end",
    "case.purge",
    "draft.waits",
    FOLLOW_UP,
)
TOGETHER: Mapping[str, int] = {**dict.fromkeys(LIGHT, 25), "round.plan": 5, "round.publish": 5}
"""Steps that come by the hundred in one minute and so share a unit of work, at most so many: on SQLite everybody's
writes wait for it. Every other step, an alert's above all, has one of its own."""
