"""What a round asks of somebody, when it is met, and what nobody could have met."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.assignment import Assignment, EndReason
from bot.domain.cadence_warnings import window_warning
from bot.domain.caseload import Caseload, Leave
from bot.domain.chances import Asked, Chances, asked_of, presented_in, rhythm_day, window_of, without
from bot.domain.frequency import Counting, Kind, State, Status, Trend, as_others_know, gaps, status
from bot.domain.policy import Policy

P = Policy()
ZONE = ZoneInfo("Europe/Copenhagen")
START = date(2027, 1, 4)
PUBLISHED = datetime(2027, 1, 4, 8, tzinfo=UTC)
DUE = datetime(2027, 1, 11, 22, 59, tzinfo=UTC)
SENT = Assignment("as", "o", "case", "r", "p", "A", PUBLISHED, due_at=DUE, published_at=PUBLISHED)
FULL_TIME = Counting(Caseload())


def day(n: int) -> date:
    return START + timedelta(days=n)


def asked(n: int, *, done: bool, active: bool = False) -> Asked:
    return Asked(f"r{n}", day(n), day(n + 7), done=done, active=active)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"submitted_at": DUE}, "met"),
        ({"submitted_at": DUE + timedelta(days=1), "late": True}, "missed"),
        ({}, "missed"),
        ({"published_at": None}, "not asked"),
        ({"not_reached_at": PUBLISHED}, "not asked"),
        ({"ended_at": DUE, "end_reason": EndReason.DECLINED}, "not asked"),
        ({"ended_at": DUE, "end_reason": EndReason.LEAVE}, "not asked"),
        ({"ended_at": DUE + timedelta(days=1), "end_reason": EndReason.REASSIGNED}, "missed"),
        ({"ended_at": DUE + timedelta(days=1), "end_reason": EndReason.LEAVE}, "missed"),
        ({"ended_at": DUE + timedelta(days=1), "end_reason": EndReason.RECOGNISED}, "not asked"),
        ({"ended_at": DUE + timedelta(days=1), "end_reason": EndReason.WITHDRAWN}, "not asked"),
    ],
)
def test_a_round_is_met_missed_or_asked_nothing(changes: dict[str, object], expected: str) -> None:
    found = asked_of(replace(SENT, **changes), ZONE)  # type: ignore[arg-type]  # the table names real fields
    assert (found is None) == (expected == "not asked")
    if found:
        assert (found.day, found.due, found.done) == (START, date(2027, 1, 11), expected == "met")


def test_a_case_on_hold_asks_nothing_but_a_review_that_is_in_counts() -> None:
    assert asked_of(SENT, ZONE, stopped=True) is None
    assert asked_of(replace(SENT, submitted_at=DUE), ZONE, stopped=True) is not None


def test_a_review_in_time_counts_on_the_rounds_day_a_late_one_on_its_own() -> None:
    assert rhythm_day(replace(SENT, submitted_at=DUE), ZONE) == START
    late = DUE + timedelta(days=1)
    assert rhythm_day(replace(SENT, submitted_at=late, late=True), ZONE) == date(2027, 1, 12)
    assert rhythm_day(SENT, ZONE) is None


def test_a_round_is_decided_on_its_last_deadline_and_met_when_everything_was_in() -> None:
    two = (Asked("r", day(0), day(7), done=True), Asked("r", day(3), day(10), done=False))
    assert Chances(two).rounds(day(10)) == ()
    (decided,) = Chances(two).rounds(day(11))
    assert (decided.decided, decided.met) == (day(10), False)


@pytest.mark.parametrize(("working_days", "days"), [(1, 3), (3, 5), (5, 7), (6, 10), (10, 14)])
def test_the_window_is_the_most_calendar_days_that_working_days_take(working_days: int, days: int) -> None:
    assert window_of(working_days) == days
    longest = max(
        next(n for n in range(1, 30) if sum((day(first + k).weekday() < 5) for k in range(1, n + 1)) == working_days)
        for first in range(5)
    )
    assert longest == days


def standing(kind: Kind, today: int, events: tuple[int, ...], chances: Chances) -> State:
    found = status(
        kind, [day(n) for n in events], since=START, today=day(today), counting=FULL_TIME, policy=P, chances=chances
    )
    return found.state


def test_states_follow_what_was_asked() -> None:
    """Asked on day 14 with a week's time, the last event on day 0; or nobody asked again at all."""
    open_ = Chances((asked(0, done=True), asked(14, done=False, active=True)), (), 7)
    at = [standing(Kind.ANY_EVENT, n, (0,), open_) for n in (13, 14, 17, 18, 21, 22)]
    soon = State.DUE_SOON
    assert at == [State.ON_TRACK, State.ON_TRACK, State.ON_TRACK, soon, soon, State.OVERDUE]
    met = Chances((asked(0, done=True), asked(14, done=True)), (), 7)
    assert standing(Kind.ANY_EVENT, 30, (0, 14), met) is State.ON_TRACK
    assert standing(Kind.ANY_EVENT, 35, (0, 14), met) is State.ON_TRACK
    assert standing(Kind.ANY_EVENT, 36, (0, 14), met) is State.NOT_ASKED
    moved = Chances((asked(14, done=False),), (), 7)  # somebody else wrote it after the deadline
    assert standing(Kind.ANY_EVENT, 30, (0,), moved) is State.OVERDUE
    assert standing(Kind.ANY_EVENT, 30, (0, 28), moved) is State.ON_TRACK


