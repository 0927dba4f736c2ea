"""Working days and wall time, with the dates of issue 5."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import NoWorkingDays, UnknownZone, WorkCalendar, wall_time

CLOSURE = frozenset(date(2026, 12, 21) + timedelta(days=i) for i in range(17))
CLINIC = WorkCalendar(CLOSURE.__contains__)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
CALENDARS = st.builds(
    lambda weekdays, closed: WorkCalendar(closed.__contains__, weekdays),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 6, 1)), max_size=30),
)


def test_five_working_days_over_the_closure_end_on_7_january() -> None:
    assert CLINIC.add_working_days(date(2026, 12, 14), 5) == date(2027, 1, 7)
    assert CLINIC.working_days_between(date(2026, 12, 14), date(2027, 1, 7)) == 5
    assert CLINIC.next_working_day(date(2026, 12, 21)) == date(2027, 1, 7)


@given(CALENDARS, st.dates(date(2025, 12, 1), date(2026, 8, 1)), st.integers(-40, 40))
def test_adding_and_counting_are_inverse(calendar: WorkCalendar, start: date, n: int) -> None:
    end = calendar.add_working_days(start, n)
    assert calendar.working_days_between(start, end) == n
    assert n == 0 or calendar.is_working(end)


@given(CALENDARS, DAYS, DAYS, DAYS)
def test_counts_add_up_over_a_day_between(calendar: WorkCalendar, a: date, b: date, c: date) -> None:
    first, middle, last = sorted((a, b, c))
    assert calendar.working_days_between(first, last) == calendar.working_days_between(
        first, middle
    ) + calendar.working_days_between(middle, last)


def test_a_calendar_that_never_opens_is_refused() -> None:
    with pytest.raises(NoWorkingDays):
        WorkCalendar(lambda _: True).add_working_days(date(2027, 1, 1), 1)


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2027, 3, 28), time(2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # no such time: 03:30 summer time
        (date(2027, 10, 31), time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # twice: the first
        (date(2027, 3, 26), time(9), datetime(2027, 3, 26, 8, tzinfo=UTC)),
        (date(2027, 3, 30), time(9), datetime(2027, 3, 30, 7, tzinfo=UTC)),
    ],
)
def test_wall_time_over_clock_changes(day: date, at: time, utc: datetime) -> None:
    assert wall_time(day, at, "Europe/Stockholm") == utc
    assert wall_time(day, at.replace(fold=1), "Europe/Stockholm") == utc


@given(DAYS, st.times().map(lambda t: t.replace(fold=0)))
def test_wall_time_grows_with_the_days(day: date, at: time) -> None:
    assert wall_time(day, at, "Europe/Lisbon") < wall_time(day + timedelta(days=1), at, "Europe/Lisbon")


@pytest.mark.parametrize("name", ["Europe/Kiel", "", "../etc/passwd", "Europe", "x\0y"])
def test_an_unknown_zone_is_a_refusal(name: str) -> None:
    with pytest.raises(UnknownZone):
        wall_time(date(2027, 1, 1), time(9), name)
