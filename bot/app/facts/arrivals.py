"""Which cases of a round that is not out yet are counted: those that had come by this morning.

Counted at once, the number would give whoever looks often the minute in which somebody sent a case.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.app.context import Work
from bot.app.facts.deadlines import start_of_day
from bot.domain.case import Case
from bot.domain.organisation import Group


def by_this_morning(work: Work, group: Group, cases: Iterable[Case]) -> list[Case]:
    """Those sent before today where the group is, and those withdrawn only today; published ones as they are."""
    morning = start_of_day(work.today(group.timezone), group.timezone)
    return [case for case in cases if (case.withdrawn_at is None if case.published_at else _was_there(case, morning))]


def _was_there(case: Case, moment: datetime) -> bool:
    return case.submitted_at < moment and (case.withdrawn_at is None or case.withdrawn_at >= moment)
