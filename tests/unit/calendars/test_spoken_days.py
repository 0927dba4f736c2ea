"""Single days, periods and times of day that are typed by themselves, in six languages."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars.spoken import (
    AskDays,
    Days,
    Why,
    understand_day,
    understand_days,
    understand_past_days,
    understand_time,
)
from bot.ui.strings import LANGUAGES, words

TODAY = date(2026, 11, 25)  # a Wednesday
JAN_12 = date(2027, 1, 12)


@pytest.mark.parametrize(
    "typed",
    ["2027-01-12", "12.1.", "12.1", "12.01.", "12.1.27", "12.1.2027", "12. 1. 2027", "12/1", "12/01/2027", "12-1-2027",
     "12 jan", "12 Jan 2027", "12. januar", "12 januari", "January 12th", "12th of January", "the 12th of january",
     "Jan 12, 2027", "until 12 Jan", "til 12. januar", "till 12 januari", "bis 12. Januar", "bis zum 12. Januar 2027",
     "tot 12 januari", "tot 12 jan.", "til den 12. januar", "t.o.m. 12 januari", "den 12:e januari", "bis 12.1.",
     "Tue 12 Jan", "tirsdag den 12. januar", "Dienstag, 12. Januar", "tisdag 12 januari", "dinsdag 12 januari",
     "until 2027-01-12", "from 12 Jan", "12 Jaunary"],
)  # fmt: skip
def test_one_day_in_many_forms(typed: str) -> None:
    """A new colleague, whose language is still English, types in any of the six."""
    assert understand_day(typed, TODAY, "en") == JAN_12


@pytest.mark.parametrize(
    ("lang", "typed", "away"),
    [("en", "today", 0), ("da", "i dag", 0), ("sv", "idag", 0), ("de", "heute", 0), ("nl", "vandaag", 0),
     ("en", "tomorrow", 1), ("da", "i morgen", 1), ("sv", "imorgon", 1), ("de", "morgen", 1), ("nb", "til i morgen", 1),
     ("de", "übermorgen", 2), ("da", "i overmorgen", 2), ("en", "monday", 5), ("de", "am Montag", 5),
     ("de", "kommenden Montag", 5), ("en", "5 days", 5), ("de", "in 5 Tagen", 5), ("sv", "om 5 dagar", 5),
     ("nl", "over 5 dagen", 5), ("en", "2 weeks", 14), ("nb", "om 2 uker", 14), ("en", "wednesday", 7)],
)  # fmt: skip
def test_days_ahead(lang: str, typed: str, away: int) -> None:
    assert understand_day(typed, TODAY, lang) == TODAY + timedelta(days=away)


@pytest.mark.parametrize(
    ("lang", "typed", "day"),
    [("en", "25.11.", TODAY), ("en", "24.11.", date(2026, 11, 24)), ("en", "26 nov", date(2025, 11, 26)),
     ("en", "monday", date(2026, 11, 23)), ("en", "yesterday", date(2026, 11, 24)),
     ("de", "gestern", date(2026, 11, 24)), ("da", "i går", date(2026, 11, 24)),
     ("nl", "eergisteren", date(2026, 11, 23)), ("sv", "igår", date(2026, 11, 24)),
     ("en", "2 weeks ago", date(2026, 11, 11)), ("de", "vor 2 Wochen", date(2026, 11, 11)),
     ("da", "for to uger siden", date(2026, 11, 11)), ("sv", "för två veckor sedan", date(2026, 11, 11)),
     ("nl", "2 weken geleden", date(2026, 11, 11)), ("nb", "forrige fredag", date(2026, 11, 20)),
     ("de", "letzten Freitag", date(2026, 11, 20)), ("en", "29 feb", date(2024, 2, 29)),
     ("en", "12 Jan 2020", date(2020, 1, 12))],
)  # fmt: skip
def test_looking_back_a_day_is_the_last_such_day(lang: str, typed: str, day: date) -> None:
    assert understand_day(typed, TODAY, lang, past=True) == day


@pytest.mark.parametrize(
    ("lang", "typed", "why", "days"),
    [("en", "next Monday", Why.TWO_READINGS, [date(2026, 11, 30), date(2026, 12, 7)]),
     ("sv", "nästa måndag", Why.TWO_READINGS, [date(2026, 11, 30), date(2026, 12, 7)]),
     ("de", "nächste Woche", Why.VAGUE, [date(2026, 11, 30)]), ("en", "24.11.", Why.ROLLED_OVER, [date(2027, 11, 24)]),
     ("en", "Mon 12 Jan", Why.WEEKDAY_DIFFERS, [JAN_12]), ("en", "yesterday", Why.PAST, []),
     ("de", "letzten Freitag", Why.PAST, [])],
)  # fmt: skip
def test_a_doubt_brings_the_days_it_may_mean(lang: str, typed: str, why: Why, days: list[date]) -> None:
    found = understand_day(typed, TODAY, lang)
    assert isinstance(found, AskDays)
    assert (found.why, [reading.first for reading in found.readings]) == (why, days)


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "12", "12 smurch", "1/2/3/4", "next", "12 jan 2027 9:00", "2027", "monday tuesday", "12.1.2027.5",
     "patient 12.1.", "30.2.", "31 april", "2027-13-01", "31.11.2027", "2027-02-29", "0.1.", "999999 days",
     "999999 weeks ago", "leave tomorrow", "f2f on monday", "1 feb 2 feb"],
)  # fmt: skip
def test_what_is_no_day_is_asked_about(typed: str) -> None:
    for past in (False, True):
        assert isinstance(understand_day(typed, TODAY, "en", past=past), AskDays)


@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_what_a_calendar_prints_is_read_back(day: date, today: date) -> None:
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%A %d %b %Y", "%d/%m/%y"):
        assert understand_day(day.strftime(form), today, "en") == day


@given(st.sampled_from(LANGUAGES), st.integers(1, 250), st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_a_day_as_the_bot_writes_it_is_read_back(lang: str, away: int, today: date) -> None:
    day = today + timedelta(days=away)
    assert understand_day(words(lang).day(day, year=True), today, lang) == day


@given(st.text(max_size=30), st.booleans(), st.sampled_from(LANGUAGES))
def test_no_text_ends_in_anything_but_days_or_a_question(typed: str, past: bool, lang: str) -> None:
    assert isinstance(understand_day(typed, TODAY, lang, past=past), date | AskDays)
    assert isinstance(understand_days(typed, TODAY, lang), Days | AskDays)
    assert isinstance(understand_past_days(typed, TODAY, lang, earliest=date(2020, 1, 1)), Days | AskDays)
    assert all(isinstance(each, time) for each in understand_time(typed, lang))


@pytest.mark.parametrize(
    ("lang", "typed", "first", "last"),
    [("en", "from 1 Jan to 31 Mar", date(2026, 1, 1), date(2026, 3, 31)),
     ("de", "vom 1. Januar bis 31. März", date(2026, 1, 1), date(2026, 3, 31)),
     ("da", "fra 1. januar til 31. marts", date(2026, 1, 1), date(2026, 3, 31)),
     ("nb", "fra 1. januar til 31. mars", date(2026, 1, 1), date(2026, 3, 31)),
     ("sv", "från 1 januari till 31 mars", date(2026, 1, 1), date(2026, 3, 31)),
     ("nl", "van 1 januari tot 31 maart", date(2026, 1, 1), date(2026, 3, 31)),
     ("en", "1 Nov to 31 Dec", date(2025, 11, 1), date(2025, 12, 31)),
     ("en", "1 Dec to 31 Jan", date(2025, 12, 1), date(2026, 1, 31)),
     ("en", "1 Nov 2024 to 31 Jan", date(2024, 11, 1), date(2025, 1, 31)),
     ("en", "12 to 14 Feb", date(2026, 2, 12), date(2026, 2, 14)),
     ("en", "1 Jan - 31 Mar 2025", date(2025, 1, 1), date(2025, 3, 31)),
     ("en", "March", date(2026, 3, 1), date(2026, 3, 31)), ("en", "December", date(2025, 12, 1), date(2025, 12, 31)),
     ("en", "February 2024", date(2024, 2, 1), date(2024, 2, 29)),
     ("de", "von März bis Mai", date(2026, 3, 1), date(2026, 5, 31)),
     ("en", "from 1 Sept", date(2026, 9, 1), TODAY), ("de", "ab 1. September", date(2026, 9, 1), TODAY),
     ("en", "until 3 March", date(2020, 1, 1), date(2026, 3, 3)),
     ("en", "2 weeks", date(2026, 11, 12), TODAY), ("en", "yesterday", date(2026, 11, 24), date(2026, 11, 24))],
)  # fmt: skip
def test_looking_back_a_period_is_the_last_such_period(lang: str, typed: str, first: date, last: date) -> None:
    assert understand_past_days(typed, TODAY, lang, earliest=date(2020, 1, 1)) == Days(first, last)


@pytest.mark.parametrize("typed", ["31 Mar 2026 to 1 Mar 2026", "from 1 Jan 2027", "smurch", "30.2. to 3.3.", "12"])
def test_looking_back_what_is_no_past_period_is_asked_about(typed: str) -> None:
    assert isinstance(understand_past_days(typed, TODAY, "en", earliest=date(2020, 1, 1)), AskDays)


def test_periods_of_their_own() -> None:
    read = {
        text: understand_days(text, TODAY, "en") for text in ("2 weeks", "until 12 jan", "next week", "from monday")
    }
    assert read == {
        "2 weeks": Days(TODAY, date(2026, 12, 8)),
        "until 12 jan": Days(TODAY, JAN_12),
        "next week": Days(date(2026, 11, 30), date(2026, 12, 6)),
        "from monday": Days(date(2026, 11, 30), None),
    }
    assert understand_days("until further notice", TODAY, "en") == Days(TODAY, None)
    assert understand_days("uge 7-8", TODAY, "da") == Days(date(2027, 2, 15), date(2027, 2, 28))
    assert isinstance(understand_days("leave 2 weeks", TODAY, "en"), AskDays)


@pytest.mark.parametrize(
    ("lang", "typed", "clock"),
    [("en", "9", "09:00"), ("en", "09:00", "09:00"), ("en", "9.30", "09:30"), ("en", "9am", "09:00"),
     ("en", "2 pm", "14:00"), ("en", "half past ten", "10:30"), ("en", "quarter to nine", "08:45"),
     ("en", "ten o'clock", "10:00"), ("en", "0900", "09:00"), ("en", "12am", "00:00"), ("en", "02:30", "02:30"),
     ("de", "9 Uhr", "09:00"), ("de", "um 9 Uhr", "09:00"), ("de", "halb zehn", "09:30"), ("de", "halb eins", "12:30"),
     ("de", "viertel nach 9", "09:15"), ("de", "14 Uhr", "14:00"), ("da", "kl. 9", "09:00"), ("da", "halv ti", "09:30"),
     ("nb", "klokka 9", "09:00"), ("nb", "kl. 0930", "09:30"), ("nl", "9 uur", "09:00"), ("nl", "half tien", "09:30"),
     ("nl", "9u30", "09:30"), ("sv", "kl 9", "09:00"), ("sv", "kvart över nio", "09:15"), ("en", "9 Uhr", "09:00")],
)  # fmt: skip
def test_times_of_day(lang: str, typed: str, clock: str) -> None:
    assert [f"{each:%H:%M}" for each in understand_time(typed, lang)] == [clock]


@pytest.mark.parametrize(
    ("typed", "clocks"), [("half ten", ["10:30", "09:30"]), ("2", ["14:00", "02:00"]), ("2:30", ["14:30", "02:30"])]
)
def test_a_time_that_may_be_another(typed: str, clocks: list[str]) -> None:
    assert [f"{each:%H:%M}" for each in understand_time(typed, "en")] == clocks


@pytest.mark.parametrize(
    "typed", ["", "noonish", "25", "9:75", "24:00", "13 pm", "9 or 10", "9 9", "monday 9", "x" * 500]
)
def test_what_is_no_time_is_refused(typed: str) -> None:
    assert understand_time(typed, "en") == ()
