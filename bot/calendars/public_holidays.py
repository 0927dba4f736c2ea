"""Public holidays by country and region, from the `holidays` library.

Only what the law closes: Sweden's 24 and 31 December and Midsummer Eve are working days here until a clinic lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.domain.calendar import WorkCalendar
from bot.errors import Refusal

if TYPE_CHECKING:
    from holidays import HolidayBase


class UnknownCountry(Refusal):
    """A country is given by two letters, e.g. "DK" (ISO 3166-1); `country` is what was given."""


class UnknownRegion(Refusal):
    """A region is one its country has holidays for; `country`, `region` and the `regions` there are."""


@lru_cache(maxsize=512)
def work_calendar(country: str, region: str = "", closed: frozenset[date] = frozenset()) -> WorkCalendar:
    """Monday to Friday without the country's public holidays and the clinic's `closed` days.

    Raises `UnknownCountry` or `UnknownRegion`.
    """
    is_holiday = holidays_of(country, region)
    return WorkCalendar(lambda day: day in closed or is_holiday(day))


def holidays_of(country: str, region: str = "") -> Callable[[date], bool]:
    """Whether a day is a public holiday there. Raises `UnknownCountry` or `UnknownRegion`."""
    public = _calendar(country, region, "")
    return lambda day: day in public


def holiday_names(country: str, region: str, language: str, years: Collection[int]) -> dict[date, str]:
    """The holidays of these years by date, named in `language` ("da"), else in the country's own.

    Raises `UnknownCountry` or `UnknownRegion`.
    """
    public = _calendar(country, region, language)
    for year in years:
        _ = date(year, 1, 1) in public  # the library fills in a year when it is first asked for
    return {day: public[day] for day in sorted(public) if day.year in years}


def has_names_in(country: str, language: str) -> bool:
    """Whether the language is one of the country's, in which its holidays have names of their own.

    The library names most countries' holidays in English too, in its own words. Raises `UnknownCountry`.
    """
    public = _calendar(country, "", "")
    return language in _named_in(public) and (language != "en" or str(public.default_language).startswith("en"))


def _named_in(public: HolidayBase) -> dict[str, str]:
    """The library's own tag by language; it says "no" for Norwegian Bokmål."""
    tags = {tag.split("_")[0]: tag for tag in public.supported_languages}
    return {"nb" if language == "no" else language: tag for language, tag in tags.items()}


@lru_cache(maxsize=512)
def _calendar(country: str, region: str, language: str) -> HolidayBase:
    import holidays

    regions = holidays.list_supported_countries().get(country)
    if regions is None:
        raise UnknownCountry(country=country)
    # The list leaves out other names of regions ("Bayern" for "BY"), so the library itself decides.
    try:
        public = holidays.country_holidays(country, subdiv=region or None)
    except NotImplementedError as error:
        raise UnknownRegion(country=country, region=region, regions=tuple(regions)) from error
    # Without a language the library would follow the machine's locale.
    named_in = _named_in(public).get(language, public.default_language)
    return holidays.country_holidays(country, subdiv=region or None, language=named_in)
