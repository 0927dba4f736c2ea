"""What a row of parts means: leave, a mode, a return, or a doubt. The rules are those of docs/typing-time.md.

A row whose parts do not fit together means nothing: another row may, else the person is asked.
"""

from __future__ import annotations

from datetime import date

from bot.calendars.spoken.bounds import bound_of, joined_bounds
from bot.calendars.spoken.changing import change_of, end_moved, longer_by
from bot.calendars.spoken.months import EndOf
from bot.calendars.spoken.parts import REASONS, Part
from bot.calendars.spoken.periods import (
    LONGEST_UNSAID_DAYS,
    asking,
    begin_of,
    checked,
    period_of,
    single,
    within_reach,
)
from bot.calendars.spoken.readings import Ask, ComeBack, Reading, SwitchMode, TakeLeave, Why
from bot.calendars.spoken.things import (
    DAY_OFF,
    ONE_DAY,
    DayOfMonth,
    DayOfYear,
    Doubt,
    FullDate,
    Holiday,
    Misfit,
    Week,
    Weekday,
    WeekPair,
    last_such_day,
)
from bot.domain.policy import Mode

RESUMED = (["again", "attend"], ["attend", "back"], ["attend"])
FEASTS = {"feast", "named"}
FEAST_TIMES = {"single", "range", "from", "until"}
DATED = (DayOfYear, FullDate, Week, WeekPair)
SAID_TWICE = {"single", "several", "range"}


def meaning(row: tuple[Part, ...], today: date) -> Reading:
    """What the row means on a day. Raises `Misfit` if its parts do not fit together."""
    parts = _resumed(joined_bounds(without_marks(row)))
    _fit_reasons(row)
    bound = longer_by(parts) or end_moved(parts, today) or bound_of(parts, today) or _nothing_said(parts, today)
    if bound:
        return bound
    parts = _working(parts)
    if any(part.kind == "unlike" for part in parts):
        raise Misfit
    kinds = [part.kind for part in parts if part.kind != "starts"]
    if "change" in kinds:
        return asking(lambda: change_of(parts, today), TakeLeave)
    modes = {part.mode for part in parts if part.mode}
    said_in_length = any(part.kind == "span" and part.word == DAY_OFF for part in parts)
    away = said_in_length or not {"leave", "absent", "parted"}.isdisjoint(kinds) or _negated(kinds)
    returns = [part for part in parts if part.kind == "back_on"] or [part for part in parts if part.kind == "back"]
    times = [part for part in parts if part.is_time]
    if "not_before" in kinds:
        return _not_before(parts, kinds, today)
    if "no_cases" in kinds and not away:
        return asking(lambda: _no_cases(kinds, times, today), TakeLeave)
    if "home" in kinds and not any(part.word in REASONS for part in parts if part.kind == "leave"):
        raise Misfit  # at home to work
    plain = any(part.kind == "leave" and part.word not in REASONS for part in parts)
    together = plain and not _apart(row, "absent", "leave")
    _fit(kinds, modes=len(modes), away=away, returns=len(returns), plain=plain, together=together)
    _fit_circumstances(kinds, modes=len(modes), away=away, returns=len(returns))
    if modes:
        mode = modes.pop()
        return asking(lambda: _mode(mode, parts, times, today), lambda first, last: SwitchMode(mode, first, last))
    if away:
        return _also_today(row, asking(lambda: _away(parts, returns, times, today), TakeLeave), today)
    if returns and not times:
        return asking(lambda: _back(returns[0], today), lambda first, last: ComeBack(first))
    if set(kinds) == {"reason"}:
        return Ask(Why.NO_ACT)
    if times and set(kinds) <= {"reason", *(part.kind for part in times)} and "open" not in kinds:
        return asking(lambda: _bare(times, today), TakeLeave)
    raise Misfit


def _nothing_said(parts: list[Part], today: date) -> Reading | None:
    """Ill no longer: back today? At home until Friday: to work there, or not? None for all other words."""
    kinds, times = [part.kind for part in parts], [part for part in parts if part.is_time]
    if kinds == ["changed"] and parts[0].word == "well":
        return Ask(Why.UNSURE, (ComeBack(today),))
    if "home" in kinds and len(times) == len(parts) - 1:
        return asking(lambda: _bare(times, today), TakeLeave)
    return None


