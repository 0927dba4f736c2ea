"""Who a therapist is on a given day: caseload mode, share of full time, experience and leave, all as dated facts.

Facts are never overwritten. A later fact for the same day corrects the earlier one, which stays readable;
a fact dated ahead is a plan. Days are the person's own calendar days, both ends of a leave included.
Next: `supervision.py`, which measures the rhythm of supervision against these facts.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cached_property, lru_cache

from bot.domain.mode_changes import ModeChange, ModeEndsBeforeItStarts, ModeStep, UnknownMode, mode_steps
from bot.domain.policy import Mode, Policy, Target
from bot.errors import Refusal

__all__ = [
    "Caseload",
    "ExperienceFact",
    "FteChange",
    "InvalidFte",
    "Leave",
    "LeaveEndsBeforeItStarts",
    "Mode",
    "ModeChange",
    "ModeEndsBeforeItStarts",
    "ModeStep",
    "Period",
    "ReviewLimit",
    "SameModeAlready",
    "SwitchEffect",
    "UnknownMode",
    "add_months",
    "effect_between",
    "effect_of_switch",
    "merge_leave",
    "open_review_cap",
    "parse_mode",
    "plan_switch",
]


class SameModeAlready(Refusal):
    """A switch to the mode the person already has on that day changes nothing; `mode`, `day`."""


class LeaveEndsBeforeItStarts(Refusal):
    """A leave's last day lies before its first; `first_day`, `last_day`."""


class InvalidFte(Refusal):
    """A share of full time must lie above 0 and at most at 1; `given`."""


# What people type, besides the mode's own name: the words of the six languages of the interface.
_MODE_WORDS = {
    Mode.ICBT: "icbt ikat ikvt icgt ikbt internet online internet-delivered internetbaseret internetbasiert "
    "internetbehandeling internettbehandling internetförmedlad",
    Mode.F2F: "f2f face-to-face in-person fremmøde ved-fremmøde präsenz in-präsenz op-locatie ansikt-til-ansikt "
    "fysiskt fysiskt-besök",
    Mode.BLENDED: "blended mixed both blandet verzahnt kombinert blandat",
}
_MODE_BY_WORD = {word: mode for mode, words in _MODE_WORDS.items() for word in words.split()}


def parse_mode(typed: str) -> Mode:
    """The mode a person means by a typed word in any of the six languages; raises `UnknownMode`."""
    word = "-".join(typed.casefold().replace("_", " ").split())
    if word not in _MODE_BY_WORD:
        raise UnknownMode(options=tuple(m.value for m in (Mode.ICBT, Mode.F2F, Mode.BLENDED)))
    return _MODE_BY_WORD[word]


@dataclass(frozen=True)
class FteChange:
    """From this day on the person works this share of full time (above 0, at most 1)."""

    person: str
    fte: float
    from_date: date
    note: str
    recorded_at: datetime

    def __post_init__(self) -> None:
        if not 0 < self.fte <= 1:
            raise InvalidFte(given=self.fte)


@dataclass(frozen=True)
class ReviewLimit:
    """A person's own share of reviews, for good or until a day (included), as it was recorded.

    `percent` of what their post would bring (None: all of it), `cap`: open reviews at most, whatever the mode allows.
    """

    person: str
    from_date: date
    recorded_at: datetime
    until: date | None = None
    percent: int | None = None
    cap: int | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.from_date <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class ExperienceFact:
    """The person has practised since this day; the fact recorded last counts."""

    person: str
    practising_since: date
    note: str
    recorded_at: datetime


@dataclass(frozen=True)
class Leave:
    """Days away, both ends included; without `last_day` the leave is open-ended."""

    person: str
    first_day: date
    last_day: date | None = None

    def __post_init__(self) -> None:
        if self.last_day is not None and self.last_day < self.first_day:
            raise LeaveEndsBeforeItStarts(first_day=self.first_day, last_day=self.last_day)


@dataclass(frozen=True)
class Period:
    """An unbroken stretch of leave after merging; both ends included, open-ended without `last`."""

    first: date
    last: date | None

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def days(self) -> int | None:
        """Calendar days, or None while the end is open."""
        return None if self.last is None else (self.last - self.first).days + 1


def merge_leave(leaves: Iterable[Leave]) -> tuple[Period, ...]:
    """One person's leaves as separate periods in order; overlapping and adjoining ones become one."""
    merged: list[Period] = []
    for leave in sorted(leaves, key=lambda each: each.first_day):
        before = merged[-1] if merged else None
        if before is not None and (before.last is None or leave.first_day <= before.last + timedelta(days=1)):
            open_ended = before.last is None or leave.last_day is None
            last = None if open_ended else max(before.last, leave.last_day)  # type: ignore[type-var]  # neither is None here
            merged[-1] = Period(before.first, last)
        else:
            merged.append(Period(leave.first_day, leave.last_day))
    return tuple(merged)


