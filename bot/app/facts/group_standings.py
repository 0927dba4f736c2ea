"""How each of very many groups stands, counted in a few questions for all of them, and which need somebody first.

Nobody is named, and no text is read. A case that waits is counted as of this morning (`arrivals.py`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.app.context import Work
from bot.app.facts.caseload import UNDELIVERED
from bot.app.facts.chances import WAITING
from bot.app.facts.deadlines import start_of_day
from bot.domain.assignment import Assignment
from bot.domain.calendar import zone_of
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.ports.unit_of_work import those

LOOK_BACK = timedelta(weeks=13)
"""How far back the last round of a group is looked for."""
TOO_LONG = timedelta(weeks=6)
"""Without a round for so long a group stands still: the slowest cadence is four weeks."""
GOES_ON = those(Case, closed_at=None, withdrawn_at=None, held_at=None)
LATE: dict[str, Any] = {
    "published_at__not": None,
    "submitted_at": None,
    "ended_at": None,
    "not_reached_at": None,
    "parted_at": None,
    "recused_at": None,
}
"""Of assignments past their due moment: those whose reviewer can still write and heard of it."""


@dataclass(frozen=True)
class GroupStanding:
    """One group: open concerns, late reviews, reviews whose notice did not arrive, cases that wait, its last round."""

    group: Group
    concerns: int
    late: int
    undelivered: int
    waiting: int
    last_out: date | None
    """The day in the group's zone on which its last round went out; None for none within `LOOK_BACK`."""
    stands_still: bool

    @property
    def needs(self) -> tuple[Any, ...]:
        """What it is ordered by, whoever needs somebody first at the front."""
        still = (not self.stands_still, self.last_out or date.min) if self.stands_still else (True, date.min)
        return (-self.concerns, still, -self.late, -self.undelivered, -self.waiting, self.group.name)


async def group_standings(work: Work, groups: Sequence[Group]) -> list[GroupStanding]:
    """Where each of these groups stands, worst first."""
    going_on = await _rounds_going_on(work)
    concerns, waiting = await _concerns(work), await _waiting(work, groups)
    late = await _reviews(work, going_on, due_at__lt=work.now, **LATE)
    undelivered = await _reviews(work, going_on, **UNDELIVERED)
    last = await _last_out(work, groups, going_on)
    found = []
    for group in groups:
        out, oldest = last.get(group.id), work.today(group.timezone) - TOO_LONG
        counts = (concerns[group.id], late[group.id], undelivered[group.id], waiting[group.id])
        found.append(GroupStanding(group, *counts, out, stands_still=out is None or out < oldest))
    return sorted(found, key=lambda each: each.needs)


Rounds = Sequence[tuple[Any, ...]]
"""Of each round its id, its group, and when it went out."""


async def _rounds_going_on(work: Work) -> Rounds:
    kept = ("id", "group", "published_at")
    return await work.uow.columns(Round, kept, closed_at=None, cancelled_at=None)


async def _reviews(work: Work, rounds: Rounds, **asked: Any) -> Counter[str]:
    """How many reviews of rounds that go on meet the conditions, by group."""
    group_of = {id: group for id, group, out in rounds if out}
    counts = await work.uow.tally(Assignment, "round", round__in=list(group_of), case__of=GOES_ON, **asked)
    return _by_group((group_of[id], count) for id, count in counts.items())


async def _concerns(work: Work) -> Counter[str]:
    cases = [hold.case for hold in await work.uow.find(Hold, released_at=None) if hold.case]
    rows = await work.uow.columns(Case, ("group",), id__in=cases) if cases else []
    return Counter(group for (group,) in rows)


async def _waiting(work: Work, groups: Sequence[Group]) -> Counter[str]:
    mornings = {g.timezone: start_of_day(work.today(g.timezone), g.timezone) for g in groups}
    zones = {group.id: group.timezone for group in groups}
    rows = await work.uow.columns(Case, ("group", "submitted_at"), held_at=None, **WAITING)
    return Counter(group for group, sent in rows if group in zones and sent < mornings[zones[group]])


async def _last_out(work: Work, groups: Sequence[Group], going_on: Rounds) -> dict[str, date]:
    """The day of the last round that went out; rounds that are over are looked at only where none goes on."""
    moments = defaultdict(list)
    for _, group, out in going_on:
        if out:
            moments[group].append(out)
    rest: dict[str, Any] = {"group__in": [group.id for group in groups if group.id not in moments]}
    over: dict[str, Any] = {"published_at__ge": work.now - LOOK_BACK, "cancelled_at": None}
    for group, out in await work.uow.columns(Round, ("group", "published_at"), **rest, **over):
        moments[group].append(out)
    return {g.id: max(moments[g.id]).astimezone(zone_of(g.timezone)).date() for g in groups if g.id in moments}


def _by_group(counted: Any) -> Counter[str]:
    found: Counter[str] = Counter()
    for group, count in counted:
        found[group] += count
    return found
