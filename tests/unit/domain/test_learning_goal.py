"""Half-years: their days, the one before, and the key in an address."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.domain.learning_goal import HalfYear


def test_every_day_lies_in_the_half_year_that_holds_it() -> None:
    day = date(2026, 1, 1)
    while day.year < 2029:
        half = HalfYear.of(day)
        assert half.first <= day <= half.last
        assert half == HalfYear(day.year, 1 if day.month in range(1, 7) else 2)
        day += timedelta(days=1)


def test_half_years_follow_one_another_without_a_gap() -> None:
    first, second = HalfYear(2027, 1), HalfYear(2027, 2)
    assert (first.first, first.last) == (date(2027, 1, 1), date(2027, 6, 30))
    assert (second.first, second.last) == (date(2027, 7, 1), date(2027, 12, 31))
    assert (second.previous, first.previous) == (first, HalfYear(2026, 2))
    assert (first.key, second.key) == ("2027-1", "2027-2")


@pytest.mark.parametrize(
    ("key", "is_"),
    [
        ("2026-2", "2026-2"),
        ("2027-1", "2027-1"),
        ("2027-2", "2027-1"),
        ("2099-1", "2027-1"),
        ("", "2027-1"),
        ("2027-3", "2027-1"),
        ("0000-1", "2027-1"),
        ("0999-2", "2027-1"),
        ("1000-2", "1000-2"),
        ("x-y", "2027-1"),
        ("20271", "2027-1"),
        ("2026-12", "2027-1"),
    ],
)
def test_a_half_year_that_is_none_or_has_not_begun_is_the_one_that_runs(key: str, is_: str) -> None:
    assert HalfYear.read(key, date(2027, 1, 18)).key == is_
