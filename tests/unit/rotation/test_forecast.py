"""Coming rounds of a real group: what is thin, who will miss what, and which single change helps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from bot.rotation.forecast import Coming, Settings, Somebody, forecast
from bot.rotation.model import Member, Rules
from bot.rotation.presenters import Period

START = date(2027, 1, 4)
SETTINGS = Settings(reviewers=2, cadence_days=14, window=7, rules=Rules())


def people(count: int, own: int = 28, leave: tuple[Period, ...] = ()) -> list[Somebody]:
    before = START - timedelta(days=14)
    return [Somebody(f"p{n}", before, before, 14, own, leave if n < count // 2 else ()) for n in range(count)]


def rounds(count: int, members: int, capacity: int = 3, away: frozenset[int] = frozenset()) -> list[Coming]:
    """Fortnightly; in rounds named in `away` half of the group is on leave."""
    return [
        Coming(
            START + timedelta(days=14 * n),
            tuple(
                Member(f"p{m}", "both", capacity, absent=n in away and m < members // 2) for m in range(members)
            ),
            {f"p{m}": Fraction(1) for m in range(members)},
        )
        for n in range(count)
    ]  # fmt: skip


def test_a_group_with_room_meets_everything_and_shares_alike() -> None:
    found = forecast(rounds(26, 8), people(8), SETTINGS)
    assert found.missed == ()
    assert not any(played.thin for played in found.rounds)
    assert [played.cases for played in found.rounds] == [4] * 26  # eight people, each every second round
    assert max(found.reviews.values()) - min(found.reviews.values()) <= 1


def test_where_few_have_room_own_cases_come_too_seldom_and_more_room_helps() -> None:
    """Three of eight take one review at once: three cases a round find anybody, four are needed."""
    tight = [
        replace(coming, members=tuple(replace(m, capacity=int(m.id < "p3")) for m in coming.members))
        for coming in rounds(12, 8)
    ]
    plan = forecast(tight, people(8), SETTINGS)
    assert all(played.thin for played in plan.rounds[2:])
    assert {each.own_case for each in plan.missed} >= {True}
    assert plan.missed[0].days > plan.missed[0].target + SETTINGS.window
    better = forecast(tight, people(8), replace(SETTINGS, more_room=2))
    assert len(better.missed) < len(plan.missed)


def test_leave_makes_rounds_thin_and_is_held_against_nobody() -> None:
    summer = frozenset({4, 5})
    away = Period(START + timedelta(days=14 * 4), START + timedelta(days=14 * 6 - 1))
    found = forecast(rounds(10, 4, away=summer), people(4, leave=(away,)), SETTINGS)
    assert [played.present for played in found.rounds] == [4, 4, 4, 4, 2, 2, 4, 4, 4, 4]
    assert not any(each.person in {"p0", "p1"} and not each.own_case for each in found.missed)


def test_a_group_of_one_can_present_to_nobody() -> None:
    found = forecast(rounds(6, 1), people(1), SETTINGS)
    assert {(each.person, each.own_case) for each in found.missed} == {("p0", True), ("p0", False)}
    assert found.rounds[-1].cases == 0


def test_no_rounds_no_forecast() -> None:
    found = forecast([], people(3), SETTINGS)
    assert (found.rounds, found.missed) == ((), ())
