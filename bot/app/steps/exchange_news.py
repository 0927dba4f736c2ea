"""Who hears what of the exchange after release, and the one question, some weeks later, what became of a case."""

from __future__ import annotations

from datetime import timedelta

from bot.app.context import Work
from bot.app.facts.deadlines import next_morning
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.follow_up import FollowUp
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.risk import Hold

FOLLOW_UP = "case.follow_up"
"""The timer of the question."""


async def tell_asked_back(work: Work, case: Case) -> None:
    """Everybody whose review is in and who reads the case hears of it."""
    for assignment in await _readers(work, case):
        await work.tell(assignment.reviewer, "asked_back", assignment.id, slot=f"asked_back:{assignment.id}")


async def tell_answer_back(work: Work, case: Case, assignment: Assignment) -> None:
    """The presenter hears at once when everybody has answered, else in the morning, with what comes till then."""
    slot = f"asked_back:{assignment.id}"
    await work.tell(assignment.reviewer, "answered_back", assignment.id, slot=slot)
    presenter = await work.uow.get(Person, await work.uow.presenter(case.id))
    missing = [each for each in await _readers(work, case) if not each.answered_back_at]
    at = await next_morning(work, presenter) if missing else None
    await work.tell(presenter.id, "answers_back", case.id, key=assignment.id, slot=f"case:{case.id}", at=at)


async def plan_follow_up(work: Work, case: Case) -> None:
    """After a takeaway: the day on which its presenter is asked what became of it, where the policy has one."""
    days = (await work.policy(await work.uow.get(Group, case.group))).follow_up_days
    if days:
        await work.uow.wake(FOLLOW_UP, case.id, work.now + timedelta(days=days))


async def ask_follow_up(work: Work, id: str) -> None:
    """Ask once. While a risk concern stands nobody is asked; whoever presents nothing any more is not asked at all."""
    case = await work.uow.get(Case, id)
    if not case.closed_at or await work.uow.count(FollowUp, case=id):
        return
    if await work.uow.count(Hold, case=id, released_at=None):
        await work.uow.wake(FOLLOW_UP, id, work.now + timedelta(days=1))
        return
    presenter = await work.uow.get(Person, await work.uow.presenter(id))
    policy = await work.policy(await work.uow.get(Group, case.group))
    if not presenter.active or not policy.follow_up_days:
        return
    await work.uow.add(FollowUp(work.tools.ids.new("followup"), work.uow.organisation, case.id, case.group, work.now))
    await work.tell(presenter.id, "follow_up_asked", case.id, slot=f"follow_up:{case.id}")


async def tell_follow_up(work: Work, case: Case) -> None:
    """The presenter's message says that it is told; the reviewers hear of it in the morning."""
    presenter = await work.uow.presenter(case.id)
    await work.tell(presenter, "follow_up_told", case.id, slot=f"follow_up:{case.id}")
    for assignment in await _readers(work, case):
        at = await next_morning(work, await work.uow.get(Person, assignment.reviewer))
        await work.tell(assignment.reviewer, "follow_up_in", assignment.id, slot=f"follow_up:{assignment.id}", at=at)


async def _readers(work: Work, case: Case) -> list[Assignment]:
    found = await work.uow.find(Assignment, case=case.id, ended_at=None, submitted_at__not=None)
    return [each for each in found if each.readable]
