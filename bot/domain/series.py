"""A round series: the recurring plan of a group, and the dates that follow from it.

Every date is counted from the anchor: an occurrence that is skipped, moved or swallowed by a closure shifts no other.
An occurrence on a public holiday or weekend moves to the next working day; one inside a closure does not take place.
What this file may not know: rounds themselves, and how a recurrence rule is written (`bot/calendars/recurrence.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain, pairwise, takewhile
from typing import Protocol

from bot.domain.calendar import WorkCalendar, wall_time, zone_of
from bot.domain.policy import Policy
from bot.errors import Refusal

ONE_DAY = timedelta(days=1)
CLOSEST = timedelta(days=5)
"""Rounds follow each other at this distance at least; nobody can collect, plan and review in less."""
PREVIEW_DAYS = 5 * 366  # how far a preview looks for occurrences that take place
END_OF_DAY = time(23, 59)
_WEEKS = (1, 2, 4)
_YEAR = timedelta(days=370)


class InvalidCadence(Refusal):
    """A series repeats every 1, 2 or 4 weeks, or by a recurrence rule; `given`."""


class NoSuchOccurrence(Refusal):
    """Only a date of the series can be skipped or moved; `day`."""


class MoveOntoClosedDay(Refusal):
    """An occurrence is moved to a working day; `day`, `next_working_day`."""


class MovePastAnother(Refusal):
    """An occurrence stays between the ones before and after it; `day` is where it was to go."""


class PauseEndsBeforeItStarts(Refusal):
    """A pause's last day lies before its first; `first_day`, `last_day`."""


class NotPaused(Refusal):
    """Only a series that is paused on that day resumes; `day`."""


class Rule(Protocol):
    """Which dates a series plans, before holidays and closures."""

    def dates(self, anchor: date, since: date) -> Iterator[date]:
        """The planned dates on or after both days, ascending, none twice."""


