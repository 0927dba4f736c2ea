"""Days since the last event against a target, by hand and against a slow count day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence_warnings import cadence_warnings
from bot.domain.caseload import Caseload, ExperienceFact, FteChange, Leave, Mode, ModeChange
from bot.domain.chances import Chances, presented_in, window_days
from bot.domain.frequency import (
    Closures,
    Counting,
    Kind,
    State,
    Status,
    Trend,
    event_days,
    gaps,
    status,
    statuses,
    trend,
)
from bot.domain.policy import Policy
from bot.domain.supervision import Role, SupervisionEvent

P = Policy()
START = date(2027, 1, 1)
T0 = datetime(2027, 1, 1, tzinfo=UTC)
FULL_TIME = Caseload()


def day(offset: int) -> date:
    return START + timedelta(days=offset)


def mode(to: Mode, offset: int) -> ModeChange:
    return ModeChange("p1", to, day(offset), "", T0)


def on(
    offset: int, events: tuple[int, ...] = (0,), caseload: Caseload = FULL_TIME, closed: tuple[int, ...] = ()
) -> Status:
    counting = Counting(caseload, Closures.of(day(n) for n in closed))
    return status(Kind.ANY_EVENT, [day(n) for n in events], since=START, today=day(offset), counting=counting, policy=P)


@pytest.mark.parametrize(
    ("offset", "state", "colour"),
    [(0, State.ON_TRACK, Trend.GREEN), (9, State.ON_TRACK, Trend.GREEN), (10, State.DUE_SOON, Trend.GREEN),
     (14, State.DUE_SOON, Trend.GREEN), (15, State.OVERDUE, Trend.AMBER), (21, State.OVERDUE, Trend.AMBER),
     (22, State.OVERDUE, Trend.RED)],
)  # fmt: skip
def test_day_14_is_on_time_and_day_15_is_not(offset: int, state: State, colour: Trend) -> None:
    now = on(offset)
    assert (now.state, now.trend, now.elapsed, now.due_on) == (state, colour, offset, day(14))


def test_before_the_first_event_the_day_of_joining_counts() -> None:
    now = on(15, events=())
    assert (now.last_event, now.state) == (None, State.OVERDUE)
    assert on(14, events=(20,)).last_event is None  # an event of the future is none


def test_leave_and_closure_are_not_counted_and_never_twice() -> None:
    away = Caseload(leaves=(Leave("p1", day(5), day(11)),))
    assert on(8, caseload=away).state is State.LEAVE
    back = on(23, caseload=away, closed=(3, 4, 5, 6))
    assert (back.elapsed, back.due_on, back.state) == (14, day(23), State.DUE_SOON)
    assert on(24, caseload=away, closed=(3, 4, 5, 6)).state is State.OVERDUE


def test_behind_an_open_ended_leave_there_is_no_due_date() -> None:
    now = on(30, caseload=Caseload(leaves=(Leave("p1", day(5), None),)))
    assert (now.state, now.due_on, now.elapsed) == (State.LEAVE, None, 4)


def test_somebody_the_product_cannot_reach_is_not_overdue() -> None:
    now = status(Kind.ANY_EVENT, [], since=START, today=day(60), counting=Counting(Caseload()), policy=P, reached=False)
    assert now.state is State.NOT_REACHED


def test_both_kinds_from_log_entries() -> None:
    def entry(id_: str, role: Role, offset: int) -> SupervisionEvent:
        return SupervisionEvent(id_, "p1", "c1", role, Mode.ICBT, (day(offset),), 20, 4, T0)

    entries = [entry("a", Role.PRESENTER, 2), entry("b", Role.REVIEWER, 20), entry("c", Role.SUPERVISOR, 33)]
    assert event_days(Kind.ANY_EVENT, entries) == (day(2), day(20))
    both = statuses(entries, since=START, today=day(34), counting=Counting(Caseload()), policy=P)
    assert (both[Kind.ANY_EVENT].elapsed, both[Kind.ANY_EVENT].state) == (14, State.DUE_SOON)
    assert (both[Kind.OWN_CASE].elapsed, both[Kind.OWN_CASE].state) == (32, State.OVERDUE)


def test_a_switch_to_a_shorter_target_makes_nobody_overdue_by_itself() -> None:
    caseload = Caseload(modes=(mode(Mode.F2F, -9), mode(Mode.ICBT, 20)))
    assert on(20, caseload=caseload).target == 28  # due as before, not six days ago
    early = Caseload(modes=(mode(Mode.F2F, -9), mode(Mode.ICBT, 3)))
    assert on(4, caseload=early).target == 17  # fourteen days from the switch
    assert on(20, events=(0, 4), caseload=early).target == 14  # the next gap is an iCBT gap


def test_a_switch_to_a_longer_target_counts_at_once_and_leaving_the_novice_year_too() -> None:
    assert on(20, caseload=Caseload(modes=(mode(Mode.F2F, 16),))).state is State.ON_TRACK
    novice = Caseload(experience=(ExperienceFact("p1", date(2026, 1, 11), "", T0),))
    assert on(9, caseload=novice).state is State.OVERDUE
    assert on(10, caseload=novice).target == 14


def test_gaps_over_time_end_with_the_open_one() -> None:
    found = gaps(
        Kind.ANY_EVENT, [day(10), day(25)], since=START, until=day(30), counting=Counting(Caseload()), policy=P
    )
    assert [(g.days, g.within, g.is_open) for g in found] == [(10, True, False), (15, False, False), (5, True, True)]
    ended = gaps(Kind.ANY_EVENT, [day(10)], since=START, until=day(10), counting=Counting(Caseload()), policy=P)
    assert [g.is_open for g in ended] == [False]


def test_a_four_weekly_round_cannot_meet_a_novices_weekly_target() -> None:
    novice = Caseload(experience=(ExperienceFact("p1", date(2026, 9, 1), "", T0),))
    warnings = cadence_warnings([novice, *[Caseload()] * 5], START, P.with_overrides({"cadence_weeks": 4}))
    found = {(w.kind, w.novice): (w.members, w.expected_days, w.target, w.weeks, w.fitting) for w in warnings}
    assert found[Kind.ANY_EVENT, True] == (1, 28, 7, 2, 21)


@pytest.mark.parametrize("weeks", [1, 2, 4])
@pytest.mark.parametrize("days", [3, 5, 10])
@pytest.mark.parametrize("novice", [False, True])
def test_the_set_up_warns_exactly_where_whoever_meets_every_round_would_be_beyond_the_allowed_days(
    weeks: int, days: int, novice: bool
) -> None:
    """One definition: what the set-up says cannot be kept is what the rhythm calls longer than allowed."""
    rules = P.with_overrides({"cadence_weeks": weeks, "comment_working_days": days})
    facts = (ExperienceFact("p1", START - timedelta(30), "", T0),) if novice else ()
    someone = Caseload(experience=facts)
    warned = {w.kind for w in cadence_warnings([someone] * 6, START, rules)}
    out = [START + timedelta(7 * weeks * n) for n in range(6)]
    for kind in Kind:
        asked = (presented_in(f"{day}", datetime.combine(day, T0.timetz()), ZoneInfo("UTC")) for day in out)
        chances = Chances(tuple(asked), tuple(out), window_days(rules))
        met = gaps(kind, out, since=START, until=out[-1], counting=Counting(someone), policy=rules, chances=chances)
        too_long = any(gap.days > gap.allowed for gap in met)
        assert (kind in warned) == too_long, (kind, warned)
    assert cadence_warnings([Caseload()] * 6, START, P) == ()


def test_a_group_without_enough_review_assignments_presents_too_seldom() -> None:
    half = Caseload(ftes=(FteChange("p1", 0.4, START, "", T0),))  # one open review each
    warnings = cadence_warnings([half] * 6, START, P.with_overrides({"reviewers_per_case": 3}))
    assert [(w.kind, w.expected_days) for w in warnings] == [(Kind.OWN_CASE, 42)]
    alone = cadence_warnings([Caseload(), Caseload(leaves=(Leave("p2", START, None),))], START, P)
    assert [(w.kind, w.members, w.expected_days) for w in alone] == [(k, 1, None) for k in Kind]


# The independent computation: one day at a time, every question asked anew, no merging and no bisection.

offsets = st.integers(0, 120)
spans = st.lists(st.tuples(offsets, st.integers(0, 25)), max_size=3)
switches = st.lists(st.tuples(offsets, st.sampled_from([Mode.ICBT, Mode.F2F, Mode.BLENDED])), max_size=3)


def slow_count(after: int, until: int, leave: list[tuple[int, int]], closed: set[int]) -> int:
    return sum(
        1
        for n in range(after + 1, until + 1)
        if n not in closed and not any(a <= n <= a + length for a, length in leave)
    )


def slow_target(n: int, changes: list[tuple[int, Mode]], practising_since: int | None) -> int:
    current = Mode.ICBT
    for m in range(n + 1):
        for at, to in changes:
            current = to if at == m else current
    if current is Mode.F2F:
        return 28
    starts = None if practising_since is None else day(practising_since)
    novice = starts is not None and day(n) < starts.replace(year=starts.year + 1)
    return 7 if novice and current is Mode.ICBT else 14


@given(
    events=st.sets(offsets, max_size=8),
    leave=spans,
    closed=st.sets(offsets, max_size=20),
    changes=switches,
    practising_since=st.none() | st.integers(-360, -240),
    today=offsets,
)
def test_the_state_equals_a_count_day_by_day(
    events: set[int],
    leave: list[tuple[int, int]],
    closed: set[int],
    changes: list[tuple[int, Mode]],
    practising_since: int | None,
    today: int,
) -> None:
    experience = () if practising_since is None else (ExperienceFact("p1", day(practising_since), "", T0),)
    caseload = Caseload(
        modes=tuple(mode(to, at) for at, to in changes),
        experience=experience,
        leaves=tuple(Leave("p1", day(a), day(a + length)) for a, length in leave),
    )
    counting = Counting(caseload, Closures.of(day(n) for n in closed))
    ordered = [day(n) for n in sorted(events)]
    now = status(Kind.ANY_EVENT, ordered, since=START, today=day(today), counting=counting, policy=P)

    after = max([n for n in events if n <= today], default=0)
    allowed = slow_target(after, changes, practising_since)
    for n in range(after + 1, today + 1):
        before, here = slow_target(n - 1, changes, practising_since), slow_target(n, changes, practising_since)
        if here != before:
            allowed = max(here, min(allowed, slow_count(after, n, leave, closed) + here))
    elapsed = slow_count(after, today, leave, closed)
    assert (now.elapsed, now.target) == (elapsed, allowed)
    due = next(n for n in range(after, 1000) if slow_count(after, n, leave, closed) == allowed)
    assert now.due_on == day(due)
    if any(a <= today <= a + length for a, length in leave):
        assert now.state is State.LEAVE
    else:
        assert (now.state is State.OVERDUE) == (elapsed > allowed)
        assert (now.trend is Trend.RED) == (elapsed > 1.5 * allowed)

    found = gaps(Kind.ANY_EVENT, ordered, since=START, until=day(today), counting=counting, policy=P)
    assert sum(g.days for g in found) == counting.between(START, day(today))
    if found and found[-1].is_open:
        assert (found[-1].days, found[-1].target) == (now.elapsed, now.target)


def test_colours() -> None:
    assert [trend(n, 28, P) for n in (28, 29, 42, 43)] == [Trend.GREEN, Trend.AMBER, Trend.AMBER, Trend.RED]


def test_the_day_itself_is_not_counted_whether_it_is_a_day_of_leave_closed_or_neither() -> None:
    away = Caseload(leaves=(Leave("p1", day(-3), day(0)),))
    for caseload, closed in ((FULL_TIME, []), (away, []), (FULL_TIME, [day(0)]), (away, [day(-1), day(0)])):
        counting = Counting(caseload, Closures.of(closed))
        assert [counting.between(day(0), day(n)) for n in (-2, -1, 0, 1, 2)] == [0, 0, 0, 1, 2]


def test_days_before_the_start_count_nothing_and_a_shorter_target_counts_from_the_change() -> None:
    assert Counting(FULL_TIME).between(day(9), day(9)) == 0
    assert Counting(FULL_TIME, Closures.of([day(3)])).between(day(9), day(1)) == 0
    switched = Caseload(modes=(mode(Mode.F2F, -99), mode(Mode.ICBT, 0)))
    assert on(14, caseload=switched).target == 14, "a switch on the day of the event is the target from the start"
    later = Caseload(modes=(mode(Mode.F2F, -99), mode(Mode.ICBT, 1)))
    assert on(14, caseload=later).target == 15, "what was due stays due a day longer"


def test_the_longest_cadence_that_keeps_a_target_is_told() -> None:
    pair = [Caseload(), Caseload()]
    found = cadence_warnings(pair, START, P.with_overrides({"cadence_weeks": 4, "reviewers_per_case": 1}))
    assert [(w.kind, w.expected_days, w.target, w.weeks) for w in found] == [(Kind.ANY_EVENT, 28, 14, 3)]
    lone = cadence_warnings([Caseload()], START, P)
    assert [(w.kind, w.members, w.expected_days, w.weeks) for w in lone] == [
        (Kind.ANY_EVENT, 1, None, None),
        (Kind.OWN_CASE, 1, None, None),
    ]
    assert [w.fitting for w in (*found, *lone)] == [21, None, None]
    crowd = [Caseload(ftes=(FteChange("p", 0.1, START, "", T0),)) for _ in range(10)]
    rules = P.with_overrides({"reviewers_per_case": 4})
    found = cadence_warnings(crowd, START, rules)
    assert [(w.kind, w.expected_days, w.weeks) for w in found] == [(Kind.OWN_CASE, 70, 1)], "five rounds of two weeks"
    found = cadence_warnings([*crowd, crowd[0]], START, rules)
    assert [(w.expected_days, w.weeks) for w in found] == [(84, None)], "six rounds of one week are too long as well"
