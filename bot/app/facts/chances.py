"""The rounds one person could have met, from the stored facts: reviews asked of them, rounds they could present in.

What others read (`log_for_others.py`) leaves out their own cases that are under way: those are nobody's to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.facts.permissions import cases_of_assignments
from bot.domain.assignment import Assignment
from bot.domain.calendar import wall_time
from bot.domain.case import Case
from bot.domain.caseload import Caseload
from bot.domain.chances import Asked, Chances, asked_of, rhythm_day, window_days, without
from bot.domain.organisation import Membership
from bot.domain.person import Person
from bot.domain.policy import Policy
from bot.domain.round import Round

WENT_OUT: dict[str, Any] = {"published_at__not": None}
"""Of cases: those that a round has sent to reviewers."""
WAITING: dict[str, Any] = {"published_at": None, "closed_at": None, "withdrawn_at": None}
"""Of cases: those that no round has sent to reviewers yet."""
STILL_TO_WRITE: dict[str, Any] = {"submitted_at": None, "ended_at": None}
"""Of assignments: those whose review is not in yet."""
AT_MOST = timedelta(days=800)
"""No further back: more than any target, with long leave between."""


@dataclass(frozen=True)
class OwnChances:
    """What one person's rhythm is counted from besides the log.

    `reviewed` are the days of reviews that are in while their case is open, `presented` those of own cases under way.
    """

    chances: Chances
    reviewed: tuple[tuple[str, date, date], ...]
    """Assignment, the day it counts on, the day it was sent."""
    presented: tuple[tuple[str, date], ...]
    """Case, and the day its round went out."""
    running: date | None
    """The latest day on which a round that runs went out in a group of theirs, or passed over a case that waits."""


async def chances_of(
    work: Work,
    person: Person,
    caseload: Caseload,
    memberships: Sequence[Membership],
    policy: Policy,
    *,
    since: date,
    for_others: bool,
) -> OwnChances:
    """Everything asked of and offered to the person since a day, in their own days."""
    zone = ZoneInfo(person.timezone)
    since = max(since, work.today(person.timezone) - AT_MOST)
    start = wall_time(since, time(), person.timezone)
    held = await work.uow.find(Assignment, reviewer=person.id, published_at__ge=start)
    # However long ago it was asked for: what is still to be written is owed.
    held += await work.uow.find(Assignment, reviewer=person.id, published_at__lt=start, **STILL_TO_WRITE)
    cases = await cases_of_assignments(work, held)
    own = [] if for_others else await _own_cases(work, person, since)
    rounds = await _rounds(work, person, memberships, since)
    asked = [_asked(each, zone, cases.get(each.case)) for each in held]
    under_way = [case for case in own if case.published_at and case.open]
    return OwnChances(
        chances=Chances(
            asked=tuple(each for each in asked if each),
            offered=_offered(work, person, caseload, rounds, own),
            window=window_days(policy),
        ),
        reviewed=tuple(
            (each.id, rhythm_day(each, zone) or since, each.submitted_at.astimezone(zone).date())
            for each in held
            if each.active and each.submitted_at and each.case in cases and cases[each.case].open
        ),
        running=await _running(work, person, rounds) if for_others else None,
        presented=tuple((c.id, c.published_at.astimezone(zone).date()) for c in under_way if c.published_at),
    )


def _asked(assignment: Assignment, zone: ZoneInfo, case: Case | None) -> Asked | None:
    over = case is not None and case.closed_at is not None
    return asked_of(assignment, zone, stopped=stopped(assignment, case), over=over)


class Due(Protocol):
    """Of an assignment: its deadline."""

    @property
    def due_at(self) -> datetime | None: ...


class Ends(Protocol):
    """Of a case: whether and when it stopped."""

    @property
    def held_at(self) -> datetime | None: ...

    @property
    def closed_at(self) -> datetime | None: ...

    @property
    def withdrawn_at(self) -> datetime | None: ...


def stopped(assignment: Due, case: Ends | None) -> bool:
    """Whether the case of an assignment asks for nothing more: on hold, withdrawn, or ended before the deadline."""
    if case is None or case.held_at or case.withdrawn_at:
        return True
    return case.closed_at is not None and assignment.due_at is not None and case.closed_at <= assignment.due_at


def waiting_days(submitted: date, published: date | None, today: date) -> tuple[date, date]:
    """The days on which an own case waited for reviewers: no round was missed then."""
    return submitted, (published - timedelta(days=1) if published else today)


async def _own_cases(work: Work, person: Person, since: date) -> list[Case]:
    """The person's own cases that went out since a day or have not gone out yet."""
    ids = await work.uow.cases_of(person.id)
    cases = await work.uow.find(Case, id__in=ids, withdrawn_at=None) if ids else []
    return [case for case in cases if case.published_at is None or case.published_at.date() >= since]


async def _rounds(
    work: Work, person: Person, memberships: Sequence[Membership], since: date
) -> list[tuple[Round, date]]:
    """Published rounds with cases of groups that the person was in on that day, each with the day."""
    zone = ZoneInfo(person.timezone)
    groups = sorted({m.group for m in memberships if m.left_on is None or m.left_on >= since})
    if not groups:
        return []
    rounds = await work.uow.find(
        Round, group__in=groups, published_at__ge=wall_time(since, time(), person.timezone), cancelled_at=None
    )
    ids = [round_.id for round_ in rounds]
    used = set(await work.uow.tally(Case, "round", round__in=ids, **WENT_OUT)) if ids else set()
    found = []
    for round_ in rounds:
        if round_.published_at is not None and round_.id in used:
            day = round_.published_at.astimezone(zone).date()
            if any(m.group == round_.group and m.holds_on(day) for m in memberships):
                found.append((round_, day))
    return found


def _offered(
    work: Work, person: Person, caseload: Caseload, rounds: Sequence[tuple[Round, date]], own: Sequence[Case]
) -> tuple[date, ...]:
    """Days of published rounds in which the person, not away, could have presented."""
    zone, today = ZoneInfo(person.timezone), work.today(person.timezone)
    days = [day for round_, day in rounds if person.id not in round_.passed and not caseload.on_leave(day)]
    waited = [
        waiting_days(
            case.submitted_at.astimezone(zone).date(),
            case.published_at.astimezone(zone).date() if case.published_at else None,
            today,
        )
        for case in own
    ]
    return without(days, waited)


async def _running(work: Work, person: Person, rounds: Sequence[tuple[Round, date]]) -> date | None:
    """The latest day of a round that runs, or that a case still waiting had been handed in for.

    Whoever said "not this time" or was away is told like everybody: else the rest would be known the better.
    """
    zone = ZoneInfo(person.timezone)
    days = [day for round_, day in rounds if round_.closed_at is None]
    for group in sorted({round_.group for round_, _ in rounds}):
        waiting = await work.uow.find(Case, group=group, **WAITING)
        since = min((case.submitted_at.astimezone(zone).date() for case in waiting), default=date.max)
        days += [day for round_, day in rounds if round_.group == group and day >= since]
    return max(days, default=None)
