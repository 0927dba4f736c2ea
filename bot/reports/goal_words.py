"""A goal of a rule set in a sentence: what is asked, of which time, and what is there.

Each part is said inside the next, at the place its translator gave it ("{asked} in each week"): nothing is joined here.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Protocol

from bot.reports.rule_sets import REPEATED, GoalResult, Which, Window
from bot.reports.words import Words

MOST_NAMED = 12
"""So many windows without enough are named; beyond, an ellipsis stands."""


class Shows(Protocol):
    """How the reader's language writes a number, a day, and a day of every year."""

    def number(self, value: Fraction) -> str:
        """A number with at most two decimals."""

    def day(self, day: date) -> str:
        """A day with its year."""

    def day_of_year(self, day: date) -> str:
        """A day without its year."""


def goal_sentence(result: GoalResult, *, words: Words, show: Shows) -> str:
    """ "1.5 hours in each calendar month: there in 10 of 11; not in those that begin on 1 Jun 2027"."""
    goal, number, day = result.goal, show.number, show.day
    start = show.day_of_year(date(2001, *goal.year_from)) if goal.window is Window.REGISTRATION_YEAR else ""
    asked = words[f"log.goal.what.{goal.kind}"].format(asked=number(result.asked))
    if goal.which is not Which.ALL:
        asked = words[f"log.goal.which.{goal.which}"].format(asked=asked)
    head = words[f"log.goal.window.{goal.window}"].format(asked=asked, months=goal.months, start=start)
    if goal.window not in REPEATED:
        return words[f"log.goal.found.{goal.kind}"].format(goal=head, found=number(result.found))
    if result.of == 0:
        return words["log.goal.none_whole"].format(goal=head)
    if not result.missed:
        return words["log.goal.each"].format(goal=head, n=result.reached_in, of=result.of)
    named = [day(first) for first in result.missed[:MOST_NAMED]]
    named += ["…"] if len(result.missed) > MOST_NAMED else []
    days = ", ".join(named)
    return words["log.goal.missed"].format(goal=head, n=result.reached_in, of=result.of, days=days)
