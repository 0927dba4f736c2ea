"""A case is taken back: by its presenter, because of their leave, or from a hold by a supervisor."""

from __future__ import annotations

from bot.app.context import Work
from bot.app.facts.second_looks import take_back
from bot.app.steps.assignments import done_with
from bot.app.steps.drafts import forget_about
from bot.app.steps.end_news import show_case_over
from bot.app.steps.retention_rules import tell_text_gone
from bot.app.steps.shown_anew import changed
from bot.app.steps.swap_end import end_swaps_of
from bot.domain.assignment import Assignment, EndReason
from bot.domain.case import Case
from bot.ports.records import Audited


async def withdraw(work: Work, case: Case, by: str) -> None:
    """The presenter's own step, or their leave's; refused while a hold stands."""
    await take_out(work, case.withdraw(work.now), by)


async def take_out(work: Work, case: Case, by: str) -> None:
    """Erase the text at once, end the reviews that are not in and tell their reviewers, without a reason."""
    await work.uow.save(case)
    await work.uow.shred(case.id)
    about = [assignment.id for assignment in await work.uow.find(Assignment, case=case.id)]
    await forget_about(work, [case.id, *about])
    for assignment in await work.uow.find(Assignment, case=case.id, ended_at=None):
        if assignment.submitted_at is None:
            await work.uow.save(assignment.end(work.now, EndReason.WITHDRAWN))
            await end_swaps_of(work, assignment)
            if assignment.published_at:
                await done_with(work, assignment, "case_gone")
    await take_back(work, case)
    await show_case_over(work, case)
    await changed(work, case.id, "shared")
    await work.uow.wake("case.urgent", case.id, None)
    await tell_text_gone(work, case)
    for what in ("case.release", "case.end"):
        await work.uow.wake(what, case.id, None)
    await work.uow.audit(Audited.CASE_WITHDRAWN, by, case.id, work.now)
