"""A year of a service, in short: the long form is measured by `python -m benchmarks year`."""

from __future__ import annotations

from datetime import date

import pytest

from tests.year import Broken, Year


@pytest.mark.parametrize("seed", [1, 2])
def test_a_year_of_a_small_service_keeps_every_promise(seed: int) -> None:
    happened = Year(48, seed).run()
    assert happened["days checked"] >= 360
    assert happened["rounds"] > 100
    assert happened["reminders"] > 100
    assert happened["reviews in"] == happened["logged"] or happened["reviews in"] > happened["logged"] > 0
    assert happened["moved"] > 0
    assert happened["supervisor told"] > 0


def test_the_same_seed_is_the_same_year() -> None:
    until = date(2027, 4, 30)
    assert Year(40, 7, until).run() == Year(40, 7, until).run()


def test_a_broken_promise_names_its_seed() -> None:
    year = Year(16, 11)
    year.people[0].reminders.append(year._queue[0][0])
    with pytest.raises(Broken, match="seed 11"):
        year._check_reminder(year.people[0], (), year._queue[0][0])
