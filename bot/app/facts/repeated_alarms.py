"""Alarms of one person about one matter, one after the other: never blocked, shown as what they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.app.context import Work
from bot.domain.risk import Hold

COUNTED = timedelta(hours=24)
"""So far back alarms are counted for whoever is alerted."""
JOINED = timedelta(hours=1)
"""An alarm so soon after the last one changes the presenter's message instead of adding one; the alert rings all the
same."""


async def alarms_until(work: Work, hold: Hold) -> Sequence[Hold]:
    """The alarms of the same person about the same case (or, at submission, about none) within 24 hours, this one last.

    In the order in which they were raised.
    """
    mine = await work.uow.find(Hold, raised_by=hold.raised_by, case=hold.case, order=("raised_at",))
    return [each for each in mine if hold.raised_at - COUNTED < each.raised_at <= hold.raised_at]


async def joined_to(work: Work, hold: Hold) -> str:
    """The id of the first alarm of a row in which each came within an hour of the last; else its own."""
    first = hold
    for earlier in reversed([each for each in await alarms_until(work, hold) if each.id != hold.id]):
        if first.raised_at - earlier.raised_at > JOINED:
            break
        first = earlier
    return first.id
