"""Ten years of every kind of rule in twenty zones, equal to a calendar that is counted day by day.

The other calendar shares nothing with the product but the zones' data: dates are asked of every day in turn, moments
come from `tzif.py`, which reads time zones with code of its own.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest

from bot.calendars.recurrence import parse_rule
from bot.domain.calendar import WorkCalendar, wall_time
from bot.domain.series import EveryWeeks, Once, Rule, Series, Why, occurrences
from tests.unit.calendars import tzif

ANCHOR = date(2026, 12, 14)
END = date(2036, 12, 31)
ZONES = (
    "Europe/Stockholm", "Europe/London", "Europe/Lisbon", "Europe/Athens", "Atlantic/Azores", "Africa/Cairo",
    "Asia/Jerusalem", "Africa/Johannesburg", "America/New_York", "America/Los_Angeles", "America/St_Johns",
    "America/Sao_Paulo", "America/Santiago", "America/Havana", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Beirut",
    "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham",
)  # fmt: skip
TIMES = (time(9), time(0, 30), time(2, 30), time(23, 30))


def _nth(day: date, weekday: int, n: int) -> bool:
    """Whether it is the n-th (or, negative, n-th last) such weekday of its month."""
    days = [week[weekday] for week in calendar.Calendar().monthdayscalendar(day.year, day.month) if week[weekday]]
    return day.weekday() == weekday and days[n - 1 if n > 0 else n] == day.day


def _last_of(day: date, wanted: int) -> bool:
    return day.day == min(wanted, calendar.monthrange(day.year, day.month)[1])


def _weeks(n: int) -> Callable[[date], bool]:
    return lambda day: (day - ANCHOR).days % (7 * n) == 0


def _months_since(day: date) -> int:
    return (day.year - ANCHOR.year) * 12 + day.month - ANCHOR.month


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


RULES: dict[str, tuple[Rule | str, Callable[[date], bool]]] = {
    "weekly": (EveryWeeks(1), _weeks(1)),
    "2-weekly": (EveryWeeks(2), _weeks(2)),
    "4-weekly": (EveryWeeks(4), _weeks(4)),
    "once": (Once(), lambda day: day == ANCHOR),
    "every 3 weeks on two days": (
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,FR",
        lambda day: day.weekday() in {1, 4} and (_monday(day) - _monday(ANCHOR)).days % 21 == 0,
    ),
    "second Tuesday": ("FREQ=MONTHLY;BYDAY=2TU", lambda day: _nth(day, 1, 2)),
    "last Friday": ("FREQ=MONTHLY;BYDAY=-1FR", lambda day: _nth(day, 4, -1)),
    "the 31st, else the month's last": ("FREQ=MONTHLY;BYMONTHDAY=31", lambda day: _last_of(day, 31)),
    "the 15th every other month": (
        "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=15",
        lambda day: day.day == 15 and _months_since(day) % 2 == 0,
    ),
    "last working day": (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        lambda day: day.weekday() < 5 and all(d.weekday() > 4 or d.month != day.month for d in _after(day, 6)),
    ),
    "yearly": ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", lambda day: (day.month, day.day) == (5, 1)),
    "until": ("FREQ=WEEKLY;UNTIL=20300630", lambda day: _weeks(1)(day) and day <= date(2030, 6, 30)),
}


def _after(day: date, n: int) -> list[date]:
    return [day + timedelta(days=i) for i in range(1, n + 1)]


def _every_day() -> Iterator[date]:
    return takewhile(lambda day: day <= END, (ANCHOR + timedelta(days=i) for i in range(20_000)))


def in_closure(day: date) -> bool:
    """A fortnight at the turn of every year."""
    return (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 6)


def is_holiday(day: date) -> bool:
    """Days as public holidays lie: single ones, and a Friday before a Monday."""
    return (
        (day.month, day.day) in {(5, 1), (6, 6), (10, 3)}
        or (day.month == 4 and _nth(day, 4, 2))
        or (day.month == 4 and day.weekday() == 0 and _nth(day - timedelta(days=3), 4, 2))
    )


def closed(day: date) -> bool:
    return in_closure(day) or is_holiday(day)


def moment_of(day: date, at: time, zone: str) -> datetime:
    """Wall time by the other reader: a time that does not exist moves on, of two the first."""
    return tzif.zone(zone).moment(datetime.combine(day, at))


def expected(planned: list[date]) -> list[tuple[date, date | None, Why | None]]:
    """What becomes of each planned date, counted by hand."""
    found: list[tuple[date, date | None, Why | None]] = []
    for day, following in zip(planned, [*planned[1:], None], strict=True):
        moved = day
        while closed(moved) or moved.weekday() > 4:
            moved += timedelta(days=1)
        if in_closure(day):
            found.append((day, None, Why.CLOSURE))
        elif moved != day and following is not None and moved >= following:
            found.append((day, None, Why.NEXT_IS_DUE))
        else:
            found.append((day, moved, Why.NOT_WORKING if moved != day else None))
    return found


@pytest.mark.parametrize("name", RULES)
def test_ten_years_in_twenty_zones(name: str) -> None:
    given, matches = RULES[name]
    rule = parse_rule(given, ANCHOR) if isinstance(given, str) else given
    planned = [day for day in _every_day() if matches(day)]
    days = expected(planned)[:-1] or expected(planned)
    work = WorkCalendar(closed)
    assert len(planned) >= (1 if name == "once" else 9)
    for number, zone in enumerate(ZONES):
        at = TIMES[number % len(TIMES)]
        series = Series(rule, ANCHOR, at, zone)
        found = [o for o, _ in zip(occurrences(series, ANCHOR, work, in_closure), days, strict=False)]
        assert [(o.planned, o.day, o.why) for o in found] == days
        assert [o.at for o in found if o.day] == [moment_of(day, at, zone) for _, day, _ in days if day]


def test_every_half_hour_of_every_day_on_which_clocks_change() -> None:
    skipped = doubled = 0
    for zone in ZONES:
        there = tzif.zone(zone)
        for day in (day for day in there.days_of_change() if ANCHOR <= day <= END):
            for half_hour in range(48):
                at = time(half_hour // 2, half_hour % 2 * 30)
                assert wall_time(day, at, zone) == moment_of(day, at, zone), (zone, day, at)
                shown = len(there.moments(datetime.combine(day, at)))
                skipped += shown == 0
                doubled += shown == 2
    assert skipped > 200
    assert doubled > 200


def test_a_zone_whose_summer_time_is_the_standard_one() -> None:
    """Morocco went back an hour for Ramadan."""
    there, zone = ZoneInfo("Africa/Casablanca"), "Africa/Casablanca"
    hours = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(24 * 366)]
    offsets = [(moment, moment.astimezone(there).utcoffset()) for moment in hours]
    changes = [(after, b) for (_, a), (after, b) in pairwise(offsets) if a != b]
    (back, _), (forward, _) = changes
    assert [offset for _, offset in changes] == [timedelta(0), timedelta(hours=1)]
    doubled = back.astimezone(there)  # the second time that this hour is on the clock
    assert wall_time(doubled.date(), doubled.time(), zone) == back - timedelta(hours=1), "the first is meant"
    skipped = forward.astimezone(there) - timedelta(hours=1)
    assert wall_time(skipped.date(), skipped.time(), zone) == forward, "moves on by the change"
