"""Shares of people's cases on the year's page: none of too few, bounds of few, exact of many."""

from __future__ import annotations

import pytest

from bot.reports.yearly import Part, _of_many

MINIMUM = 5


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (Part(0, 0, 0), "None"),
        (Part(3, 9, 4), "None"),
        (Part(4, 4, 4), "None"),
        (Part(3, 9, 5), "33"),
        (Part(9, 9, 5), "> 90"),
        (Part(0, 9, 9), "< 10"),
        (Part(9, 9, 10), "100"),
        (Part(0, 20, 10), "0"),
        (Part(1, 10, 5), "10"),
        (Part(9, 10, 5), "90"),
    ],
)
def test_a_share_that_may_hold_for_each_of_few_is_a_bound(part: Part, shown: str) -> None:
    assert repr(_of_many(part, MINIMUM)) == shown
