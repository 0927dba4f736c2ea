"""How often supervision happens: what rounds asked and what was met, days since the last event, the gaps over time.

On time is who met every round they could have met (`chances.py`); the days between events, against the target, are a
second number. A day of leave or of the clinic's closure is not counted. The day of an event is day 0; with a target of
14, day 14 is within it and day 15 is not. A round's window (the days it gives for a review) is added to the target, and
a gap in which no round could have been met is nobody's fault, however long.
What it may not know: how facts are stored, and any text.
Closed days come in as plain dates; working days are `calendar.py`'s subject, targets count calendar days.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from bot.domain.caseload import Caseload
from bot.domain.chances import Chances
from bot.domain.policy import Policy, Target
from bot.domain.supervision import Role, SupervisionEvent

_FOREVER = date.max.toordinal()


class Kind(StrEnum):
    """Which events a target is about."""

    ANY_EVENT = "any_event"
    OWN_CASE = "own_case"


class State(StrEnum):
    """Where a person stands against one target on one day."""

    ON_TRACK = "on_track"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    NOT_ASKED = "not_asked"
    ROUND_RUNS = "round_runs"
    """For others only: a round is under way, and whether the person presented in it is nobody's to know."""
    LEAVE = "leave"
    NOT_REACHED = "not_reached"


class Trend(StrEnum):
    """Colour of a gap: green within the target, amber up to one and a half times, red beyond (policy numbers)."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class Closures:
    """A clinic's closed days, made once per clinic and shared by everybody there."""

    ordinals: tuple[int, ...] = ()

    @classmethod
    def of(cls, days: Iterable[date]) -> Closures:
        """From plain dates in any order."""
        return cls(tuple(sorted({day.toordinal() for day in days})))

    def within(self, first: int, last: int) -> int:
        """How many closed days lie in first..last, both included (ordinals)."""
        return bisect_right(self.ordinals, last) - bisect_right(self.ordinals, first - 1)


@dataclass(frozen=True)
class Counting:
    """The days that count for one person: neither leave nor closure."""

    caseload: Caseload
    closures: Closures = Closures()

    @cached_property
    def _leave(self) -> tuple[list[int], list[int]]:
        """First and last days of the periods of leave, as ordinals in order."""
        periods = self.caseload.periods_of_leave
        firsts = [period.first.toordinal() for period in periods]
        return firsts, [period.last.toordinal() if period.last else _FOREVER for period in periods]

    def between(self, after: date, until: date) -> int:
        """Counted days after `after` up to and including `until`; 0 if `until` is not later."""
        return self._between(after.toordinal(), until.toordinal())

    def day_number(self, after: date, number: int) -> date | None:
        """The `number`-th counted day after a day; None when an open-ended leave comes first."""
        start = after.toordinal()
        firsts, lasts = self._leave
        away_from = firsts[-1] if lasts and lasts[-1] == _FOREVER else _FOREVER
        day = start + number
        while missing := number - self._between(start, day):
            if day >= away_from:
                return None
            day += missing
        return date.fromordinal(day)

    def _between(self, after: int, until: int) -> int:
        first = after + 1
        if until < first:
            return 0
        within = self.closures.within
        counted = until - after - within(first, until)
        firsts, lasts = self._leave
        for leave in range(bisect_left(lasts, first), bisect_right(firsts, until)):
            a, b = max(first, firsts[leave]), min(until, lasts[leave])
            counted -= b - a + 1 - within(a, b)  # closed days are left out already
        return counted


@dataclass(frozen=True)
class Status:
    """One person against one target on one day; `elapsed`, `target` and the round's `window` in counted days.

    What decides the state is either the deadline of a review (`review_due`; `review_missed`: its case is closed, so it
    can no longer be written) or, where that is None, the days. `due_on` is that deadline, else the last counted day of
    target and window (None behind an open-ended leave, and where no round asked).
    `last_event` is None before the first.
    """

    kind: Kind
    state: State
    elapsed: int
    target: int
    due_on: date | None
    last_event: date | None
    trend: Trend
    window: int = 0
    review_due: date | None = None
    review_missed: bool = False

    @property
    def allowed(self) -> int:
        """Days allowed since the last event: the target and the days a round gives."""
        return self.target + self.window