@dataclass(frozen=True)
class Caseload:
    """Everything dated about one person's work; asked day by day.

    Before the first fact of a kind its default holds: iCBT, full time, and no known experience, which counts as
    experienced (a clinic that wants the novice rules records when a person started).
    """

    modes: tuple[ModeChange, ...] = ()
    ftes: tuple[FteChange, ...] = ()
    experience: tuple[ExperienceFact, ...] = ()
    leaves: tuple[Leave, ...] = ()
    limits: tuple[ReviewLimit, ...] = ()

    @cached_property
    def periods_of_leave(self) -> tuple[Period, ...]:
        """Merged leave in order of time."""
        return merge_leave(self.leaves)

    @cached_property
    def mode_steps(self) -> tuple[ModeStep, ...]:
        """The days on which the chosen mode is decided anew: switches, periods, and the return after each."""
        return mode_steps(self.modes)

    @cached_property
    def mode_history(self) -> tuple[ModeChange, ...]:
        """The changes that decide at least one day, by their first day; what is not here was replaced."""
        deciding = {id(step.change): step.change for step in self.mode_steps if step.change}
        return tuple(sorted(deciding.values(), key=lambda change: change.from_date))

    @cached_property
    def _step_days(self) -> list[date]:
        return [step.day for step in self.mode_steps]

    def chosen_mode_on(self, day: date) -> Mode:
        """The mode chosen for a day, leave aside."""
        at = bisect_right(self._step_days, day)
        return self.mode_steps[at - 1].mode if at else Mode.ICBT

    def mode_on(self, day: date) -> Mode:
        """The mode in force on a day: `paused` while on leave, else the chosen one."""
        return Mode.PAUSED if self.on_leave(day) else self.chosen_mode_on(day)

    @cached_property
    def _shares(self) -> tuple[FteChange, ...]:
        return _in_force(self.ftes)

    def fte_on(self, day: date) -> float:
        """The share of full time on a day."""
        known = [change.fte for change in self._shares if change.from_date <= day]
        return known[-1] if known else 1.0

    def limit_on(self, day: date) -> ReviewLimit | None:
        """The own limit in force on a day: the one recorded last; None where there is none or it says nothing."""
        known = [limit for limit in self.limits if limit.holds_on(day)]
        latest = max(known, key=lambda limit: limit.recorded_at, default=None)
        return latest if latest and (latest.percent is not None or latest.cap is not None) else None

    @cached_property
    def practising_since(self) -> date | None:
        """Start of practice as recorded last, None if nobody recorded it."""
        latest = max(self.experience, key=lambda fact: fact.recorded_at, default=None)
        return latest.practising_since if latest else None

    def novice_until(self, policy: Policy) -> date | None:
        """The first day on which the person is no longer a novice, None without a recorded start."""
        return add_months(self.practising_since, policy.novice_months) if self.practising_since else None

    def is_novice(self, day: date, policy: Policy) -> bool:
        """Whether the person has fewer than `policy.novice_months` of practice on a day."""
        until = self.novice_until(policy)
        return until is not None and day < until

    def leave_on(self, day: date) -> Period | None:
        """The period of leave a day lies in."""
        return next((period for period in self.periods_of_leave if day in period), None)

    def on_leave(self, day: date) -> bool:
        """Whether the person is away on a day."""
        return self.leave_on(day) is not None

    def days_of_leave(self, first: date, last: date) -> int:
        """How many days of a span, both ends included, the person is away."""
        found = 0
        for period in self.periods_of_leave:
            begin, end = max(first, period.first), last if period.last is None else min(last, period.last)
            found += max(0, (end - begin).days + 1)
        return found

    def next_leave(self, day: date) -> Period | None:
        """The first period of leave that starts after a day."""
        return next((period for period in self.periods_of_leave if period.first > day), None)

    def in_ramp_up(self, day: date, policy: Policy) -> bool:
        """Whether a day lies in the first `policy.ramp_up_days` days after a leave."""
        return any(
            period.last is not None and 1 <= (day - period.last).days <= policy.ramp_up_days
            for period in self.periods_of_leave
        )

    def long_leave(self, policy: Policy) -> tuple[Period, ...]:
        """Leave of more than `policy.long_leave_weeks` weeks on end: the supervisor is told before the return.

        Open-ended leave is among them; it has no return to announce yet.
        """
        limit = policy.long_leave_weeks * 7
        return tuple(p for p in self.periods_of_leave if p.days is None or p.days > limit)

    def target_on(self, day: date, policy: Policy) -> Target:
        """Days allowed between events by the chosen mode and the experience on a day."""
        return policy.target(self.chosen_mode_on(day), novice=self.is_novice(day, policy))

    def with_mode(self, change: ModeChange) -> Caseload:
        """With one more dated change: a switch now, a plan, or a correction backwards."""
        return dataclasses.replace(self, modes=(*self.modes, change))


