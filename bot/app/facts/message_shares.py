"""What the reviewed messages of a group show over a quarter that is over; nothing of one person, and no text."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from bot.app.context import Work
from bot.app.facts.deadlines import start_of_day
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.message_review import CaseKind, GroupShares, Marks, ReviewedMessage, group_shares
from bot.domain.organisation import Group
from bot.reports.periods import Quarter


def last_quarter(work: Work, group: Group) -> Quarter:
    """The latest quarter that is over where the group is; of a running one two looks would tell of one message."""
    return Quarter.of(work.today(group.timezone)).previous


async def shares_of(work: Work, group: Group, quarter: Quarter) -> GroupShares | None:
    """The shares of the messages whose reviews were released in the quarter; None where too few people stand behind.

    A review counts when it was in by the end of the quarter, so that a later one does not change what was shown.
    """
    since = start_of_day(quarter.first, group.timezone)
    until = start_of_day(quarter.last + timedelta(days=1), group.timezone)
    cases = await work.uow.find(
        Case, group=group.id, kind__in=[CaseKind.MESSAGE.value], released_at__ge=since, released_at__lt=until
    )
    ids = [case.id for case in cases if not case.withdrawn_at]
    if not ids:
        return None
    presenters = await work.uow.presenters(ids)
    reviews: defaultdict[str, list[tuple[str, Marks]]] = defaultdict(list)
    for each in await work.uow.find(Assignment, case__in=ids, submitted_at__lt=until, order=("id",)):
        reviews[each.case].append((each.reviewer, Marks.of(each.prompts)))
    messages = [ReviewedMessage(presenters[id], tuple(reviews[id])) for id in ids if id in presenters]
    return group_shares(messages, (await work.policy(group)).report_minimum_group)