def test_an_own_case_is_overdue_only_where_a_round_could_have_taken_it() -> None:
    offered = Chances((), (day(14), day(28), day(42)), 7)
    assert standing(Kind.OWN_CASE, 35, (0,), offered) is State.DUE_SOON
    assert standing(Kind.OWN_CASE, 36, (0,), offered) is State.OVERDUE
    assert standing(Kind.OWN_CASE, 60, (0,), Chances((), (), 7)) is State.NOT_ASKED


def test_what_else_somebody_did_in_a_round_does_not_make_up_for_a_review_they_missed_in_it() -> None:
    """Presenting on the day it went out, or another review in time: overdue until an event after that round."""
    half = Chances((asked(0, done=False), presented_in("r0", PUBLISHED, ZONE)), window=7)
    assert standing(Kind.ANY_EVENT, 7, (0,), half) is State.ON_TRACK  # the deadline is today
    assert standing(Kind.ANY_EVENT, 8, (0,), half) is State.OVERDUE
    assert standing(Kind.ANY_EVENT, 15, (0, 14), half) is State.ON_TRACK


def test_the_gap_is_a_second_number_with_the_rounds_window_and_spared_without_a_round() -> None:
    late = Chances((asked(14, done=False),), (), 7)
    found = [
        gaps(Kind.ANY_EVENT, [day(n)], since=START, until=day(n), counting=FULL_TIME, policy=P, chances=chances)[0]
        for n, chances in ((21, late), (22, late), (22, Chances((), (), 7)), (22, None), (14, None))
    ]
    assert [gap.within for gap in found] == [True, False, True, False, True]


def test_days_of_leave_are_no_offer_and_spans_are_left_out_with_both_ends() -> None:
    assert without([day(3), day(1), day(9)], [(day(2), day(3))]) == (day(1), day(9))
    away = Caseload(leaves=(Leave("p", day(2), day(4)),))
    now = status(
        Kind.ANY_EVENT, [], since=START, today=day(3), counting=Counting(away), policy=P, chances=Chances(window=7)
    )
    assert now.state is State.LEAVE


def test_rounds_that_overlap_are_told_with_what_fits() -> None:
    weekly = P.with_overrides({"cadence_weeks": 1, "comment_working_days": 8})
    found = window_warning(weekly)
    assert found is not None
    assert (found.window, found.cadence, found.working_days) == (12, 7, 5)
    assert window_warning(P) is None


def test_what_is_owed_is_the_earliest_deadline_of_a_review_that_was_given_by_today() -> None:
    chances = Chances((asked(20, done=False, active=True), asked(3, done=False, active=True), asked(1, done=False)))
    assert [chances.owed(day(n)) for n in (2, 3, 20)] == [None, day(10), day(10)]
    assert Chances((asked(1, done=True), asked(2, done=False))).owed(day(9)) is None


