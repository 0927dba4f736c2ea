"""Who is named to whom while a case is reviewed (policy per group, promised to each case when it was sent).

"both": presenter and reviewers are hidden from each other; "presenter": only the presenter is hidden; "open": nobody.
The gate masks what identifies a patient in every case.
"""

from __future__ import annotations

from bot.app.context import Context, Work
from bot.app.facts.caseload import caseloads_of
from bot.app.facts.permissions import members
from bot.domain.case import Assignment, Case
from bot.domain.organisation import Group
from bot.domain.person import Person, Role
from bot.domain.policy import Anonymity


def presenter_named(case: Case) -> bool:
    """Whether the case's reviewers may read who presents it."""
    return case.anonymity == Anonymity.OPEN


def reviewers_named(case: Case) -> bool:
    """Whether presenter and fellow reviewers may read who reviews."""
    return case.anonymity != Anonymity.BOTH


async def reviewer_label(ctx: Context, case: Case, seat: Assignment) -> str:
    """ "Reviewer A", with the name where the group's policy says so."""
    letter = ctx.words("reviewer.letter", letter=seat.letter)
    if not reviewers_named(case):
        return letter
    return f"{letter} ({(await ctx.uow.get(Person, seat.reviewer)).name})"


async def presenter_label(ctx: Context, case: Case) -> str:
    """ "Presenter", with the name where the group's policy says so."""
    if not presenter_named(case):
        return ctx.words("presenter")
    person = await ctx.uow.get(Person, await ctx.uow.presenter(case.id))
    return f"{ctx.words('presenter')} ({person.name})"


async def is_small(work: Work, group: Group, language: str) -> bool:
    """Whether peers may guess: too few therapists of the group could have presented, or write in this language.

    Therapists on leave today do not count: nobody would guess them.
    """
    therapists = [p for p in await members(work, group) if p.has(Role.THERAPIST)]
    caseloads = await caseloads_of(work, therapists)
    possible = [p for p in therapists if not caseloads[p.id].on_leave(work.today(p.timezone))]
    least = (await work.policy(group)).small_group
    return len(possible) < least or sum(language in p.languages for p in possible) < least
