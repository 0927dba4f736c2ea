"""Reads the goals of a rule set file; `reader.py` explains the rest of it.

    [[goal]]
    kind = "hours"                 # "hours", "hours_at_most", "meetings", "gap_days" or "client_hours"
    amount = 1.5                   # client_hours: hours with clients that one hour of supervision covers
    window = "calendar_month"      # "rolling" (default), "month_average", "calendar_month", "calendar_year",
                                   # "registration_year", "week" or "period" (all of what is printed)
    months = 60                    # of a rolling window
    year_from = "12-01"            # of a registration year: month and day
    which = "individual"           # "all" (default), "individual", "group", "remote" or "one_supervisor"
    scaled_by_fte = true           # asked by share of a post; the same as full_from = 1
    full_from = 0.5                # from this share of a post on in full, below it scaled
    floor = 0.75                   # but never less than this
    leave_counts = false           # gap_days: whether days of leave are counted

Goals that contradict each other are refused: the same amount asked twice, at least more than at most (of a part more
than of the whole, in a month more than its year allows), a floor above the amount, a kind that the rule set does not
count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import Any, Protocol, TypeVar

from bot.reports.rule_sets.contradictions import contradiction, misfits
from bot.reports.rule_sets.goals import Goal, GoalKind, Which, Window

_KEYS = {"kind", "amount", "months", "window", "year_from", "which", "scaled_by_fte", "full_from", "floor",
         "leave_counts"}  # fmt: skip
W = TypeVar("W", bound=StrEnum)


class Reads(Protocol):
    """What of the reader the goals need."""

    def wrong(self, path: str, problem: str) -> None:
        """Note a mistake."""

    def only(self, table: Mapping[str, Any], known: set[str], prefix: str) -> None:
        """Note every key that is not known."""

    def whole(self, table: Mapping[str, Any], prefix: str, key: str, low: int, high: int) -> int:
        """A whole number."""

    def flag(self, table: Mapping[str, Any], prefix: str, key: str) -> bool:
        """True or false."""


def read_goals(reader: Reads, goals: object) -> tuple[Goal, ...]:
    """Every goal; mistakes are noted with the reader."""
    if not isinstance(goals, list):
        reader.wrong("goal", "write goals as [[goal]]")
        return ()
    found = [_goal(reader, goal, f"goal[{number}].") for number, goal in enumerate(goals)]
    for number, goal in enumerate(found):
        for earlier in found[:number]:
            if found_wrong := contradiction(earlier, goal):
                key, problem = found_wrong
                reader.wrong(f"goal[{number}].{key}", problem)
    return tuple(found)


def _goal(reader: Reads, goal: Mapping[str, Any], prefix: str) -> Goal:
    reader.only(goal, _KEYS, prefix)
    kind = _word(reader, goal, prefix, "kind", GoalKind, GoalKind.HOURS, needed=True)
    window = _word(reader, goal, prefix, "window", Window, Window.ROLLING)
    amount = _amount(reader, goal, prefix, "amount", 10_000) or Fraction(1)
    months = 12
    if window is Window.ROLLING:
        months = reader.whole(goal, prefix, "months", 1, 120)
    elif "months" in goal:
        reader.wrong(prefix + "months", f'belongs to window = "rolling"; this one is "{window}"')
    full_from = _full_from(reader, goal, prefix)
    floor = _amount(reader, goal, prefix, "floor", 10_000) if "floor" in goal else Fraction(0)
    if floor and full_from is None:
        reader.wrong(prefix + "floor", "needs full_from or scaled_by_fte: without them nothing is scaled")
    if floor and floor > amount:
        reader.wrong(prefix + "floor", "contradicts amount: it is more than what is asked of a full post")
    made = Goal(
        kind=kind,
        amount=amount,
        months=months,
        window=window,
        which=_word(reader, goal, prefix, "which", Which, Which.ALL),
        year_from=_year_from(reader, goal, prefix, window),
        full_from=full_from,
        floor=floor or Fraction(0),
        leave_counts=reader.flag(goal, prefix, "leave_counts"),
    )
    for key, problem in misfits(made, goal):
        reader.wrong(prefix + key, problem)
    return made


def meant(given: object, known: Iterable[str]) -> str:
    """ "do you mean "hours"? ", for a word that is nearly a known one."""
    near = get_close_matches(given, list(known), 1) if isinstance(given, str) else []
    return f'do you mean "{near[0]}"? ' if near else ""


def _word(
    reader: Reads, goal: Mapping[str, Any], prefix: str, key: str, kind: type[W], default: W, *, needed: bool = False
) -> W:
    given = goal.get(key)
    if given is None and not needed:
        return default
    if given not in list(kind):
        reader.wrong(prefix + key, meant(given, kind) + "one of: " + ", ".join(kind))
        return default
    return kind(given)


def _amount(reader: Reads, goal: Mapping[str, Any], prefix: str, key: str, high: int) -> Fraction | None:
    given = goal.get(key)
    if not isinstance(given, int | float) or isinstance(given, bool) or not 0 < given <= high:
        reader.wrong(prefix + key, "needs a number above 0")
        return None
    return Fraction(str(given))


def _full_from(reader: Reads, goal: Mapping[str, Any], prefix: str) -> Fraction | None:
    scaled = reader.flag(goal, prefix, "scaled_by_fte")
    if "full_from" not in goal:
        return Fraction(1) if scaled else None
    given = goal["full_from"]
    if not isinstance(given, int | float) or isinstance(given, bool) or not 0 < given <= 1:
        reader.wrong(prefix + "full_from", "needs a share of a post above 0 and at most 1, e.g. 0.5")
        return None
    return Fraction(str(given))


def _year_from(reader: Reads, goal: Mapping[str, Any], prefix: str, window: Window) -> tuple[int, int]:
    given = goal.get("year_from")
    if window is not Window.REGISTRATION_YEAR:
        if given is not None:
            reader.wrong(prefix + "year_from", f'belongs to window = "registration_year"; this one is "{window}"')
        return (1, 1)
    parts = re.fullmatch(r"(\d{2})-(\d{2})", given) if isinstance(given, str) else None
    try:
        day = date(2027, int(parts.group(1)), int(parts.group(2))) if parts else None  # no year begins on 29 February
    except ValueError:
        day = None
    if day is None:
        reader.wrong(prefix + "year_from", 'needs month and day in quotes, e.g. "12-01"')
        return (1, 1)
    return (day.month, day.day)