def test_a_round_is_missed_after_its_deadline_and_only_within_the_days_asked_for() -> None:
    chances = Chances((asked(3, done=False), asked(4, done=True)))
    assert [chances.missed_within(day(2), day(3), day(n)) for n in (10, 11)] == [False, True]
    assert not chances.missed_within(day(3), day(9), day(30))
    assert not chances.missed_within(day(1), day(2), day(30))
    three = Chances((asked(9, done=False), asked(3, done=False), asked(6, done=False)))
    assert [three.first_missed(day(n), day(9), day(30)) for n in (2, 3, 9)] == [day(10), day(13), None], "the earliest"


def test_a_review_without_a_deadline_asks_nothing_and_one_that_is_over_is_not_theirs_to_write() -> None:
    assert asked_of(replace(SENT, due_at=None), ZONE) is None
    closed = asked_of(SENT, ZONE, over=True)
    assert closed is not None
    assert (closed.done, closed.active) == (False, False), "missed, and owed no more"
    open_, over = asked_of(SENT, ZONE), asked_of(replace(SENT, ended_at=DUE + timedelta(days=1)), ZONE)
    assert open_
    assert over
    assert (open_.active, over.active) == (True, False)


def test_an_own_case_is_met_on_the_day_its_round_went_out() -> None:
    assert presented_in("r", PUBLISHED, ZONE) == Asked("r", START, START, done=True)


def test_a_day_is_left_out_when_any_of_the_spans_covers_it() -> None:
    assert without([day(1), day(5), day(9)], [(day(1), day(1)), (day(9), day(9))]) == (day(5),)


def test_the_deadline_shown_is_the_review_that_is_owed_else_the_end_of_target_and_window() -> None:
    owed = Chances((asked(3, done=False, active=True),), (), 7)

    def shown(kind: Kind, chances: Chances) -> tuple[date | None, Trend]:
        found = status(kind, [START], since=START, today=day(20), counting=FULL_TIME, policy=P, chances=chances)
        return found.due_on, found.trend

    assert shown(Kind.ANY_EVENT, owed) == (day(10), Trend.GREEN), "day 20 lies within 14 and 7 days"
    assert shown(Kind.ANY_EVENT, Chances((), (), 7)) == (day(21), Trend.GREEN)
    assert shown(Kind.OWN_CASE, owed) == (day(35), Trend.GREEN), "a review is no own case"


def test_the_days_of_a_round_are_allowed_beside_the_target() -> None:
    chances = Chances((asked(25, done=False),), (), 7)
    found = gaps(
        Kind.ANY_EVENT, [day(21), day(43)], since=START, until=day(43), counting=FULL_TIME, policy=P, chances=chances
    )
    assert [(gap.days, gap.allowed, gap.within, gap.spared) for gap in found] == [
        (21, 21, True, False),
        (22, 21, False, False),
    ]
    now = status(Kind.ANY_EVENT, [day(21)], since=START, today=day(22), counting=FULL_TIME, policy=P, chances=chances)
    assert (now.target, now.window, now.allowed) == (14, 7, 21)


def test_a_review_that_is_still_to_be_written_is_not_called_missed_and_one_that_is_over_is() -> None:
    def shown(*asked: Asked) -> tuple[date | None, bool]:
        now = status(Kind.ANY_EVENT, [START], since=START, today=day(20), counting=FULL_TIME, policy=P,
                     chances=Chances(asked, (), 7))  # fmt: skip
        return now.review_due, now.review_missed

    assert shown() == (None, False)
    assert shown(asked(3, done=False, active=True)) == (day(10), False)
    assert shown(asked(3, done=False)) == (day(10), True)
    assert shown(asked(3, done=False), asked(18, done=False, active=True)) == (day(10), True), "the earlier one"
    assert shown(asked(0, done=False)) == (day(7), True), "what else they did on the day it went out is another thing"
    assert shown(asked(-1, done=False)) == (None, False), "it went out before they did anything"


