"""Every remedy is one that works: planned again with it, more seats are filled."""

from __future__ import annotations

from hypothesis import given, settings

from bot.rotation import Asked, CapSet, Instance, assign, remedies
from bot.rotation.changes import changed, planned
from tests.unit.rotation.rounds import case, group, member, round_of
from tests.unit.rotation.strategies import instances


def test_a_full_plan_needs_no_remedy() -> None:
    instance = round_of(group(3), case("c"))
    assert remedies(instance, assign(instance)) == ()


def test_raising_the_cap_of_whoever_has_done_least_comes_first() -> None:
    people = (member("busy", capacity=1, balance=10), member("rested", capacity=1, balance=-10))
    instance = round_of(people, case("a", k=2), case("b", k=1))
    first, second = remedies(instance, assign(instance))
    assert (first.kind, first.member, first.change) == ("raise_cap", "rested", CapSet("rested", 2))
    assert (second.kind, second.member) == ("raise_cap", "busy")
    assert first.gained == 1


def test_a_seat_that_only_the_language_keeps_empty() -> None:
    instance = round_of(group(1), case("c", k=1, languages=frozenset({"fi"})))
    (remedy,) = remedies(instance, assign(instance))
    assert (remedy.kind, remedy.case, remedy.helped) == ("widen_languages", "c", ("c",))


def test_one_named_person_outside_the_candidates() -> None:
    instance = round_of(group(1), case("c", k=1, candidates=()))
    (remedy,) = remedies(instance, assign(instance))
    assert remedy.change == Asked("c", "m0")


def test_waiting_for_whoever_returns() -> None:
    instance = round_of((member("m", absent=True),), case("c", k=1))
    (remedy,) = remedies(instance, assign(instance))
    assert (remedy.kind, remedy.member) == ("wait", "m")


def test_conflicts_are_not_up_for_discussion() -> None:
    instance = round_of(group(2), case("c", "m0", k=1), conflicts=(("m0", "m1"),))
    assert remedies(instance, assign(instance)) == ()


@settings(max_examples=40, deadline=None)
@given(instances())
def test_every_remedy_fills_what_it_promises(instance: Instance) -> None:
    plan = assign(instance)
    for remedy in remedies(instance, plan, limit=2):
        after = assign(changed(planned(instance, plan), remedy.change))
        assert sum(s.missing for s in plan.shortfalls) - sum(s.missing for s in after.shortfalls) == remedy.gained > 0
