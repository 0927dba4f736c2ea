"""How much of a person is there for a round: post, days present, groups."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.availability import review_weight
from bot.domain.caseload import Caseload, FteChange, Leave, ReviewLimit, open_review_cap
from bot.domain.policy import Policy

T0 = datetime(2027, 1, 1, tzinfo=UTC)
FIRST, LAST = date(2027, 1, 4), date(2027, 1, 11)  # eight days


def post(share: float) -> tuple[FteChange, ...]:
    return (FteChange("p", share, date(2026, 1, 1), "", T0),)


@pytest.mark.parametrize(
    ("caseload", "groups", "expected"),
    [
        (Caseload(), 1, Fraction(1)),
        (Caseload(ftes=post(0.3)), 1, Fraction(3, 10)),
        (Caseload(ftes=post(0.3)), 2, Fraction(3, 20)),
        (Caseload(leaves=(Leave("p", date(2027, 1, 8), date(2027, 1, 20)),)), 1, Fraction(1, 2)),
        (Caseload(leaves=(Leave("p", FIRST, None),)), 1, Fraction(0)),
        (Caseload(limits=(ReviewLimit("p", FIRST, T0, percent=60),)), 1, Fraction(3, 5)),
        (Caseload(limits=(ReviewLimit("p", FIRST, T0, cap=1),)), 1, Fraction(1)),
        (Caseload(limits=(ReviewLimit("p", date(2026, 12, 1), T0, date(2027, 1, 3), 60),)), 1, Fraction(1)),
    ],
)
def test_the_weight_of_a_person_in_a_round(caseload: Caseload, groups: int, expected: Fraction) -> None:
    assert review_weight(caseload, FIRST, LAST, groups=groups) == expected


def test_a_cap_of_ones_own_lowers_the_usual_one_and_the_limit_recorded_last_counts() -> None:
    later = datetime(2027, 1, 2, tzinfo=UTC)
    capped = Caseload(limits=(ReviewLimit("p", FIRST, T0, cap=1),))
    lifted = Caseload(limits=(*capped.limits, ReviewLimit("p", FIRST, later)))
    assert [open_review_cap(each, FIRST, Policy()) for each in (Caseload(), capped, lifted)] == [3, 1, 3]
    generous = Caseload(limits=(ReviewLimit("p", FIRST, T0, cap=20),))
    assert open_review_cap(generous, FIRST, Policy()) == 3
    nothing = Caseload(limits=(ReviewLimit("p", FIRST, T0, LAST, cap=0),))
    assert [open_review_cap(nothing, day, Policy()) for day in (LAST, date(2027, 1, 12))] == [0, 3]


@given(
    st.lists(st.tuples(st.integers(-20, 20), st.none() | st.integers(0, 15)), max_size=4),
    st.integers(-15, 15),
    st.integers(0, 20),
)
def test_days_of_leave_are_counted_as_day_by_day(leaves: list[tuple[int, int | None]], begin: int, length: int) -> None:
    away = Caseload(
        leaves=tuple(
            Leave("p", FIRST + timedelta(days=at), None if days is None else FIRST + timedelta(days=at + days))
            for at, days in leaves
        )
    )
    first = FIRST + timedelta(days=begin)
    days = [first + timedelta(days=n) for n in range(length + 1)]
    assert away.days_of_leave(first, days[-1]) == sum(away.on_leave(day) for day in days)
