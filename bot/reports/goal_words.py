"""A goal of a rule set in a sentence: what is asked, of which time, and what is there.

Each part is said inside the next, at the place its translator gave it ("{asked} in each week"): nothing is joined here.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Protocol

from bot.reports.rule_sets import REPEATED, YEARS, Goal, GoalKind, GoalResult, Which, Window
from bot.reports.words import Words

MOST_NAMED = 12
"""So many windows without enough are named; beyond, an ellipsis stands."""


_ONE = {
    GoalKind.HOURS: "log.goal.what.hours.one",
    GoalKind.HOURS_AT_MOST: "log.goal.what.hours_at_most.one",
    GoalKind.MEETINGS: "log.goal.what.meetings.one",
}
"""What is asked where it is one."""


class Shows(Protocol):
    """How the reader's language writes a number, a day, and a day of every year."""

    def number(self, value: Fraction) -> str:
        """A number with at most two decimals."""

    def day(self, day: date) -> str:
        """A day with its year."""

    def day_of_year(self, day: date) -> str:
        """A day without its year."""

    def month(self, day: date) -> str:
        """The month of a day, with its year."""


def goal_sentence(result: GoalResult, *, words: Words, show: Shows) -> str:
    """ "1.5 hours in each calendar month: there in 10 of 11; not in Jun 2027"; and up to which day it is counted."""
    told = _told(result, words=words, show=show)
    if result.cut:
        told = words["log.goal.since"].format(told=told, day=show.day(result.since))
    return words["log.goal.so_far"].format(told=told, day=show.day(result.last)) if result.running else told


def _told(result: GoalResult, *, words: Words, show: Shows) -> str:
    goal, number = result.goal, show.number
    start = show.day_of_year(date(2001, *goal.year_from)) if goal.window is Window.REGISTRATION_YEAR else ""
    what = _ONE.get(goal.kind) if result.asked == 1 else None
    asked = words[what or f"log.goal.what.{goal.kind}"].format(asked=number(result.asked))
    if goal.which is not Which.ALL:
        asked = words[f"log.goal.which.{goal.which}"].format(asked=asked)
    head = words[f"log.goal.window.{goal.window}"].format(asked=asked, months=goal.months, start=start)
    found = words[f"log.goal.found.{goal.kind}"].format(goal=head, found=number(result.found))
    if goal.window not in REPEATED:
        return found
    if result.of == 0:
        told = words["log.goal.none_whole"].format(goal=head)
        if goal.window not in YEARS:
            return told
        first, last = _latest_year(goal, result.last)
        return words["log.goal.choose"].format(told=told, first=show.day(first), last=show.day(last))
    if result.only:
        return words["log.goal.in_one"].format(told=found, when=_window(goal.window, result.only, words, show))
    if not result.missed:
        return words["log.goal.each"].format(goal=head, n=result.reached_in, of=result.of)
    named = [_named(goal.window, first, show) for first in result.missed[:MOST_NAMED]]
    named += ["…"] if len(result.missed) > MOST_NAMED else []
    key = "log.goal.missed.named" if goal.window in _NAMED else "log.goal.missed"
    return words[key].format(goal=head, n=result.reached_in, of=result.of, days=", ".join(named))


_NAMED = frozenset({Window.CALENDAR_MONTH, Window.CALENDAR_YEAR})
"""Windows with a name of their own; the others are told by their first day."""


def _latest_year(goal: Goal, last: date) -> tuple[date, date]:
    """The latest whole year of a goal up to a day."""
    month, day = goal.year_from if goal.window is Window.REGISTRATION_YEAR else (1, 1)
    begins = date(last.year, month, day)
    while begins.replace(year=begins.year + 1) - timedelta(days=1) > last:
        begins = begins.replace(year=begins.year - 1)
    return begins, begins.replace(year=begins.year + 1) - timedelta(days=1)


def _named(window: Window, first: date, show: Shows) -> str:
    if window is Window.CALENDAR_YEAR:
        return str(first.year)
    return show.month(first) if window is Window.CALENDAR_MONTH else show.day(first)


def _window(window: Window, first: date, words: Words, show: Shows) -> str:
    named = _named(window, first, show)
    return named if window in _NAMED else words["log.goal.from"].format(day=named)
