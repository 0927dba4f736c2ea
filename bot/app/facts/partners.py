"""How many colleagues must stay possible for everybody, whoever keeps apart from whom.

Whoever keeps apart from all but two chooses their reviewers, and knows whose cases they get. So a list leaves as many
partners as a case wants reviewers and two more, and three at least.
"""

from __future__ import annotations

from bot.app.context import Work
from bot.app.facts.permissions import members
from bot.domain.organisation import Group
from bot.domain.person import Role

MOST_PRIVATE = 2
"""Names on a person's private list; for more there is the list of the supervisors."""
LEAST_PRESENTERS, MORE_THAN_WANTED = 3, 2


async def therapists_of(work: Work, group: Group) -> set[str]:
    """Who may present and review in a group today."""
    return {person.id for person in await members(work, group) if person.has(Role.THERAPIST)}


async def least_partners(work: Work, group: Group) -> int:
    """So many colleagues at least stay possible for everybody of a group."""
    return max((await work.policy(group)).reviewers_per_case + MORE_THAN_WANTED, LEAST_PRESENTERS)


async def most_private(work: Work, group: Group) -> int:
    """How many colleagues of a group one person may keep apart from in private: none in a small group."""
    others = len(await therapists_of(work, group)) - 1
    return max(0, min(MOST_PRIVATE, others - await least_partners(work, group)))