def _not_before(parts: list[Part], kinds: list[str], today: date) -> Reading:
    """Not in before Thursday: away until Wednesday, or a leave that ends then. It is asked."""
    day = next(part.first for part in parts if part.kind == "not_before")
    absent = kinds.count("absent") + _negated(kinds)
    if day is None or absent != 1 or set(kinds) - {"not_before", "absent", "not", "attend", "reason"}:
        raise Misfit
    try:
        on = day.find(today)[0]
        within_reach(on, today)
    except Doubt as doubt:
        return Ask(doubt.why)
    away = (TakeLeave(today, on - ONE_DAY),) if on > today else ()
    return Ask(Why.TWO_READINGS, (*away, ComeBack(on)))


def _also_today(row: tuple[Part, ...], reading: Reading, today: date) -> Reading:
    """Ill, also not coming tomorrow: whether today counts is asked."""
    ill = any(part.kind == "leave" and part.word in REASONS for part in row)
    also = any(part.kind == "also" for part in row)
    if ill and also and isinstance(reading, TakeLeave) and reading.first > today:
        return Ask(Why.TWO_READINGS, (reading, TakeLeave(today, reading.last)))
    return reading


def _away(parts: list[Part], returns: list[Part], times: list[Part], today: date) -> Reading:
    """Leave, until a return or not; what has begun already is asked about."""
    begun = [part for part in parts if part.kind == "since"]
    if begun:
        return _leave_since(begun[0], parts, times, today)
    if returns:
        return _leave_until_return(parts, returns[0], today)
    days = [part for part in times if part.kind in SAID_TWICE]
    if any(part.kind == "reason" for part in parts) and len(days) > 1:  # "surgery on 3 March, off 3–17 March"
        periods = dict.fromkeys(period_of([part], today) for part in days)
        if len(periods) > 1:
            raise Doubt(Why.TWO_READINGS, *periods)
    kinds = [part.kind for part in parts]
    events = [at for at, part in enumerate(parts) if part.kind == "reason" and part.word == "event"]
    if events and "leave" in kinds[events[0] :] and sorted(part.kind for part in times) == ["single", "span"]:
        raise Doubt(Why.TWO_READINGS, period_of(times, today))  # "wedding on 8 Feb, off for 3 days": from when?
    return _leave(parts, times, today)


def _resumed(parts: list[Part]) -> list[Part]:
    """I come again on Monday · well again, in tomorrow: a return, if nothing but the day stands beside it."""
    days = [part for part in parts if part.is_time]
    beside = [part.kind for part in parts if part.kind in {"changed", "unlike"}]
    said = sorted(part.kind for part in parts if not part.is_time and part.kind not in {"changed", "unlike"})
    if said not in RESUMED or len(days) != 1 or (said == ["attend"] and beside != ["changed"]):
        return parts
    day = days[0].first
    if days[0].kind not in {"single", "from"} or day is None or not day.is_day or isinstance(day, EndOf):
        return parts
    return [Part("back_on", first=day)]


def _working(parts: list[Part]) -> list[Part]:
    """Without "working", which may stand beside a mode.

    Raises `Misfit` beside leave: "working until Friday, then off".
    """
    if any(part.kind == "works" for part in parts) and not any(part.mode for part in parts):
        raise Misfit
    return [part for part in parts if part.kind != "works"]


def _fit(kinds: list[str], *, modes: int, away: bool, returns: int, plain: bool, together: bool) -> None:
    """Raise `Misfit` for words that contradict each other or are left over."""
    nots = kinds.count("not") - (1 if _negated(kinds) and not returns and not plain else 0)
    alone = ("attend" in kinds and "not" not in kinds and not returns) or ("switch" in kinds and not modes)
    again = "again" in kinds and ("absent" in kinds or not (modes or returns or "leave" in kinds))
    both = "absent" in kinds and (together or "not" in kinds)  # "leave not in week 7"
    parted = [kind for kind in kinds if kind in {"parted", "prefix"}] not in ([], ["parted", "prefix"])
    if parted or nots or alone or again or both or modes > 1 or returns > 1 or (modes and (away or returns)):
        raise Misfit


def _fit_circumstances(kinds: list[str], *, modes: int, away: bool, returns: int) -> None:
    """Raise `Misfit` where what stands beside the days does not fit what is to happen."""
    since = kinds.count("since")
    wrong_since = since > 1 or (since and (not away or returns))
    no_absence = "reason" in kinds and not away and (modes or returns)
    no_return = "changed" in kinds and (not returns or away or modes)
    elsewhere = "place" in kinds and "leave" not in kinds  # to be in Leeds is no absence
    if elsewhere or wrong_since or no_absence or no_return or not {"onto", "by"}.isdisjoint(kinds):
        raise Misfit


