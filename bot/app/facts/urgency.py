"""Whether a person may ask for reviews out of turn, and may share a case for information."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.app.context import Work
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.round import Round

WITHIN = timedelta(days=90)
"""The days in which a person's urgent cases are counted."""


async def urgent_left(work: Work, person: str, case: Case) -> int:
    """How often the person may still ask for reviews out of turn.

    Cases taken back since count, too; a wish that was taken back before its case went out does not.
    """
    policy = await work.policy(await work.uow.get(Group, case.group))
    since = work.now - WITHIN
    mine = await work.uow.cases_of(person)
    used = await work.uow.count(Case, id__in=mine, urgent_at__gt=since) if mine else 0
    return max(0, policy.urgent_cases - used)


async def comes_anyway(work: Work, case: Case, at: datetime) -> bool:
    """Whether the case's round is published before a review out of turn would begin `at` (aware UTC)."""
    return bool(case.round and (await work.uow.get(Round, case.round)).publish_at <= at)


async def may_share(work: Work, case: Case) -> bool:
    """Whether the group's policy lets a case be shared without reviews."""
    return (await work.policy(await work.uow.get(Group, case.group))).share_for_information
