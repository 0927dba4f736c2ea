"""From which quarter on there is a report: nothing is offered of the time before."""

from __future__ import annotations

from bot.app.context import Work
from bot.app.steps.retention_rules import first_quarter_kept
from bot.domain.organisation import Membership
from bot.reports.periods import Quarter


async def began_in(work: Work) -> Quarter | None:
    """The quarter in which the first member joined a group; None before anybody did."""
    memberships = await work.uow.find(Membership, order=("joined_on",), limit=1)
    return Quarter.of(memberships[0].joined_on) if memberships else None


async def first_quarter(work: Work) -> Quarter | None:
    """The quarter in which the first member joined a group, or the first whose log is kept; None before anybody did."""
    began = await began_in(work)
    return None if began is None else max(began, first_quarter_kept(work.now, await work.policy()))


async def latest_quarter(work: Work) -> Quarter | None:
    """The latest quarter that is over and has a report."""
    first, latest = await first_quarter(work), Quarter.of(work.now.date()).previous
    return latest if first is not None and first <= latest else None
