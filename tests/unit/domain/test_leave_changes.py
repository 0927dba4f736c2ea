"""A new leave beside what is entered: in the way, an extension, or a question."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.domain.caseload import Period
from bot.domain.leave_changes import HowToSettle, leave_before, overlap, returned_from

START = date(2027, 2, 1)
ASKED = (HowToSettle.REPLACE, HowToSettle.JOIN)
COVERED = (HowToSettle.REPLACE,)


def days(first: int, last: int | None) -> Period:
    return Period(START + timedelta(days=first), None if last is None else START + timedelta(days=last))


@pytest.mark.parametrize(
    ("new", "known", "touched", "joined", "choices"),
    [
        (days(0, 5), [days(6, 9)], [], days(0, 5), ()),
        (days(6, 9), [days(0, 5)], [], days(6, 9), ()),
        (days(0, 5), [days(5, 9)], [days(5, 9)], days(0, 9), ASKED),
        (days(5, 9), [days(0, 5)], [days(0, 5)], days(0, 9), ASKED),
        (days(0, 9), [days(2, 3)], [days(2, 3)], days(0, 9), COVERED),
        (days(0, 9), [days(0, 3)], [days(0, 3)], days(0, 9), ()),
        (days(0, 9), [days(5, 9)], [days(5, 9)], days(0, 9), ()),
        (days(0, 9), [days(0, 3), days(5, 9)], [days(0, 3), days(5, 9)], days(0, 9), COVERED),
        (days(2, 3), [days(0, 9)], [days(0, 9)], days(0, 9), ASKED),
        (days(0, 3), [days(0, 9)], [days(0, 9)], days(0, 9), ASKED),
        (days(0, 9), [days(8, 12), days(1, 2)], [days(1, 2), days(8, 12)], days(0, 12), ASKED),
        (days(0, None), [days(3, 5)], [days(3, 5)], days(0, None), COVERED),
        (days(3, 5), [days(0, None)], [days(0, None)], days(0, None), ASKED),
        (days(0, 2), [days(3, None)], [], days(0, 2), ()),
        (days(3, None), [days(0, 2)], [], days(3, None), ()),
        (days(0, None), [days(3, None)], [days(3, None)], days(0, None), ()),
        (days(0, 5), [days(0, 5)], [days(0, 5)], days(0, 5), ()),
    ],
)
def test_what_a_new_leave_touches_and_whether_it_is_asked(
    new: Period, known: list[Period], touched: list[Period], joined: Period, choices: tuple[HowToSettle, ...]
) -> None:
    found = overlap(new, known)
    assert (list(found.known), found.joined, found.choices) == (touched, joined, choices)
    assert found.repeats == (touched == [new])
    assert found.covers == (joined == new)


def test_the_leave_before_a_day_is_over_by_then_and_has_an_end() -> None:
    assert leave_before([days(0, 2), days(4, 6), days(20, None)], START + timedelta(days=7)) == days(4, 6)
    assert leave_before([days(0, 2), days(4, 6)], START + timedelta(days=6)) == days(0, 2), (
        "the last day is leave still"
    )


@pytest.mark.parametrize(
    ("leaves", "day", "today", "found"),
    [
        ([days(0, 5)], 3, 20, days(0, 5)),
        ([days(0, 5)], 6, 20, days(0, 5)),
        ([days(0, 5)], 7, 20, None),
        ([days(0, 5)], 7, 5, days(0, 5)),
        ([days(0, 5)], 7, 6, None),
        ([days(0, 5), days(8, 9)], 12, 3, None),
        ([days(0, None)], 30, 3, days(0, None)),
        ([], 3, 3, None),
    ],
    ids=["in it", "the day after", "two days after", "while it runs", "over", "another between", "no end", "none"],
)
def test_which_leave_somebody_returns_from(leaves: list[Period], day: int, today: int, found: Period | None) -> None:
    assert returned_from(leaves, START + timedelta(days=day), START + timedelta(days=today)) == found
