"""Public holidays as a clinic meets them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.calendars.public_holidays import UnknownCountry, UnknownRegion, holiday_names, holidays_of, work_calendar


def test_swedish_eves_are_closed_only_when_listed() -> None:
    eves = frozenset({date(2026, 12, 24), date(2026, 12, 31)})
    for eve in eves:
        assert work_calendar("SE").is_working(eve)
        assert not work_calendar("SE", "", eves).is_working(eve)


def test_regions_differ() -> None:
    all_saints = date(2027, 11, 1)
    assert holidays_of("DE", "BY")(all_saints)
    assert not holidays_of("DE", "SH")(all_saints)


def test_names_in_a_language_or_the_countrys_own() -> None:
    easter_monday = date(2027, 3, 29)
    assert holiday_names("DK", "", "da", {2027})[easter_monday] == "Anden påskedag"
    assert holiday_names("DK", "", "en", {2027})[easter_monday] == "Easter Monday"
    assert holiday_names("DE", "SH", "xx", {2027})[easter_monday] == "Ostermontag"
    assert {day.year for day in holiday_names("DK", "", "da", {2027})} == {2027}


def test_unknown_places_are_refused_by_name() -> None:
    with pytest.raises(UnknownCountry):
        work_calendar("XX")
    with pytest.raises(UnknownRegion) as refused:
        work_calendar("DE", "Kiel")
    assert "SH" in str(refused.value.values["regions"])
