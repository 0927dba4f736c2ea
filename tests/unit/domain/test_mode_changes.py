"""A mode for a time and its return, beside switches for good."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.caseload import Caseload, Mode, ModeChange, ModeEndsBeforeItStarts, SameModeAlready, plan_switch
from bot.domain.mode_changes import mode_steps

MONDAY = date(2027, 1, 18)
ICBT, F, B = Mode.ICBT, Mode.F2F, Mode.BLENDED


def change(mode: Mode, first: int, last: int | None = None, recorded: int = 0) -> ModeChange:
    """Days counted from Monday; recorded so many hours after the beginning."""
    moment = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=recorded)
    until = None if last is None else MONDAY + timedelta(days=last)
    return ModeChange("p", mode, MONDAY + timedelta(days=first), "", moment, until)


def modes(changes: tuple[ModeChange, ...], days: int = 12) -> str:
    """The first letter of each day's mode, from Monday on."""
    caseload = Caseload(modes=changes)
    return "".join(caseload.chosen_mode_on(MONDAY + timedelta(days=n)).value[0] for n in range(days))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((), "iiiiiiiiiiii"),
        ((change(F, 0, 4),), "fffffiiiiiii"),
        ((change(B, -5), change(F, 2, 4, 1)), "bbfffbbbbbbb"),
        # the return is to what holds then, not to what held before
        ((change(F, 2, 4), change(B, 0, None, 1)), "bbfffbbbbbbb"),
        ((change(F, 2, 6), change(B, 4, None, 1)), "iiffbbbbbbbb"),  # a later switch inside ends it
        ((change(B, 4), change(F, 2, 6, 1)), "iifffffbbbbb"),  # an earlier one does not
        ((change(F, 2, 8), change(B, 4, 5, 1)), "iiffbbfffiii"),
        ((change(F, 0, 4), change(F, 0, None, 1)), "ffffffffffff"),  # for good after all
        ((change(F, 0, 8), change(F, 0, 3, 1)), "fffffffffiii"),  # two facts are two facts; one is amended by itself
        ((change(F, 0), change(ICBT, 0, None, 1)), "iiiiiiiiiiii"),
    ],
)
def test_which_mode_holds_on_which_day(changes: tuple[ModeChange, ...], expected: str) -> None:
    assert modes(changes) == expected
    assert modes(changes[::-1]) == expected  # by when it was recorded, not by its place


def test_what_changes_no_day_is_refused_and_another_end_is_not() -> None:
    until_friday = Caseload(modes=(change(F, 0, 4),))
    plan_switch(until_friday, change(F, 0, None, 1))
    plan_switch(until_friday, change(F, 0, 8, 1))
    for nothing in (change(F, 1, 3, 1), change(ICBT, 5, 8, 1), change(F, 0, 4, 1)):
        with pytest.raises(SameModeAlready):
            plan_switch(until_friday, nothing)


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ModeEndsBeforeItStarts):
        change(F, 4, 3)


SPANS = st.tuples(st.sampled_from([ICBT, F, B]), st.integers(0, 10), st.none() | st.integers(0, 6))


@given(st.lists(SPANS, max_size=6))
def test_every_day_is_decided_by_a_change_that_covers_it(spans: list[tuple[Mode, int, int | None]]) -> None:
    changes = [change(m, a, None if n is None else a + n, at) for at, (m, a, n) in enumerate(spans)]
    caseload = Caseload(modes=tuple(changes))
    for offset in range(-1, 18):
        day = MONDAY + timedelta(days=offset)
        covering = {each.mode for each in changes if each.covers(day)}
        assert caseload.chosen_mode_on(day) in (covering or {ICBT})
    assert all(step.change is None or step.change.covers(step.day) for step in caseload.mode_steps)


@given(st.lists(SPANS, max_size=6), SPANS)
def test_what_was_said_last_holds_from_its_first_day(
    spans: list[tuple[Mode, int, int | None]], last: tuple[Mode, int, int | None]
) -> None:
    changes = [change(m, a, None if n is None else a + n, at) for at, (m, a, n) in enumerate([*spans, last])]
    newest = changes[-1]
    caseload = Caseload(modes=tuple(changes))
    assert caseload.chosen_mode_on(newest.from_date) is newest.mode
    if newest.until:
        assert caseload.chosen_mode_on(newest.until) is newest.mode


def test_a_period_to_the_end_of_all_days_has_no_return_and_a_repeated_decision_makes_no_step() -> None:
    endless = ModeChange("p", Mode.F2F, date(2027, 1, 4), "", datetime(2027, 1, 1, tzinfo=UTC), date.max)
    assert [step.day for step in mode_steps([endless])] == [date(2027, 1, 4)]
    inner = ModeChange("p", Mode.BLENDED, date(2027, 1, 10), "", datetime(2026, 12, 1, tzinfo=UTC), date(2027, 1, 12))
    assert [step.day for step in mode_steps([inner, endless])] == [date(2027, 1, 4)], "the later record covers it"
