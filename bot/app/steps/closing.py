"""The end of a case: reviews released together, the case closed, its log entries written once, its round settled."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.facts.caseload import caseload_of
from bot.app.facts.deadlines import deadline, next_morning, takeaway_days
from bot.app.facts.permissions import supervisors_of
from bot.app.steps.end_news import free_reviewers, show_case_over, tell_presenter
from bot.app.steps.missed_reviews import note_missed
from bot.app.steps.shown_anew import changed, nobody_new_is_asked
from bot.app.steps.swap_end import end_swaps_of
from bot.domain.assignment import Assignment, ready_to_release
from bot.domain.case import Case
from bot.domain.chances import rhythm_day
from bot.domain.organisation import Group
from bot.domain.person import Person
from bot.domain.round import Round
from bot.domain.supervision import Role, estimated_minutes
from bot.ports.records import LogEntry
from bot.ports.unit_of_work import AlreadyThere


async def release_if_ready(work: Work, case: Case) -> Case:
    """Release the reviews together when all are in or the last deadline passed."""
    assignments = await work.uow.find(Assignment, case=case.id)
    if not ready_to_release(case, assignments, work.now):
        return case
    case = await work.uow.save(case.release(work.now))
    presenter = await work.uow.get(Person, await work.uow.presenter(case.id))
    await work.tell(presenter.id, "reviews_released", case.id, slot=f"case:{case.id}")
    await nobody_new_is_asked(work, case.id)
    await changed(work, case.id, "question_asked")
    await work.uow.wake("case.release", case.id, None)
    await work.uow.wake("case.end", case.id, await deadline(work, presenter, await takeaway_days(work, case)))
    return case


async def end_case(work: Work, case: Case) -> None:
    """Without a takeaway: the round was closed or the presenter stayed silent; what was done is logged.

    The presenter hears with how many reviews, and reads them; there is no takeaway to write any more.
    """
    if not case.released_at and await work.uow.count(Assignment, case=case.id, ended_at=None, submitted_at__not=None):
        case = await work.uow.save(case.release(work.now))
    case = await work.uow.save(case.end(work.now))
    await tell_presenter(work, case)
    for assignment in await work.uow.find(Assignment, case=case.id, ended_at=None, submitted_at=None):
        await end_swaps_of(work, assignment)
    await after_close(work, case)


async def after_close(work: Work, case: Case) -> None:
    """Log entries, the purge's date, and the round's end when this was its last case."""
    await _log(work, case)
    group = await work.uow.get(Group, case.group)
    policy = await work.policy(group)
    for what in ("case.release", "case.end"):
        await work.uow.wake(what, case.id, None)
    await work.uow.wake("case.purge", case.id, work.now + timedelta(days=policy.text_days))
    await free_reviewers(work, case)
    await show_case_over(work, case)
    await note_missed(work, case)
    if case.round:
        await settle_round(work, case.round)


async def settle_round(work: Work, id: str) -> None:
    """A published round closes when none of its cases is open."""
    round_ = await work.uow.get(Round, id)
    if not round_.open or not round_.published_at:
        return
    cases = await work.uow.find(Case, round=id)
    if all(not c.open for c in cases):
        await work.uow.save(round_.close(work.now))
        await _count_participants(work, id)
        await _offer_sheet(work, round_)


async def _offer_sheet(work: Work, round_: Round) -> None:
    """The attendance sheet comes unasked where the policy says so.

    On the morning after: the moment a round is over is the one at which its last presenter sent a takeaway.
    """
    group = await work.uow.get(Group, round_.group)
    if (await work.policy(group)).attendance_sheets:
        for supervisor in await supervisors_of(work, group):
            await work.tell(supervisor.id, "sheet_ready", round_.id, at=await next_morning(work, supervisor))


async def _log(work: Work, case: Case) -> None:
    """One entry for the presenter and one a reviewer whose review is in; the source makes a second impossible.

    The entry names nobody: among few who took part, whoever reads it would find who presented. Until the round is over
    it counts who took part in this case, which its presenter and reviewers know.
    """
    assignments = await work.uow.find(Assignment, case=case.id, ended_at=None, submitted_at__not=None)
    if not assignments:
        return
    presenter = await work.uow.presenter(case.id)
    size = 1 + len(assignments)
    await _log_one(work, case, presenter, Role.PRESENTER, work.now, size)
    for assignment in assignments:
        await _log_one(work, case, assignment.reviewer, Role.REVIEWER, assignment, size)


async def _count_participants(work: Work, round_: str) -> None:
    """The entries of a round that is over count everyone who presented or reviewed in it.

    While it runs the number would tell a supervisor, who reads all reviewers, how many presenters are among them.
    """
    assignments = await work.uow.find(Assignment, round=round_, ended_at=None, published_at__not=None)
    authors = await work.uow.presenters(sorted({each.case for each in assignments}))
    size = len({*authors.values(), *(each.reviewer for each in assignments)})
    for entry in await work.uow.find(LogEntry, round=round_, signed_by=None):
        await work.uow.save(replace(entry, group_size=size, members=()))


async def _log_one(work: Work, case: Case, person_id: str, role: Role, done: datetime | Assignment, size: int) -> None:
    """The entry has the day of the takeaway, or of the review that is `done`; the rhythm counts the round's own day."""
    person = await work.uow.get(Person, person_id)
    zone = ZoneInfo(person.timezone)
    if isinstance(done, Assignment):
        assert done.submitted_at is not None
        moment, counts_on = done.submitted_at, rhythm_day(done, zone)
    else:
        moment, counts_on = done, case.published_at.astimezone(zone).date() if case.published_at else None
    if person.removed_at and moment > person.removed_at:
        return  # nothing happened to somebody after their last day
    policy = await work.policy(await work.uow.get(Group, case.group))
    day = moment.astimezone(zone).date()
    mode = (await caseload_of(work, person)).chosen_mode_on(day)
    entry = LogEntry(
        id=work.tools.ids.new("log"),
        organisation=work.uow.organisation,
        source=f"case:{case.id}:{person.id}",
        person=person.id,
        clinic=person.clinic,
        role=role.value,
        mode=mode.value,
        days=(day,),
        day=day,
        minutes=estimated_minutes(role, 1, policy),
        group_size=size,
        recorded_at=work.now,
        recorded_by="round",
        minutes_estimated=True,
        round=case.round,
        themes=case.themes,
        counts_on=counts_on,
    )
    with suppress(AlreadyThere):
        await work.uow.add(entry)
