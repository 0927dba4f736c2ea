"""Periods that are over or still run, typed by somebody who looks back: "from 1 Jan to 31 Mar", "March".

The same words and rules as in `days.py`; what is named without its year is the last such day or month, not the next.
"""

from __future__ import annotations

from datetime import date

from bot.calendars.spoken.days import AskDays, Days, only_times, to_days
from bot.calendars.spoken.months import EndOf, Month, last_day_of
from bot.calendars.spoken.parts import Part
from bot.calendars.spoken.periods import asking
from bot.calendars.spoken.reader import read
from bot.calendars.spoken.readings import Reading, TakeLeave, Why
from bot.calendars.spoken.things import (
    ONE_DAY,
    DayOfMonth,
    DayOfYear,
    Doubt,
    Misfit,
    Stretch,
    Thing,
    ahead,
    last_such_day,
)

_LONGEST_TURN = 184
"""Days of a period over a year's turn that is believed without a year."""


def understand_past_days(text: str, today: date, language: str, *, earliest: date) -> Days | AskDays:
    """The past period that typed words name; without an end it runs to `today`, without a beginning from `earliest`.

    What begins after today is asked about.
    """

    def mean(row: tuple[Part, ...], day: date) -> Reading:
        times = only_times(row)
        return asking(lambda: TakeLeave(*_checked(*_stretch(times, day, earliest), day)), TakeLeave)

    return to_days(read(text, today, language, mean))


def _stretch(times: list[Part], today: date, earliest: date) -> Stretch:
    match [part.kind for part in times]:
        case ["single"]:
            return _last_such(times[0].first, today)
        case ["from"]:
            return _last_such(times[0].first, today)[0], today
        case ["until"]:
            return earliest, _last_such(times[0].last, today)[1]
        case ["range"]:
            return _between(times[0].first, times[0].last, today)
        case ["from", "until"]:
            return _between(times[0].first, times[1].last, today)
        case ["until", "from"]:
            return _between(times[1].first, times[0].last, today)
        case ["span"]:  # 2 weeks: the last two
            return ahead(today, -times[0].count, times[0].word) + ONE_DAY, today
    raise Misfit


def _between(first: Thing | None, last: Thing | None, today: date) -> Stretch:
    """The end without its year is the last such day up to today, the beginning the last one up to the end.

    Where no year is said and that turns the year for longer than half of one, the two may be the wrong way round.
    """
    if first is None or last is None:
        raise Misfit
    if first.has_year and isinstance(last, DayOfYear):  # 1 Nov 2026 to 31 Jan: the first one after the beginning
        begin = _last_such(first, today)[0]
        return begin, last.find(begin, begin)[1]
    end = _last_such(last, today)[1]
    if isinstance(first, DayOfMonth):  # 12 to 14 Feb
        return first.last_before(end), end
    begin = _last_such(first, end)[0]
    if not (first.has_year or last.has_year) and begin.year < end.year and (end - begin).days > _LONGEST_TURN:
        raise Doubt(Why.REVERSED)
    return begin, end


def _last_such(thing: Thing | None, upto: date) -> Stretch:
    """First and last day of the last such day or month that has begun by `upto`; with its year said it is that one."""
    match thing:
        case None:
            raise Misfit
        case Month(month, year):
            first = date(year or (upto.year if month <= upto.month else upto.year - 1), month, 1)
            return first, last_day_of(first)
        case EndOf(of):
            last = _last_such(of, upto)[1]
            return last, last
    day = last_such_day(thing, upto)
    return day, day


def _checked(first: date, last: date, today: date) -> Stretch:
    if last < first:
        raise Doubt(Why.REVERSED)
    if first > today:
        raise Doubt(Why.VAGUE)
    return first, last
