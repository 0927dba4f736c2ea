"""What becomes of a person's own open cases while they are away, or when they leave: they wait, go, or change hands.

About a held case a supervisor decides, whoever is away.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.app.context import Work
from bot.app.facts.case_authors import note_author
from bot.app.facts.caseload import leaves_of
from bot.app.facts.permissions import members
from bot.app.steps.assignments import done_with
from bot.app.steps.closing import end_case
from bot.app.steps.reassignment import replace_assignment
from bot.app.steps.shown_anew import case_handed_on, changed
from bot.app.steps.swap_end import end_swaps_of
from bot.app.steps.withdrawal import withdraw
from bot.domain.assignment import Assignment, EndReason
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.ports.records import Audited

KEEP, WITHDRAW, COVER = "keep", "withdraw", "cover"
CHOICES = (KEEP, WITHDRAW, COVER)


@dataclass(frozen=True)
class Settled:
    """What became of each case, by its id; `covered` and `kept` are still open."""

    covered: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


async def open_cases_of(work: Work, person: Person, groups: Collection[str] | None = None) -> list[Case]:
    """The person's own cases that go on, of all groups or only of these, oldest first."""
    ids = await work.uow.cases_of(person.id)
    cases = await work.uow.find(Case, id__in=ids, closed_at=None, withdrawn_at=None) if ids else []
    order = {id: at for at, id in enumerate(ids)}
    return sorted((c for c in cases if groups is None or c.group in groups), key=lambda case: order[case.id])


async def settle_own_cases(
    work: Work,
    person: Person,
    choice: str,
    cover: str | None,
    by: str,
    *,
    groups: Collection[str] | None = None,
    for_good: bool = False,
) -> Settled:
    """Withdraw the person's open cases or hand them to a covering therapist, as chosen.

    Of somebody who leaves `for_good` no case goes on: what cannot change hands is closed where a review is in, so that
    the work counts, and withdrawn otherwise.
    """
    covered, withdrawn, closed, kept = [], [], [], []
    for case in await open_cases_of(work, person, groups):
        if case.held_at:
            kept.append(case.id)
        elif choice == COVER and cover and await hand_over(work, case, cover, by):
            covered.append(case.id)
        elif for_good and await work.uow.count(
            Assignment, case=case.id, ended_at=None, submitted_at__not=None, published_at__not=None
        ):
            await _close(work, case)
            closed.append(case.id)
        elif for_good or choice == WITHDRAW:
            await withdraw(work, case, by)
            withdrawn.append(case.id)
        else:
            kept.append(case.id)
    return Settled(tuple(covered), tuple(withdrawn), tuple(closed), tuple(kept))


async def hand_over(work: Work, case: Case, cover: str, by: str) -> bool:
    """The covering therapist presents the case from now on; not who is away, has left or is no therapist of the group.

    Whether they review the case changes nothing that its presenter sees: a review of theirs that is in stays as it is,
    one that is open goes to somebody else. Otherwise naming one colleague after the other would tell who reviews.
    """
    if not await _can_present(work, cover, case):
        await work.tell(await work.uow.presenter(case.id), "cover_impossible", case.id)
        return False
    await note_author(work, case.id)
    former = await work.uow.presenter(case.id)
    await work.uow.set_presenter(case.id, cover)
    await case_handed_on(work, case.id, former)
    for assignment in await work.uow.find(Assignment, case=case.id, reviewer=cover, ended_at=None, submitted_at=None):
        await replace_assignment(work, assignment, case, EndReason.CONFLICT)
    await work.tell(cover, "case_covered", case.id)
    if case.round:
        await changed(work, case.round, "round_spared", person=cover)
    await work.uow.audit(Audited.REASSIGNED, by, case.id, work.now)
    return True


async def _can_present(work: Work, id: str, case: Case) -> bool:
    """Whether somebody is a therapist of the case's group and not away."""
    group = await work.uow.get(Group, case.group)
    for person in await members(work, group):
        if person.id == id and person.has(Role.THERAPIST):
            return not (await leaves_of(work, person)).on_leave(work.today(person.timezone))
    return False


async def _close(work: Work, case: Case) -> None:
    """Reviews that are in count, those that are not end without blame."""
    for assignment in await work.uow.find(Assignment, case=case.id, ended_at=None, submitted_at=None):
        await work.uow.save(assignment.end(work.now, EndReason.WITHDRAWN))
        await end_swaps_of(work, assignment)
        if assignment.published_at:
            await done_with(work, assignment, "case_gone")
    await end_case(work, case)
