"""Mode, share of full time, experience and leave as dated facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.caseload import (
    Caseload,
    ExperienceFact,
    FteChange,
    InvalidFte,
    Leave,
    LeaveEndsBeforeItStarts,
    Mode,
    ModeChange,
    Period,
    ReviewLimit,
    SameModeAlready,
    UnknownMode,
    add_months,
    effect_of_switch,
    merge_leave,
    open_review_cap,
    parse_mode,
    plan_switch,
)
from bot.domain.policy import Policy, Target

P = Policy()
DAY = date(2027, 3, 1)


def at(day: int) -> datetime:
    return datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=day)


def change(mode: Mode, day: date, recorded: int = 0) -> ModeChange:
    return ModeChange("p1", mode, day, "", at(recorded))


def fte(share: float) -> FteChange:
    return FteChange("p1", share, date(2027, 1, 1), "", at(0))


def since(day: date) -> ExperienceFact:
    return ExperienceFact("p1", day, "", at(0))


def test_a_planned_switch_takes_effect_on_its_day() -> None:
    caseload = Caseload(modes=(change(Mode.F2F, DAY),))
    assert caseload.mode_on(DAY - timedelta(days=1)) is Mode.ICBT
    assert caseload.mode_on(DAY) is Mode.F2F


def test_a_later_record_corrects_backwards_and_both_stay_readable() -> None:
    first, second = change(Mode.F2F, DAY, 0), change(Mode.BLENDED, DAY, 40)
    caseload = plan_switch(Caseload(modes=(first,)), second)
    assert caseload.mode_on(DAY) is Mode.BLENDED
    assert caseload.modes == (first, second)
    earlier = plan_switch(caseload, change(Mode.F2F, date(2027, 2, 1), 50))
    assert [c.mode for c in earlier.mode_history] == [Mode.F2F, Mode.BLENDED]


def test_a_switch_to_the_same_mode_is_refused() -> None:
    with pytest.raises(SameModeAlready):
        plan_switch(Caseload(), change(Mode.ICBT, DAY))


@pytest.mark.parametrize(
    ("typed", "mode"),
    [("iCBT", Mode.ICBT), ("Face to face", Mode.F2F), ("face-to-face", Mode.F2F), ("fysiskt besök", Mode.F2F),
     ("VERZAHNT", Mode.BLENDED), ("ansikt til ansikt", Mode.F2F), ("op locatie", Mode.F2F), ("iKBT", Mode.ICBT)],
)  # fmt: skip
def test_modes_are_understood_in_six_languages(typed: str, mode: Mode) -> None:
    assert parse_mode(typed) is mode


@pytest.mark.parametrize("typed", ["", "paused", "telephone"])
def test_an_unknown_mode_lists_the_options(typed: str) -> None:
    with pytest.raises(UnknownMode) as refused:
        parse_mode(typed)
    assert refused.value.values == {"options": ("icbt", "f2f", "blended")}


def test_paused_is_not_a_mode_to_choose() -> None:
    with pytest.raises(UnknownMode):
        change(Mode.PAUSED, DAY)


def test_leave_that_ends_before_it_starts_is_refused_and_one_day_is_not() -> None:
    with pytest.raises(LeaveEndsBeforeItStarts):
        Leave("p1", DAY, DAY - timedelta(days=1))
    assert Caseload(leaves=(Leave("p1", DAY, DAY),)).mode_on(DAY) is Mode.PAUSED


def test_overlapping_and_adjoining_leave_is_one_period() -> None:
    leaves = [
        Leave("p1", date(2027, 7, 12), date(2027, 7, 20)),
        Leave("p1", date(2027, 7, 1), date(2027, 7, 14)),
        Leave("p1", date(2027, 7, 21), date(2027, 7, 31)),
        Leave("p1", date(2027, 8, 2), None),
        Leave("p1", date(2027, 9, 1), date(2027, 9, 2)),
    ]
    assert merge_leave(leaves) == (
        Period(date(2027, 7, 1), date(2027, 7, 31)),
        Period(date(2027, 8, 2), None),
    )


@given(st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 20)), max_size=8), st.integers(0, 100))
def test_merged_leave_covers_the_same_days(spans: list[tuple[int, int | None]], offset: int) -> None:
    leaves = tuple(
        Leave("p1", DAY + timedelta(days=a), None if n is None else DAY + timedelta(days=a + n)) for a, n in spans
    )
    day = DAY + timedelta(days=offset)
    covered = any(leave.first_day <= day and (leave.last_day is None or day <= leave.last_day) for leave in leaves)
    assert Caseload(leaves=leaves).on_leave(day) is covered
    assert sum(day in period for period in merge_leave(leaves)) == covered


def test_leave_ends_by_itself_and_is_followed_by_a_ramp_up() -> None:
    caseload = Caseload(leaves=(Leave("p1", DAY, date(2027, 3, 20)),))
    caps = {d: open_review_cap(caseload, date(2027, 3, d), P) for d in (1, 20, 21)}
    assert caps == {1: 0, 20: 0, 21: 1}
    assert open_review_cap(caseload, date(2027, 4, 3), P) == 1  # the fourteenth day back
    assert open_review_cap(caseload, date(2027, 4, 4), P) == 3
    assert open_review_cap(caseload, date(2027, 2, 28), P) == 3
    assert caseload.next_leave(date(2027, 2, 1)) == Period(DAY, date(2027, 3, 20))


@pytest.mark.parametrize(
    ("mode", "novice", "share", "cap"),
    [(Mode.ICBT, False, 1, 3), (Mode.ICBT, True, 1, 2), (Mode.BLENDED, False, 1, 2), (Mode.F2F, True, 1, 1),
     (Mode.ICBT, False, 0.8, 2), (Mode.ICBT, False, 0.5, 1), (Mode.F2F, True, 0.2, 1), (Mode.ICBT, True, 0.5, 1)],
)  # fmt: skip
def test_caps_by_mode_experience_and_share(mode: Mode, novice: bool, share: float, cap: int) -> None:
    experience = (since(date(2026, 9, 1)),) if novice else (since(date(2020, 1, 1)),)
    caseload = Caseload(modes=(change(mode, date(2026, 1, 1)),), ftes=(fte(share),), experience=experience)
    assert open_review_cap(caseload, DAY, P) == cap


def test_a_third_of_three_is_one_and_shares_outside_full_time_are_refused() -> None:
    assert open_review_cap(Caseload(ftes=(fte(0.7),)), DAY, Policy().with_overrides({"cap_icbt": 10})) == 7
    for share in (0, -0.5, 1.2):
        with pytest.raises(InvalidFte):
            fte(share)


def test_a_novice_is_one_until_the_same_day_a_year_later() -> None:
    caseload = Caseload(experience=(since(date(2026, 3, 1)),))
    assert caseload.is_novice(date(2027, 2, 28), P)
    assert not caseload.is_novice(DAY, P)
    assert not Caseload().is_novice(DAY, P)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [(date(2028, 2, 29), 12, date(2029, 2, 28)), (date(2027, 1, 31), 1, date(2027, 2, 28)),
     (date(2027, 12, 15), 1, date(2028, 1, 15)), (date(2027, 11, 30), 1, date(2027, 12, 30)),
     (date(2027, 6, 1), 0, date(2027, 6, 1)), (date(2027, 3, 31), -1, date(2027, 2, 28))],
)  # fmt: skip
def test_months_later(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


def test_the_effect_of_a_switch_is_told_in_caps_and_targets() -> None:
    effect = effect_of_switch(Caseload(), Mode.F2F, DAY, P)
    assert (effect.cap_before, effect.cap_after) == (3, 2)
    assert (effect.targets_before, effect.targets_after) == (Target(14, 28), Target(28, 56))
    assert effect.changes_load


def test_a_switch_planned_for_a_day_of_leave_shows_the_modes_behind_the_leave() -> None:
    caseload = Caseload(modes=(change(Mode.F2F, DAY),), leaves=(Leave("p1", DAY, None),))
    effect = effect_of_switch(caseload, Mode.BLENDED, DAY, P)
    assert (effect.mode_before, effect.cap_before, effect.cap_after) == (Mode.F2F, 2, 2)


def test_only_leave_of_more_than_eight_weeks_is_long() -> None:
    eight = Leave("p1", DAY, DAY + timedelta(days=55))
    longer = Leave("p1", date(2028, 1, 1), date(2028, 1, 1) + timedelta(days=56))
    assert Caseload(leaves=(eight, longer)).long_leave(P) == (Period(longer.first_day, longer.last_day),)
    split = (
        Leave("p1", DAY, DAY + timedelta(days=30)),
        Leave("p1", DAY + timedelta(days=31), DAY + timedelta(days=56)),
    )
    assert len(Caseload(leaves=split).long_leave(P)) == 1
    assert Caseload(leaves=(Leave("p1", DAY, None),)).long_leave(P)


def test_a_share_holds_from_its_day_on_and_the_experience_recorded_last_counts() -> None:
    shares = (FteChange("p1", 0.5, DAY, "", at(0)), FteChange("p1", 0.8, DAY + timedelta(days=30), "", at(0)))
    caseload = Caseload(ftes=shares)
    days = (DAY - timedelta(days=1), DAY, DAY + timedelta(days=29), DAY + timedelta(days=30))
    assert [caseload.fte_on(day) for day in days] == [1.0, 0.5, 0.5, 0.8]
    facts = (ExperienceFact("p1", DAY, "", at(2)), ExperienceFact("p1", date(2020, 1, 1), "", at(1)))
    assert Caseload(experience=facts).practising_since == DAY


def test_the_next_leave_begins_after_the_day_and_only_a_leave_with_an_end_has_a_ramp_up() -> None:
    caseload = Caseload(leaves=(Leave("p1", DAY, DAY), Leave("p1", DAY + timedelta(days=30))))
    following = [caseload.next_leave(DAY + timedelta(days=n)) for n in (-1, 0, 30)]
    assert [period and period.first for period in following] == [DAY, DAY + timedelta(days=30), None]
    ramp = [n for n in range(-1, 90) if caseload.in_ramp_up(DAY + timedelta(days=n), P)]
    assert ramp == list(range(1, P.ramp_up_days + 1))


def test_the_history_leaves_out_what_decides_no_day_and_the_days_before_any_switch() -> None:
    replaced, period = change(Mode.F2F, DAY, 0), ModeChange("p1", Mode.BLENDED, DAY, "", at(1), DAY)
    lasting = change(Mode.F2F, DAY, 2)
    assert Caseload(modes=(replaced, lasting)).mode_history == (lasting,)
    assert Caseload(modes=(period,)).mode_history == (period,), "after it the caseload is as before all changes"


def test_the_effect_of_a_period_is_seen_on_the_day_asked_for() -> None:
    began = (since(DAY - timedelta(days=360)),)
    caseload = Caseload(experience=began)
    later = DAY + timedelta(days=30)
    assert effect_of_switch(caseload, Mode.F2F, DAY, P).cap_before == 2, "a novice on that day"
    seen = effect_of_switch(caseload, Mode.F2F, DAY, P, seen_on=later)
    assert (seen.cap_before, seen.from_date) == (3, DAY)


def test_a_tried_switch_wins_over_everything_recorded() -> None:
    recorded = (change(Mode.BLENDED, DAY, 50), change(Mode.ICBT, DAY, 9))
    assert effect_of_switch(Caseload(modes=recorded), Mode.F2F, DAY, P).mode_after is Mode.F2F


def test_a_limit_that_says_nothing_ends_the_one_before_it() -> None:
    """Somebody gives their own share of reviews up: the later record holds, and there is no limit."""
    day, moment = date(2027, 1, 18), datetime(2027, 1, 4, 9, tzinfo=UTC)
    half = ReviewLimit("p", day, moment, percent=50)
    two = ReviewLimit("p", day, moment, cap=2)
    assert Caseload(limits=(half,)).limit_on(day) == half
    assert Caseload(limits=(two,)).limit_on(day) == two
    assert Caseload(limits=(two,)).limit_on(day - timedelta(days=1)) is None
    assert Caseload(limits=(half, ReviewLimit("p", day, moment + timedelta(days=1)))).limit_on(day) is None
    assert [open_review_cap(Caseload(limits=limits), day, P) for limits in ((), (half,), (two,))] == [3, 3, 2]


def test_leave_without_an_end_makes_what_it_overlaps_open_ended() -> None:
    first = date(2027, 1, 4)
    closed, endless = Leave("p", first, first + timedelta(days=6)), Leave("p", first + timedelta(days=3))
    assert merge_leave([closed, endless]) == merge_leave([endless, closed]) == (Period(first, None),)
