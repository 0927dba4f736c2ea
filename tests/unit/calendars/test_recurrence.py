"""Recurrence rules as people paste them from their calendars."""

from __future__ import annotations

from datetime import date
from itertools import islice
from time import process_time

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


NEVER = "BYMONTH=2;BYMONTHDAY=30"
NUMBERS = ",".join(map(str, range(1, 80)))


@pytest.mark.parametrize(
    "text",
    [
        *(f"FREQ={often};{NEVER}" for often in ("DAILY", "WEEKLY", "YEARLY")),
        *(f"FREQ={often};{NEVER};UNTIL=99981231" for often in ("DAILY", "WEEKLY", "YEARLY")),
        *(f"FREQ={often};BYWEEKNO=53;BYMONTH=6" for often in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")),
        "FREQ=DAILY;INTERVAL=1000;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=DAILY;BYYEARDAY=366;BYMONTH=1",
        f"FREQ=MONTHLY;BYMONTH=2;BYDAY=5TU;BYMONTHDAY=1;BYSETPOS={NUMBERS[:50].rpartition(',')[0]}",
        f"FREQ=YEARLY;{NEVER};BYSETPOS={NUMBERS}",
        f"FREQ=DAILY;{NEVER};BYSETPOS={'1,' * 100}-1",
        f"FREQ=DAILY;{NEVER};BYYEARDAY={NUMBERS}",
    ],
)
def test_no_rule_anybody_can_type_is_searched_for_long(text: str) -> None:
    """It runs on the event loop: a slash command has to be acknowledged within three seconds meanwhile."""
    parse_rule("FREQ=DAILY", ANCHOR)  # what is imported on first use
    began = process_time()
    with pytest.raises((RuleNeverFires, RuleNotUnderstood)):
        parse_rule(text, ANCHOR)
    assert process_time() - began < 0.05


def test_a_rule_that_stops_firing_is_not_searched_for_long() -> None:
    """Twenty years after its anchor, too: a series looks for its next date each time a page shows it."""
    rule = parse_rule("FREQ=DAILY;BYWEEKNO=53;BYMONTH=1;BYMONTHDAY=3", date(2027, 1, 1))
    began = process_time()
    assert next(rule.dates(date(2027, 1, 1), date(2034, 1, 1)), None) == date(2038, 1, 3)
    assert process_time() - began < 0.05


def test_a_place_that_a_period_does_not_have_is_named() -> None:
    with pytest.raises(RuleNotUnderstood) as refused:
        parse_rule("FREQ=DAILY;BYSETPOS=1,2", ANCHOR)
    assert refused.value.values["part"] == "BYSETPOS=2"
