"""The plan is the optimum of every tier, the same in any input order, and its shortages are true and proved."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rotation import Case, History, Instance, Pair, Plan, Previous, Rules, assign
from bot.rotation.eligibility import Register
from tests.unit.rotation import oracle
from tests.unit.rotation.rounds import STRICT, case, group, member, round_of
from tests.unit.rotation.strategies import instances


@settings(max_examples=60, deadline=None)
@given(instances())
def test_every_tier_is_as_good_as_the_exact_solver_finds(instance: Instance) -> None:
    plan = assign(instance)
    assert oracle.tier_values(instance, set(plan.assignments)) == oracle.optimum(instance)


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(instances())
def test_every_tier_is_as_good_as_the_exact_solver_finds_at_length(instance: Instance) -> None:
    plan = assign(instance)
    assert oracle.tier_values(instance, set(plan.assignments)) == oracle.optimum(instance)


@settings(max_examples=60, deadline=None)
@given(instances())
def test_every_plan_obeys_every_hard_rule(instance: Instance) -> None:
    plan = assign(instance)
    cases, people = {c.id: c for c in instance.cases}, {m.id: m for m in instance.members}
    locked = {Pair(p.case, p.reviewer) for p in instance.previous if p.locked and not cases[p.case].on_hold}
    assert locked <= set(plan.assignments)
    assert len(set(plan.assignments)) == len(plan.assignments)
    for pair in set(plan.assignments) - locked:
        assert oracle.allowed(instance, cases[pair.case], people[pair.reviewer])
        assert not cases[pair.case].on_hold
    for who, load in Counter(p.reviewer for p in plan.assignments).items():
        assert load <= max(oracle.room(people[who]), sum(p.reviewer == who for p in locked))
    for name in {p.case for p in plan.assignments}:
        on_it = [people[r] for r in plan.reviewers_of(name)]
        assert len(on_it) <= cases[name].k
        if Register(instance).wants_experience(cases[name]):
            assert sum(not m.experienced for m in on_it) < cases[name].k


T = TypeVar("T")


@settings(max_examples=60, deadline=None)
@given(instances(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(instance: Instance, chance: Random) -> None:
    def shuffled(items: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(chance.sample(items, len(items)))

    mixed = replace(
        instance,
        members=shuffled(instance.members),
        cases=shuffled(instance.cases),
        history=shuffled(instance.history),
        conflicts=tuple((b, a) for a, b in instance.conflicts),
        previous=shuffled(instance.previous),
    )
    first, second = assign(instance), assign(mixed)
    assert first.assignments == second.assignments
    assert [(s.case, s.missing, s.kinds, dict(s.blocked)) for s in first.shortfalls] == [
        (s.case, s.missing, s.kinds, dict(s.blocked)) for s in second.shortfalls
    ]
    assert first.bottleneck == second.bottleneck


@settings(max_examples=60, deadline=None)
@given(instances())
def test_every_empty_seat_has_a_reason_for_every_member_and_a_proof(instance: Instance) -> None:
    plan = assign(instance)
    members = {m.id for m in instance.members}
    for shortfall in plan.shortfalls:
        assert shortfall.kinds
        assert set(shortfall.blocked) == members - set(plan.reviewers_of(shortfall.case))
        assert all(shortfall.blocked.values())
    assert _seats_provable(instance, plan) == len(plan.assignments)


def _seats_provable(instance: Instance, plan: Plan) -> int:
    """Bound on the seats by the bottleneck: its members used up, everybody else free for any number of cases."""
    register = Register(instance)
    locked = [Pair(p.case, p.reviewer) for p in instance.previous if p.locked and p.case in register.cases]
    room = {m.id: register.capacity(m) - sum(p.reviewer == m.id for p in locked) for m in instance.members}
    scarce = plan.bottleneck | {m for m, left in room.items() if left == 0}
    seats, useful = len(locked), Counter[str]()
    for c in register.cases.values():
        started = [register.members[p.reviewer] for p in locked if p.case == c.id]
        if c.k <= len(started):
            continue
        free = [m for m in instance.members if m not in started and oracle.allowed(instance, c, m)]
        useful.update(m.id for m in free if m.id in scarce)
        others = [m for m in free if m.id not in scarce]
        juniors = sum(not m.experienced for m in others)
        if register.wants_experience(c):
            places = c.k - 1 - sum(not m.experienced for m in started)
            seats += min(c.k - len(started), len(others) - juniors + min(juniors, max(places, 0)))
        else:
            seats += min(c.k - len(started), len(others))
    return seats + sum(min(room[m], n) for m, n in useful.items())


def test_a_case_without_free_seats_does_not_weaken_the_proof() -> None:
    full, wanted, other = (
        case("full", k=0, mode="icbt"),
        case("wanted", k=1, mode="f2f"),
        case("other", k=2, mode="both"),
    )
    instance = round_of((member("m0", mode="icbt"), member("m1", mode="f2f", capacity=1)), full, wanted, other)
    assert _seats_provable(instance, assign(instance)) == 2


def chosen(*people: dict[str, object], wanted: Case, rules: Rules = STRICT, **values: object) -> tuple[str, ...]:
    members = tuple(member(f"m{i}", **about) for i, about in enumerate(people))
    return assign(round_of(members, wanted, rules=rules, **values)).reviewers_of(wanted.id)


def test_whoever_has_done_least_is_chosen() -> None:
    assert chosen({"balance": 5}, {"balance": -5}, {"balance": 0}, wanted=case("c", k=1)) == ("m1",)


def test_among_equals_whoever_has_met_the_presenter_least() -> None:
    history = (History("p", "m0", 2), History("p", "m1", 1))
    assert chosen({}, {}, {"capacity": 0}, wanted=case("c", "p", k=1), history=history) == ("m1",)


def test_load_before_pair_is_strict_unless_blended() -> None:
    """One tenth of a review decides in strict order; blended, a second meeting outweighs it."""
    history = (History("p", "m0", 1),)
    people: tuple[dict[str, object], ...] = ({"balance": 0}, {"balance": 1})
    assert chosen(*people, wanted=case("c", "p", k=1), history=history) == ("m0",)
    assert chosen(*people, wanted=case("c", "p", k=1), history=history, rules=Rules(pair_weight=90)) == ("m1",)


def test_expertise_decides_last() -> None:
    people: tuple[dict[str, object], ...] = ({"tags": frozenset({"sleep"})}, {})
    assert chosen(*people, wanted=case("c", k=1, tags=frozenset({"sleep"}))) == ("m0",)


def test_an_overdue_case_is_served_before_others() -> None:
    plan = assign(round_of(group(1, capacity=1), case("a", k=1), case("late", k=1, overdue=2)))
    assert plan.assignments == (Pair("late", "m0"),)


def test_empty_seats_are_spread_over_the_cases() -> None:
    plan = assign(round_of(group(2, capacity=1), case("a"), case("b")))
    assert sorted(p.case for p in plan.assignments) == ["a", "b"]


def test_pairs_of_the_plan_before_are_kept_even_where_others_have_done_less() -> None:
    previous = (Previous("c", "m0"),)
    assert chosen({"balance": 30}, {"balance": -30}, wanted=case("c", k=1), previous=previous) == ("m0",)


def test_several_cases_of_one_presenter_go_to_different_people() -> None:
    cases = [case(f"c{i}", "p", k=1) for i in range(3)]
    plan = assign(round_of(group(3, capacity=3), *cases, rules=Rules(order=("fill", "pair", "load"), pair_weight=None)))
    assert len({p.reviewer for p in plan.assignments}) == 3


def test_ties_are_drawn_by_the_seed() -> None:
    """Over many seeds everybody gets the only review about equally often."""
    drawn = Counter(
        assign(round_of(group(4), case("c", k=1), seed=seed)).assignments[0].reviewer for seed in range(200)
    )
    assert set(drawn) == {"m0", "m1", "m2", "m3"}
    assert min(drawn.values()) >= 25


def test_no_seat_is_given_up_for_a_cost_that_two_arcs_share() -> None:
    """Load and pair cost 100 + 7 on two arcs of one way; a higher tier must outweigh their sum, not the larger."""
    rules = Rules(order=("fill", "load", "spread", "overdue", "keep", "pair", "expertise"), pair_weight=7)
    assert chosen({}, wanted=case("c", k=1), rules=rules, previous=(Previous("c", "m0"),)) == ("m0",)


def test_extreme_numbers_stay_exact() -> None:
    """Balances and debts at the edge of what is accepted do not overflow the solver: tiers are then solved in turn."""
    people = tuple(member(f"m{i}", balance=1_000_000 - i, capacity=1_000_000) for i in range(40))
    cases = [case(f"c{i}", f"m{i}", k=3, overdue=1_000_000) for i in range(40)]
    history = tuple(History(f"m{i}", f"m{(i + 1) % 40}", 1_000_000) for i in range(40))
    plan = assign(round_of(people, *cases, history=history))
    assert len(plan.assignments) == 120
    assert not any(int(p.reviewer[1:]) == (int(p.case[1:]) + 1) % 40 for p in plan.assignments)
