"""Public holidays as working calendars, for the use-cases."""

from __future__ import annotations

from datetime import date

from bot.calendars.public_holidays import work_calendar
from bot.domain.calendar import WorkCalendar


class HolidayCalendars:
    """Implements `bot.app.dependencies.Calendars` with the `holidays` library."""

    def calendar(self, country: str, region: str, closed: frozenset[date]) -> WorkCalendar:
        """Monday to Friday without public holidays and the given closed days."""
        return work_calendar(country, region, closed)