def test_neither_a_review_nor_the_days_decide_while_somebody_is_away_or_not_reached_or_nobody_asked() -> None:
    owed = Chances((asked(3, done=False, active=True),), (), 7)
    away = Counting(Caseload(leaves=(Leave("p", day(5), None),)))

    def shown(counting: Counting, chances: Chances, *, reached: bool = True) -> Status:
        return status(
            Kind.ANY_EVENT, [START], since=START, today=day(30), counting=counting, policy=P, reached=reached,
            chances=chances,
        )  # fmt: skip

    for now, state in (
        (shown(away, owed), State.LEAVE),
        (shown(FULL_TIME, owed, reached=False), State.NOT_REACHED),
        (shown(FULL_TIME, Chances((), (day(9),), 7)), State.NOT_ASKED),
    ):
        assert (now.state, now.review_due, now.review_missed) == (state, None, False)
    assert shown(FULL_TIME, Chances((), (), 7)).due_on is None, "no round asked, so nothing is due"


@pytest.mark.parametrize(
    ("kind", "chances", "spared"),
    [
        (Kind.ANY_EVENT, Chances((asked(14, done=False),), (), 7), False),
        (Kind.ANY_EVENT, Chances((asked(39, done=False),), (), 7), True),
        (Kind.ANY_EVENT, Chances((), (day(14),), 7), True),
        (Kind.OWN_CASE, Chances((), (day(14),), 7), False),
        (Kind.OWN_CASE, Chances((), (day(39),), 7), False),
        (Kind.OWN_CASE, Chances((), (day(40),), 7), True),
        (Kind.OWN_CASE, Chances((asked(14, done=False),), (), 7), True),
    ],
    ids=[
        "asked",
        "asked and not due yet",
        "only offered",
        "offered",
        "the day before",
        "on the last day",
        "only asked",
    ],
)
def test_a_gap_is_spared_where_no_round_could_have_been_met(kind: Kind, chances: Chances, spared: bool) -> None:
    found = gaps(kind, [day(40)], since=START, until=day(40), counting=FULL_TIME, policy=P, chances=chances)
    assert [(gap.spared, gap.within, gap.is_open) for gap in found] == [(spared, spared, False)]


def test_a_round_that_goes_out_today_counts_for_the_open_gap_and_for_the_state_alike() -> None:
    today = Chances((), (day(40),), 7)
    (found,) = gaps(Kind.OWN_CASE, [], since=START, until=day(40), counting=FULL_TIME, policy=P, chances=today)
    assert (found.spared, found.is_open, found.within) == (False, True, False)
    assert standing(Kind.OWN_CASE, 39, (0,), today) is State.NOT_ASKED
    assert standing(Kind.OWN_CASE, 40, (0,), today) is State.OVERDUE


@pytest.mark.parametrize(("weeks", "working_days", "fits"), [(1, 5, None), (1, 6, 5), (2, 10, None), (2, 12, 10)])
def test_reviews_fit_between_rounds_up_to_the_day_the_next_goes_out(
    weeks: int, working_days: int, fits: int | None
) -> None:
    found = window_warning(P.with_overrides({"cadence_weeks": weeks, "comment_working_days": working_days}))
    assert (found and found.working_days) == fits


RUNNING = Status(Kind.ANY_EVENT, State.OVERDUE, 20, 14, day(14), START, Trend.AMBER)


@pytest.mark.parametrize(
    ("changes", "running", "told"),
    [
        ({}, None, False),
        ({}, day(3), True),
        ({"last_event": None}, day(3), True),
        ({"last_event": day(3)}, day(3), False),
        ({"last_event": day(4)}, day(3), False),
        ({"last_event": day(3)}, None, False),
        ({"last_event": None}, None, False),
        ({"review_due": day(9)}, day(3), False),
        ({"review_due": day(9), "review_missed": True}, day(3), True),
        ({"state": State.LEAVE}, day(3), False),
        ({"state": State.ON_TRACK}, day(3), False),
    ],
)
def test_while_a_round_runs_others_read_that_it_does_where_its_presenters_would_differ(
    changes: dict[str, Any], running: date | None, told: bool
) -> None:
    at = replace(RUNNING, **changes)
    assert as_others_know(at, running) == (
        replace(at, state=State.ROUND_RUNS, review_due=None, review_missed=False) if told else at
    )