@lru_cache(maxsize=1000)
def decimal(number: float) -> Fraction:
    """The decimal as it was typed, exactly: 0.33… is not a binary fraction."""
    return Fraction(str(number))


def open_review_cap(caseload: Caseload, day: date, policy: Policy) -> int:
    """How many open reviews a person may hold on a day.

    By mode, one fewer for a novice, scaled by the share of full time and rounded down, at least 1; 1 in the first
    days after leave; 0 while on leave. A cap of their own lowers it further, to nothing if it says so.
    """
    mode = caseload.mode_on(day)
    if mode is Mode.PAUSED:
        return policy.cap_paused
    fewer = policy.cap_novice_fewer if caseload.is_novice(day, policy) else 0
    # Fraction of the decimal as typed: 3 × 0.33… must not turn on a binary digit.
    scaled = int((policy.cap(mode) - fewer) * decimal(caseload.fte_on(day)))
    cap = max(1, scaled)
    if caseload.in_ramp_up(day, policy):
        cap = min(cap, policy.cap_after_leave)
    own = caseload.limit_on(day)
    return cap if own is None or own.cap is None else min(cap, own.cap)


@dataclass(frozen=True)
class SwitchEffect:
    """What a switch changes, shown before it is confirmed and after: "open reviews 3 → 2, targets 14/28 → 28/56"."""

    mode_before: Mode
    mode_after: Mode
    from_date: date
    cap_before: int
    cap_after: int
    targets_before: Target
    targets_after: Target

    @property
    def changes_load(self) -> bool:
        """Whether cap or targets differ at all."""
        return (self.cap_before, self.targets_before) != (self.cap_after, self.targets_after)


def effect_of_switch(
    caseload: Caseload, to: Mode, on: date, policy: Policy, *, until: date | None = None, seen_on: date | None = None
) -> SwitchEffect:
    """The effect of having mode `to` from day `on` (up to `until`), as it stands on `seen_on` (default: that day).

    Leave is left aside. To show due dates too, ask `frequency.statuses` with the caseload before and after
    (`with_mode`).
    """
    after = caseload.with_mode(newest_switch(caseload, to, on, until))
    effect = effect_between(caseload, after, seen_on or on, policy)
    return dataclasses.replace(effect, from_date=on)


def effect_between(before: Caseload, after: Caseload, day: date, policy: Policy) -> SwitchEffect:
    """What differs on a day between two caseloads, leave left aside."""
    was, will = (dataclasses.replace(each, leaves=_not_covering(each.leaves, day)) for each in (before, after))
    return SwitchEffect(
        mode_before=was.mode_on(day),
        mode_after=will.mode_on(day),
        from_date=day,
        cap_before=open_review_cap(was, day, policy),
        cap_after=open_review_cap(will, day, policy),
        targets_before=was.target_on(day, policy),
        targets_after=will.target_on(day, policy),
    )


def plan_switch(caseload: Caseload, change: ModeChange) -> Caseload:
    """The caseload with a switch now, planned or corrected backwards; raises `SameModeAlready` if nothing changes."""
    after = caseload.with_mode(change)
    if _timeline(after) == _timeline(caseload):
        raise SameModeAlready(mode=change.mode, day=change.from_date)
    return after


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where that day does not exist."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(years + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(years, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def _in_force(facts: tuple[FteChange, ...]) -> tuple[FteChange, ...]:
    """By day; of several facts for one day the one recorded last."""
    by_day: dict[date, FteChange] = {}
    for fact in sorted(facts, key=lambda each: each.recorded_at):
        by_day[fact.from_date] = fact
    return tuple(by_day[day] for day in sorted(by_day))


def _timeline(caseload: Caseload) -> list[tuple[date, Mode]]:
    """Each day on which the chosen mode becomes another one."""
    found: list[tuple[date, Mode]] = []
    for step in caseload.mode_steps:
        if step.mode is not (found[-1][1] if found else Mode.ICBT):
            found.append((step.day, step.mode))
    return found


def _not_covering(leaves: tuple[Leave, ...], day: date) -> tuple[Leave, ...]:
    return tuple(leave for leave in leaves if day not in Period(leave.first_day, leave.last_day))


def newest_switch(caseload: Caseload, to: Mode, on: date, until: date | None = None) -> ModeChange:
    """A change that wins over every recorded one of its day."""
    latest = max((change.recorded_at for change in caseload.modes), default=datetime.min.replace(tzinfo=UTC))
    return ModeChange("", to, on, "", latest, until)
