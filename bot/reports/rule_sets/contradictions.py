"""Goals that cannot be met: not together with another one, or not by anything that the rule set counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction

from bot.domain.supervision import EventType, Medium
from bot.reports.rule_sets.goals import REMOTE, REPEATED, Goal, GoalKind, Which, Window
from bot.reports.rule_sets.rules import GroupShare

PER_YEAR = {
    Window.WEEK: 52, Window.CALENDAR_MONTH: 12, Window.MONTH_AVERAGE: 12, Window.CALENDAR_YEAR: 1,
    Window.REGISTRATION_YEAR: 1,
}  # fmt: skip
"""How often a window lies in a year; one of all that is printed has no length of its own."""


def misfits(goal: Goal, given: Collection[str]) -> Iterator[tuple[str, str]]:
    """Keys of a goal's own table that say nothing for its kind, each with what is wrong."""
    of_gaps = goal.kind in {GoalKind.GAP_DAYS, GoalKind.CLIENT_HOURS}
    if "leave_counts" in given and goal.kind is not GoalKind.GAP_DAYS:
        yield "leave_counts", f'belongs to kind = "gap_days"; this one is "{goal.kind}"'
    for key in ("scaled_by_fte", "full_from"):
        if key in given and of_gaps:
            yield key, f'does not go with kind = "{goal.kind}": a share of a post changes no amount of it'
    if goal.window is Window.MONTH_AVERAGE and goal.kind not in {GoalKind.HOURS, GoalKind.HOURS_AT_MOST}:
        yield "window", f'"month_average" is an average of hours; this goal is of kind "{goal.kind}"'
    if goal.window in REPEATED and goal.kind is GoalKind.CLIENT_HOURS:
        yield "window", 'client hours are covered over "rolling" months or the whole "period", not in each window'


def contradiction(one: Goal, other: Goal) -> tuple[str, str] | None:
    """Where the later of two goals contradicts the earlier: the key, and what is wrong."""
    same_time = (one.window, one.months, one.year_from) == (other.window, other.months, other.year_from)
    if same_time and one.which is other.which and one.kind is other.kind:
        return "kind", f'contradicts an earlier goal: "{one.kind}" is asked twice of the same time'
    for least, most in ((one, other), (other, one)):
        if (least.kind, most.kind) != (GoalKind.HOURS, GoalKind.HOURS_AT_MOST):
            continue
        if most.which not in {least.which, Which.ALL}:
            continue
        if same_time and least.amount > most.amount:
            return "amount", (
                f"contradicts an earlier goal: at least {_say(least.amount)} and at most {_say(most.amount)} hours"
            )
        wanted, allowed = _in_a_year(least), _in_a_year(most)
        if not same_time and wanted and allowed and wanted > allowed:
            return "amount", (
                f"contradicts an earlier goal: at least {_say(wanted)} and at most {_say(allowed)} hours in a year"
            )
    return None


def nothing_counts(
    goal: Goal, types: Collection[EventType], media: Collection[Medium], groups: Sequence[GroupShare]
) -> str | None:
    """What is wrong with a goal whose kind of supervision the rule set does not count at all."""
    alone = any(g.first == 1 and g.share > 0 for g in groups)
    several = any((g.last is None or g.last > 1) and g.share > 0 for g in groups)
    led = set(types) - {EventType.PEER}
    counted = {
        Which.ALL: alone or several,
        Which.INDIVIDUAL: alone and bool(led),
        Which.GROUP: several and set(types) != {EventType.INDIVIDUAL},
        Which.REMOTE: bool(REMOTE & set(media)),
        Which.ONE_SUPERVISOR: bool(led),
    }[goal.which]
    if counted:
        return None
    return f'"{goal.which}": nothing of that kind is counted here (see types, media and [[group]])'


def _in_a_year(goal: Goal) -> Fraction | None:
    if goal.window is Window.ROLLING:
        return goal.amount * 12 / goal.months
    times = PER_YEAR.get(goal.window)
    return goal.amount * times if times else None


def _say(amount: Fraction) -> str:
    return f"{float(amount):g}"
