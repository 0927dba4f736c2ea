"""What a rule set counts: applied to log entries, each entry answered with its minutes or the reason it has none.

A rule set counts; it never says that an hour is accredited. The raw facts stay in the log.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from bot.domain.caseload import Period, add_months
from bot.domain.supervision import EventType, Role, SupervisionEvent


class GoalKind(StrEnum):
    """What a body asks for: counted hours or meetings in a span of months, or a longest gap in days."""

    HOURS = "hours"
    MEETINGS = "meetings"
    GAP_DAYS = "gap_days"


@dataclass(frozen=True)
class Goal:
    """`amount` of the kind within the last `months`; hours may be scaled by the share of full time."""

    kind: GoalKind
    amount: Fraction
    months: int
    scaled_by_fte: bool = False


@dataclass(frozen=True)
class GroupShare:
    """The share of the minutes that counts in groups of `first`..`last` members (None: and above)."""

    first: int
    last: int | None
    share: Fraction


@dataclass(frozen=True)
class RuleSet:
    """One body's way of counting; `states` says in each language what it counts (English always).

    `names` holds its name in the languages in which it is called otherwise.
    """

    id: str
    name: str
    hour_minutes: int
    types: frozenset[EventType]
    roles: frozenset[Role]
    groups: tuple[GroupShare, ...]
    requires_signature: bool
    requires_documentation: bool
    leave_weeks: int | None  # events inside a leave of more consecutive weeks do not count
    goals: tuple[Goal, ...]
    states: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, language: str) -> str:
        """Its name in the language."""
        return self.names.get(language, self.name)

    def statement(self, language: str) -> str:
        """What the rule set counts, in the language or else in English."""
        return self.states.get(language, self.states["en"])

    def hours(self, minutes: Fraction) -> Fraction:
        """Counted minutes in this body's hours (45 minutes in Norway)."""
        return minutes / self.hour_minutes

    def share_of(self, group_size: int) -> Fraction:
        """The share that counts in a group of that size; 0 if none does."""
        for group in self.groups:
            if group.first <= group_size and (group.last is None or group_size <= group.last):
                return group.share
        return Fraction(0)


class Reason(StrEnum):
    """Why an entry counts as it does."""

    COUNTED = "counted"
    PART = "part"
    ROLE = "role"
    TYPE = "type"
    GROUP_SIZE = "group_size"
    NOT_SIGNED = "not_signed"
    NOT_DOCUMENTED = "not_documented"
    LONG_LEAVE = "long_leave"


@dataclass(frozen=True)
class Counted:
    """One entry under a rule set: exact minutes, never rounded before a total."""

    entry: SupervisionEvent
    minutes: Fraction
    reason: Reason


def apply(
    rules: RuleSet, entries: Iterable[SupervisionEvent], *, leave: Sequence[Period] = (), today: date
) -> tuple[Counted, ...]:
    """Each entry with what it counts for; pass `supervision.current(...)` and the person's merged leave.

    An open-ended leave is as long as it has lasted by `today`.
    """
    return tuple(_count(rules, entry, leave, today) for entry in entries)


@dataclass(frozen=True)
class GoalResult:
    """What was asked for and what is there, since the first day of the span; no verdict beyond the numbers."""

    goal: Goal
    since: date
    asked: Fraction
    found: Fraction

    @property
    def reached(self) -> bool:
        """Whether the numbers meet the goal."""
        return self.found <= self.asked if self.goal.kind is GoalKind.GAP_DAYS else self.found >= self.asked


def goal_results(
    rules: RuleSet, counted: Iterable[Counted], *, today: date, fte: float = 1.0, since: date | None = None
) -> tuple[GoalResult, ...]:
    """Every goal of the rule set on a day; `since` shortens the span for somebody who started later."""
    lines = [line for line in counted if line.minutes > 0 and line.entry.day <= today]
    results = []
    for goal in rules.goals:
        # Twelve months up to 31 March begin on 1 April: the day after the same day back then.
        first = add_months(today, -goal.months) + timedelta(days=1)
        first = max(first, since) if since else first
        inside = [line for line in lines if line.entry.day >= first]
        if goal.kind is GoalKind.HOURS:
            found = rules.hours(sum((line.minutes for line in inside), Fraction(0)))
        elif goal.kind is GoalKind.MEETINGS:
            found = Fraction(len({line.entry.day for line in inside}))
        else:
            found = Fraction(_longest_gap([line.entry.day for line in inside], first, today))
        scale = Fraction(str(fte)) if goal.scaled_by_fte else Fraction(1)
        results.append(GoalResult(goal, first, goal.amount * scale, found))
    return tuple(results)


def _count(rules: RuleSet, entry: SupervisionEvent, leave: Sequence[Period], today: date) -> Counted:
    share = rules.share_of(entry.group_size)
    obstacles = {
        Reason.ROLE: entry.role not in rules.roles,
        Reason.TYPE: entry.type not in rules.types,
        Reason.GROUP_SIZE: share == 0,
        Reason.LONG_LEAVE: rules.leave_weeks is not None and _in_long_leave(entry.day, leave, rules.leave_weeks, today),
        Reason.NOT_DOCUMENTED: rules.requires_documentation and not entry.documented,
        Reason.NOT_SIGNED: rules.requires_signature and not entry.is_signed,
    }
    for reason, stands in obstacles.items():
        if stands:
            return Counted(entry, Fraction(0), reason)
    return Counted(entry, entry.minutes * share, Reason.COUNTED if share == 1 else Reason.PART)


def _in_long_leave(day: date, leave: Sequence[Period], weeks: int, today: date) -> bool:
    return any(day in p and ((p.last or today) - p.first).days + 1 > weeks * 7 for p in leave)


def _longest_gap(days: list[date], first: date, today: date) -> int:
    marks = [first, *sorted(days), today]
    return max((b - a).days for a, b in itertools.pairwise(marks))
