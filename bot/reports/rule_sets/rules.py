"""What a rule set counts: applied to log entries, each entry answered with its minutes or the reason it has none.

A rule set counts; it never says that an hour is accredited. The raw facts stay in the log.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from bot.domain.caseload import Period, add_months
from bot.domain.supervision import EventType, Medium, Role, SupervisionEvent
from bot.reports.rule_sets.goals import Asking, Goal, GoalResult, Line, goal_result


class By(StrEnum):
    """What a minimum length is asked of and what is one meeting: an entry, all of a round, all of a day."""

    ENTRY = "entry"
    ROUND = "round"
    DAY = "day"


@dataclass(frozen=True)
class GroupShare:
    """The share of the minutes that counts in groups of `first`..`last` people (None: and above).

    `per_member`: `share` is divided by how many they are, and counts at most in full.
    """

    first: int
    last: int | None
    share: Fraction
    per_member: bool = False

    def of(self, size: int) -> Fraction:
        """The share in a group of this size."""
        return min(Fraction(1), self.share / size) if self.per_member else self.share


@dataclass(frozen=True)
class RuleSet:
    """One body's way of counting; `states` says in each language what it counts (English always).

    `names` holds its name in the languages in which it is called otherwise. `leader_counts`: whether the supervisor of
    individual, group and live supervision is one of the group's size; a peer group has no leader. `minimum_minutes` is
    asked of what `by` names. `source` is where the body says so and `read` the day it was read; `not_compared` what of
    it this program cannot count.
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
    leader_counts: bool = True
    minimum_minutes: int = 0
    by: By = By.DAY
    source: str = ""
    read: date | None = None
    not_compared: Mapping[str, str] = field(default_factory=dict)
    media: frozenset[Medium] = frozenset(Medium)

    def called(self, language: str) -> str:
        """Its name in the language."""
        return self.names.get(language, self.name)

    def statement(self, language: str) -> str:
        """What the rule set counts, in the language or else in English."""
        return self.states.get(language, self.states["en"])

    def gaps(self, language: str) -> str:
        """What of the body's rule is not compared, in the language or else in English; empty where nothing is left."""
        return self.not_compared.get(language, self.not_compared.get("en", ""))

    def hours(self, minutes: Fraction) -> Fraction:
        """Counted minutes in this body's hours (45 minutes in Norway)."""
        return minutes / self.hour_minutes

    def size_of(self, entry: SupervisionEvent) -> int:
        """How many people the table of groups is asked for: with or without who leads."""
        led = entry.type is not EventType.PEER and not self.leader_counts
        return max(1, entry.group_size - led)

    def share_of(self, group_size: int) -> Fraction:
        """The share that counts in a group of that size; 0 if none does."""
        for group in self.groups:
            if group.first <= group_size and (group.last is None or group_size <= group.last):
                return group.of(group_size)
        return Fraction(0)

    def session_of(self, entry: SupervisionEvent) -> str:
        """What an entry is part of: entries of one session are one meeting."""
        if self.by is By.ENTRY:
            return entry.chain
        if self.by is By.ROUND and entry.round:
            return entry.round
        return entry.day.isoformat()


class Reason(StrEnum):
    """Why an entry counts as it does."""

    COUNTED = "counted"
    PART = "part"
    ROLE = "role"
    TYPE = "type"
    GROUP_SIZE = "group_size"
    TOO_SHORT = "too_short"
    MEDIUM = "medium"
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

    An open-ended leave is as long as it has lasted by `today`. A session shorter than the rule set's minimum counts
    for nothing, however its entries are cut.
    """
    counted = [_count(rules, entry, leave, today) for entry in entries]
    lengths: dict[str, int] = defaultdict(int)
    for line in counted:
        if line.minutes > 0:
            lengths[rules.session_of(line.entry)] += line.entry.minutes
    return tuple(
        Counted(line.entry, Fraction(0), Reason.TOO_SHORT)
        if line.minutes > 0 and lengths[rules.session_of(line.entry)] < rules.minimum_minutes
        else line
        for line in counted
    )


def goal_results(
    rules: RuleSet,
    counted: Iterable[Counted],
    *,
    today: date,
    fte: float = 1.0,
    since: date | None = None,
    first: date | None = None,
    leave: Sequence[Period] = (),
    last: date | None = None,
) -> tuple[GoalResult, ...]:
    """Every goal of the rule set for the period `first`..`today` (without `first`: as long as each goal asks).

    `since` shortens the period for somebody who started later, but no calendar or registration year: that one is asked
    as a whole, also while it still runs, where it lies in the printed period, which ends on `last`.
    """
    longest = max((goal.months for goal in rules.goals), default=12)
    begins = first or add_months(today, -longest) + timedelta(days=1)
    printed = (begins, max(today, last or today))
    begins = max(begins, since) if since else begins
    lines = [
        Line(line.entry, line.minutes, rules.session_of(line.entry), rules.size_of(line.entry))
        for line in counted
        if line.entry.day <= today
    ]
    asking = Asking(begins, today, fte, leave, rules.hour_minutes, printed)
    return tuple(goal_result(goal, lines, asking) for goal in rules.goals)


def _count(rules: RuleSet, entry: SupervisionEvent, leave: Sequence[Period], today: date) -> Counted:
    share = rules.share_of(rules.size_of(entry))
    obstacles = {
        Reason.ROLE: entry.role not in rules.roles,
        Reason.TYPE: entry.type not in rules.types,
        Reason.MEDIUM: entry.medium not in rules.media,
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
