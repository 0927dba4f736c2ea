"""What it means that a leave or a mode begins or ends: "my leave ends on Friday", "the last day of my leave is Friday".

Both ends make a period ("starts on Monday and ends on Friday"). An end alone is that of a leave that is entered, or of
a mode that runs: never a new period until then. Which leave it is, is known elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.calendars.spoken.months import EndOf
from bot.calendars.spoken.parts import Part
from bot.calendars.spoken.periods import begin_of, within_reach
from bot.calendars.spoken.readings import Ask, Change, ChangeLeave, ComeBack, EndMode, Reading, SwitchMode, Why
from bot.calendars.spoken.things import ONE_DAY, Away, DayOfYear, Doubt, Misfit, Weekday

SATURDAY = 5
KINDS = {"away", "plain", "parental", "sick"}
"""Words of leave whose end is that of the leave."""
PARTED = {"parted", "break_parted"}
"""Verbs whose prefix stands behind: "hört … auf", "breche … ab"."""


def joined_bounds(parts: list[Part]) -> list[Part]:
    """The parts with each "begins on" as a "from", and an "ends on" behind a "from" as an "until".

    "The last day of my leave" says that it is leave, too.
    """
    found: list[Part] = []
    left = _without_is(_whole_verbs(parts))
    while left:
        part = left.pop(0)
        if part.kind in {"begins", "ends"} and part.word == "day" and not any(p.kind == "leave" for p in parts):
            found.append(Part("leave", "plain"))
        day = left[0] if left and left[0].kind == "single" else None
        if part.kind == "begins" and day:
            found.append(Part("from", "begins", first=left.pop(0).first))
        elif part.kind == "ends" and day and any(p.kind == "from" for p in found):
            found.append(Part("until", last=left.pop(0).first))
        else:
            found.append(part)
    return found


def _whole_verbs(parts: list[Part]) -> list[Part]:
    """Without the prefix of a parted verb ("hört am Freitag auf"). Raises `Misfit` where one is without the other."""
    halves = [part.kind for part in parts if part.kind == "bound_prefix" or part.word in PARTED]
    if halves and (len(halves) != 2 or halves[0] == "bound_prefix" or halves[1] != "bound_prefix"):
        raise Misfit
    return [part for part in parts if part.kind != "bound_prefix"]


def _without_is(parts: list[Part]) -> list[Part]:
    """Without "is": "my leave is 8–12 February". "My leave is until Friday" says when it ends.

    Raises `Misfit` where it stands neither between leave and its days nor beside a word of ending or beginning.
    """
    found: list[Part] = []
    bound = any(part.kind in {"ends", "begins"} for part in parts)
    for before, part, after in zip((None, *parts), parts, (*parts[1:], None), strict=False):
        said = before and after and before.kind == "leave" and after.is_time and len(parts) == 3
        if part.kind == "copula" and not (bound or said):
            raise Misfit
        ends = part.kind == "until" or (part.kind == "range" and part.first == Away(0))  # "is now until Friday"
        if before and before.kind == "copula" and ends and not bound:
            found += [Part("ends"), replace(part, kind="single", first=part.last)]
        elif part.kind != "copula":
            found.append(part)
    return found


def _is_bound(part: Part) -> bool:
    """Whether a part says that something begins or ends."""
    return part.kind in {"begins", "ends"} or (part.kind == "from" and part.word == "begins")


def bound_of(parts: list[Part], today: date) -> Reading | None:
    """My leave ends on Friday · am Montag beginnt meine Präsenzzeit; None where the words say no such thing alone.

    A doubt about the day is a question without readings. Raises `Misfit` where the words do not fit together.
    """
    said = [part for part in parts if _is_bound(part)]
    if not said:
        return None
    try:
        return _bound(parts, said, today)
    except Doubt as doubt:
        return Ask(doubt.why)


def _bound(parts: list[Part], said: list[Part], today: date) -> Reading | None:
    leave = [part for part in parts if part.kind == "leave"]
    modes = {part.mode for part in parts if part.mode}
    days = [part for part in parts if part.is_time]
    returns = [part for part in parts if part.kind == "back_on"]
    amounts = [part for part in parts if part.kind == "by"]
    if all(part.kind == "from" for part in said) and (modes or len(days) > 1 or not leave or returns):
        return None  # as any other "from"
    if len(said) != 1 or len(modes) + bool(leave) != 1 or len(days) + len(amounts) != 1 or len(returns) > 1:
        raise Misfit
    if {part.kind for part in parts} - {"ends", "begins", "leave", "mode", "single", "from", "by", "back_on"}:
        raise Misfit
    if not {part.word for part in leave} <= KINDS:
        raise Doubt(Why.CHANGE)  # a course may end within a longer leave
    begins = said[0].kind != "ends"
    if amounts:
        if modes or returns or begins or not amounts[0].through:
            raise Misfit
        later = amounts[0].count > 0
        return ChangeLeave(Change.EXTEND if later else Change.SHORTEN, count=amounts[0].count, unit=amounts[0].word)
    day = _day_of(days[0], today)
    if begins and (returns or days[0].kind not in {"single", "from"}):
        raise Misfit
    if modes:
        mode = modes.pop()
        assert mode
        if returns:
            raise Misfit
        return SwitchMode(mode, day, None) if begins else EndMode(mode, day)
    if begins:
        return ChangeLeave(Change.BEGIN, first=day)
    return _and_back(day, returns[0], today) if returns else ChangeLeave(Change.END, last=day)


def _day_of(part: Part, today: date) -> date:
    thing = part.first
    if part.kind == "from":
        day = begin_of(part, today)
    elif part.kind != "single" or thing is None or isinstance(thing, EndOf) or not thing.is_day:
        raise Doubt(Why.VAGUE)
    else:
        day = thing.find(today)[0]
    within_reach(day, today)
    return day


def _and_back(end: date, back: Part, today: date) -> Reading:
    """Leave ends on Friday, back on Monday: the day of return, if only days of a weekend lie between."""
    thing = back.first
    assert thing is not None
    on, _ = thing.find(today, end if isinstance(thing, DayOfYear | Weekday) else None)
    between = [end + n * ONE_DAY for n in range(1, (on - end).days)]
    if on <= end or any(day.weekday() < SATURDAY for day in between):
        raise Doubt(Why.TWO_READINGS)
    return ComeBack(on)
