"""A case and its reviews: who is overdue, when reviews are released, who reads whose. Its steps: tests/tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.assignment import (
    AlreadyAnsweredBack,
    Assignment,
    EndReason,
    Question,
    ready_to_release,
    sees_other_reviews,
)
from bot.domain.case import Case, CaseStatus, NotYourReview

NOW = datetime(2027, 1, 18, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CASE = Case("cas_1", "org_1", "grp_1", "KQ-472", "icbt", "en", 2, NOW - timedelta(days=9))
PUBLISHED = replace(CASE, published_at=NOW - timedelta(days=7), clarify_until=NOW - timedelta(days=5))
THEIRS = Assignment(
    "asg_1", "org_1", "cas_1", "rnd_1", "per_b", "A", NOW - timedelta(days=7), NOW, published_at=NOW - timedelta(days=7)
)
IN = replace(THEIRS, submitted_at=NOW - timedelta(days=1))
ENDED = replace(THEIRS, ended_at=NOW - timedelta(days=1))
PLANNED = replace(THEIRS, published_at=None)


def test_a_case_is_clarifying_until_the_moment_and_reviewed_from_it_on() -> None:
    case = replace(PUBLISHED, clarify_until=NOW)
    assert case.status(NOW - SECOND) is CaseStatus.CLARIFYING
    assert case.status(NOW) is CaseStatus.REVIEWING
    assert replace(case, clarify_until=None).status(NOW) is CaseStatus.REVIEWING


def test_a_review_is_overdue_after_its_moment_and_not_at_it() -> None:
    assert not THEIRS.overdue(NOW, PUBLISHED)
    assert THEIRS.overdue(NOW + SECOND, PUBLISHED)


@pytest.mark.parametrize(
    ("assignment", "case"),
    [
        (IN, PUBLISHED),
        (ENDED, PUBLISHED),
        (PLANNED, PUBLISHED),
        (replace(THEIRS, due_at=None), PUBLISHED),
        (replace(THEIRS, not_reached_at=NOW), PUBLISHED),
        (THEIRS, replace(PUBLISHED, held_at=NOW)),
    ],
    ids=["in", "ended", "planned", "no deadline", "not reached", "on hold"],
)
def test_nobody_is_overdue_for_what_they_cannot_owe(assignment: Assignment, case: Case) -> None:
    assert not assignment.overdue(NOW + timedelta(days=30), case)


@pytest.mark.parametrize(
    ("case", "late"),
    [(PUBLISHED, False), (replace(PUBLISHED, released_at=NOW - SECOND), True)],
    ids=["before the release", "after it"],
)
def test_a_review_is_late_after_the_release_or_its_moment(case: Case, late: bool) -> None:
    assert THEIRS.submit(NOW, case).late is late
    assert replace(THEIRS, due_at=None).submit(NOW, case).late is late
    assert THEIRS.submit(NOW + SECOND, case).late


def test_what_was_begun_stays_begun_and_prompts_are_kept() -> None:
    sent = replace(THEIRS, started_at=NOW - SECOND).submit(NOW, PUBLISHED, ["praise"])
    assert (sent.started_at, sent.submitted_at, sent.prompts) == (NOW - SECOND, NOW, ("praise",))
    assert THEIRS.submit(NOW, PUBLISHED).started_at == NOW


@pytest.mark.parametrize(
    ("assignments", "at", "ready"),
    [
        ([IN, IN], NOW, True),
        ([IN, THEIRS], NOW, False),
        ([IN, THEIRS], NOW + SECOND, True),
        ([THEIRS, THEIRS], NOW + SECOND, False),
        ([IN, ENDED], NOW, True),
        ([IN, PLANNED], NOW, True),
        ([ENDED, PLANNED], NOW + SECOND, False),
        ([ENDED, PLANNED, IN, replace(THEIRS, due_at=NOW - SECOND)], NOW, True),
        ([IN, replace(THEIRS, due_at=None)], NOW + SECOND, False),
        ([IN, replace(THEIRS, due_at=NOW - SECOND), THEIRS], NOW, False),
        ([], NOW, False),
    ],
)
def test_reviews_are_released_when_all_are_in_or_at_the_last_deadline_with_one_in(
    assignments: list[Assignment], at: datetime, ready: bool
) -> None:
    assert ready_to_release(PUBLISHED, assignments, at) is ready


@pytest.mark.parametrize("fact", ["released_at", "held_at", "closed_at", "withdrawn_at"])
def test_what_is_released_held_or_over_is_not_released(fact: str) -> None:
    facts: dict[str, Any] = {fact: NOW}
    assert not ready_to_release(replace(PUBLISHED, **facts), [IN], NOW)
    assert not ready_to_release(CASE, [IN], NOW), "nor what nobody has got"


@pytest.mark.parametrize(("assignment", "sees"), [(IN, True), (THEIRS, False), (replace(IN, ended_at=NOW), False)])
def test_others_reviews_are_read_after_ones_own_is_in(assignment: Assignment, sees: bool) -> None:
    assert sees_other_reviews(assignment) is sees


@pytest.mark.parametrize(
    ("assignment", "readable"),
    [
        (THEIRS, True),
        (IN, True),
        (PLANNED, False),
        (ENDED, False),
        (replace(IN, parted_at=NOW), False),
        (replace(IN, recused_at=NOW), False),
    ],
)
def test_a_case_is_read_by_whom_it_is_assigned_to_while_nothing_parts_them(
    assignment: Assignment, readable: bool
) -> None:
    assert assignment.readable is readable


def test_the_first_moments_of_a_publication_stay() -> None:
    again = PUBLISHED.publish(NOW, NOW)
    assert (again.published_at, again.clarify_until) == (PUBLISHED.published_at, PUBLISHED.clarify_until)


def test_what_happened_once_keeps_its_moment_when_it_is_repeated() -> None:
    later = NOW + SECOND
    assert PUBLISHED.release(NOW).release(later).released_at == NOW
    assert IN.recuse(NOW).recuse(later).recused_at == NOW
    assert IN.use(NOW).use(later).used_at == NOW
    assert THEIRS.use(NOW).used_at is None, "a review that is not in is used by nobody"
    question = Question("que_1", "org_1", "cas_1", "asg_1", NOW)
    assert question.answer(NOW, PUBLISHED).answer(later, PUBLISHED).answered_at == NOW


def test_an_assignment_ends_with_its_moment_and_its_reason() -> None:
    ended = THEIRS.end(NOW, EndReason.LEAVE)
    assert (ended.ended_at, ended.end_reason, ended.active) == (NOW, "leave", False)
    parted = (THEIRS.part(NOW), IN.part(NOW))
    assert [(each.end_reason, each.parted_at) for each in parted] == [("parted", None), (None, NOW)]


def test_what_the_presenter_asked_back_is_answered_once() -> None:
    asked = replace(PUBLISHED, released_at=NOW, asked_back_at=NOW)
    answered = IN.answer_back(NOW, asked)
    assert answered.answered_back_at == NOW
    with pytest.raises(AlreadyAnsweredBack):
        answered.answer_back(NOW + SECOND, asked)


@pytest.mark.parametrize("assignment", [THEIRS, replace(IN, ended_at=NOW)], ids=["not in yet", "over"])
def test_only_a_review_that_is_in_and_goes_on_is_stepped_out_of(assignment: Assignment) -> None:
    with pytest.raises(NotYourReview):
        assignment.recuse(NOW)


def test_others_read_one_word_for_what_a_reviewer_decided_and_nothing_of_being_parted() -> None:
    own = [EndReason.DECLINED, EndReason.CONFLICT, EndReason.RECOGNISED]
    assert {reason.shown for reason in own} == {EndReason.DECLINED}
    assert EndReason.PARTED.shown is EndReason.REMOVED
    others = [reason for reason in EndReason if reason not in [*own, EndReason.PARTED]]
    assert [reason.shown for reason in others] == others


def test_a_hold_stops_and_its_end_lets_go_on_and_a_withdrawal_from_it_ends_it() -> None:
    held = PUBLISHED.hold(NOW)
    assert held.status(NOW) is CaseStatus.ON_HOLD
    assert held.hold(NOW + SECOND).held_at == NOW
    assert held.resume().status(NOW) is CaseStatus.REVIEWING
    gone = held.withdraw_from_hold(NOW)
    assert (gone.held_at, gone.status(NOW)) == (None, CaseStatus.WITHDRAWN)


def test_a_second_look_and_a_return_take_turns() -> None:
    looked = CASE.ask_for_look(NOW)
    assert (looked.look_since, looked.sent_back_at) == (NOW, None)
    back = looked.send_back(NOW)
    assert (back.look_since, back.sent_back_at) == (None, NOW)
    assert (back.ask_for_look(NOW).sent_back_at, looked.look_over().look_since) == (None, None)
