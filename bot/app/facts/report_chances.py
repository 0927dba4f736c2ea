"""The rounds everybody could have met in a quarter, read in a handful of questions: the same facts as `chances.py`.

Read are the quarter and the days before it in which its first gaps begin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bot.app.context import Work
from bot.app.facts.chances import stopped, waiting_days
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.caseload import Caseload
from bot.domain.chances import Asked, Chances, asked_of, presented_in, rhythm_day, window_days, without
from bot.domain.organisation import Membership
from bot.domain.person import Person
from bot.domain.policy import Policy
from bot.domain.round import Round
from bot.ports.unit_of_work import those

AT_ONCE = 5000


class _Sent(NamedTuple):
    """What of an assignment is counted, named as there."""

    case: str
    round: str
    reviewer: str
    published_at: datetime | None
    due_at: datetime | None
    submitted_at: datetime | None
    late: bool
    ended_at: datetime | None
    end_reason: str | None
    not_reached_at: datetime | None


class _Presented(NamedTuple):
    id: str
    round: str | None
    submitted_at: datetime
    published_at: datetime | None
    held_at: datetime | None
    closed_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Some:
    """Only these people, with the cases they presented and the groups they ever belonged to."""

    people: Sequence[str]
    cases: Sequence[str]
    groups: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """Facts of a span of time by person."""

    sent: Mapping[str, Sequence[tuple[_Sent, bool]]]
    """Assignments by reviewer, each with whether its case asks for nothing more."""
    presented: Mapping[str, Sequence[_Presented]]
    rounds: Mapping[str, Sequence[tuple[datetime, tuple[str, ...]]]]
    """Published rounds with cases by group, each with who said "not this time"."""
    open_cases: frozenset[str]
    _days: dict[tuple[str, str], list[tuple[date, tuple[str, ...]]]] = field(default_factory=dict)

    def chances(
        self, person: Person, caseload: Caseload, memberships: Sequence[Membership], policy: Policy, last: date
    ) -> Chances:
        """What was asked of and offered to one person up to a day."""
        zone = ZoneInfo(person.timezone)
        own = self.presented.get(person.id, ())
        asked = [asked_of(sent, zone, stopped=over) for sent, over in self.sent.get(person.id, ())]
        gone_out = [presented_in(c.round, c.published_at, zone) for c in own if c.round and c.published_at]
        days = [
            day
            for group in sorted({m.group for m in memberships})
            for day, passed in self._days_of(group, person.timezone)
            if day <= last and person.id not in passed and not caseload.on_leave(day)
            if any(m.group == group and m.holds_on(day) for m in memberships)
        ]
        waited = [
            waiting_days(_day(c.submitted_at, zone), _day(c.published_at, zone) if c.published_at else None, last)
            for c in own
        ]
        every: list[Asked] = [*(each for each in asked if each), *gone_out]
        return Chances(tuple(each for each in every if each.day <= last), without(days, waited), window_days(policy))

    def not_logged(self, person: Person) -> tuple[set[date], set[date]]:
        """Days of reviews that are in and of own cases that went out, of cases still open and not logged yet."""
        zone = ZoneInfo(person.timezone)
        reviewed = {
            day
            for sent, _ in self.sent.get(person.id, ())
            if sent.case in self.open_cases and sent.ended_at is None and (day := rhythm_day(sent, zone))
        }
        presented = {
            _day(c.published_at, zone)
            for c in self.presented.get(person.id, ())
            if c.published_at and c.closed_at is None
        }
        return reviewed, presented

    def _days_of(self, group: str, zone: str) -> list[tuple[date, tuple[str, ...]]]:
        if (group, zone) not in self._days:
            there = ZoneInfo(zone)
            self._days[group, zone] = [(_day(moment, there), passed) for moment, passed in self.rounds.get(group, ())]
        return self._days[group, zone]


async def facts_between(work: Work, start: datetime, end: datetime, some: Some | None = None) -> Facts:
    """Everything asked and offered from one moment to another, and what waits or is under way; of all, or of some."""
    ask = work.uow.columns
    names = _Sent._fields
    between: dict[str, Any] = {"published_at__ge": start, "published_at__le": end}
    open_before: dict[str, Any] = {"published_at__lt": start, "closed_at": None, "withdrawn_at": None}
    under_way = await _cases(work, some, **open_before)
    if some is None:
        rows = await ask(Assignment, names, **between)
        for portion in _portions([case.id for case in under_way]):
            rows += await ask(Assignment, names, published_at__lt=start, case__in=portion)
    else:
        mine: dict[str, Any] = {"reviewer__in": list(some.people)}
        rows = await ask(Assignment, names, **between, **mine)
        rows += await ask(Assignment, names, published_at__lt=start, case__of=those(Case, **open_before), **mine)
    sent = [_Sent(*row) for row in rows]
    waiting = await _cases(work, some, published_at=None, closed_at=None, withdrawn_at=None)
    cases = [*under_way, *await _cases(work, some, **between), *waiting]
    known = {case.id: case for case in cases}
    for portion in _portions(sorted({each.case for each in sent} - set(known))):
        for row in await ask(Case, _Presented._fields, id__in=portion):
            known[row[0]] = _Presented(*row)
    by_reviewer: dict[str, list[tuple[_Sent, bool]]] = defaultdict(list)
    for each in sent:
        by_reviewer[each.reviewer].append((each, stopped(each, known.get(each.case))))
    return Facts(
        by_reviewer,
        await _by_presenter(work, [case for case in cases if case.withdrawn_at is None]),
        await _rounds(work, between, some),
        frozenset(c.id for c in known.values() if c.published_at and c.closed_at is None and c.withdrawn_at is None),
    )


async def _cases(work: Work, some: Some | None, **conditions: Any) -> list[_Presented]:
    ask = work.uow.columns
    if some is None:
        return [_Presented(*row) for row in await ask(Case, _Presented._fields, **conditions)]
    rows = [await ask(Case, _Presented._fields, id__in=ids, **conditions) for ids in _portions(some.cases)]
    return [_Presented(*row) for portion in rows for row in portion]


async def _by_presenter(work: Work, cases: Sequence[_Presented]) -> dict[str, list[_Presented]]:
    found: dict[str, list[_Presented]] = defaultdict(list)
    for portion in _portions(cases):
        presenters = await work.uow.presenters([case.id for case in portion])
        for case in portion:
            if case.id in presenters:
                found[presenters[case.id]].append(case)
    return found


async def _rounds(
    work: Work, between: Mapping[str, Any], some: Some | None
) -> dict[str, list[tuple[datetime, tuple[str, ...]]]]:
    """Published rounds with cases, in which others could have presented, too."""
    found: dict[str, list[tuple[datetime, tuple[str, ...]]]] = defaultdict(list)
    names = ("id", "group", "published_at", "passed")
    mine: dict[str, Any] = {"group__in": list(some.groups)} if some else {}
    rows = await work.uow.columns(Round, names, cancelled_at=None, urgent=False, **between, **mine)
    of_these: dict[str, Any] = {"round__in": [id for id, *_ in rows]} if some else {}
    used = {round_ for (round_,) in await work.uow.columns(Case, ("round",), **between, **of_these)}
    for id, group, published, passed in rows:
        if id in used:
            found[group].append((published, tuple(passed)))
    return found


def _portions(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE))


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