@dataclass(frozen=True)
class EveryWeeks:
    """The anchor's weekday every 1, 2 or 4 weeks; not bound to numbers of weeks, so week 53 changes nothing."""

    weeks: int

    def __post_init__(self) -> None:
        if self.weeks not in _WEEKS:
            raise InvalidCadence(given=self.weeks)

    def dates(self, anchor: date, since: date) -> Iterator[date]:
        """Every so many weeks from the anchor on."""
        step = timedelta(weeks=self.weeks)
        day = anchor + step * max(0, -((anchor - since).days // step.days))
        while True:
            yield day
            day += step


@dataclass(frozen=True)
class Once:
    """A one-off round on its anchor."""

    def dates(self, anchor: date, since: date) -> Iterator[date]:
        """The anchor alone."""
        if anchor >= since:
            yield anchor


class Why(StrEnum):
    """Why an occurrence is not on its planned date."""

    CLOSURE = "closure"
    NOT_WORKING = "not_working"  # a public holiday or weekend: moved on
    NEXT_IS_DUE = "next_is_due"  # moved on it would meet its successor
    SKIPPED = "skipped"
    MOVED = "moved"
    PAUSED = "paused"


@dataclass(frozen=True)
class Occurrence:
    """One planned date of a series and what became of it; `day` and `at` (UTC) are None if it does not take place."""

    planned: date
    day: date | None
    at: datetime | None
    why: Why | None = None


@dataclass(frozen=True)
class Pause:
    """Days on which a series rests, both included; open-ended without `last_day`."""

    first_day: date
    last_day: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True)
class Rhythm:
    """What a series followed before it was changed; its dates up to `until` stay as they were planned."""

    rule: Rule
    anchor: date
    at: time
    zone: str
    until: date


@dataclass(frozen=True)
class Series:
    """The plan of a group: `rule` from `anchor` on, at a local time of an IANA zone, and what was changed by hand.

    `skipped` and `moved` are keyed by planned dates; `last_day` is the last planned date of a series that ends.
    `earlier` are the rhythms it had before, oldest first: each plans the days up to its own last one, `rule` the rest,
    so that no date belongs to two of them. The round of every `messages`-th planned date asks for a retold message,
    counted from the anchor, so that a date left out shifts no other; 0: none does.
    """

    rule: Rule
    anchor: date
    at: time
    zone: str
    skipped: frozenset[date] = frozenset()
    moved: Mapping[date, date] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()
    last_day: date | None = None
    earlier: tuple[Rhythm, ...] = ()
    messages: int = 0

    def __post_init__(self) -> None:
        zone_of(self.zone)  # raises UnknownZone

    def plans(self, day: date) -> bool:
        """Whether this is one of the planned dates."""
        return next(self.planned(day), None) == day

    def planned(self, since: date) -> Iterator[date]:
        """Planned dates from `since` on, endless unless the series ends."""
        for day in self._every(since):
            if self.last_day is not None and day > self.last_day:
                return
            yield day

    def asks_message(self, planned: date) -> bool:
        """Whether the round of a planned date asks members to retell a message instead of a case."""
        if not self.messages:
            return False
        rhythm = next((r for r in self.earlier if planned <= r.until), self)
        before = sum(1 for _ in takewhile(lambda day: day < planned, rhythm.rule.dates(rhythm.anchor, rhythm.anchor)))
        return (before + 1) % self.messages == 0

    def moment(self, planned: date, day: date) -> datetime:
        """The time of `day` at which the occurrence of a planned date takes place (aware UTC), by its own rhythm."""
        rhythm = next((r for r in self.earlier if planned <= r.until), self)
        return wall_time(day, rhythm.at, rhythm.zone)

    def change(self, rule: Rule, anchor: date, at: time, zone: str, since: date) -> Series:
        """Another rhythm for the days from `since` on; dates before it stay as they are.

        What was skipped or moved by hand stays so where the new rhythm plans the date too; a move only if it still lies
        between its neighbours. Raises `UnknownZone`.
        """
        before = since - ONE_DAY
        earlier: list[Rhythm] = []
        for rhythm in (*self.earlier, Rhythm(self.rule, self.anchor, self.at, self.zone, before)):
            if not earlier or earlier[-1].until < before:
                earlier.append(replace(rhythm, until=min(rhythm.until, before)))
        plain = replace(self, rule=rule, anchor=anchor, at=at, zone=zone, earlier=tuple(earlier), moved={})
        changed = replace(plain, skipped=frozenset(filter(plain.plans, self.skipped)))
        for day, to in sorted(self.moved.items()):
            if changed.plans(day) and changed._fits(day, to):
                changed = replace(changed, moved={**changed.moved, day: to})
        return changed

    def skip(self, day: date) -> Series:
        """Leave one occurrence out. Raises `NoSuchOccurrence`."""
        self._must_plan(day)
        return replace(self, skipped=self.skipped | {day})

    def put_back(self, day: date) -> Series:
        """Hold an occurrence as planned after all. Raises `NoSuchOccurrence`."""
        self._must_plan(day)
        moved = {planned: to for planned, to in self.moved.items() if planned != day}
        return replace(self, moved=moved, skipped=self.skipped - {day})

    def move(self, day: date, to: date, calendar: WorkCalendar) -> Series:
        """Hold one occurrence on another working day between its neighbours.

        Raises `NoSuchOccurrence`, `MoveOntoClosedDay` or `MovePastAnother`.
        """
        self._must_plan(day)
        if not self._fits(day, to):
            raise MovePastAnother(day=to)
        if not calendar.is_working(to):
            raise MoveOntoClosedDay(day=to, next_working_day=calendar.next_working_day(to))
        return replace(self, moved={**self.moved, day: to}, skipped=self.skipped - {day})

    def pause(self, first_day: date, last_day: date | None = None) -> Series:
        """Rest from a day on, until `last_day` or until resumed. Raises `PauseEndsBeforeItStarts`."""
        if last_day is not None and last_day < first_day:
            raise PauseEndsBeforeItStarts(first_day=first_day, last_day=last_day)
        return replace(self, pauses=(*self.pauses, Pause(first_day, last_day)))

    def resume(self, day: date) -> Series:
        """Go on from `day`, on the same dates as if there had been no pause. Raises `NotPaused`."""
        if not any(day in pause for pause in self.pauses):
            raise NotPaused(day=day)
        before = day - ONE_DAY
        kept = [replace(p, last_day=before) if day in p else p for p in self.pauses]
        return replace(self, pauses=tuple(p for p in kept if p.last_day is None or p.last_day >= p.first_day))

    def end(self, last_day: date) -> Series:
        """No planned date after `last_day`."""
        return replace(self, last_day=last_day)

    def _every(self, since: date) -> Iterator[date]:
        for rhythm in self.earlier:
            if since <= rhythm.until:
                yield from takewhile(rhythm.until.__ge__, rhythm.rule.dates(rhythm.anchor, since))
                since = rhythm.until + ONE_DAY
        yield from self.rule.dates(self.anchor, since)

    def _fits(self, day: date, to: date) -> bool:
        """Whether an occurrence may take place on another day without passing its neighbours."""
        before, after = self._neighbours(day)
        return (before is None or to > before) and (after is None or to < after)

    def _neighbours(self, day: date) -> tuple[date | None, date | None]:
        """When the occurrences planned before and after a date take place, skipped ones aside."""
        around = [d for d in takewhile(lambda d: d <= day + _YEAR, self.planned(day - _YEAR)) if d not in self.skipped]
        before = [self.moved.get(d, d) for d in around if d < day]
        after = [self.moved.get(d, d) for d in around if d > day]
        return max(before, default=None), min(after, default=None)

    def _must_plan(self, day: date) -> None:
        if not self.plans(day):
            raise NoSuchOccurrence(day=day)


def occurrences(
    series: Series, since: date, calendar: WorkCalendar, in_closure: Callable[[date], bool]
) -> Iterator[Occurrence]:
    """What becomes of each date planned on or after `since`, by planned date; endless unless the series ends.

    `calendar` knows all closed days, `in_closure` those of the clinic's closures. To go on after the last occurrence
    that was handled, ask from the day after its *planned* date: a clock that jumps back then repeats nothing.
    """
    for planned, following in pairwise(chain(series.planned(since), [None])):
        assert planned is not None
        yield _occurrence(series, planned, following, calendar, in_closure)


def preview(
    series: Series, since: date, count: int, calendar: WorkCalendar, in_closure: Callable[[date], bool]
) -> tuple[Occurrence, ...]:
    """The next `count` occurrences that take place, with those between them that do not; five years at most."""
    found: list[Occurrence] = []
    held = 0
    for occurrence in occurrences(series, since, calendar, in_closure):
        if held == count or (occurrence.planned - since).days > PREVIEW_DAYS:
            break
        found.append(occurrence)
        held += occurrence.day is not None
    return tuple(found)


def _occurrence(
    series: Series,
    planned: date,
    following: date | None,
    calendar: WorkCalendar,
    in_closure: Callable[[date], bool],
) -> Occurrence:
    wanted = series.moved.get(planned, planned)
    if planned in series.skipped:
        return Occurrence(planned, None, None, Why.SKIPPED)
    if any(planned in pause for pause in series.pauses):
        return Occurrence(planned, None, None, Why.PAUSED)
    if in_closure(wanted):
        return Occurrence(planned, None, None, Why.CLOSURE)
    day = calendar.next_working_day(wanted)
    if day != wanted and following is not None and day >= following:
        return Occurrence(planned, None, None, Why.NEXT_IS_DUE)
    why = Why.NOT_WORKING if day != wanted else Why.MOVED if day != planned else None
    return Occurrence(planned, day, series.moment(planned, day), why)


@dataclass(frozen=True)
class PhaseDays:
    """Working days of each phase: collecting before publishing; clarifying and reviewing after; then the takeaway."""

    collect: int = 5
    clarify: int = 2
    review: int = 5
    takeaway: int = 10

    @classmethod
    def of(cls, policy: Policy) -> PhaseDays:
        """The policy's days."""
        return cls(
            policy.collect_working_days,
            policy.clarify_working_days,
            policy.comment_working_days,
            policy.takeaway_working_days,
        )


@dataclass(frozen=True)
class Deadlines:
    """When the phases of one round begin and end, aware UTC."""

    collect_from: datetime
    publish_at: datetime
    clarify_until: datetime
    review_until: datetime
    takeaway_until: datetime


def deadlines(day: date, at: time, zone: str, calendar: WorkCalendar, days: PhaseDays) -> Deadlines:
    """The phases of the round published on `day` at a local time; each ends with the last minute of its last day."""

    def end(working_days: int) -> datetime:
        return wall_time(calendar.add_working_days(day, working_days), END_OF_DAY, zone)

    return Deadlines(
        collect_from=wall_time(calendar.add_working_days(day, -days.collect), at, zone),
        publish_at=wall_time(day, at, zone),
        clarify_until=end(days.clarify),
        review_until=end(days.review),
        takeaway_until=end(days.review + days.takeaway),
    )