@dataclass(frozen=True)
class Gap:
    """From one event (or the start of tracking) to the next, or to the day looked at if `is_open`.

    `window` are the days a round gives, added to the target; `spared`: no round could have been met inside.
    """

    after: date
    until: date
    days: int  # counted
    target: int
    is_open: bool
    window: int = 0
    spared: bool = False

    @property
    def within(self) -> bool:
        """Day 14 of 14 is on time, day 15 is not; with a round's window of 7 days these are day 21 and day 22."""
        return self.spared or self.days <= self.allowed

    @property
    def allowed(self) -> int:
        """Days allowed: the target and the days a round gives."""
        return self.target + self.window


def event_days(kind: Kind, entries: Iterable[SupervisionEvent]) -> tuple[date, ...]:
    """The distinct days of a kind of event, each on its round's own day, in order; pass `supervision.current(...)`."""
    days = {
        entry.rhythm_day
        for entry in entries
        if (entry.role is Role.PRESENTER if kind is Kind.OWN_CASE else entry.is_supervision_received)
    }
    return tuple(sorted(days))


def status(
    kind: Kind,
    days: Sequence[date],
    *,
    since: date,
    today: date,
    counting: Counting,
    policy: Policy,
    reached: bool = True,
    chances: Chances | None = None,
) -> Status:
    """Where a person stands today.

    `days` are the event days in order (`event_days`), `since` is the first day of tracking (joining the group), which
    stands in for an event before the first. `reached` is False while messages to the person cannot be delivered.
    `chances` are the rounds the person could have met; without them the days alone decide.
    """
    past = bisect_right(days, today)
    last_event = days[past - 1] if past else None
    after = since if last_event is None else max(last_event, since)
    elapsed = counting.between(after, today)
    allowed = allowed_days(kind, after, today, counting, policy)
    window = chances.window if chances else 0
    owed, missed = _deadlines(kind, after, today, chances)
    standing = _Standing(kind, after, elapsed, allowed, owed, missed)
    state = _state(standing, today, counting, policy, reached, chances)
    by_review = standing.deadline if state not in _BY_NEITHER else None
    by_days = counting.day_number(after, allowed + window) if state is not State.NOT_ASKED else None
    return Status(
        kind=kind,
        state=state,
        elapsed=elapsed,
        target=allowed,
        due_on=standing.deadline or by_days,
        last_event=last_event,
        trend=trend(elapsed, allowed + window, policy),
        window=window,
        review_due=by_review,
        review_missed=by_review is not None and by_review != owed,
    )


def as_others_know(at: Status, running: date | None) -> Status:
    """A status without what depends on who presented in a round under way, which went out on `running`.

    A review that is still owed decides as it does, and who is on track without the round is so with it. One that was
    missed for good is made up for by presenting.
    """
    known = at.last_event is not None and running is not None and at.last_event >= running
    owed = at.review_due is not None and not at.review_missed
    if running is None or known or owed or at.state not in _BY_DAYS:
        return at
    return replace(at, state=State.ROUND_RUNS, review_due=None, review_missed=False)


def _deadlines(kind: Kind, after: date, today: date, chances: Chances | None) -> tuple[date | None, date | None]:
    """Of the reviews a state goes by: the one to be written next, and the first missed since the last event."""
    if chances is None or kind is Kind.OWN_CASE:
        return None, None
    before = after - timedelta(days=1)  # what else they did in that round does not make up for it
    return chances.owed(today), chances.first_missed(before, today, today)


def statuses(
    entries: Iterable[SupervisionEvent],
    *,
    since: date,
    today: date,
    counting: Counting,
    policy: Policy,
    reached: bool = True,
    chances: Chances | None = None,
) -> dict[Kind, Status]:
    """Both kinds at once from the entries that count (`supervision.current`)."""
    known = tuple(entries)
    return {
        kind: status(
            kind,
            event_days(kind, known),
            since=since,
            today=today,
            counting=counting,
            policy=policy,
            reached=reached,
            chances=chances,
        )
        for kind in Kind
    }


def gaps(
    kind: Kind,
    days: Sequence[date],
    *,
    since: date,
    until: date,
    counting: Counting,
    policy: Policy,
    chances: Chances | None = None,
) -> tuple[Gap, ...]:
    """Every gap from the start of tracking to `until`, the last one open unless it has no days."""
    inside = [day for day in days if since < day <= until]
    found = []
    steps = _target_steps(kind, counting.caseload, policy)
    for after, end in pairwise([since, *inside, until]):
        gap = Gap(after, end, counting.between(after, end), _allowed(after, end, counting, steps), is_open=False)
        found.append(gap if chances is None else replace(gap, window=chances.window))
    open_gap = found.pop()
    if open_gap.after < open_gap.until:
        found.append(replace(open_gap, is_open=True))
    if chances is None:
        return tuple(found)
    return tuple(gap if gap.within else replace(gap, spared=not _chance(kind, gap, chances)) for gap in found)


