"""Days and periods typed by themselves, where leave or a mode is not the question: the date of a round, the day of a
log entry, how long a series rests. The same words and rules as in `meaning.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from bot.calendars.spoken.bounds import joined_bounds
from bot.calendars.spoken.meaning import without_marks
from bot.calendars.spoken.parts import Part
from bot.calendars.spoken.periods import asking, begin_of, period_of
from bot.calendars.spoken.reader import read
from bot.calendars.spoken.readings import Ask, Reading, TakeLeave, Why
from bot.calendars.spoken.things import Away, Doubt, Misfit, Thing, last_such_day


@dataclass(frozen=True)
class Days:
    """From `first` to `last`, both included; None is an end left open by what was typed ("from Monday")."""

    first: date
    last: date | None


@dataclass(frozen=True)
class AskDays:
    """The typed words leave a doubt; `readings` are what they may mean, likeliest first."""

    why: Why
    readings: tuple[Days, ...] = field(default=())


def understand_days(text: str, today: date, language: str) -> Days | AskDays:
    """The period that typed words name: "2 weeks", "until 12 Feb", "next week", "from Monday" (open)."""
    return to_days(read(text, today, language, _bare_period))


def understand_day(text: str, today: date, language: str, *, past: bool = False) -> date | AskDays:
    """The one day that typed words name; with `past` a day without its year is the last such day, not the next."""
    found = to_days(read(text, today, language, _last_day if past else _next_day))
    return found.first if isinstance(found, Days) else found


def to_days(reading: Reading) -> Days | AskDays:
    """What was read, as days alone."""
    if isinstance(reading, TakeLeave):
        return Days(reading.first, reading.last)
    assert isinstance(reading, Ask)
    return AskDays(reading.why, tuple(Days(r.first, r.last) for r in reading.readings if isinstance(r, TakeLeave)))


def _bare_period(row: tuple[Part, ...], today: date) -> Reading:
    times = only_times(row)

    def read_times() -> Reading:
        kinds = [part.kind for part in times]
        if kinds == ["open"]:
            return TakeLeave(today, None)
        if kinds == ["from"]:
            return TakeLeave(begin_of(times[0], today), None)
        return TakeLeave(*period_of(times, today))

    return asking(read_times, TakeLeave)


def _next_day(row: tuple[Part, ...], today: date) -> Reading:
    return asking(lambda: _on(_only_thing(row, today).find(today)[0]), TakeLeave)


def _last_day(row: tuple[Part, ...], today: date) -> Reading:
    return asking(lambda: _on(last_such_day(_only_thing(row, today), today)), TakeLeave)


def _on(day: date) -> TakeLeave:
    return TakeLeave(day, day)


def only_times(row: tuple[Part, ...]) -> list[Part]:
    """The parts of a row that names times and nothing else. Raises `Misfit`."""
    parts = joined_bounds(without_marks(row))
    if not parts or not all(part.is_time for part in parts):
        raise Misfit
    return parts


def _only_thing(row: tuple[Part, ...], today: date) -> Thing:
    """What the row names besides "on", "from" or "until". Raises `Doubt` for a stretch of several days."""
    times = only_times(row)
    if len(times) != 1:
        raise Misfit
    part = times[0]
    thing = part.last if part.kind == "until" else part.first
    if part.kind == "span":  # 2 weeks: that day
        return Away(part.count, part.word)
    if part.kind not in {"single", "from", "until"} or thing is None:
        raise Misfit
    if not thing.is_day:
        first, last = thing.find(today)
        day = last if part.kind == "until" else first
        raise Doubt(Why.VAGUE, (day, day))
    return thing
