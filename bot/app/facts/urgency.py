"""Whether a person may ask for reviews out of turn, and may share a case for information."""

from __future__ import annotations

from datetime import timedelta

from bot.app.context import Work
from bot.domain.case import Case
from bot.domain.organisation import Group

WITHIN = timedelta(days=90)
"""The days in which a person's urgent cases are counted."""


async def urgent_left(work: Work, person: str, case: Case) -> int:
    """How often the person may still ask for reviews out of turn; cases taken back since count, too."""
    policy = await work.policy(await work.uow.get(Group, case.group))
    since = work.now - WITHIN
    mine = await work.uow.cases_of(person)
    used = await work.uow.count(Case, id__in=mine, urgent_at__gt=since) if mine else 0
    return max(0, policy.urgent_cases - used)


async def may_share(work: Work, case: Case) -> bool:
    """Whether the group's policy lets a case be shared without reviews."""
    return (await work.policy(await work.uow.get(Group, case.group))).share_for_information
