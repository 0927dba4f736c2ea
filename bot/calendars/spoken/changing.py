"""What words that change an entered leave mean: move, prolong, shorten. Which leave it is, is known elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.calendars.spoken.months import Month, MonthAway
from bot.calendars.spoken.parts import Part
from bot.calendars.spoken.periods import asking, period_of, single, within_reach
from bot.calendars.spoken.readings import Change, ChangeLeave, Reading, Why
from bot.calendars.spoken.things import Doubt, Misfit, WeekAway, Weekend


def change_of(parts: list[Part], today: date) -> Reading:
    """Extend my leave until Friday · move it from week 7 to week 8 · shorten it by two days."""
    changes = [Change(part.word) for part in parts if part.kind == "change"]
    amounts = [part for part in parts if part.kind == "by"]
    targets = [part for part in parts if part.kind == "onto"]
    times = [part for part in parts if part.is_time]
    if len(changes) != 1 or len(amounts) + len(targets) > 1:
        raise Misfit
    if {part.kind for part in parts} - {"change", "by", "onto", "leave"} - {part.kind for part in times}:
        raise Misfit
    if not (amounts or targets or times):
        raise Doubt(Why.CHANGE)
    if changes[0] is Change.MOVE:
        return _moved(amounts, targets, times, today)
    return _ended(changes[0], amounts, targets, times, today)


def _moved(amounts: list[Part], targets: list[Part], times: list[Part], today: date) -> Reading:
    if [part.kind for part in times] not in ([], ["single"], ["from"], ["range"]) or not (amounts or targets):
        raise Misfit
    of = times[0].first.find(today)[0] if times and times[0].first else None
    if amounts:
        if not amounts[0].through:
            raise Misfit  # by a week: earlier or later?
        return ChangeLeave(Change.MOVE, count=amounts[0].count, unit=amounts[0].word, of=of)
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