def _chance(kind: Kind, gap: Gap, chances: Chances) -> bool:
    """Whether a round could have been met inside a gap, and was not."""
    last = gap.until if gap.is_open else gap.until - timedelta(days=1)
    if kind is Kind.OWN_CASE:
        return chances.offered_within(gap.after, last)
    return chances.missed_within(gap.after, last, gap.until)


def allowed_days(kind: Kind, after: date, until: date, counting: Counting, policy: Policy) -> int:
    """The target of the gap that began on `after`, as it stands on `until`.

    It follows mode and experience, but a change to a shorter target never makes anybody overdue by itself: what was
    due stays due, or the shorter target starts on the day of the change, whichever comes first.
    """
    return _allowed(after, until, counting, _target_steps(kind, counting.caseload, policy))


def _allowed(after: date, until: date, counting: Counting, steps: Sequence[tuple[date, int]]) -> int:
    """The target after each step until then: the shorter of what was allowed and the new one from that day on."""
    allowed = steps[0][1]
    for day, target in steps:
        if day <= until:
            allowed = max(target, min(allowed, counting.between(after, day) + target))
    return allowed


def _target_steps(kind: Kind, caseload: Caseload, policy: Policy) -> list[tuple[date, int]]:
    """The target from each day on which mode or experience may change it, the first since ever."""
    days = {date.min, *(step.day for step in caseload.mode_steps)}
    until = caseload.novice_until(policy)
    days |= {until} if until else set()
    steps = []
    for day in sorted(days):
        novice = until is not None and day < until
        steps.append((day, target_days(policy.target(caseload.chosen_mode_on(day), novice=novice), kind)))
    return steps


def trend(days: int, target: int, policy: Policy) -> Trend:
    """The colour of a gap of so many counted days."""
    if days <= target:
        return Trend.GREEN
    return Trend.AMBER if days * 100 <= target * policy.amber_percent else Trend.RED


_BY_NEITHER = frozenset({State.LEAVE, State.NOT_REACHED})
_BY_DAYS = frozenset({State.DUE_SOON, State.OVERDUE, State.NOT_ASKED})
"""States that neither a deadline nor the days decide."""


@dataclass(frozen=True)
class _Standing:
    kind: Kind
    after: date
    elapsed: int
    allowed: int
    owed: date | None = None
    missed: date | None = None

    @property
    def deadline(self) -> date | None:
        """The earliest deadline that passed or comes."""
        return min((day for day in (self.owed, self.missed) if day), default=None)


def _state(
    at: _Standing, today: date, counting: Counting, policy: Policy, reached: bool, chances: Chances | None
) -> State:
    if counting.caseload.on_leave(today):
        return State.LEAVE
    if not reached:
        return State.NOT_REACHED
    if chances is None:
        return State.OVERDUE if at.elapsed > at.allowed else _soon(at, policy)
    if at.deadline is not None:
        return _of_deadline(at.deadline, today, policy)
    if at.elapsed <= at.allowed + chances.window:
        return _soon(at, policy) if at.kind is Kind.OWN_CASE else State.ON_TRACK
    offered = at.kind is Kind.OWN_CASE and chances.offered_within(at.after, today)
    return State.OVERDUE if offered else State.NOT_ASKED


def _of_deadline(deadline: date, today: date, policy: Policy) -> State:
    """By what was asked: overdue behind a deadline that passed, due soon before one that is near."""
    if deadline < today:
        return State.OVERDUE
    return State.DUE_SOON if (deadline - today).days <= policy.due_soon_days else State.ON_TRACK


def _soon(at: _Standing, policy: Policy) -> State:
    return State.DUE_SOON if at.allowed - at.elapsed <= policy.due_soon_from(at.allowed) else State.ON_TRACK


def target_days(target: Target, kind: Kind) -> int:
    """Days within which an event of this kind is expected."""
    return target.own_case if kind is Kind.OWN_CASE else target.any_event
