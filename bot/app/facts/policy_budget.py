"""What a rule about reviewers costs: whether it would bring who presents below the group's `small_group`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.app.context import Work
from bot.app.facts.anonymity import budgets, pairs_kept
from bot.app.facts.partners import therapists_of
from bot.app.facts.permissions import members
from bot.domain.anonymity_budget import LOOKED_AT
from bot.domain.organisation import Clinic, Group, Organisation
from bot.domain.person import Role
from bot.domain.policy import Anonymity, Policy, resolve

NARROWING = ("reviewers_per_case", "review_within_clinic")
"""Rules by which reviewers and supervisors leave people out."""


@dataclass(frozen=True)
class Narrowed:
    """A group in which `left` people are too few: fewer than `least`."""

    group: str
    left: int
    least: int


async def narrowed_by(
    work: Work, before: Organisation | Clinic | Group, changed: Organisation | Clinic | Group
) -> Narrowed | None:
    """The first group whose members enough people could be before the change, and too few after it; None for none.

    A clinic's own numbers are not about who reviews for whom.
    """
    if isinstance(before, Clinic) or isinstance(changed, Clinic):
        return None
    house = await work.organisation()
    groups = [changed] if isinstance(changed, Group) else await work.uow.find(Group, closed_on=None)
    for group in groups:
        was = resolve(
            before.policy if isinstance(before, Organisation) else house.policy,
            None,
            before.policy if isinstance(before, Group) else group.policy,
        )
        now = resolve(changed.policy if isinstance(changed, Organisation) else house.policy, None, group.policy)
        if now.anonymity is Anonymity.OPEN or all(getattr(was, name) == getattr(now, name) for name in NARROWING):
            continue
        left = await _least(work, group, now)
        if left < now.small_group <= await _least(work, group, was):
            return Narrowed(group.name, left, now.small_group)
    return None


async def _least(work: Work, group: Group, policy: Policy) -> int:
    """To how few people a member who presents can be narrowed down under a policy."""
    therapists = await therapists_of(work, group)
    if policy.review_within_clinic and len(therapists) > LOOKED_AT and not await pairs_kept(work):
        return len(therapists) - policy.reviewers_per_case - 1
    people = [person for person in await members(work, group) if person.has(Role.THERAPIST)]
    known = await budgets(work, group, people, policy=policy)
    return min((each.least for each in known.values()), default=policy.small_group)
