"""Public holidays as working calendars, cached by country, region and closures."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from bot.domain.calendar import WorkCalendar


class HolidayAlmanac:
    """Implements `bot.app.tools.Almanac` with the `holidays` library."""

    def calendar(self, country: str, region: str, closed: frozenset[date]) -> WorkCalendar:
        """Monday to Friday without public holidays and the given closed days."""
        return _calendar(country, region, closed)


@lru_cache(maxsize=512)
def _calendar(country: str, region: str, closed: frozenset[date]) -> WorkCalendar:
    import holidays

    public = holidays.country_holidays(country, subdiv=region or None)
    return WorkCalendar(lambda day: day in closed or day in public)
