"""Presenters are asked in fair order: longest since presenting against their target, leave not counted."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rotation import Period, Presenter, cases_needed, to_ask, turns, waited_days

DAY0 = date(2026, 3, 2)


def day(n: int) -> date:
    return DAY0 + timedelta(days=n)


def presenter(name: str, since: int, target: int = 28, **periods: tuple[Period, ...]) -> Presenter:
    return Presenter(name, day(since), target, **periods)


def order(*people: Presenter, today: int, passed: frozenset[str] = frozenset()) -> list[str]:
    return [t.presenter for t in turns(people, day(today), passed)]


def test_the_longest_waiting_comes_first() -> None:
    assert order(presenter("new", 20), presenter("old", 0), today=30) == ["old", "new"]


def test_waiting_is_measured_against_the_own_target() -> None:
    """A novice with 14 days who waited 12 comes before somebody with 56 days who waited 30."""
    assert order(presenter("f2f", 0, 56), presenter("novice", 18, 14), today=30) == ["novice", "f2f"]


def test_leave_is_not_waiting() -> None:
    on_leave = presenter("away", 0, leave=(Period(day(5), day(24)),))
    assert waited_days(on_leave, day(30)) == 10
    assert order(on_leave, presenter("here", 15), today=30) == ["here", "away"]


def test_whoever_is_on_leave_is_not_asked() -> None:
    assert order(presenter("away", 0, leave=(Period(day(30), day(31)),)), presenter("here", 15), today=30) == ["here"]


def test_not_this_time_is_skipped_now() -> None:
    people = (presenter("a", 0), presenter("b", 5), presenter("c", 10))
    assert order(*people, today=30, passed=frozenset({"a"})) == ["b", "c"]


def test_not_this_time_neither_leads_nor_trails_for_good() -> None:
    """The passed round does not count: b, who waited on, is now ahead; c, who presented meanwhile, is behind."""
    a = presenter("a", 0, not_this_time=(Period(day(28), day(41)),))
    assert order(a, presenter("b", 5), presenter("c", 28), today=42) == ["b", "a", "c"]


def test_an_open_ended_leave_ahead_or_under_way_is_waited_out() -> None:
    ahead = Presenter("a", day(0), 28, leave=(Period(day(20), date.max),))
    assert waited_days(ahead, day(10)) == 10
    assert waited_days(ahead, day(30)) == 19


def test_the_target_day_is_on_time_and_the_next_is_not() -> None:
    at, after = turns([presenter("a", 0)], day(28)), turns([presenter("a", 0)], day(29))
    assert not at[0].overdue
    assert after[0].overdue


def test_as_many_are_asked_as_cases_are_missing() -> None:
    people = [presenter(f"p{i}", i) for i in range(8)]
    assert cases_needed(people, day(30), 14) == 4
    asked = to_ask(people, day(30), 14, submitted=frozenset({"p0"}))
    assert [t.presenter for t in asked] == ["p1", "p2", "p3"]
    again = to_ask(people, day(30), 14, submitted=frozenset({"p0"}), passed=frozenset({"p2"}))
    assert [t.presenter for t in again] == ["p1", "p3", "p4"]


def test_nobody_is_asked_when_enough_cases_came() -> None:
    people = [presenter(f"p{i}", i) for i in range(2)]
    assert to_ask(people, day(30), 14, submitted=frozenset({"p0"})) == []
    assert to_ask([], day(30), 14) == []


def test_equal_claims_are_drawn_and_not_decided_by_name() -> None:
    people = [presenter(name, 0) for name in "abcd"]
    firsts = {turns(people, day(30), seed=seed)[0].presenter for seed in range(60)}
    assert firsts == set("abcd")


spans = st.tuples(st.integers(-5, 60), st.integers(0, 20)).map(lambda s: Period(day(s[0]), day(s[0] + s[1])))


@given(st.integers(0, 30), st.integers(0, 60), st.lists(spans, max_size=4), st.lists(spans, max_size=2))
def test_waited_days_are_the_days_outside_every_period(
    since: int, today: int, leave: list[Period], passed: list[Period]
) -> None:
    someone = presenter("a", since, leave=tuple(leave), not_this_time=tuple(passed))
    days = (day(n) for n in range(since + 1, today + 1))
    assert waited_days(someone, day(today)) == sum(
        not any(p.first <= d <= p.last for p in [*leave, *passed]) for d in days
    )
