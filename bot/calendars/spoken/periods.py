"""Which days a stretch of time is: its first and its last, or the doubt that a colleague would have.

Next: `meaning.py`, which says what happens on them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from bot.calendars.spoken.months import EndOf, Month, MonthAway
from bot.calendars.spoken.parts import Part
from bot.calendars.spoken.readings import Act, Ask, Reading, Why
from bot.calendars.spoken.things import (
    ONE_DAY,
    Away,
    DayInWeek,
    DayOfMonth,
    DayOfYear,
    Doubt,
    FullDate,
    Holiday,
    Misfit,
    Stretch,
    Thing,
    Week,
    WeekAway,
    Weekday,
    Weekend,
    WeekOf,
    ahead,
    day_of,
)

LONGEST_UNSAID_DAYS = 60
FURTHEST_DAYS = 1100
"""Nothing is planned further ahead, nor for longer."""

Period = tuple[date, date | None]


def asking(read: Callable[[], Reading], act: Callable[[date, date | None], Act]) -> Reading:
    """What was read; a doubt becomes a question with the acts that its stretches would be."""
    try:
        return read()
    except Doubt as doubt:
        return Ask(doubt.why, tuple(act(*stretch) for stretch in doubt.stretches))


def period_of(times: list[Part], today: date) -> Period:
    """First and last day of what was said of time. Raises `Doubt`, or `Misfit` where the parts do not fit.

    What is said by the name of a holiday is asked about, with the days it comes to.
    """
    period = _plain_period_of(times, today)
    if any(isinstance(thing, Holiday) for part in times for thing in (part.first, part.last, *part.more)):
        raise Doubt(Why.VAGUE, period)
    return period


def _plain_period_of(times: list[Part], today: date) -> Period:
    spans = [part for part in times if part.kind == "span"]
    others = [part for part in times if part.kind != "span"]
    if len(spans) > 1 or not times:
        raise Misfit
    return _lasting(times, others, spans[0], today) if spans else _stretch(others, today)


def _stretch(times: list[Part], today: date) -> Period:
    """A stretch said without its length."""
    match tuple(part.kind for part in times):
        case ("single",):
            return single(times[0].first, today)
        case ("several",):
            return _several(times[0], today)
        case ("range",):
            return _between(times[0].first, times[0], today)
        case ("until",):
            return _between(None, times[0], today)
        case ("from", "until"):
            return _between(times[0].first, times[1], today)
        case ("until", "from"):
            return _between(times[1].first, times[0], today)
        case (("single" | "range" | "several"), ("single" | "range" | "several")) | ("single", "from", "until"):
            return _repeated(times, today)
    raise Misfit


def _lasting(times: list[Part], others: list[Part], span: Part, today: date) -> Period:
    """A length: from today, from a day that was named, or as a repetition that must agree."""
    kinds = tuple(part.kind for part in others)
    if kinds == ():
        return _spanned(today, span, today)
    if kinds == ("from",):
        return _spanned(begin_of(others[0], today), span, today)
    day = others[0].first
    if kinds == ("single",) and times[0] is others[0] and day and (day.is_day or isinstance(day, WeekOf)):
        return _spanned(single(day, today)[0], span, today)
    first, last = _stretch(others, today)
    said = ahead(first, span.count, span.word) - ONE_DAY
    if last != said:
        raise Doubt(Why.TWO_READINGS, (first, last), (first, said))
    return first, last


def begin_of(part: Part, today: date) -> date:
    """The first day of "from …"."""
    thing = part.first
    assert thing is not None
    if isinstance(thing, Month) and thing.find(today)[0] < today:
        raise Doubt(Why.PAST)
    if isinstance(thing, EndOf | Holiday):
        raise Doubt(Why.VAGUE)
    return thing.find(today)[0]


def single(thing: Thing | None, today: date) -> Period:
    """One day, week or month said by itself."""
    assert thing is not None
    if isinstance(thing, EndOf):
        raise Doubt(Why.VAGUE, thing.find(today))
    if isinstance(thing, Month | MonthAway) and not thing.whole:
        raise Doubt(Why.VAGUE, thing.find(today))
    if isinstance(thing, Away) and thing.unit != "day":
        day = thing.find(today)[0]
        raise Doubt(Why.TWO_READINGS, (day, day), (today, day - ONE_DAY))
    first, last = thing.find(today)
    return first, checked(first, last, said=True, today=today)


def _several(part: Part, today: date) -> Period:
    """Monday, Tuesday and Wednesday: one period only if each follows the one before at once."""
    assert part.first
    first_said, *more = _of_one_month(_of_one_week([part.first, *part.more]))
    first, last = single(first_said, today)
    for thing in more:
        assert last is not None
        begin, end = thing.find(today, last)
        if isinstance(thing, Month | MonthAway) or begin != last + ONE_DAY:
            raise Misfit
        last = end
    assert last is not None
    return first, checked(first, last, said=False, today=today)


def _of_one_week(things: list[Thing]) -> list[Thing]:
    """Tuesday and Wednesday next week: the week said with the last day is that of the others."""
    last = things[-1]
    if not isinstance(last, DayInWeek) or not all(isinstance(thing, Weekday) for thing in things[:-1]):
        return things
    return [*(DayInWeek(last.week, t.weekday) for t in things[:-1] if isinstance(t, Weekday)), last]


def _of_one_month(things: list[Thing]) -> list[Thing]:
    """8, 9 and 10 February: the month said with the last day is that of the others."""
    last, others = things[-1], [thing for thing in things[:-1] if isinstance(thing, DayOfMonth)]
    if len(others) < len(things) - 1:
        return things
    if isinstance(last, DayOfYear):
        return [*(DayOfYear(each.day, last.month, each.weekday) for each in others), last]
    if isinstance(last, FullDate):
        days = [day_of(last.day.year, last.day.month, each.day) for each in others]
        if None not in days:
            return [*(FullDate(day, each.weekday) for day, each in zip(days, others, strict=True) if day), last]
    return things


def _between(first_said: Thing | None, part: Part, today: date) -> Period:
    """From a beginning (today without one) to a last day, which counts."""
    last_said = part.last
    assert last_said is not None
    if isinstance(last_said, Away) and last_said.unit != "day" and first_said is None:
        day = last_said.find(today)[0]
        raise Doubt(Why.TWO_READINGS, (today, day), (today, day - ONE_DAY))
    vague = isinstance(last_said, Month | MonthAway | Weekend | WeekAway) or (
        isinstance(last_said, Week) and first_said is None
    )
    if (
        vague
        and not part.through
        and not (isinstance(first_said, Week | WeekAway) and not isinstance(last_said, Month))
    ):
        raise Doubt(Why.VAGUE, (today, last_said.find(today)[1]))
    if isinstance(first_said, Month | EndOf):
        raise Doubt(Why.VAGUE)
    if isinstance(first_said, DayOfMonth) and isinstance(last_said, Week | WeekAway):
        raise Misfit  # "6.–7. KW" are two weeks
    if isinstance(first_said, DayOfMonth | DayOfYear) and not _relative(last_said):
        return _first_before(first_said, last_said, today)
    if isinstance(first_said, DayOfMonth) and not first_said.marked:
        raise Misfit
    first = first_said.find(today)[0] if first_said else today
    last = _end(last_said, first, today, after=first if first_said else None)
    if isinstance(first_said, Weekday) and isinstance(last_said, DayInWeek):
        first = _one_week(first_said, last_said, (first, last), today, begun=part.begun or part.kind == "until")
    if isinstance(first_said, DayInWeek) and isinstance(last_said, Weekday):
        last = last_said.find(today, first)[1]
    if isinstance(last_said, DayOfMonth) and not last_said.marked and not isinstance(first_said, DayOfYear | FullDate):
        raise Doubt(Why.VAGUE, (first, last))  # until 12: the 12th, or noon
    both_years = bool(first_said and first_said.has_year and last_said.has_year)
    return first, checked(first, last, said=both_years, today=today)


def _end(thing: Thing, first: date, today: date, after: date | None) -> date:
    """The last day of a period that begins on `first`; a doubt about it is one about the period."""
    try:
        return thing.find(today, after)[1]
    except Doubt as doubt:
        ends = [] if doubt.why is Why.REVERSED else [(first, last) for _, last in doubt.stretches]
        raise Doubt(doubt.why, *ends) from doubt


def _relative(thing: Thing) -> bool:
    """Whether an end is counted from the beginning rather than named by its month."""
    return not (thing.has_year or isinstance(thing, DayOfYear)) or isinstance(thing, EndOf | Week)


def _first_before(first_said: DayOfMonth | DayOfYear, last_said: Thing, today: date) -> Period:
    """12–14 Feb · 1 Feb to 12 Feb 2027: the last day says which month and year the first is in."""
    if isinstance(last_said, DayOfYear):
        if isinstance(first_said, DayOfYear):
            first = first_said.find(today)[0]
            last = _end(last_said, first, today, after=first)
            return first, checked(first, last, said=False, today=today)
        last = last_said.find(today)[0]
    else:
        last = last_said.find(today)[1]
    first = first_said.last_before(last)
    if isinstance(first_said, DayOfMonth) and first.month != last.month:
        raise Doubt(Why.REVERSED, (first, last))
    if first < today:
        raise Doubt(Why.ROLLED_OVER if last >= today else Why.PAST, *([(today, last)] if last >= today else []))
    return first, checked(first, last, said=False, today=today)


def _one_week(first_said: Weekday, last_said: DayInWeek, period: Stretch, today: date, *, begun: bool) -> date:
    """Tuesday to Friday of next week: both in that week. With "from" it may be the next Tuesday as well."""
    first, last = period
    within = last - (last_said.weekday - first_said.weekday) * ONE_DAY
    if within > last or within < today:
        return first
    if begun and within != first:
        raise Doubt(Why.TWO_READINGS, (within, last), (first, last))
    return within


def _spanned(first: date, span: Part, today: date) -> Period:
    if span.count < 1:
        raise Doubt(Why.NO_SUCH_DAY)
    last = ahead(first, span.count, span.word) - ONE_DAY
    return first, checked(first, last, said=True, today=today)


def _repeated(times: list[Part], today: date) -> Period:
    """Next week, 8–12 Feb: said twice, so one must lie within the other; the narrower one was meant."""
    if any(isinstance(part.first, Month | MonthAway) and not part.first.whole for part in times):
        raise Misfit
    one = period_of(times[:1], today)
    two = period_of(times[1:], today)
    for narrow, wide in ((one, two), (two, one)):
        if wide[0] <= narrow[0] and narrow[1] and wide[1] and narrow[1] <= wide[1]:
            same = narrow == wide
            if same or not (times[0].first and times[0].first.is_day and len(times) == 2 and times[1].kind == "single"):
                return narrow
    raise Misfit


def checked(first: date, last: date, *, said: bool, today: date) -> date:
    """The last day, if a colleague would take the period without asking. Raises `Doubt`."""
    if last < first:
        raise Doubt(Why.REVERSED)
    if last < today:
        raise Doubt(Why.PAST, (first, last))
    within_reach(first, today)
    days = (last - first).days + 1
    if days > FURTHEST_DAYS or (days > LONGEST_UNSAID_DAYS and not said):
        raise Doubt(Why.LONG, (first, last))
    return last


def within_reach(day: date, today: date) -> None:
    """Raise `Doubt` for a day that is over or too far away to be planned."""
    if day < today - 6 * ONE_DAY:
        raise Doubt(Why.PAST)
    if (day - today).days > FURTHEST_DAYS:
        raise Doubt(Why.LONG, (day, day))
