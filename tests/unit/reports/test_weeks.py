"""The weeks of a group: what is counted in each, what leave does, and how dark a cell is."""

from __future__ import annotations

from datetime import date, timedelta

from bot.domain.caseload import Caseload, Leave
from bot.reports.weeks import MemberWeeks, member_weeks, shades

MONDAY = date(2027, 1, 4)


def test_weeks_of_a_group_with_leave() -> None:
    leave = Caseload(leaves=(Leave("p", MONDAY + timedelta(days=7), MONDAY + timedelta(days=11)),))
    days = [MONDAY - timedelta(days=1), MONDAY, MONDAY + timedelta(days=2), MONDAY + timedelta(days=20)]
    found = member_weeks("Member 1", [*days, MONDAY + timedelta(days=28)], leave, MONDAY, 4)
    assert found == MemberWeeks("Member 1", (2, None, 1, 0)), "the days before and after are not shown"


def test_an_event_in_a_week_of_leave_is_counted() -> None:
    leave = Caseload(leaves=(Leave("p", MONDAY, MONDAY + timedelta(days=4)),))
    assert member_weeks("Member 1", [MONDAY + timedelta(days=1)], leave, MONDAY, 1).counts == (1,)


def test_one_day_is_pale_and_the_most_is_darkest() -> None:
    found = shades([MemberWeeks("a", (0, 1, None)), MemberWeeks("b", (5, 2, 4))], 4)
    assert found == ((0, 1, 0), (4, 2, 4))
    assert shades([MemberWeeks("a", (1, 3))], 4) == ((2, 4),)
    assert shades([], 4) == ()
