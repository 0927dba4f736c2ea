"""Which patient to present next: every rule at its boundary, the order, and how long ranking takes."""

from __future__ import annotations

import gc
from datetime import date, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from bot.reports.case_choice import SOURCES, WEIGHTS, Limits, Patient, Point, Rule, rank
from bot.reports.instruments import INSTRUMENTS

TODAY = date(2027, 2, 1)
LIMITS = Limits(silent_days=14, undiscussed_days=28)


def patient(number: str = "P1", week: int = 2, *, ago: int = 0, **more: Any) -> Patient:
    """In this week of the programme `ago` days before today, discussed yesterday unless said otherwise."""
    usual: dict[str, Any] = {"discussed": TODAY - timedelta(days=1)}
    return Patient(number, number, week, TODAY - timedelta(days=ago), **{**usual, **more})


def rules(of: Patient) -> set[Rule]:
    (ranked,) = rank([of], TODAY, LIMITS)
    assert ranked.weight == sum(WEIGHTS[rule] for rule in {reason.rule for reason in ranked.reasons})
    return {reason.rule for reason in ranked.reasons}


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (((1, 15), (3, 20)), set()),  # 5 points worse are within error
        (((1, 15), (3, 21)), {Rule.WORSE}),
        (((1, 15), (3, 15)), set()),  # too early for no change
        (((1, 15), (4, 10)), {Rule.NO_CHANGE}),
        (((1, 15), (4, 9)), set()),
        (((1, 5), (4, 5)), set()),  # cannot fall by 6
        (((1, 15),), set()),
        ((), set()),
    ],
)
def test_scores_count_from_the_reliable_change_on(points: tuple[Point, ...], expected: set[Rule]) -> None:
    assert rules(patient(scores={"PHQ-9": points})) == expected


def test_only_instruments_with_a_confirmed_figure_are_ranked() -> None:
    """The figures that were read in a source; another comes in with what was read, and is said on page and docs."""
    figures = {name: each.reliable for name, each in INSTRUMENTS.items() if each.reliable}
    assert figures == {"PHQ-9": 6, "GAD-7": 4, "CORE-10": 6}
    for name, each in INSTRUMENTS.items():
        if name not in figures:
            assert not each.reliable_source
            steps = ((1, each.low), (5, each.high)), ((1, each.high), (5, each.low)), ((1, each.high), (5, each.high))
            assert [rules(patient(scores={name: points})) for points in steps] == [set(), set(), set()]
    written = (Path(__file__).parents[3] / "docs" / "worksheet.md").read_text()
    assert all(f"{name} {points}" in written for name, points in figures.items())


@pytest.mark.parametrize("name", [name for name, each in INSTRUMENTS.items() if each.reliable])
def test_every_published_change_is_in_the_right_direction(name: str) -> None:
    each = INSTRUMENTS[name]
    assert each.reliable is not None and each.reliable_source
    worst = (each.low, each.low + each.reliable) if each.higher_is_worse else (each.high, each.high - each.reliable)
    assert rules(patient(scores={name: ((1, worst[0]), (2, worst[1]))})) == {Rule.WORSE}
    assert rules(patient(scores={name: ((1, worst[1]), (5, worst[0]))})) == set()


def test_one_measure_that_is_better_speaks_against_no_change() -> None:
    both = {"PHQ-9": ((1, 15), (4, 14)), "GAD-7": ((1, 14), (4, 10))}
    assert rules(patient(scores=both)) == set()
    assert rules(patient(scores={"LSAS": ((1, 90), (5, 90))})) == set()  # no published figure is known


@pytest.mark.parametrize(("days", "counts"), [(14, False), (15, True)])
def test_silence_counts_after_the_days_of_the_policy(days: int, counts: bool) -> None:
    assert (Rule.SILENT in rules(patient(heard=TODAY - timedelta(days=days)))) == counts


@pytest.mark.parametrize(("days", "counts"), [(28, False), (29, True)])
def test_not_being_discussed_counts_after_28_days(days: int, counts: bool) -> None:
    assert (Rule.UNDISCUSSED in rules(patient(discussed=TODAY - timedelta(days=days)))) == counts


@pytest.mark.parametrize(("week", "counts"), [(5, False), (6, True)])
def test_who_was_never_discussed_counts_from_the_first_day_of_the_programme(week: int, counts: bool) -> None:
    assert (Rule.UNDISCUSSED in rules(patient(week=week, discussed=None))) == counts


def test_weeks_go_on_by_themselves() -> None:
    (ranked,) = rank([patient(week=3, ago=13)], TODAY, LIMITS)
    assert ranked.week == 4


def test_the_heaviest_comes_first_then_who_waits_longest_then_the_number() -> None:
    worse = patient("P9", scores={"PHQ-9": ((1, 10), (2, 20))})
    long, short = (patient(n, discussed=TODAY - timedelta(days=d)) for n, d in (("P8", 20), ("P7", 3)))
    ranked = rank([patient("P2"), short, long, patient("P1"), worse], TODAY, LIMITS)
    assert [each.patient.number for each in ranked] == ["P9", "P8", "P7", "P1", "P2"]


def test_every_rule_has_a_weight_and_a_source() -> None:
    assert set(WEIGHTS) == set(SOURCES) == set(Rule)
    assert list(WEIGHTS.values()) == sorted(WEIGHTS.values(), reverse=True)


def test_sixty_patients_are_ranked_in_fifty_milliseconds() -> None:
    points = tuple((week, 10 + week % 9) for week in range(1, 31))
    sixty = [patient(f"P{n}", 10, scores={"PHQ-9": points, "GAD-7": points}, heard=TODAY) for n in range(60)]
    gc.collect()
    began = process_time()
    ranked = rank(sixty, TODAY, LIMITS)
    assert process_time() - began < 0.05
    assert len(ranked) == 60
