"""Who may review which case: what the register makes of an instance, and its reasons one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.rotation.eligibility import Register
from bot.rotation.model import Case, Instance, Member, Previous, Rules

A, B, C = (Member(id, capacity=1, clinic=clinic) for id, clinic in (("a", "kiel"), ("b", "kiel"), ("c", "lund")))
CASE = Case("case", "a", 1)


def register(*members: Member, case: Case = CASE, **more: Any) -> Register:
    return Register(Instance(members or (A, B, C), (case,), **more))


def test_what_was_planned_before_counts_only_while_case_and_reviewer_are_there() -> None:
    gone = register(previous=tuple(Previous("case", id, locked=True) for id in ("b", "x")))
    assert {pair.reviewer for pair in gone.previous} == {pair.reviewer for pair in gone.locked} == {"b"}
    other = register(previous=(Previous("other", "b", locked=True), Previous("case", "c")))
    assert (len(other.previous), len(other.locked)) == (1, 0)
    held = register(case=replace(CASE, on_hold=True), previous=(Previous("case", "b", locked=True),))
    assert (held.cases, held.previous, held.locked) == ({}, frozenset(), frozenset())


def test_whoever_is_away_has_room_for_what_they_began_and_for_nothing_else() -> None:
    away = replace(B, absent=True, capacity=3)
    assert register(A, away).capacity(away) == 0
    assert register(A, away, previous=(Previous("case", "b", locked=True),)).capacity(away) == 1
    here = replace(B, capacity=3)
    assert register(A, here).capacity(here) == 3


@pytest.mark.parametrize(
    ("rule", "own", "wanted"),
    [(True, None, True), (False, None, False), (True, False, False), (False, True, True)],
)
def test_a_case_says_itself_whether_it_needs_experience_else_the_rule_does(
    rule: bool, own: bool | None, wanted: bool
) -> None:
    case = replace(CASE, require_experienced=own)
    assert register(case=case, rules=Rules(require_experienced=rule)).wants_experience(case) is wanted


def test_a_review_that_was_begun_stays_possible_whatever_speaks_against_it() -> None:
    away = replace(B, absent=True)
    begun = register(A, away, previous=(Previous("case", "b", locked=True),))
    assert begun.reasons(CASE, away) == ("absent",)
    assert begun.possible(CASE, away)
    assert not register(A, away).possible(CASE, away)


def test_one_clinic_keeps_apart_only_where_the_rule_blocks_it_and_the_author_is_known() -> None:
    block = Rules(same_clinic="block")
    assert register(rules=block).reasons(CASE, B) == ("same_clinic",)
    assert register(rules=block).reasons(CASE, C) == ()
    assert register(rules=block).reasons(CASE, A) == ("own",), "one's own case needs no second reason"
    assert register().reasons(CASE, B) == ()
    unknown = replace(CASE, author=None)
    assert register(case=unknown, rules=block).reasons(unknown, B) == ()
    nowhere = (replace(A, clinic=None), replace(B, clinic=None))
    assert register(*nowhere, rules=block).reasons(CASE, nowhere[1]) == ()


def test_exclusions_hold_both_ways() -> None:
    pairs = (("b", "a"),)
    for kept, reason in ((register(conflicts=pairs), "conflict"), (register(never_assign=pairs), "never_assign")):
        assert kept.reasons(CASE, B) == (reason,)
        assert kept.reasons(replace(CASE, author="b"), A) == (reason,)
