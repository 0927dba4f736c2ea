"""Calendar files as offices export them, and as somebody with bad intentions writes them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars.absences import (
    LONGEST_TEXT,
    MOST_EVENTS,
    Absence,
    Absences,
    CalendarTooLarge,
    NotACalendar,
    read_absences,
)
from tests.unit.calendars.calendar_files import calendar

KIEL = ZoneInfo("Europe/Berlin")
TODAY = date(2027, 1, 18)


def periods(*events: str) -> tuple[Absence, ...]:
    return read_absences(calendar(*events), KIEL, TODAY).periods


def test_whole_days_end_the_day_before_dtend() -> None:
    week = "DTSTART;VALUE=DATE:20270201\r\nDTEND;VALUE=DATE:20270206\r\nSUMMARY:sick"
    assert periods(week) == (Absence(date(2027, 2, 1), date(2027, 2, 5)),)
    assert periods("DTSTART;VALUE=DATE:20270201") == (Absence(date(2027, 2, 1), date(2027, 2, 1)),)
    assert periods("DTSTART;VALUE=DATE:20270201\r\nDURATION:P3D") == (Absence(date(2027, 2, 1), date(2027, 2, 3)),)


def test_times_count_for_the_whole_days_between_them() -> None:
    berlin = "DTSTART;TZID=Europe/Berlin:20270201T000000\r\nDTEND;TZID=Europe/Berlin:20270203T000000"
    noon = "DTSTART:20270301T110000Z\r\nDTEND:20270304T110000Z"
    meeting = "DTSTART:20270401T080000Z\r\nDTEND:20270401T150000Z"
    found = read_absences(calendar(berlin, noon, meeting), KIEL, TODAY)
    assert found.periods == (
        Absence(date(2027, 2, 1), date(2027, 2, 2)),
        Absence(date(2027, 3, 2), date(2027, 3, 3)),
    )
    assert found.left_out == 1


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        (";VALUE=DATE:20270712Z", ";VALUE=DATE:20270717Z", 12, 16),
        (":20270712", ":20270717", 12, 16),
        (":2027-07-12", ":2027-07-17", 12, 16),
        (";TZID=Europe/Berlin:20270712", ";TZID=Europe/Berlin:20270717", 12, 16),
        (";VALUE=DATE:20270712T000000", ";VALUE=DATE:20270717T000000", 12, 16),
        (";VALUE=DATE:20270712T000000Z", ";VALUE=DATE:20270716T220000Z", 12, 16),
        (";VALUE=DATE:20270712", ";VALUE=DATE:20270712", 12, 12),
        (";VALUE=DATE:20270712", ":20270717T000000", 12, 16),
        (":20270712T000000", ";VALUE=DATE:20270717", 12, 16),
        (":20270712T000000", ":20270716T235900", 12, 16),
        (":20270712T000000", ":20270716T235959", 12, 16),
        (":20270712T000000", ":20270712T235900", 12, 12),
        (":20270712T000000", ":20270716T240000", 12, 16),
        (":2027-07-12T00:00:00", ":2027-07-16T23:59", 12, 16),
        (';TZID="Europe/Berlin":20270712T000000', ";TZID=Europe/Berlin:20270716T235900", 12, 16),
        (";VALUE=DATE-TIME;TZID=Europe/Berlin:20270712T000000", ";VALUE=DATE-TIME:20270716T220000Z", 12, 16),
        (":20270712T080000", ":20270730T170000", 12, 30),
        (":20270711T180000", ":20270716T120000", 12, 15),
    ],
)
def test_days_are_read_in_every_form_they_are_written_in(start: str, end: str, first: int, last: int) -> None:
    written = f"DTSTART{start}\r\nDTEND{end}"
    assert periods(written) == (Absence(date(2027, 7, first), date(2027, 7, last)),)
    assert periods(written.lower()) == periods(written)


def test_a_single_day_with_a_trailing_z_needs_no_end() -> None:
    assert periods("DTSTART;VALUE=DATE:20270712Z") == (Absence(date(2027, 7, 12), date(2027, 7, 12)),)


@pytest.mark.parametrize(
    "written",
    [
        "DTSTART;VALUE=DATE:20270712,20270714",
        "DTSTART;VALUE=PERIOD:20270712T000000Z/P1D",
        "DTSTART:20271312",
        "DTSTART:20270712T250000",
        "DTSTART:99991231T240000",
        "DTSTART;VALUE=DATE:20270712\r\nDURATION:1 week",
        "DTSTART;VALUE=DATE:soon",
        "DTSTART;VALUE=DATE:20270712\r\nDTSTART;VALUE=DATE:20270801",
    ],
)
def test_an_entry_that_cannot_be_read_is_counted_and_spoils_no_other(written: str) -> None:
    found = read_absences(calendar(written, "DTSTART;VALUE=DATE:20270201"), KIEL, TODAY)
    assert (found.periods, found.left_out) == ((Absence(date(2027, 2, 1), date(2027, 2, 1)),), 1)


def test_what_touches_is_joined_and_the_past_is_left_alone() -> None:
    one = "DTSTART;VALUE=DATE:20270201\r\nDTEND;VALUE=DATE:20270203"
    two = "DTSTART;VALUE=DATE:20270203\r\nDTEND;VALUE=DATE:20270206"
    past = "DTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:20261206"
    assert periods(two, past, one) == (Absence(date(2027, 2, 1), date(2027, 2, 5)),)


def test_repeating_cancelled_and_endless_entries_are_left_out_and_counted() -> None:
    weekly = "DTSTART;VALUE=DATE:20270201\r\nRRULE:FREQ=WEEKLY"
    cancelled = "DTSTART;VALUE=DATE:20270301\r\nSTATUS:CANCELLED"
    endless = "DTSTART;VALUE=DATE:20270301\r\nDTEND;VALUE=DATE:20990101"
    backwards = "DTSTART;VALUE=DATE:20270305\r\nDTEND;VALUE=DATE:20270301"
    found = read_absences(calendar(weekly, cancelled, endless, backwards, "SUMMARY:no start"), KIEL, TODAY)
    assert (found.periods, found.left_out) == ((), 5)


@pytest.mark.parametrize(
    ("fields", "away"),
    [
        ("TRANSP:TRANSPARENT", False),  # a birthday, a public holiday in other programs
        ("TRANSP:OPAQUE", True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\nTRANSP:OPAQUE", True),
        ("TRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-BUSYSTATUS:OOF", True),  # said to be out of the office
        ("transp:transparent", False),
    ],
)
def test_what_keeps_nobody_away_is_no_absence_and_is_not_counted(fields: str, away: bool) -> None:
    found = read_absences(calendar(f"DTSTART;VALUE=DATE:20270301\r\n{fields}"), KIEL, TODAY)
    assert (len(found.periods), found.left_out) == (int(away), 0)


def test_too_much_is_refused_before_it_is_read() -> None:
    with pytest.raises(CalendarTooLarge):
        read_absences("BEGIN:VCALENDAR" + "x" * LONGEST_TEXT, KIEL, TODAY)
    with pytest.raises(CalendarTooLarge):
        read_absences(calendar(*["DTSTART;VALUE=DATE:20270201"] * (MOST_EVENTS + 1)), KIEL, TODAY)


def test_years_that_are_over_count_neither_as_entries_nor_as_left_out() -> None:
    past = ["DTSTART;VALUE=DATE:20200201\r\nDTEND;VALUE=DATE:20200203"] * (MOST_EVENTS + 500)
    meetings = ["DTSTART:20250301T080000Z\r\nDTEND:20250301T150000Z"] * 300
    found = read_absences(calendar(*past, *meetings, "DTSTART;VALUE=DATE:20270201"), KIEL, TODAY)
    assert found == Absences((Absence(date(2027, 2, 1), date(2027, 2, 1)),), 0)
    ends_today = "DTSTART:20270115T000000Z\r\nDTEND:20270119T000000Z"
    assert periods(ends_today)[0].last >= TODAY


def test_a_zone_that_changes_every_second_is_not_computed() -> None:
    """The library lists every change of a zone that a file brings along; 16 centuries of seconds never end."""
    rule = "DTSTART:16010101T000000\r\nRRULE:FREQ=SECONDLY\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100"
    zone = f"BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\n{rule}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    hidden = zone.replace("BEGIN:VTIMEZONE", "BEGIN:VTIME\r\n ZONE")
    for bomb in (zone, hidden, zone.lower()):
        text = calendar("DTSTART;TZID=Ours:20270201T000000\r\nDTEND;TZID=Ours:20270203T000000")
        found = read_absences(text.replace("PRODID:-//x//EN\r\n", "PRODID:-//x//EN\r\n" + bomb), KIEL, TODAY)
        assert found.periods == (Absence(date(2027, 2, 1), date(2027, 2, 2)),)


def test_a_zone_of_an_office_program_is_known_by_its_name() -> None:
    found = periods("DTSTART;TZID=W. Europe Standard Time:20270201T000000\r\nDURATION:P2D")
    assert found == (Absence(date(2027, 2, 1), date(2027, 2, 2)),)


def test_what_lies_inside_an_entry_is_not_the_entry() -> None:
    alarm = "BEGIN:VALARM\r\nDURATION:P90D\r\nTRIGGER:-PT10M\r\nEND:VALARM"
    assert periods(f"DTSTART;VALUE=DATE:20270201\r\n{alarm}") == (Absence(date(2027, 2, 1), date(2027, 2, 1)),)


@pytest.mark.parametrize("text", ["", "hello", "<?xml version='1.0'?>", "BEGIN:VCALENDAR\r\nnonsense"])
def test_what_is_no_calendar_is_said(text: str) -> None:
    with pytest.raises(NotACalendar):
        read_absences(text, KIEL, TODAY)


@given(st.sampled_from(["DTSTART", "DTEND", "DURATION"]), st.text("0123456789TZP:;-,=VALUEDATE", max_size=30))
def test_any_moment_is_read_or_left_out(name: str, value: str) -> None:
    text = calendar(f"DTSTART:20270712T000000\r\n{name}{value}", "DTSTART;VALUE=DATE:20270201")
    try:
        found = read_absences(text, KIEL, TODAY)
    except NotACalendar:
        return
    assert Absence(date(2027, 2, 1), date(2027, 2, 1)) in found.periods


@given(st.text(max_size=300))
def test_anything_is_read_or_refused_by_name(text: str) -> None:
    try:
        found = read_absences(calendar(text), KIEL, TODAY)
    except NotACalendar:
        return
    assert all(TODAY <= absence.last >= absence.first for absence in found.periods)
