"""Recurrence rules as people paste them from their calendars."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from bot.calendars.recurrence import RuleNeverFires, RuleNotUnderstood, parse_rule

ANCHOR = date(2026, 1, 31)


def days(text: str, anchor: date, count: int) -> list[date]:
    return list(islice(parse_rule(text, anchor).dates(anchor, anchor), count))


def test_second_tuesday() -> None:
    assert days("RRULE:FREQ=MONTHLY;BYDAY=2TU", date(2027, 1, 1), 2) == [date(2027, 1, 12), date(2027, 2, 9)]


@pytest.mark.parametrize("text", ["FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=-1"])
def test_short_months_use_their_last_day(text: str) -> None:
    assert days(text, ANCHOR, 4) == [ANCHOR, date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_a_leap_day_every_year() -> None:
    assert days("FREQ=YEARLY", date(2028, 2, 29), 2) == [date(2028, 2, 29), date(2029, 2, 28)]


def test_biweekly_over_week_53() -> None:
    assert days("FREQ=WEEKLY;INTERVAL=2", date(2026, 12, 14), 3)[1:] == [date(2026, 12, 28), date(2027, 1, 11)]


def test_until_with_a_time_and_zone_is_a_day() -> None:
    found = days("FREQ=DAILY;UNTIL=20260202T235959Z", ANCHOR, 9)
    assert found == [ANCHOR, date(2026, 2, 1), date(2026, 2, 2)]


@pytest.mark.parametrize(
    "text",
    ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;UNTIL=20200101", "FREQ=YEARLY;INTERVAL=100;BYYEARDAY=1"],
)
def test_a_rule_that_never_fires_is_refused(text: str) -> None:
    with pytest.raises(RuleNeverFires):
        parse_rule(text, ANCHOR)


@pytest.mark.parametrize(
    "text",
    ["", "every monday", "FREQ=HOURLY", "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;FREQ=DAILY",
     "FREQ=MONTHLY;BYMONTHDAY=x", "FREQ=DAILY;UNTIL=soon", "FREQ=DAILY;COUNT=1;UNTIL=20270101", "FREQ=DAILY;BYHOUR=9",
     "FREQ=DAILY\nEXDATE:20260101", "FREQ=DAILY;" + "X" * 400],
)  # fmt: skip
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(RuleNotUnderstood):
        parse_rule(text, ANCHOR)
