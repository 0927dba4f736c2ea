"""Round series: the dates of issue 5, changes by hand, and an independent count of days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import UnknownZone, WorkCalendar
from bot.domain.series import (
    ONE_DAY,
    PREVIEW_DAYS,
    EveryWeeks,
    InvalidCadence,
    MoveOntoClosedDay,
    MovePastAnother,
    NoSuchOccurrence,
    NotPaused,
    Occurrence,
    Once,
    Pause,
    PauseEndsBeforeItStarts,
    PhaseDays,
    Series,
    Why,
    deadlines,
    occurrences,
    preview,
)

ANCHOR = date(2026, 12, 14)
CLOSURE = frozenset(date(2026, 12, 21) + timedelta(days=i) for i in range(17))
EASTER = frozenset({date(2027, 3, 26), date(2027, 3, 29)})
CLINIC = WorkCalendar((CLOSURE | EASTER).__contains__)
BIWEEKLY = Series(EveryWeeks(2), ANCHOR, time(9), "Europe/Copenhagen")


def days(series: Series, since: date, count: int) -> list[tuple[date, date | None, Why | None]]:
    return [(o.planned, o.day, o.why) for o in preview(series, since, count, CLINIC, CLOSURE.__contains__)]


def test_the_closure_swallows_28_december_and_the_anchor_survives() -> None:
    assert days(BIWEEKLY, ANCHOR, 3) == [
        (ANCHOR, ANCHOR, None),
        (date(2026, 12, 28), None, Why.CLOSURE),
        (date(2027, 1, 11), date(2027, 1, 11), None),
        (date(2027, 1, 25), date(2027, 1, 25), None),
    ]


def test_a_public_holiday_moves_to_the_next_working_day_at_the_same_local_time() -> None:
    weekly = Series(EveryWeeks(1), ANCHOR, time(9), "Europe/Copenhagen")
    (easter,) = preview(weekly, date(2027, 3, 29), 1, CLINIC, CLOSURE.__contains__)
    assert easter == Occurrence(
        date(2027, 3, 29), date(2027, 3, 30), datetime(2027, 3, 30, 7, tzinfo=UTC), Why.NOT_WORKING
    )


def test_changes_by_hand_shift_no_other_date() -> None:
    changed = BIWEEKLY.skip(date(2027, 1, 11)).move(date(2027, 1, 25), date(2027, 1, 27), CLINIC)
    assert days(changed, date(2027, 1, 11), 2) == [
        (date(2027, 1, 11), None, Why.SKIPPED),
        (date(2027, 1, 25), date(2027, 1, 27), Why.MOVED),
        (date(2027, 2, 8), date(2027, 2, 8), None),
    ]


def test_pause_resume_and_end() -> None:
    paused = BIWEEKLY.pause(date(2027, 1, 1))
    assert all(why is Why.PAUSED for *_, why in days(paused, date(2027, 1, 7), 1))
    resumed = paused.resume(date(2027, 2, 1)).end(date(2027, 2, 10))
    assert days(resumed, date(2027, 1, 25), 5) == [
        (date(2027, 1, 25), None, Why.PAUSED),
        (date(2027, 2, 8), date(2027, 2, 8), None),
    ]


def test_one_off() -> None:
    once = Series(Once(), ANCHOR, time(9), "Europe/Oslo")
    assert days(once, ANCHOR, 5) == [(ANCHOR, ANCHOR, None)]
    assert days(once, ANCHOR + timedelta(days=1), 5) == []


def test_an_occurrence_that_would_meet_its_successor_is_left_out() -> None:
    shut = WorkCalendar(lambda day: date(2027, 3, 1) <= day < date(2027, 3, 10))
    weekly = Series(EveryWeeks(1), date(2027, 3, 1), time(9), "Europe/Oslo")
    whys = [o.why for o in preview(weekly, date(2027, 3, 1), 1, shut, lambda _: False)]
    assert whys == [Why.NEXT_IS_DUE, Why.NOT_WORKING]


def test_what_cannot_be_is_refused_by_name() -> None:
    with pytest.raises(InvalidCadence):
        EveryWeeks(3)
    with pytest.raises(UnknownZone):
        Series(EveryWeeks(2), ANCHOR, time(9), "Europe/Kiel")
    with pytest.raises(NoSuchOccurrence):
        BIWEEKLY.skip(date(2026, 12, 21))
    with pytest.raises(MoveOntoClosedDay) as refused:
        BIWEEKLY.move(ANCHOR, date(2026, 12, 24), CLINIC)
    assert refused.value.values["next_working_day"] == date(2027, 1, 7)
    with pytest.raises(PauseEndsBeforeItStarts):
        BIWEEKLY.pause(ANCHOR, ANCHOR - timedelta(days=1))
    with pytest.raises(NotPaused):
        BIWEEKLY.resume(ANCHOR)


def test_phases_over_the_closure() -> None:
    phases = deadlines(ANCHOR, time(9), "Europe/Copenhagen", CLINIC, PhaseDays(takeaway=2))
    assert phases.collect_from == datetime(2026, 12, 7, 8, tzinfo=UTC)
    assert phases.publish_at == datetime(2026, 12, 14, 8, tzinfo=UTC)
    assert phases.clarify_until == datetime(2026, 12, 16, 22, 59, tzinfo=UTC)
    assert phases.review_until == datetime(2027, 1, 7, 22, 59, tzinfo=UTC)
    assert phases.takeaway_until == datetime(2027, 1, 11, 22, 59, tzinfo=UTC)


@given(st.sampled_from([1, 2, 4]), st.dates(date(2024, 1, 1), date(2034, 1, 1)), st.integers(-400, 4000))
def test_weeks_equal_a_count_day_by_day(weeks: int, anchor: date, offset: int) -> None:
    since = anchor + timedelta(days=offset)
    start = max(anchor, since)
    walked = (start + timedelta(days=i) for i in range(200))
    expected = [day for day in walked if (day - anchor).days % (7 * weeks) == 0][:5]
    assert list(islice(EveryWeeks(weeks).dates(anchor, since), 5)) == expected


@given(st.dates(date(2026, 12, 1), date(2027, 6, 1)), st.integers(1, 30))
def test_going_on_from_any_planned_date_gives_the_same_plan(since: date, count: int) -> None:
    whole = list(islice(occurrences(BIWEEKLY, since, CLINIC, CLOSURE.__contains__), count + 1))
    rest = occurrences(BIWEEKLY, whole[0].planned + timedelta(days=1), CLINIC, CLOSURE.__contains__)
    assert list(islice(rest, count)) == whole[1:]


def test_a_pause_rests_on_both_its_ends() -> None:
    pause = Pause(date(2027, 1, 11), date(2027, 1, 25))
    days = (date(2027, 1, 10), date(2027, 1, 11), date(2027, 1, 25), date(2027, 1, 26))
    assert [day in pause for day in days] == [False, True, True, False]
    assert [day in Pause(date(2027, 1, 11)) for day in days] == [False, True, True, True]


def test_another_rhythm_holds_from_its_day_on_and_earlier_dates_keep_theirs() -> None:
    """Every two weeks at nine in Berlin, weekly at eight in Lisbon from 11 February, then changed again."""
    first = Series(EveryWeeks(2), date(2027, 1, 4), time(9), "Europe/Berlin")
    second = first.change(EveryWeeks(1), date(2027, 2, 11), time(8), "Europe/Lisbon", date(2027, 2, 10))
    planned = list(islice(second.planned(date(2027, 1, 1)), 6))
    before = [date(2027, 1, 4), date(2027, 1, 18), date(2027, 2, 1)]
    assert planned == [*before, date(2027, 2, 11), date(2027, 2, 18), date(2027, 2, 25)]
    assert [rhythm.until for rhythm in second.earlier] == [date(2027, 2, 9)]
    assert second.moment(date(2027, 2, 9), date(2027, 2, 9)) == datetime(2027, 2, 9, 8, tzinfo=UTC)
    assert second.moment(date(2027, 2, 10), date(2027, 2, 11)) == datetime(2027, 2, 11, 8, tzinfo=UTC)
    assert second.moment(date(2027, 7, 1), date(2027, 7, 1)) == datetime(2027, 7, 1, 7, tzinfo=UTC), "Lisbon's summer"
    third = second.change(Once(), date(2027, 3, 1), time(9), "Europe/Berlin", date(2027, 2, 20))
    assert [rhythm.until for rhythm in third.earlier] == [date(2027, 2, 9), date(2027, 2, 19)]
    assert list(third.planned(date(2027, 2, 10))) == [date(2027, 2, 11), date(2027, 2, 18), date(2027, 3, 1)]
    back = third.change(EveryWeeks(1), date(2027, 1, 21), time(9), "Europe/Berlin", date(2027, 1, 20))
    assert [rhythm.until for rhythm in back.earlier] == [date(2027, 1, 19)], "what never comes is forgotten"
    again = second.change(EveryWeeks(4), date(2027, 2, 11), time(9), "Europe/Berlin", date(2027, 2, 10))
    assert [rhythm.until for rhythm in again.earlier] == [date(2027, 2, 9)], "a rhythm of no days is none"


def test_what_was_skipped_or_moved_stays_so_where_the_new_rhythm_plans_it_too() -> None:
    every = Series(
        EveryWeeks(1),
        date(2027, 1, 4),
        time(9),
        "Europe/Berlin",
        skipped=frozenset({date(2027, 1, 11), date(2027, 1, 18)}),
        moved={
            date(2027, 1, 25): date(2027, 1, 27),
            date(2027, 2, 1): date(2027, 2, 5),
            date(2027, 2, 15): date(2027, 2, 16),
        },
    )
    changed = every.change(EveryWeeks(2), date(2027, 1, 4), time(9), "Europe/Berlin", date(2027, 1, 4))
    assert changed.skipped == {date(2027, 1, 18)}
    assert dict(changed.moved) == {date(2027, 2, 1): date(2027, 2, 5), date(2027, 2, 15): date(2027, 2, 16)}
    far = replace(every, moved={date(2027, 1, 4): date(2027, 1, 27)})
    assert dict(far.change(EveryWeeks(1), date(2027, 1, 4), time(9), "Europe/Berlin", date(2027, 1, 4)).moved) == {}


def test_a_series_holds_its_last_day_and_nothing_after_it() -> None:
    ended = Series(EveryWeeks(1), date(2027, 1, 4), time(9), "Europe/Berlin").end(date(2027, 1, 18))
    assert list(ended.planned(date(2027, 1, 4))) == [date(2027, 1, 4), date(2027, 1, 11), date(2027, 1, 18)]


NEXT, THIRD, FOURTH = (ANCHOR + timedelta(days=14 * n) for n in (1, 2, 3))
OPEN = WorkCalendar(lambda _: False)


def test_what_is_changed_by_hand_must_be_planned() -> None:
    other = ANCHOR + timedelta(days=7)
    for step in (BIWEEKLY.skip, BIWEEKLY.put_back, lambda day: BIWEEKLY.move(day, day + ONE_DAY, OPEN)):
        with pytest.raises(NoSuchOccurrence):
            step(other)


def test_an_occurrence_is_moved_between_its_neighbours_and_no_further() -> None:
    free = BIWEEKLY.move(THIRD, NEXT + ONE_DAY, OPEN).move(THIRD, FOURTH - 3 * ONE_DAY, OPEN)
    assert dict(free.moved) == {THIRD: FOURTH - 3 * ONE_DAY}
    for to in (NEXT - ONE_DAY, NEXT, FOURTH, FOURTH + ONE_DAY):
        with pytest.raises(MovePastAnother):
            BIWEEKLY.move(THIRD, to, OPEN)
    apart = BIWEEKLY.skip(NEXT).move(THIRD, NEXT, OPEN)
    assert dict(apart.moved) == {THIRD: NEXT}, "what is skipped is in nobody's way"
    taken = BIWEEKLY.skip(FOURTH).move(THIRD, FOURTH, OPEN)
    (given, _) = preview(taken, THIRD, 2, OPEN, lambda _: False)[::2]
    assert (given.day, given.why) == (FOURTH, Why.MOVED), "and gives its day away"
    held = BIWEEKLY.move(NEXT, THIRD - 4 * ONE_DAY, OPEN)
    with pytest.raises(MovePastAnother):
        held.move(THIRD, NEXT + ONE_DAY, OPEN)
    once = Series(Once(), ANCHOR, time(9), "Europe/Copenhagen")
    assert dict(once.move(ANCHOR, ANCHOR + timedelta(days=21), OPEN).moved), "an only one has no neighbours"


def test_moving_and_putting_back_undo_skipping_and_leave_the_others_alone() -> None:
    changed = BIWEEKLY.skip(THIRD).skip(NEXT).move(THIRD, THIRD + ONE_DAY, OPEN)
    assert (changed.skipped, dict(changed.moved)) == (frozenset({NEXT}), {THIRD: THIRD + ONE_DAY})
    changed = changed.move(FOURTH, FOURTH + ONE_DAY, OPEN).put_back(THIRD)
    assert (changed.skipped, dict(changed.moved)) == (frozenset({NEXT}), {FOURTH: FOURTH + ONE_DAY})
    assert changed.put_back(NEXT).skipped == frozenset()


def test_a_pause_may_be_a_day_and_what_is_resumed_rests_until_the_day_before() -> None:
    paused = BIWEEKLY.pause(ANCHOR, ANCHOR).pause(THIRD).pause(FOURTH, FOURTH)
    assert paused.resume(FOURTH + ONE_DAY).pauses == (
        Pause(ANCHOR, ANCHOR),
        Pause(THIRD, FOURTH),
        Pause(FOURTH, FOURTH),
    )
    assert paused.resume(THIRD).pauses == (Pause(ANCHOR, ANCHOR), Pause(FOURTH, FOURTH)), "a pause of no days is none"
    assert paused.resume(THIRD + ONE_DAY).pauses[1] == Pause(THIRD, THIRD)


def test_a_preview_ends_after_five_years_and_a_date_gives_way_only_to_one_it_would_meet() -> None:
    last = preview(replace(BIWEEKLY, pauses=(Pause(ANCHOR),)), ANCHOR, 1, OPEN, lambda _: False)
    assert (last[-1].planned - ANCHOR).days == PREVIEW_DAYS // 14 * 14
    since = ANCHOR + timedelta(days=14 * 1000 - PREVIEW_DAYS)
    last = preview(replace(BIWEEKLY, pauses=(Pause(ANCHOR),)), since, 1, OPEN, lambda _: False)
    assert last[-1].planned == ANCHOR + timedelta(days=14 * 1000), "the last day of the five years is one of them"
    weekly = Series(EveryWeeks(1), ANCHOR, time(9), "Europe/Copenhagen")
    until = {ANCHOR + timedelta(days=n) for n in range(6)}
    shut = WorkCalendar(until.__contains__, frozenset(range(7)))
    (held,) = preview(weekly, ANCHOR, 1, shut, lambda _: False)
    assert (held.day, held.why) == (ANCHOR + timedelta(days=6), Why.NOT_WORKING), "the day before the next"
    shut = WorkCalendar({*until, ANCHOR + timedelta(days=6)}.__contains__, frozenset(range(7)))
    assert preview(weekly, ANCHOR, 1, shut, lambda _: False)[0].why is Why.NEXT_IS_DUE


def test_the_last_day_of_a_rhythm_has_its_time_and_the_next_that_of_the_new_one() -> None:
    monday = date(2027, 1, 4)
    series = Series(EveryWeeks(1), monday, time(9), "Europe/Copenhagen")
    changed = series.change(EveryWeeks(1), monday, time(14), "Europe/Copenhagen", monday + timedelta(days=8))
    last, first = monday + timedelta(days=7), monday + timedelta(days=14)
    assert changed.moment(last, last) == datetime(2027, 1, 11, 8, tzinfo=UTC)
    assert changed.moment(first, first) == datetime(2027, 1, 18, 13, tzinfo=UTC)
    on_its_day = series.change(EveryWeeks(1), monday, time(14), "Europe/Copenhagen", last + ONE_DAY)
    assert on_its_day.moment(last, last) == datetime(2027, 1, 11, 8, tzinfo=UTC)


def test_going_on_from_one_pause_leaves_a_later_one_without_an_end() -> None:
    monday = date(2027, 1, 4)
    endless = Pause(monday + timedelta(days=70), None)
    series = Series(EveryWeeks(1), monday, time(9), "Europe/Copenhagen", pauses=(Pause(monday, monday), endless))
    assert series.resume(monday).pauses == (endless,)
