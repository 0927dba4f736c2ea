"""What a round says to the members of its group beside cases and reviews: come and present; it is published."""

from __future__ import annotations

from bot.app.context import Work
from bot.app.facts.caseload import caseloads_of
from bot.app.facts.permissions import members
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.round import Round


async def invite(work: Work, group: Group, round_: Round) -> None:
    """Whoever may present, has no case waiting and was not asked by name (`presenter_requests`) is asked for one."""
    presenting = await _presenters(work, group)
    for person in await members(work, group):
        if person.has(Role.THERAPIST) and person.id not in presenting and person.id not in round_.asked:
            await work.tell(person.id, "round_open", round_.id, slot=f"round:{round_.id}")


async def tell_published(work: Work, group: Group, round_: Round) -> None:
    """Invitations are over; a therapist at work who has neither a case nor a review hears that, too.

    So every therapist at work hears of a publication once (`publication.told_of_publication` counts them).
    """
    people = await members(work, group)
    presenting = await _told_of_own_case(work, group, round_)
    assignments = await work.uow.find(Assignment, round=round_.id, ended_at=None)
    busy = presenting | {assignment.reviewer for assignment in assignments}
    caseloads = await caseloads_of(work, people)

    def spared(person: Person) -> bool:
        away = caseloads[person.id].on_leave(work.today(person.timezone))
        return person.has(Role.THERAPIST) and person.id not in busy and not away

    for person in people:
        card = "round_spared" if spared(person) else "round_published"
        await work.tell(person.id, card, round_.id, slot=f"round:{round_.id}")


async def _told_of_own_case(work: Work, group: Group, round_: Round) -> frozenset[str]:
    """Who hears of their case now: it goes to reviewers, or waits for another round."""
    cases = await work.uow.find(Case, group=group.id, closed_at=None, withdrawn_at=None)
    told = [each.id for each in cases if each.round == round_.id or (each.round is None and not each.held_at)]
    return frozenset((await work.uow.presenters(told)).values()) if told else frozenset()


async def _presenters(work: Work, group: Group) -> frozenset[str]:
    """Whose open cases are in the group."""
    cases = await work.uow.find(Case, group=group.id, closed_at=None, withdrawn_at=None)
    return frozenset((await work.uow.presenters([case.id for case in cases])).values()) if cases else frozenset()
