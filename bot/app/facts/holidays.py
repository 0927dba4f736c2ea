"""Public holidays of a clinic in the reader's words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from bot.calendars.public_holidays import has_names_in, holiday_names
from bot.domain.organisation import Clinic
from bot.ui.strings import Words

_NAMES: Mapping[str, str] = {
    "All Saints' Day": "holiday.all_saints_day",
    "Armistice Day": "holiday.armistice_day",
    "Ascension Day": "holiday.ascension_day",
    "Assumption Day": "holiday.assumption_day",
    "Boxing Day": "holiday.boxing_day",
    "Christmas Day": "holiday.christmas_day",
    "Christmas Eve": "holiday.christmas_eve",
    "Constitution Day": "holiday.constitution_day",
    "Corpus Christi": "holiday.corpus_christi",
    "Easter Monday": "holiday.easter_monday",
    "Easter Sunday": "holiday.easter_sunday",
    "Epiphany": "holiday.epiphany",
    "German Unity Day": "holiday.german_unity_day",
    "Good Friday": "holiday.good_friday",
    "Immaculate Conception": "holiday.immaculate_conception",
    "Independence Day": "holiday.independence_day",
    "King's Day": "holiday.king_s_day",
    "Labor Day": "holiday.labor_day",
    "Maundy Thursday": "holiday.maundy_thursday",
    "May Day": "holiday.may_day",
    "Midsummer Day": "holiday.midsummer_day",
    "Midsummer Eve": "holiday.midsummer_eve",
    "National Day": "holiday.national_day",
    "New Year's Day": "holiday.new_year_s_day",
    "Pentecost": "holiday.pentecost",
    "Pentecost Monday": "holiday.pentecost_monday",
    "Reformation Day": "holiday.reformation_day",
    "Saint Stephen's Day": "holiday.saint_stephen_s_day",
    "Second Day of Christmas": "holiday.second_day_of_christmas",
    "Women's Day": "holiday.women_s_day",
}
"""The sentence of a holiday by its English name in the library."""


def named_holidays(words: Words, clinic: Clinic, years: Collection[int]) -> dict[date, str]:
    """The clinic's public holidays of these years by date, in the reader's language.

    The country's own name stands where the library knows none in that language and neither do our catalogues.
    """
    names = holiday_names(clinic.country, clinic.region, words.language, years)
    if has_names_in(clinic.country, words.language):
        return names
    english = holiday_names(clinic.country, clinic.region, "en", years)
    return {day: _translated(words, english[day]) or own for day, own in names.items()}


def _translated(words: Words, english: str) -> str:
    """From the English name; two holidays on one day are parted by a semicolon. Empty where one of them is unknown."""
    keys = [_NAMES.get(name, "") for name in english.split("; ")]
    return "; ".join(map(words, keys)) if all(keys) else ""
