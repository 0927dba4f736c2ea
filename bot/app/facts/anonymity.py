"""Who is named to whom while a case is reviewed (policy per group, promised to each case when it was sent).

"both": presenter and reviewers are hidden from each other; "presenter": only the presenter is hidden; "open": nobody.
The gate masks what identifies a patient in every case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.app.context import Context, Work
from bot.app.facts.caseload import caseloads_of
from bot.app.facts.partners import most_private
from bot.app.facts.permissions import members
from bot.domain.anonymity_budget import Budget, Colleague, Rules, budget, left_to_supervisors, takers_whoever_presents
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group, Membership, NeverAssign
from bot.domain.person import Person, Role
from bot.domain.policy import Anonymity, Policy

Pairs = frozenset[frozenset[str]]


def presenter_named(case: Case) -> bool:
    """Whether the case's reviewers may read who presents it."""
    return case.anonymity == Anonymity.OPEN


def reviewers_named(case: Case) -> bool:
    """Whether presenter and fellow reviewers may read who reviews."""
    return case.anonymity != Anonymity.BOTH


async def reviewer_label(ctx: Context, case: Case, assignment: Assignment) -> str:
    """ "Reviewer A", with the name where the group's policy says so."""
    letter = ctx.words("reviewer.letter", letter=assignment.letter)
    if not reviewers_named(case):
        return letter
    return f"{letter} ({(await ctx.uow.get(Person, assignment.reviewer)).name})"


async def presenter_label(ctx: Context, case: Case) -> str:
    """ "Presenter", with the name where the group's policy says so."""
    if not presenter_named(case):
        return ctx.words("presenter")
    person = await ctx.uow.get(Person, await ctx.uow.presenter(case.id))
    return f"{ctx.words('presenter')} ({person.name})"


async def anonymity_budget(work: Work, group: Group, person: Person, language: str) -> Budget:
    """To how many people of a group a person can be narrowed down, with a case or a review in a language.

    Without the pairs that supervisors keep apart: colleagues, who do not know them, cannot use them, and a number that
    moved with one would tell its reader that there is one.
    """
    return (await budgets(work, group, [person], language, frozenset()))[person.id]


async def budgets(
    work: Work,
    group: Group,
    people: Sequence[Person],
    language: str = "",
    pairs: Pairs | None = None,
    policy: Policy | None = None,
) -> dict[str, Budget]:
    """The same for several members, exactly or with other `pairs` or another `policy`.

    Without a language of cases that everybody reads.
    """
    colleagues = await _colleagues(work, group, people)
    rules = await _rules(work, group, policy)
    rules = rules if pairs is None else replace(rules, pairs=pairs)
    return {person.id: budget(colleagues, person.id, language, rules) for person in people}


async def presenters_left(work: Work, case: Case, holders: Collection[str]) -> int:
    """How many may present a case for a supervisor who reads that `holders` have or had a review of it.

    The number is the same whoever presents. Who joined the group after the case was sent is not among them.
    """
    colleagues, rules = await _could_present(work, case)
    return left_to_supervisors(colleagues, holders, case.language, rules)


async def presenters_left_after(work: Work, case: Case, reviewers: int) -> int:
    """The same when so many people have or had a review, whoever they are."""
    colleagues, _ = await _could_present(work, case)
    there = [each for each in colleagues if not each.away and case.language in {*each.languages, ""}]
    return len(there) - reviewers - any(each.supervisor for each in there)


async def clinics_are_large(work: Work, case: Case, reader: str) -> bool:
    """Whether naming a presenter's clinic, whichever it is, leaves a supervisor `small_group` people to think of.

    Looked at for all clinics of the group at once: that one is not named must not tell that it is the small one.
    Without who has a review of the case and the reader, of whom they know that they do not present.
    """
    if presenter_named(case):
        return True
    colleagues, _ = await _could_present(work, case)
    held = await work.uow.find(Assignment, case=case.id, published_at__not=None)
    known = {reader, *(each.reviewer for each in held)}
    people = Counter(each.clinic for each in colleagues if each.id not in known)
    least = (await work.policy(await work.uow.get(Group, case.group))).small_group
    return min(people.values(), default=0) >= least


async def least_left(work: Work, case: Case, holders: Collection[str], free: Collection[str]) -> tuple[int, int]:
    """`presenters_left` once one of those who are `free` reviews it too, whichever leaves fewest; `least_takers`."""
    colleagues, rules = await _could_present(work, case)
    left = min(left_to_supervisors(colleagues, {*holders, each}, case.language, rules) for each in free or [""])
    return left, takers_whoever_presents(colleagues, holders, free, rules)


async def least_takers(work: Work, case: Case, holders: Collection[str], free: Collection[str]) -> int:
    """How many of those who are `free` could take a review, whoever presents and whatever lists people keep."""
    colleagues, rules = await _could_present(work, case)
    return takers_whoever_presents(colleagues, holders, free, rules)


async def _could_present(work: Work, case: Case) -> tuple[list[Colleague], Rules]:
    """The group's therapists who were in it when the case was sent, and its rules."""
    group = await work.uow.get(Group, case.group)
    sent = case.submitted_at.astimezone(ZoneInfo(group.timezone)).date()
    there = {m.person for m in await work.uow.find(Membership, group=group.id) if m.joined_on <= sent}
    colleagues = [each for each in await _colleagues(work, group, ()) if each.id in there]
    return colleagues, await _rules(work, group)


async def _colleagues(work: Work, group: Group, people: Sequence[Person]) -> list[Colleague]:
    """The group's therapists today, and `people` whether or not they are."""
    therapists = [p for p in await members(work, group) if p.has(Role.THERAPIST)]
    therapists += [p for p in people if p.id not in {t.id for t in therapists}]
    caseloads = await caseloads_of(work, therapists)
    return [
        Colleague(
            p.id,
            p.clinic,
            frozenset(p.languages),
            caseloads[p.id].on_leave(work.today(p.timezone)),
            p.has(Role.SUPERVISOR),
        )
        for p in therapists
    ]


async def _rules(work: Work, group: Group, policy: Policy | None = None) -> Rules:
    """Private lists count as if everybody used theirs: the number would otherwise tell that somebody does."""
    policy = policy or await work.policy(group)
    private = await most_private(work, group, policy)
    return Rules(policy.reviewers_per_case, private, policy.review_within_clinic, await pairs_kept(work))


async def pairs_kept(work: Work) -> Pairs:
    """The pairs on the supervisors' list."""
    return frozenset(frozenset((n.one, n.other)) for n in await work.uow.find(NeverAssign, set_by=""))
