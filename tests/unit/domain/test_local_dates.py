"""Dates in the forms that people type in six languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.local_dates import NoSuchDay, NotADate, accepted_forms, parse_date

TODAY = date(2026, 11, 25)  # a Wednesday
JAN_12 = date(2027, 1, 12)


@pytest.mark.parametrize(
    "typed",
    ["2027-01-12", "12.1.", "12.1", "12.01.", "12.1.27", "12.1.2027", "12. 1. 2027", "12/1", "12/01/2027", "12-1-2027",
     "12 jan", "12 Jan 2027", "12. januar", "12 januari", "January 12th", "12th of January", "the 12th of january",
     "Jan 12, 2027", "until 12 Jan", "til 12. januar", "till 12 januari", "bis 12. Januar", "bis zum 12. Januar 2027",
     "tot 12 januari", "tot 12 jan.", "til den 12. januar", "t.o.m. 12 januari", "den 12:e januari", "bis 12.1.",
     "Tue 12 Jan", "tirsdag den 12. januar", "Dienstag, 12. Januar", "tisdag 12 januari", "dinsdag 12 januari",
     "until 2027-01-12"],
)  # fmt: skip
def test_one_day_in_many_forms(typed: str) -> None:
    assert parse_date(typed, TODAY) == JAN_12


@pytest.mark.parametrize(
    "typed",
    ["next Monday", "monday", "Mon", "nästa måndag", "næste mandag", "neste mandag", "nächsten Montag",
     "nächster Montag", "volgende maandag", "kommende Montag", "kommande måndag", "on Monday", "på mandag", "am Montag",
     "bis Montag",
     "til mandag", "until next Monday", "next week", "nächste Woche", "nästa vecka", "næste uge", "5 days",
     "in 5 Tagen", "om 5 dagar", "over 5 dagen"],
)  # fmt: skip
def test_the_next_monday(typed: str) -> None:
    assert parse_date(typed, TODAY) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("typed", "away"),
    [("today", 0), ("i dag", 0), ("idag", 0), ("heute", 0), ("vandaag", 0), ("tomorrow", 1), ("i morgen", 1),
     ("imorgon", 1), ("morgen", 1), ("til i morgen", 1), ("übermorgen", 2), ("i overmorgen", 2), ("yesterday", -1),
     ("i går", -1), ("2 weeks", 14), ("in 2 Wochen", 14), ("om 2 uker", 14), ("wednesday", 7)],
)  # fmt: skip
def test_days_away(typed: str, away: int) -> None:
    assert parse_date(typed, TODAY) == TODAY + timedelta(days=away)


def test_without_a_year_today_counts_as_next_and_past_looks_back() -> None:
    assert parse_date("25.11.", TODAY) == TODAY
    assert parse_date("24.11.", TODAY) == date(2027, 11, 24)
    assert parse_date("24.11.", TODAY, past=True) == date(2026, 11, 24)
    assert parse_date("26 nov", TODAY, past=True) == date(2025, 11, 26)
    assert parse_date("monday", TODAY, past=True) == date(2026, 11, 23)
    assert parse_date("29 feb", TODAY) == date(2028, 2, 29)


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "12", "12 smarch", "1/2/3/4", "next", "next 12 jan", "12 jan 2027 9:00", "2027", "monday tuesday",
     "jan", "12.1.2027.5", "patient 12.1."],
)  # fmt: skip
def test_anything_else_lists_the_accepted_forms_and_echoes_nothing(typed: str) -> None:
    with pytest.raises(NotADate) as refused:
        parse_date(typed, TODAY)
    assert refused.value.values == {"forms": accepted_forms(TODAY)}


@pytest.mark.parametrize(
    "typed", ["30.2.", "31 april", "2027-13-01", "31.11.2027", "2027-02-29", "0.1.", "999999 days"]
)
def test_days_the_calendar_does_not_have(typed: str) -> None:
    with pytest.raises(NoSuchDay):
        parse_date(typed, TODAY)


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.dates(date(2020, 1, 1), date(2099, 1, 1)))
def test_what_a_calendar_prints_is_read_back(day: date, today: date) -> None:
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%A %d %b %Y", "%d/%m/%y"):
        assert parse_date(day.strftime(form), today) == day


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_every_listed_form_is_accepted(today: date) -> None:
    for form in accepted_forms(today):
        assert today < parse_date(form, today) <= today + timedelta(days=14)


@given(st.text(max_size=30))
def test_no_text_ends_in_anything_but_a_date_or_a_refusal(typed: str) -> None:
    try:
        parse_date(typed, TODAY)
    except NotADate as refused:
        assert refused.values["forms"]
