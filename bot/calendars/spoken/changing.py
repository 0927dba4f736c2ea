"""What words that change an entered leave mean: move, prolong, shorten. Which leave it is, is known elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.calendars.spoken.months import Month, MonthAway
from bot.calendars.spoken.parts import Part
from bot.calendars.spoken.periods import asking, period_of, single, within_reach
from bot.calendars.spoken.readings import Ask, Change, ChangeLeave, ComeBack, EndMode, Reading, Why
from bot.calendars.spoken.things import ONE_DAY, Doubt, Holiday, Misfit, WeekAway, Weekend
from bot.domain.policy import Mode

DIRECTIONS = {"later": 1, "earlier": -1}
"""Verbs that say whether a leave moves to a later or an earlier time: postpone, bring forward."""


def change_of(parts: list[Part], today: date) -> Reading:
    """Extend my leave until Friday · move it from week 7 to week 8 · shorten it by two days."""
    verbs = [part.word for part in parts if part.kind == "change"]
    changes = [Change.MOVE if verb in DIRECTIONS else Change(verb.removesuffix("_parted")) for verb in verbs]
    amounts = [part for part in parts if part.kind == "by"]
    targets = [part for part in parts if part.kind == "onto"]
    times = [part for part in parts if part.is_time]
    if len(changes) != 1 or len(amounts) + len(targets) > 1:
        raise Misfit
    returns = [part for part in parts if part.kind == "back_on"]
    if changes[0] in {Change.BREAK, Change.SHORTEN} and len(returns) == 1 and not (amounts or targets):
        return _back_from(returns[0], parts, times, today)
    if {part.kind for part in parts} - {"change", "by", "onto", "leave"} - {part.kind for part in times}:
        raise Misfit
    if not (amounts or targets or times):
        raise Doubt(Why.CHANGE)
    if changes[0] is Change.MOVE:
        return _moved(amounts, targets, times, today, DIRECTIONS.get(verbs[0], 0))
    if changes[0] is Change.BREAK:
        return _broken_off(amounts + targets, times, today)
    return _ended(changes[0], amounts, targets, times, today)


def end_moved(parts: list[Part], today: date) -> Reading | None:
    """Move the end of my leave to 6 January · extend f2f until Friday; None where the words say no such thing alone."""
    kinds = [part.kind for part in parts]
    modes = {part.mode for part in parts if part.mode}
    ends = [part.word for part in parts if part.kind == "ends"]
    if "change" not in kinds or not (ends or modes):
        return None
    days = [part for part in parts if part.is_time or part.kind in {"onto", "by"}]
    verbs = [part.word for part in parts if part.kind == "change"]
    if len(modes) == len(verbs) == 1 and not ends and set(kinds) <= {"change", "mode", "by", "span", "single", "onto"}:
        found = _mode_changed(modes.copy().pop(), verbs[0], days, today)
        if found:
            return found
    fit = ends in ([], ["day"]) and len(verbs) == len(days) == 1 and len(modes) <= 1
    if not fit or set(kinds) - {"change", "ends", "leave", "mode", days[0].kind} or (modes and "leave" in kinds):
        raise Misfit
    thing = days[0].last if days[0].kind == "until" else days[0].first
    if days[0].kind not in {"single", "onto", "until"} or days[0].more or thing is None or not thing.is_day:
        raise Misfit
    if isinstance(thing, Holiday) or (modes and not ends and verbs[0] not in {Change.EXTEND, Change.SHORTEN}):
        raise Misfit
    try:
        last = thing.find(today)[0]
        within_reach(last, today)
    except Doubt as doubt:
        return Ask(doubt.why)
    mode = modes.pop() if modes else None
    return EndMode(mode, last) if mode else ChangeLeave(Change.END, last=last)


def _mode_changed(mode: Mode, verb: str, days: list[Part], today: date) -> Reading | None:
    """Extend f2f by a week · stop blended · stop f2f on Friday; None where it is another change."""
    kinds = [day.kind for day in days]
    if not days and verb in {Change.SHORTEN, Change.BREAK}:
        return EndMode(mode)
    if kinds in (["by"], ["span"]) and verb in {Change.EXTEND, Change.SHORTEN}:
        count = abs(days[0].count) if verb == Change.EXTEND else -abs(days[0].count)
        return EndMode(mode, count=count, unit=days[0].word)
    thing = days[0].first if kinds == ["single"] else None
    if verb != Change.BREAK or thing is None or not thing.is_day:
        return None
    last = thing.find(today)[0]
    within_reach(last, today)
    return Ask(Why.TWO_READINGS, (EndMode(mode, last), EndMode(mode, last - ONE_DAY)))


def longer_by(parts: list[Part]) -> Reading | None:
    """One more week · another three days off · f2f for two more weeks; None where the words say no such thing.

    Raises `Misfit` where other words stand beside it.
    """
    more = [part for part in parts if part.kind == "more"]
    if not more:
        return None
    modes = {part.mode for part in parts if part.mode}
    beside = {part.kind for part in parts} - {"more", "reason"}
    fits = beside <= {"leave", "home"} or (beside == {"mode"} and len(modes) == 1)
    if len(more) != 1 or not fits:
        raise Misfit
    count, unit = more[0].count, more[0].word
    if modes:
        return EndMode(modes.pop(), count=count, unit=unit)
    return ChangeLeave(Change.EXTEND, count=count, unit=unit, named="leave" in beside)


def _back_from(back: Part, parts: list[Part], times: list[Part], today: date) -> Reading:
    """Breaking off my leave on Wednesday, back on Thursday: a return, on that day or the one after."""
    if {part.kind for part in parts} - {"change", "leave", "back_on", "single"} or len(times) > 1 or not back.first:
        raise Misfit
    on = back.first.find(today)[0]
    within_reach(on, today)
    if times and times[0].first and not 0 <= (on - times[0].first.find(today)[0]).days <= 1:
        raise Misfit
    return ComeBack(on)


def _broken_off(others: list[Part], times: list[Part], today: date) -> Reading:
    """Break off my leave on Friday."""
    thing = times[0].first if times else None
    if others or len(times) != 1 or times[0].kind not in {"single", "from"} or thing is None or not thing.is_day:
        raise Misfit
    return asking(
        lambda: ChangeLeave(Change.BREAK, last=single(thing, today)[0]),
        lambda first, last: ChangeLeave(Change.BREAK, last=first),
    )


def _moved(amounts: list[Part], targets: list[Part], times: list[Part], today: date, direction: int) -> Reading:
    """Elsewhere; `direction` is that of a verb that says it: bring forward (-1), postpone (1)."""
    if direction and not (amounts or targets) and [part.kind for part in times] == ["span"]:
        amounts, times = times, []
    if [part.kind for part in times] not in ([], ["single"], ["from"], ["range"]) or not (amounts or targets):
        raise Misfit
    of = times[0].first.find(today)[0] if times and times[0].first else None
    if amounts:
        count, said = amounts[0].count, amounts[0].kind == "by" and amounts[0].through and not amounts[0].begun
        if not (said or direction) or (said and direction and (count < 0) != (direction < 0)):
            raise Misfit  # by a week: earlier or later?
        return ChangeLeave(Change.MOVE, count=direction * abs(count) or count, unit=amounts[0].word, of=of)
    kind = "several" if targets[0].more else "range" if targets[0].last else "single"
    target = [replace(targets[0], kind=kind)]
    return asking(
        lambda: ChangeLeave(Change.MOVE, *period_of(target, today), of=of),
        lambda first, last: ChangeLeave(Change.MOVE, first, last, of=of),
    )


def _ended(how: Change, amounts: list[Part], targets: list[Part], times: list[Part], today: date) -> Reading:
    """Another end, or one so much later or earlier."""
    kinds = [part.kind for part in times]
    if targets or (amounts and times):
        raise Misfit
    if amounts or kinds == ["span"]:
        count, unit = (amounts or times)[0].count, (amounts or times)[0].word
        return ChangeLeave(how, count=abs(count) if how is Change.EXTEND else -abs(count), unit=unit)
    if kinds != ["until"] and not (how is Change.SHORTEN and kinds == ["single"]):
        raise Misfit
    return asking(
        lambda: ChangeLeave(how, last=_last_day(times[0], today)), lambda first, last: ChangeLeave(how, last=last)
    )


def _last_day(part: Part, today: date) -> date:
    """The new end; how long a leave it makes is not asked, because the leave is known."""
    if part.kind == "single":
        return single(part.first, today)[1] or today
    thing = part.last
    assert thing is not None
    if isinstance(thing, Month | MonthAway | Weekend | WeekAway) and not part.through:
        raise Doubt(Why.VAGUE, (today, thing.find(today)[1]))
    last = thing.find(today)[1]
    within_reach(last, today)
    return last