def _fit_reasons(row: tuple[Part, ...]) -> None:
    """Raise `Misfit` where a reason may say something else: "moves the holiday", "bank holiday and Tuesday off"."""
    said = [part for part in row if part.kind != "skip"]
    for mark, again, day in zip(said, said[1:], said[2:], strict=False):
        if (mark.kind, again.kind) == ("mark", "again") and day.is_time:
            raise Misfit  # "sjuk, åter torsdag": back then, not ill again
    _fit_then(said)
    for before, part, after in zip((None, *said), said, (*said[1:], None), strict=False):
        beside = {each.kind for each in (before, after) if each}
        if part.kind != "reason":
            continue
        if part.word == "moving" and "leave" in beside:
            raise Misfit
        if part.word in FEASTS:
            times = [each for each in row if each.is_time]
            if "dash" in beside or not times or not {each.kind for each in times} <= FEAST_TIMES:
                raise Misfit
            lone = len(times) == 1 and times[0].kind in {"from", "until"}
            if lone or (part.word == "named" and not all(map(_is_dated, times))):
                raise Misfit  # "Easter Monday", "Christmas until 2 January"


def _fit_then(said: list[Part]) -> None:
    """Raise `Misfit` for "here until Friday, then leave": what holds until then is not the leave."""
    kinds = [part.kind for part in said]
    if "so" not in kinds:
        return
    before, after = said[: kinds.index("so")], said[kinds.index("so") + 1 :]
    why = any(part.kind == "reason" or (part.kind == "leave" and part.word in REASONS) for part in before)
    until = any(part.kind == "until" for part in before)
    if until and not why and any(part.kind in {"leave", "absent", "parted"} for part in after):
        raise Misfit


def _is_dated(time: Part) -> bool:
    """Whether a stretch is said by dates or numbers of weeks."""
    things = [thing for thing in (time.first, time.last) if thing]
    return isinstance(things[-1], DATED) and all(isinstance(thing, (*DATED, DayOfMonth)) for thing in things)


def _no_cases(kinds: list[str], times: list[Part], today: date) -> Reading:
    """No cases this week: leave, or a limit? It is asked."""
    if set(kinds) - {"no_cases", "reason"} - {part.kind for part in times}:
        raise Misfit
    if not times:
        raise Doubt(Why.NO_ACT)
    return _bare(times, today)


def _apart(row: tuple[Part, ...], one: str, other: str) -> bool:
    """Whether a mark or "so" parts the two, or one of them says where somebody is not."""
    kinds = [part.kind for part in row]
    if one not in kinds or other not in kinds:
        return False
    first, last = sorted((kinds.index(one), kinds.index(other)))
    between = not {"mark", "so"}.isdisjoint(kinds[first:last])
    return between or any(part.kind == "absent" and part.word == "place" for part in row)


def without_marks(row: tuple[Part, ...]) -> list[Part]:
    """The parts that say something.

    A dash or "and" beside two times, or at an end, says something too, and two times in a row are one only if a comma
    parts them ("week 7, 15–19 Feb").
    """
    for before, part, after in zip((None, *row), row, (*row[1:], None), strict=False):
        onwards = before and after and before.kind == "from" and after.kind == "span" and after.begun
        between = before and after and before.is_time and after.is_time and not onwards
        if part.kind == "dash" and (before is None or after is None or between):
            raise Misfit
        if before and before.kind in SAID_TWICE and part.kind in SAID_TWICE:
            raise Misfit
    return [part for part in row if part.kind not in {"mark", "dash", "skip", "so", "also"}]


def _negated(kinds: list[str]) -> bool:
    """I do not come: one "not" with one word of being there, and no word of leave between them."""
    if kinds.count("not") != 1 or kinds.count("attend") != 1 or "again" in kinds:
        return False
    first, last = sorted((kinds.index("not"), kinds.index("attend")))
    return "leave" not in kinds[first:last]


# ---- leave, mode, return ---------------------------------------------------------------------


