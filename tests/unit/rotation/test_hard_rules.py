"""Each hard rule keeps a pair out of every plan, and is named as the reason when a seat stays empty."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rotation import Instance, Member, Pair, Previous, Rules, assign
from tests.unit.rotation.rounds import case, group, member, round_of

AUTHOR = member("author", capacity=0, clinic="kiel")

BARRED: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # reason: (what is special about the member, about the case, about the round)
    "own": ({}, {"author": "m"}, {}),
    "absent": ({"absent": True}, {}, {}),
    "paused": ({"mode": "paused"}, {}, {}),
    "zero_capacity": ({"capacity": 0}, {}, {}),
    "open_review_cap": ({"open_reviews": 3, "open_cap": 3}, {}, {}),
    "conflict": ({}, {}, {"conflicts": (("m", "author"),)}),
    "never_assign": ({}, {}, {"never_assign": (("author", "m"),)}),
    "recused": ({}, {"recused": frozenset({"m"})}, {}),
    "former_therapist": ({}, {"former_therapists": frozenset({"m"})}, {}),
    "same_clinic": ({"clinic": "kiel"}, {}, {"rules": Rules(same_clinic="block")}),
    "mode": ({"mode": "f2f"}, {"mode": "icbt"}, {}),
    "language": ({}, {"languages": frozenset({"fi", "sv"})}, {}),
    "not_candidate": ({}, {"candidates": ("other",)}, {}),
}


def only_candidate(reason: str) -> Instance:
    about_member, about_case, about_round = BARRED[reason]
    reviewer: Member = member("m", **about_member)
    about: dict[str, Any] = {"author": "author", "k": 1} | about_case
    wanted = case("c", **about)
    return round_of((AUTHOR, reviewer), wanted, **about_round)


@pytest.mark.parametrize("reason", BARRED)
def test_a_barred_member_gets_no_review_and_the_reason_is_named(reason: str) -> None:
    plan = assign(only_candidate(reason))
    assert plan.assignments == ()
    (shortfall,) = plan.shortfalls
    assert shortfall.missing == 1
    assert shortfall.kinds == ("no_candidates",)
    assert shortfall.blocked["m"] == (reason,)
    assert set(shortfall.blocked) == {"author", "m"}


def test_the_same_group_without_the_bar_fills_the_seat() -> None:
    plan = assign(round_of((AUTHOR, member("m")), case("c", "author", k=1)))
    assert plan.assignments == (Pair("c", "m"),)
    assert plan.shortfalls == ()


def test_nobody_gets_more_than_they_can_hold() -> None:
    plan = assign(round_of(group(2, capacity=1), *(case(f"c{i}", k=1) for i in range(3))))
    assert sorted(p.reviewer for p in plan.assignments) == ["m0", "m1"]
    (shortfall,) = plan.shortfalls
    assert shortfall.kinds == ("contention",)
    assert dict(shortfall.blocked) == {"m0": ("at_capacity",), "m1": ("at_capacity",)}
    assert plan.bottleneck == {"m0", "m1"}


def test_open_reviews_of_earlier_rounds_count_against_the_cap() -> None:
    plan = assign(round_of((member("m", capacity=3, open_reviews=2, open_cap=3),), case("a", k=1), case("b", k=1)))
    assert len(plan.assignments) == 1


def test_nobody_reviews_a_case_twice() -> None:
    plan = assign(round_of(group(1, capacity=5), case("c", k=3)))
    assert plan.assignments == (Pair("c", "m0"),)


def test_one_seat_is_kept_for_experience() -> None:
    novices = group(3, experienced=False)
    plan = assign(round_of(novices, case("c", k=2), rules=Rules(require_experienced=True)))
    assert len(plan.assignments) == 1
    (shortfall,) = plan.shortfalls
    assert shortfall.kinds == ("needs_experienced",)
    assert set(shortfall.blocked.values()) == {("experience_seat",)}


def test_a_case_can_ask_for_experience_itself() -> None:
    people = (*group(2, experienced=False), member("old"))
    plan = assign(round_of(people, case("c", k=2, require_experienced=True)))
    assert "old" in plan.reviewers_of("c")


def test_a_case_on_hold_is_left_out() -> None:
    held = round_of(group(3), case("c", on_hold=True), previous=(Previous("c", "m0", locked=True),))
    plan = assign(held)
    assert plan.assignments == ()
    assert plan.shortfalls == ()


def test_a_started_review_stays_with_somebody_who_became_absent() -> None:
    people = (member("away", absent=True), member("m"))
    plan = assign(round_of(people, case("c"), previous=(Previous("c", "away", locked=True),)))
    assert plan.reviewers_of("c") == ("away", "m")


@pytest.mark.parametrize(
    "instance",
    [
        round_of(()),
        round_of((), case("c")),
        round_of((), case("c", candidates=("gone",))),
        round_of(group(3)),
        round_of(group(3, absent=True), case("c", "m0")),
        round_of(group(3), case("c", "m0", k=9)),
        round_of(group(3), case("c", "m0", k=0)),
    ],
    ids=[
        "nothing",
        "no members",
        "no members but candidates",
        "no cases",
        "all on leave",
        "more seats than people",
        "no seats",
    ],
)
def test_thin_rounds_are_ordinary(instance: Instance) -> None:
    plan = assign(instance)
    missing = sum(c.k for c in instance.cases) - len(plan.assignments)
    assert sum(s.missing for s in plan.shortfalls) == missing
