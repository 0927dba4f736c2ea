"""After a change the round is full again with the fewest changes for everybody else; started reviews stay."""

from __future__ import annotations

import pytest

from bot.rotation import (
    Asked,
    Away,
    Back,
    CapSet,
    CaseAdded,
    CaseRemoved,
    Change,
    Declined,
    Instance,
    Pair,
    Recused,
    assign,
    repair,
    what_if,
)
from tests.unit.rotation.rounds import case, group, member, round_of


def four_people_two_cases() -> Instance:
    return round_of(group(6, capacity=1), case("a"), case("b"))


@pytest.mark.parametrize("kind", [Declined, Recused])
def test_one_withdrawal_is_one_replacement(kind: type[Declined | Recused]) -> None:
    instance = four_people_two_cases()
    plan = assign(instance)
    gone = plan.assignments[0]
    result = repair(instance, plan, kind(gone.case, gone.reviewer))
    assert result.difference.removed == (gone,)
    (new,) = result.difference.added
    assert new.case == gone.case
    assert result.difference.affected == {gone.reviewer, new.reviewer}
    assert len(result.difference.unchanged) == len(plan.assignments) - 1


def test_open_reviews_of_this_round_are_not_counted_twice() -> None:
    """Somebody with one review open from before and one of this round keeps both when another leaves."""
    people = (member("m", capacity=2, open_reviews=1, open_cap=2), member("leaver"), member("spare"))
    instance = round_of(people, case("a", k=1, candidates=("m",)), case("b", k=1))
    plan = assign(instance)
    (other,) = plan.reviewers_of("b")
    assert Pair("a", "m") in repair(instance, plan, Away(other)).difference.unchanged


def test_a_withdrawn_reviewer_does_not_come_back_in_the_next_repair() -> None:
    instance = four_people_two_cases()
    plan = assign(instance)
    gone = plan.assignments[0]
    first = repair(instance, plan, Declined(gone.case, gone.reviewer))
    second = repair(first.instance, first.plan, Away(first.difference.added[0].reviewer))
    assert gone not in second.plan.assignments


def test_leave_moves_every_review_that_is_not_kept() -> None:
    instance = round_of(group(6), case("a", k=3), case("b", k=3), case("c", k=3))
    plan = assign(instance)
    leaver = next(m.id for m in instance.members if sum(p.reviewer == m.id for p in plan.assignments) == 2)
    theirs = [p for p in plan.assignments if p.reviewer == leaver]
    result = repair(instance, plan, Away(leaver, keeps=frozenset({theirs[0].case})))
    assert result.difference.removed == (theirs[1],)
    assert theirs[0] in result.plan.assignments
    assert len(result.plan.assignments) == 9


def finnish_chain() -> tuple[Instance, Pair]:
    """`both` speaks Finnish and holds an English case; the only other Finnish speaker leaves."""
    people = (
        member("finn", capacity=1, languages=frozenset({"fi"})),
        member("both", capacity=1, languages=frozenset({"en", "fi"})),
        member("spare", capacity=1, languages=frozenset({"en"}), balance=30),
    )
    fi, en = frozenset({"fi"}), frozenset({"en"})
    return round_of(people, case("fi", k=1, languages=fi), case("en", k=1, languages=en)), Pair("en", "both")


def test_somebody_is_moved_when_only_that_fills_the_seat() -> None:
    instance, _ = finnish_chain()
    plan = assign(instance)
    result = repair(instance, plan, Away("finn"))
    assert result.plan.assignments == (Pair("en", "spare"), Pair("fi", "both"))
    assert result.difference.affected == {"finn", "both", "spare"}


def test_nobody_is_moved_from_a_started_review() -> None:
    instance, started = finnish_chain()
    plan = assign(instance)
    result = repair(instance, plan, Away("finn"), started=[started])
    assert started in result.plan.assignments
    assert [s.case for s in result.plan.shortfalls] == ["fi"]


def test_an_evenly_spread_plan_is_not_improved_at_the_price_of_a_change() -> None:
    """The new case goes to whoever is free, though starting afresh could be fairer."""
    instance = round_of(group(3, capacity=2), case("a", k=1))
    plan = assign(instance)
    result = repair(instance, plan, CaseAdded(case("new", "m0", k=2)))
    assert result.difference.removed == ()
    assert {p.case for p in result.difference.added} == {"new"}


def test_a_removed_case_frees_its_reviewers_and_changes_nothing_else() -> None:
    instance = four_people_two_cases()
    plan = assign(instance)
    result = repair(instance, plan, CaseRemoved("a"))
    assert {p.case for p in result.difference.removed} == {"a"}
    assert result.difference.added == ()


@pytest.mark.parametrize(
    "change",
    [Away("nobody"), Back(frozenset({"nobody"})), Declined("no case", "nobody"), CaseRemoved("x"), CapSet("x", 3)],
)
def test_a_change_of_somebody_unknown_changes_nothing(change: Change) -> None:
    instance = four_people_two_cases()
    plan = assign(instance)
    assert repair(instance, plan, change).difference.affected == frozenset()


def test_what_if_shows_the_plan_with_another_cap() -> None:
    instance = round_of(group(2, capacity=1), case("a", k=2), case("b", k=1))
    plan = assign(instance)
    assert len(plan.assignments) == 2
    preview = what_if(instance, plan, CapSet("m0", 2))
    assert len(preview.plan.assignments) == 3
    assert "m0" in preview.difference.affected


def test_whoever_agreed_takes_the_case_on_top() -> None:
    instance = round_of((member("m", capacity=1),), case("a", k=1), case("b", k=1, candidates=()))
    plan = assign(instance)
    assert repair(instance, plan, Asked("b", "m")).plan.assignments == (Pair("a", "m"), Pair("b", "m"))