def _leave(parts: list[Part], times: list[Part], today: date) -> Reading:
    words = {part.word for part in parts if part.kind == "leave"}
    if not times:
        if "sick" in words and words <= {"sick", "away", "illness"}:
            return TakeLeave(today, None)
        raise Doubt(Why.NO_PERIOD)
    kinds = [part.kind for part in times]
    if kinds in (["open"], ["from", "open"], ["open", "from"]):
        first = today if kinds == ["open"] else begin_of(next(p for p in times if p.first), today)
        raise Doubt(Why.OPEN_END, (first, None))
    if kinds == ["from"]:
        first = begin_of(times[0], today)
        raise Doubt(Why.NO_END, (first, first), (first, None))
    first, last = period_of(times, today)
    if any(part.kind == "starts" for part in parts) and first == last and not words <= {"course"}:
        raise Doubt(Why.NO_END, (first, first), (first, None))  # "going on leave tomorrow" is no single day
    return TakeLeave(first, last)


def _bare(times: list[Part], today: date) -> Reading:
    """A time, with or without a reason, but not what is to happen then."""
    if [part.kind for part in times] == ["from"]:
        raise Doubt(Why.NO_ACT)
    raise Doubt(Why.NO_ACT, period_of(times, today))


def _leave_since(part: Part, parts: list[Part], times: list[Part], today: date) -> Reading:
    """Sick since Friday: it has begun already, so what was moved or reviewed meanwhile is looked at before."""
    assert part.first is not None
    first = last_such_day(part.first, today)
    if first > today:
        raise Misfit
    if first == today:  # ill since this morning
        return _leave(parts, times, today)
    if (today - first).days > LONGEST_UNSAID_DAYS:
        raise Doubt(Why.PAST)
    if not times:
        raise Doubt(Why.BEGUN, (first, None), (first, today))
    if [each.kind for each in times] not in (["until"], ["open"]):
        raise Misfit
    if times[0].kind == "open":
        raise Doubt(Why.BEGUN, (first, None))
    raise Doubt(Why.BEGUN, (first, period_of(times, today)[1]))


def _mode(mode: Mode, parts: list[Part], times: list[Part], today: date) -> Reading:
    kinds = [part.kind for part in times]
    turns = {part.word if part.kind == "switch" else part.kind for part in parts} & {"turn", "back", "again"}
    if kinds == ["single"] and turns:
        day, last = single(times[0].first, today)
        if turns == {"back"} and day == last:
            return SwitchMode(mode, day, None)  # back to iCBT on Monday
        raise Doubt(Why.TWO_READINGS, (day, None), (day, last))  # switch to iCBT on Monday
    if kinds in ([], ["open"]):
        return SwitchMode(mode, today, None)
    if kinds in (["from"], ["from", "open"], ["open", "from"]):
        first = begin_of(next(p for p in times if p.first), today)
        if first < today:
            raise Doubt(Why.PAST, (first, None))
        within_reach(first, today)
        return SwitchMode(mode, first, None)
    first, last = period_of(times, today)
    return SwitchMode(mode, first, last)


def _back(part: Part, today: date) -> Reading:
    if part.first is None:
        return ComeBack(today)
    on, _ = part.first.find(today)
    within_reach(on, today)
    if isinstance(part.first, Holiday):
        raise Doubt(Why.VAGUE, (on, on))
    return ComeBack(on)


def _leave_until_return(parts: list[Part], back: Part, today: date) -> Reading:
    """Sick, back on Monday: the last day off is the day before."""
    at = parts.index(back)
    if (
        back.first is None
        or any(part.is_time for part in parts[at:])
        or not any(part.kind in {"leave", "absent", "attend"} for part in parts[:at])
    ):
        raise Misfit
    times = [part for part in parts[:at] if part.is_time]
    kinds = [part.kind for part in times]
    starts = any(part.kind == "starts" for part in parts)
    if kinds == []:
        first, until = today, None
    elif kinds == ["from"] or (kinds == ["single"] and starts):  # going on leave on Thursday, back on 1 February
        first, until = begin_of(times[0], today), None
    elif len(times) == 1:
        first, until = period_of(times, today)
    else:
        raise Misfit
    on, _ = back.first.find(today, first if isinstance(back.first, DayOfYear | Weekday) else None)
    if until is not None:  # said twice: only days of a weekend may lie between
        free = [until + n * ONE_DAY for n in range(1, (on - until).days)]
        if on <= until or any(day.weekday() < 5 for day in free):
            raise Doubt(Why.TWO_READINGS, (first, until), *([(first, on - ONE_DAY)] if on > first else []))
        return TakeLeave(first, until)
    if on <= first:
        raise Doubt(Why.REVERSED)
    return TakeLeave(first, checked(first, on - ONE_DAY, said=False, today=today))
