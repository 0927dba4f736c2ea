"""Public holidays of a clinic in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from bot.calendars.public_holidays import has_names_in, holiday_names
from bot.domain.organisation import Clinic
from bot.ui.strings import Words


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
    keys = [f"holiday.{re.sub('[^a-z0-9]+', '_', name.lower()).strip('_')}" for name in english.split("; ")]
    return "; ".join(map(words, keys)) if all(map(words.has, keys)) else ""
