"""How many colleagues must stay possible for everybody, whoever keeps apart from whom.

Whoever keeps apart from all but two chooses their reviewers, and knows whose cases they get. So a list leaves as many
partners as a case wants reviewers and two more, and three at least. A private list holds from the round after the next:
whoever presents now cannot choose who reviews it.
"""

from __future__ import annotations

from datetime import datetime

from bot.app.context import Work
from bot.app.facts.permissions import members
from bot.domain.organisation import Group, NeverAssign
from bot.domain.person import Role
from bot.domain.policy import Policy
from bot.domain.round import Round

MOST_PRIVATE = 2
"""Names on a person's private list; for more there is the list of the supervisors."""
LEAST_PRESENTERS, MORE_THAN_WANTED = 3, 2


async def therapists_of(work: Work, group: Group) -> set[str]:
    """Who may present and review in a group today."""
    return {person.id for person in await members(work, group) if person.has(Role.THERAPIST)}


async def least_partners(work: Work, group: Group, policy: Policy | None = None) -> int:
    """So many colleagues at least stay possible for everybody of a group, as it is or under another `policy`."""
    policy = policy or await work.policy(group)
    return max(policy.reviewers_per_case + MORE_THAN_WANTED, LEAST_PRESENTERS)


async def most_private(work: Work, group: Group, policy: Policy | None = None) -> int:
    """How many colleagues of a group one person may keep apart from in private: none in a small group."""
    others = len(await therapists_of(work, group)) - 1
    return max(0, min(MOST_PRIVATE, others - await least_partners(work, group, policy)))


async def pairs_of(work: Work, round_: Round) -> list[NeverAssign]:
    """The pairs that hold in a round: the supervisors' and those private ones that were named before the last round."""
    before = await work.uow.find(Round, group=round_.group, opened_at__lt=round_.opened_at, cancelled_at=None)
    last = max((each.opened_at for each in before), default=None)
    return [pair for pair in await work.uow.find(NeverAssign) if _holds(pair, last)]


def _holds(pair: NeverAssign, last: datetime | None) -> bool:
    """Whether a pair holds in the round that follows one begun at `last`."""
    return not pair.set_by or pair.added_at is None or (last is not None and pair.added_at < last)
