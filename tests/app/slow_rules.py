"""What every body counts of a log and asks for, the slow way: written from the table of docs/supervision-log.md and the
statement that each export prints. No rule set, goal or total of the product is imported.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from bot.ports.records import LogEntry

DAY = timedelta(days=1)
LED = {"individual", "group", "live"}
Goal = tuple[Fraction | int, Fraction | int, int, int]
"""Asked, found (of repeated windows the least), in how many windows it was there, of how many."""


@dataclass(frozen=True)
class Log:
    """One person's entries in force, their days of leave (whole periods), the printed period, their share of a post."""

    entries: Sequence[LogEntry]
    leave: Sequence[tuple[date, date]]
    first: date
    last: date
    fte: Fraction
    led_by: Mapping[str, str]
    """Who supervised, by the entry's id, where it was written down."""

    def away(self, day: date) -> bool:
        return any(a <= day <= b for a, b in self.leave)


def received(e: LogEntry) -> bool:
    return e.role in {"presenter", "reviewer"}


def without_leader(e: LogEntry) -> int:
    """Who leads is not one of the supervisees; among peers everybody is."""
    return max(1, e.group_size - (e.type != "peer"))


def session(e: LogEntry) -> str:
    return e.round or e.day.isoformat()


def _babcp(e: LogEntry, log: Log) -> Fraction | int:
    return received(e) and e.type in LED and without_leader(e) <= 6


def _training(e: LogEntry, log: Log) -> Fraction | int:
    n = without_leader(e)
    return (Fraction(2, n) if n > 1 else 1) if received(e) and e.type in LED and n <= 4 else 0


def _bacp(e: LogEntry, log: Log) -> Fraction | int:
    n = without_leader(e)
    return (1 if n == 1 else Fraction(1, 2) if n <= 4 else Fraction(1, n)) if received(e) else 0


def _denmark(e: LogEntry, log: Log) -> Fraction | int:
    n = without_leader(e)
    long = any(a <= e.day <= b and (b - a).days + 1 > 56 for a, b in log.leave)
    if not received(e) or e.type not in LED or not e.signed_by or long or n > 12:
        return 0
    return 1 if n <= 2 else Fraction(2, 3) if n <= 5 else Fraction(1, 2)


def _meeting(e: LogEntry, log: Log, low: int, high: int, minutes: int) -> bool:
    def fits(other: LogEntry) -> bool:
        kind = other.type == "peer" and other.documented and received(other)
        return kind and low <= other.group_size <= high

    together = sum(other.minutes for other in log.entries if fits(other) and session(other) == session(e))
    return fits(e) and together >= minutes


COUNTS: dict[str, Callable[[LogEntry, Log], Fraction | int]] = {
    "plain": lambda e, log: 1,
    "babcp": _babcp,
    "babcp-training": _training,
    "bacp": _bacp,
    "psykolognaevnet": _denmark,
    "opk": lambda e, log: _meeting(e, log, 3, 20, 45),
    "lpk-rlp": lambda e, log: received(e) and e.type == "peer" and e.group_size >= 3,
    "fgzpt": lambda e, log: received(e) and e.type == "peer" and e.documented,
    "nip": lambda e, log: _meeting(e, log, 2, 8, 90),
    "norway-45": lambda e, log: received(e) and e.type in LED and without_leader(e) <= 4,
    "norway-maintenance": lambda e, log: received(e) and without_leader(e) != 2,
    "ptp-sweden": lambda e, log: received(e) and e.type == "individual" and e.medium == "in_person"
    and without_leader(e) == 1,
    "psyba": lambda e, log: e.role == "presenter",
    "iacp": lambda e, log: received(e) and e.type in LED,
    "iahip": lambda e, log: received(e) and e.type in LED and e.minutes >= 50,
    "austria": lambda e, log: received(e) and e.type in LED,
    "fsp": lambda e, log: received(e),
    "europsy": lambda e, log: received(e) and e.type in LED,
}  # fmt: skip
"""The share of an entry's minutes that counts."""
UNIT = {"opk": 45, "lpk-rlp": 45, "norway-45": 45, "austria": 45}


def counted(body: str, log: Log) -> dict[str, Fraction]:
    """Counted minutes of each entry, by its id."""
    return {e.id: Fraction(e.minutes) * Fraction(COUNTS[body](e, log)) for e in log.entries}


