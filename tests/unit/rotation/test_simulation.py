"""A simulated year: the same for every policy, fair in the end, and small groups are no special case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.rotation import PAIR_WEIGHT, Rules
from bot.rotation.simulation import EXAMPLES, Group, change_that_helps, simulate, world


def test_a_group_of_equals_ends_within_one_review_and_repeats_nobody_needlessly() -> None:
    year = simulate(replace(EXAMPLES["equal"], members=12, rounds=24), Rules())
    assert year.spread <= 1
    assert year.met == 1
    assert year.repeats == year.fewest_repeats
    assert year.full == 1


def test_whoever_was_away_is_not_made_to_catch_up() -> None:
    """Balances of an ordinary year stay within a few reviews, though absences differ widely."""
    year = simulate(replace(EXAMPLES["normal"], rounds=30), Rules(pair_weight=None))
    assert year.spread < 3


def test_the_world_depends_on_the_seed_alone() -> None:
    assert world(Group(), 1) == world(Group(), 1)
    assert world(Group(), 1) != world(Group(), 2)


def test_cases_that_got_nobody_wait_and_come_first() -> None:
    year = simulate(
        Group(members=4, rounds=12, rounds_between_cases=1, languages=1, larger_cases=0, reviewers=4), Rules()
    )
    assert year.cases > 0
    assert year.full < 1


@pytest.mark.parametrize("members", [0, 1, 2])
def test_the_smallest_groups_are_played_too(members: int) -> None:
    year = simulate(Group(members=members, rounds=4), Rules())
    assert len(year.met_by_round) == 4


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_over_a_year_everybody_does_their_share_of_a_post(seed: int) -> None:
    """Among people with a fifth to four fifths of a post: within one review of each other, by default."""
    group = replace(EXAMPLES["equal"], part_time=0.5)
    year = simulate(group, Rules(), seed)
    assert year.spread <= 1
    assert year.met > 0.87  # and nearly every pair met
    weighed = simulate(group, Rules(pair_weight=PAIR_WEIGHT), seed)
    assert 1 < weighed.spread <= 3  # where a group wants new faces to weigh almost as much as a review
    assert weighed.met - year.met < 0.02
    assert simulate(EXAMPLES["equal"], Rules(), seed).spread <= 1


def test_the_change_that_helps_gives_more_cases_every_reviewer() -> None:
    tight = Group(members=8, rounds=12, rounds_between_cases=1)
    year = simulate(tight, Rules(), 1)
    assert year.full < 1
    found = change_that_helps(tight, Rules(), 1, year)
    assert found
    assert found[1].full > year.full
    roomy = Group(
        members=12, rounds=6, rounds_between_cases=6, regular=True, larger_cases=0, away=0, switching=0, languages=1
    )
    calm = simulate(roomy, Rules(), 1)
    assert calm.full == 1
    assert change_that_helps(roomy, Rules(), 1, calm) is None
