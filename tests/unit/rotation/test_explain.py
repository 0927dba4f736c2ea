"""Why me: facts that are true, a next in line who is never better, and no name that must stay hidden."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from bot.rotation import Explainer, History, Instance, Pair, Plan, Previous, Rules, Why, assign, why
from bot.rotation.eligibility import Register
from tests.unit.rotation import oracle
from tests.unit.rotation.rounds import case, group, member, round_of
from tests.unit.rotation.strategies import instances


def facts(found: Why) -> dict[str, dict[str, object]]:
    return {f.key: dict(f.values) for f in found.facts}


def test_the_facts_of_an_assignment() -> None:
    people = (
        member("presenter"),
        member("m", balance=-12, tags=frozenset({"sleep"}), languages=frozenset({"en", "fi"})),
        member("other", balance=5),
    )
    wanted = case("c", "presenter", k=1, mode="icbt", languages=frozenset({"en"}), tags=frozenset({"sleep"}))
    instance = round_of(people, wanted, history=(History("presenter", "m", 1), History("presenter", "m", 1)))
    found = why(instance, assign(instance), Pair("c", "m"))
    assert facts(found) == {
        "eligible": {"count": 2, "of": 3},
        "mode": {"case": "icbt", "reviewer": "both"},
        "language": {"shared": ("en",)},
        "balance": {"tenths": -12},
        "load": {"reviews": 1},
        "met": {"times": 2},
        "topic": {"shared": ("sleep",)},
    }
    assert found.next
    assert (found.next.member, found.next.decided_by) == ("other", "load")
    assert found.next.extra == {"keep": 0, "load": 20 * 17, "pair": -4, "expertise": 1}


def test_a_repeat_decides_when_the_load_is_equal() -> None:
    instance = round_of(group(2), case("c", "p", k=1), history=(History("p", "m0", 1),), rules=Rules())
    found = why(instance, assign(instance), Pair("c", "m1"))
    assert found.next
    assert found.next.decided_by == "pair"


def test_chance_decides_between_equals() -> None:
    instance = round_of(group(2), case("c", k=1))
    (found,) = Explainer(instance, assign(instance)).all()
    assert found.next
    assert found.next.decided_by == "seed"


def test_nobody_else_had_room() -> None:
    instance = round_of((member("m"), member("full", capacity=0)), case("c", k=1))
    (found,) = Explainer(instance, assign(instance)).all()
    assert found.next is None


def test_a_started_review_is_not_put_up_against_others() -> None:
    instance = round_of(group(3), case("c", k=1), previous=(Previous("c", "m2", locked=True),))
    (found,) = Explainer(instance, assign(instance)).all()
    assert "started" in facts(found)
    assert found.next is None


def test_the_only_experienced_reviewer_is_told_so() -> None:
    people = (member("old"), *group(2, experienced=False))
    instance = round_of(people, case("c", k=2), rules=Rules(require_experienced=True))
    plan = assign(instance)
    assert "experience" in facts(why(instance, plan, Pair("c", "old")))


def test_what_the_reviewer_sees_names_neither_presenter_nor_colleague() -> None:
    people = (member("presenter"), member("m"), member("colleague"))
    instance = round_of(people, case("c", "presenter", k=1), history=(History("presenter", "colleague", 1),))
    shown = repr(why(instance, assign(instance), Pair("c", "m")).for_reviewer())
    assert "presenter" not in shown
    assert "colleague" not in shown


@settings(max_examples=60, deadline=None)
@given(instances())
def test_the_extra_cost_is_true_and_never_a_gain(instance: Instance) -> None:
    """Put the next in line on the case: every tier changes by exactly what was said, and the plan is never better."""
    plan = assign(instance)
    before = oracle.tier_values(instance, set(plan.assignments))
    strict = replace(instance, rules=replace(instance.rules, pair_weight=None))
    register = Register(instance)
    for found in Explainer(instance, plan).all():
        if not found.next or not found.next.member:
            continue
        swapped = {*plan.assignments} - {Pair(found.case, found.reviewer)} | {Pair(found.case, found.next.member)}
        assert oracle.tier_values(instance, swapped) >= before
        was, now = (
            dict(zip(strict.rules.order, oracle.tier_values(strict, pairs), strict=True))
            for pairs in (set(plan.assignments), swapped)
        )
        assert {t: now[t] - was[t] for t in found.next.extra} == found.next.extra
        assert not register.reasons(register.cases[found.case], register.members[found.next.member])


def test_an_empty_plan_has_nothing_to_explain() -> None:
    assert Explainer(round_of(()), Plan(())).all() == ()