@dataclass(frozen=True)
class Sums:
    """Hours and meetings of what counts for a body, in any days of one person's log."""

    log: Log
    lines: Sequence[tuple[LogEntry, Fraction]]
    unit: int
    by_round: bool

    def hours(self, first: date, last: date, of: Callable[[LogEntry], bool] = lambda e: True) -> Fraction:
        return sum((m for e, m in self.lines if first <= e.day <= last and of(e)), Fraction(0)) / self.unit

    def meetings(self, first: date, last: date, of: Callable[[LogEntry], bool] = lambda e: True) -> Fraction:
        inside = [e for e, _ in self.lines if first <= e.day <= last and of(e)]
        return Fraction(len({session(e) if self.by_round else e.day.isoformat() for e in inside}))

    def year(self, asked: Fraction | int, of: Callable[[LogEntry], bool] = lambda e: True) -> Goal:
        return asked, self.hours(self.log.first, self.log.last, of), 1, 1

    def each(
        self, asked: Fraction | int, windows: Iterable[tuple[date, date]], of: Callable[[date, date], Fraction]
    ) -> Goal:
        """Of the windows that are not leave throughout."""
        found = [of(*w) for w in windows if not all(self.log.away(day) for day in _days(*w))]
        return asked, min(found, default=0), sum(n >= asked for n in found), len(found)


def alone(e: LogEntry) -> bool:
    return e.type == "individual" or without_leader(e) <= 1


def _babcp_goals(of: Sums) -> list[Goal]:
    fte, whole = of.log.fte, Fraction(3, 2)
    asked = whole if fte >= Fraction(1, 2) else max(Fraction(3, 4), whole * fte * 2)
    first, last = of.log.first, of.log.last
    return [(asked, of.hours(first, last) / 12, 1, 1), (1, of.meetings(first, last, alone), 1, 1)]


def _with_one(of: Sums) -> Fraction:
    """Hours with the supervisor with whom there were most, by the name without the qualification."""
    names = {of.log.led_by.get(e.id, "").split(",")[0].strip().casefold() for e, _ in of.lines} - {""}

    def by(name: str) -> Fraction:
        return of.hours(
            of.log.first, of.log.last, lambda e: of.log.led_by.get(e.id, "").split(",")[0].strip().casefold() == name
        )

    return max((by(name) for name in names), default=Fraction(0))


def _denmark_goals(of: Sums) -> list[Goal]:
    return [
        of.year(160),
        of.year(40, alone),
        of.year(40, lambda e: not alone(e)),
        (40, _with_one(of), 1, 1),
        of.year(80, lambda e: e.medium != "in_person"),
    ]


def _ptp_goals(of: Sums) -> list[Goal]:
    mondays = [day for day in _days(of.log.first, of.log.last - 6 * DAY) if day.weekday() == 0]
    return [of.each(1, [(day, day + 6 * DAY) for day in mondays], of.hours)]


def _iacp_goals(of: Sums) -> list[Goal]:
    _, hours, *_ = of.year(20)
    return [(20, hours * 20, 1, 1), of.each(1, _months(of.log), of.meetings)]


def _iahip_goals(of: Sums) -> list[Goal]:
    _, hours, *_ = of.year(25)
    return [(25, hours * 25, 1, 1)]


def _europsy_goals(of: Sums) -> list[Goal]:
    first, last = of.log.first, of.log.last
    marks = [first, *sorted(e.day for e, _ in of.lines if first <= e.day <= last), last]
    spans = itertools.pairwise(marks)
    return [(14, max(sum(not of.log.away(day) for day in _days(a + DAY, b)) for a, b in spans), 1, 1)]


def _four_meetings(of: Sums) -> list[Goal]:
    return [of.each(4, [(of.log.first, of.log.last)], of.meetings)]


GOALS: dict[str, Callable[[Sums], list[Goal]]] = {
    "babcp": _babcp_goals,
    "babcp-training": lambda of: [of.year(40)],
    "bacp": lambda of: [of.each(Fraction(3, 2), _months(of.log), of.hours)],
    "psykolognaevnet": _denmark_goals,
    "opk": _four_meetings,
    "nip": _four_meetings,
    "fgzpt": lambda of: [of.year(50)],
    "norway-maintenance": lambda of: [of.year(46)],
    "ptp-sweden": _ptp_goals,
    "psyba": lambda of: [of.each(10, [], of.hours)],  # its year ends in November: no whole one lies in a calendar year
    "iacp": _iacp_goals,
    "iahip": _iahip_goals,
    "austria": lambda of: [of.year(150)],
    "europsy": _europsy_goals,
}


def goals(body: str, log: Log) -> list[Goal]:
    """What the body asks for of a calendar year, and what is there; of a longer time the year is all there is."""
    minutes = counted(body, log)
    lines = [(e, minutes[e.id]) for e in log.entries if minutes[e.id] > 0]
    sums = Sums(log, lines, UNIT.get(body, 60), by_round=body in {"opk", "nip", "lpk-rlp"})
    return GOALS[body](sums) if body in GOALS else []


def _months(log: Log) -> list[tuple[date, date]]:
    """The calendar months of a calendar year."""
    starts = [day for day in _days(log.first, log.last) if day.day == 1]
    return list(zip(starts, [*(day - DAY for day in starts[1:]), log.last], strict=True))


def _days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]
