"""What a body asks for, compared with what was counted: amounts in a window of time, limits, gaps, and ratios.

A goal is asked of the printed period, never of another one: "the hours in 2026" are those of 2026. Windows that repeat
(each week, each calendar month) are asked one by one of those that lie in the period as a whole; a month or week in
which the person was on leave throughout, or before they began, is not asked.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from bot.domain.caseload import Period, add_months
from bot.domain.supervision import EventType, Medium, SupervisionEvent


class GoalKind(StrEnum):
    """Counted hours or meetings at least, hours at most, a longest gap in days, client hours that are covered."""

    HOURS = "hours"
    HOURS_AT_MOST = "hours_at_most"
    MEETINGS = "meetings"
    GAP_DAYS = "gap_days"
    CLIENT_HOURS = "client_hours"


class Window(StrEnum):
    """The time an amount is asked of."""

    ROLLING = "rolling"
    MONTH_AVERAGE = "month_average"
    CALENDAR_MONTH = "calendar_month"
    CALENDAR_YEAR = "calendar_year"
    REGISTRATION_YEAR = "registration_year"
    WEEK = "week"
    PERIOD = "period"


class Which(StrEnum):
    """Which of the counted entries a goal looks at."""

    ALL = "all"
    INDIVIDUAL = "individual"
    GROUP = "group"
    REMOTE = "remote"
    ONE_SUPERVISOR = "one_supervisor"
    """With the one supervisor, by the name that was written down, with whom there was most."""


REPEATED = frozenset({Window.CALENDAR_MONTH, Window.CALENDAR_YEAR, Window.REGISTRATION_YEAR, Window.WEEK})
"""Windows that are asked one by one."""
YEARS = frozenset({Window.CALENDAR_YEAR, Window.REGISTRATION_YEAR})
"""Windows that are asked as a whole, also where the log began in them or they still run."""


@dataclass(frozen=True)
class Goal:
    """`amount` of a kind in a window.

    `months` are the length of a rolling window; `year_from` is the month and day on which a registration year begins.
    The amount is asked of a full post; below `full_from` of a post it is scaled, never under `floor`. `leave_counts`:
    whether days of leave count in a gap.
    """

    kind: GoalKind
    amount: Fraction
    months: int = 12
    window: Window = Window.ROLLING
    which: Which = Which.ALL
    year_from: tuple[int, int] = (1, 1)
    full_from: Fraction | None = None
    floor: Fraction = Fraction(0)
    leave_counts: bool = False

    def asked_of(self, fte: float) -> Fraction:
        """The amount for somebody with this share of a full post."""
        share = Fraction(str(fte))
        if self.full_from is None or share >= self.full_from:
            return self.amount
        return max(self.amount * share / self.full_from, self.floor)


@dataclass(frozen=True)
class Line:
    """A counted entry as goals read it: `minutes` exact, `session` what it was part of (a round, a day, itself)."""

    entry: SupervisionEvent
    minutes: Fraction
    session: str
    supervisees: int


@dataclass(frozen=True)
class GoalResult:
    """What was asked for and what is there, in first..last; no verdict beyond the numbers.

    For a repeated window `of` is how often it was asked, `reached_in` how often that much was there, and `missed` holds
    the first days of the others; `found` is then the least that was there in one of them.
    """

    goal: Goal
    since: date
    asked: Fraction
    found: Fraction
    last: date = date.max
    of: int = 1
    missed: tuple[date, ...] = ()
    only: date | None = None
    """The first day of a repeated window where it was asked once: then `found` is what was there in it."""
    running: bool = False
    """Whether a year that was asked is not over: what is there is counted up to `last`."""
    cut: bool = False
    """Whether the goal is asked from `since` on only because the log begins there."""

    @property
    def reached(self) -> bool:
        """Whether the numbers meet the goal."""
        if self.goal.window in REPEATED:
            return not self.missed
        if self.goal.kind in {GoalKind.GAP_DAYS, GoalKind.HOURS_AT_MOST}:
            return self.found <= self.asked
        return self.goal.kind is GoalKind.CLIENT_HOURS or self.found >= self.asked

    @property
    def reached_in(self) -> int:
        """In how many windows the amount was there."""
        return self.of - len(self.missed)


@dataclass(frozen=True)
class Asking:
    """The period in which the person had a log, and what of the person a goal depends on; leave is merged.

    `printed` is the whole period of the file: it may begin before the log and end after today.
    """

    first: date
    last: date
    fte: float = 1.0
    leave: Sequence[Period] = ()
    unit_minutes: int = 60
    printed: tuple[date, date] | None = None


def goal_result(goal: Goal, lines: Sequence[Line], asking: Asking) -> GoalResult:
    """One goal for the period."""
    chosen = [line for line in lines if line.minutes > 0 and WHICH[goal.which](line)]
    asked = goal.asked_of(asking.fte)
    if goal.window in REPEATED:
        return _repeated(goal, chosen, asking, asked)
    wanted, first = asking.printed[0] if asking.printed else asking.first, asking.first
    if goal.window is Window.ROLLING:
        # Twelve months up to 31 March begin on 1 April: the day after the same day back then.
        wanted = max(wanted, add_months(asking.last, -goal.months) + timedelta(days=1))
    first = max(first, wanted)
    found = _found(goal, chosen, first, asking.last, asking)
    return GoalResult(goal, first, asked, found, asking.last, cut=first > wanted)


def _repeated(goal: Goal, lines: Sequence[Line], asking: Asking, asked: Fraction) -> GoalResult:
    years = goal.window in YEARS
    begins, ends = (asking.printed if years else None) or (asking.first, asking.last)
    windows = [
        (first, last)
        for first, last in WINDOWS[goal.window](goal, begins, ends)
        if last >= asking.first and first <= asking.last
        if not all(_away(day, asking.leave) for day in _days(first, last))
    ]
    amounts = {first: _found(goal, lines, first, min(last, asking.last), asking) for first, last in windows}
    lacking = tuple(first for first, found in amounts.items() if not _enough(goal, found, asked))
    least = min(amounts.values(), default=Fraction(0))
    only = windows[0][0] if len(windows) == 1 else None
    running = any(last > asking.last for _, last in windows)
    cut = not years and asking.printed is not None and asking.first > asking.printed[0]
    return GoalResult(goal, asking.first, asked, least, asking.last, len(windows), lacking, only, running, cut)


def _enough(goal: Goal, found: Fraction, asked: Fraction) -> bool:
    return found <= asked if goal.kind in {GoalKind.GAP_DAYS, GoalKind.HOURS_AT_MOST} else found >= asked


def _found(goal: Goal, lines: Sequence[Line], first: date, last: date, asking: Asking) -> Fraction:
    inside = [line for line in lines if first <= line.entry.day <= last]
    if goal.which is Which.ONE_SUPERVISOR:
        inside = _most_with_one(inside)
    hours = sum((line.minutes for line in inside), Fraction(0)) / asking.unit_minutes
    match goal.kind:
        case GoalKind.MEETINGS:
            return Fraction(len({line.session for line in inside}))
        case GoalKind.GAP_DAYS:
            leave = () if goal.leave_counts else asking.leave
            return Fraction(_longest_gap([line.entry.day for line in inside], first, last, leave))
        case GoalKind.CLIENT_HOURS:
            return hours * goal.amount
        case _:
            return hours / _months(first, last) if goal.window is Window.MONTH_AVERAGE else hours


def _most_with_one(lines: Sequence[Line]) -> list[Line]:
    """Those with the supervisor with whom there was most; the name is what stands before the qualification."""
    by_name: dict[str, list[Line]] = {}
    for line in lines:
        by_name.setdefault(line.entry.supervisor.partition(",")[0].strip().casefold(), []).append(line)
    return max(by_name.values(), key=lambda of: sum((line.minutes for line in of), Fraction(0)), default=[])


def _months(first: date, last: date) -> Fraction:
    """The months of a span, of one that is begun its thirtieths: at least one."""
    end = last + timedelta(days=1)
    whole = (end.year - first.year) * 12 + end.month - first.month - (end.day < first.day)
    return max(Fraction(1), whole + Fraction((end - add_months(first, whole)).days, 30))


def _longest_gap(days: Iterable[date], first: date, last: date, leave: Sequence[Period]) -> int:
    marks = [first, *sorted(days), last]
    return max(
        (b - a).days - sum(_away(day, leave) for day in _days(a + timedelta(days=1), b))
        for a, b in itertools.pairwise(marks)
    )


def _calendar_months(goal: Goal, first: date, last: date) -> Iterator[tuple[date, date]]:
    month = first if first.day == 1 else add_months(first.replace(day=1), 1)
    while (end := add_months(month, 1) - timedelta(days=1)) <= last:
        yield month, end
        month = end + timedelta(days=1)


def _weeks(goal: Goal, first: date, last: date) -> Iterator[tuple[date, date]]:
    monday = first + timedelta(days=-first.weekday() % 7)
    while monday + timedelta(days=6) <= last:
        yield monday, monday + timedelta(days=6)
        monday += timedelta(days=7)


def _years(goal: Goal, first: date, last: date) -> Iterator[tuple[date, date]]:
    month, day = goal.year_from if goal.window is Window.REGISTRATION_YEAR else (1, 1)
    for number in range(first.year - 1, last.year + 1):
        begins, ends = date(number, month, day), date(number + 1, month, day) - timedelta(days=1)
        if begins >= first and ends <= last:
            yield begins, ends


WINDOWS: Mapping[Window, Callable[[Goal, date, date], Iterator[tuple[date, date]]]] = {
    Window.CALENDAR_MONTH: _calendar_months,
    Window.WEEK: _weeks,
    Window.CALENDAR_YEAR: _years,
    Window.REGISTRATION_YEAR: _years,
}
REMOTE = frozenset({Medium.VIDEO, Medium.PHONE, Medium.WRITTEN})
WHICH: Mapping[Which, Callable[[Line], bool]] = {
    Which.ALL: lambda line: True,
    Which.INDIVIDUAL: lambda line: line.entry.type is EventType.INDIVIDUAL or line.supervisees <= 1,
    Which.GROUP: lambda line: line.entry.type is not EventType.INDIVIDUAL and line.supervisees > 1,
    Which.REMOTE: lambda line: line.entry.medium in REMOTE,
    Which.ONE_SUPERVISOR: lambda line: bool(line.entry.supervisor),
}


def _away(day: date, leave: Sequence[Period]) -> bool:
    return any(day in period for period in leave)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
