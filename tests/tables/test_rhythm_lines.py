"""Every state on every day, in six languages: the line of a rhythm never says what its own numbers deny."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta

import pytest

from bot.app.blocks.rhythm import rhythm_line, whole_rhythm_line
from bot.domain.caseload import Caseload, Leave
from bot.domain.chances import Asked, Chances
from bot.domain.frequency import Counting, Kind, State, Status, as_others_know, gaps, status
from bot.domain.policy import Policy
from bot.ui.strings import LANGUAGES, words

START = date(2027, 1, 4)
P = Policy()
COUNTING = Counting(Caseload())
OWED = [Asked("r", START + timedelta(n), START + timedelta(n + 7), done=False, active=True) for n in (0, 7, 20, 30)]
MISSED = [Asked("m", START + timedelta(n), START + timedelta(n + 7), done=False) for n in (0, 14)]
OFFERED = [(), (START + timedelta(20),), (START + timedelta(45),)]
ROUNDS = [None] + [
    Chances(tuple(each for each in (owed, missed) if each), offered, window)
    for owed, missed, offered, window in itertools.product([None, *OWED], [None, *MISSED], OFFERED, (5, 7))
]
DAYS = range(80)


def shown(kind: Kind, day: int, chances: Chances | None, **how: bool) -> Status:
    today = START + timedelta(day)
    away = Caseload(leaves=(Leave("p", today, today),)) if how.get("away") else Caseload()
    reached = how.get("reached", True)
    counting = Counting(away)
    return status(
        kind, [START], since=START, today=today, counting=counting, policy=P, reached=reached, chances=chances
    )


def every() -> list[tuple[date, Status]]:
    ways: list[dict[str, bool]] = [{}, {"away": True}, {"reached": False}]
    found: dict[tuple[date, Status], None] = {}
    for kind, day, chances, how in itertools.product(Kind, DAYS, ROUNDS, ways):
        if how and day % 9:
            continue
        at = shown(kind, day, chances, **how)
        found[START + timedelta(day), at] = None
    return list(found)


EVERY = every()


def test_the_walk_meets_every_state_with_few_and_many_days() -> None:
    met = {(at.kind, at.state, at.review_due is not None) for _, at in EVERY}
    assert {state for _, state, _ in met} == set(State) - {State.ROUND_RUNS}
    assert any(at.state is State.ON_TRACK and at.elapsed > at.allowed for _, at in EVERY)
    assert any(at.state is State.OVERDUE and at.elapsed <= at.allowed for _, at in EVERY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_says_nothing_that_its_own_numbers_deny(language: str) -> None:
    w = words(language)
    for today, at in EVERY:
        line = rhythm_line(w, at)
        assert line.startswith(w(f"state.{at.state}"))
        told = re.findall(r"\d+", line)
        if at.state in {State.LEAVE, State.NOT_REACHED}:
            assert line == w(f"state.{at.state}")
        elif at.review_due is not None:
            assert w.day(at.review_due) in line
            assert (at.review_due < today) == (at.state is State.OVERDUE), (line, today)
        else:
            days, allowed = int(told[0]), int(told[1])
            assert (days > allowed) == (at.state in {State.OVERDUE, State.NOT_ASKED}), line


@pytest.mark.parametrize("language", LANGUAGES)
def test_others_read_of_a_round_under_way_in_place_of_what_it_may_change(language: str) -> None:
    """Of a round that went out on `running`: what is owed decides as ever, days and what was missed may change."""
    w = words(language)
    for today, at in EVERY:
        for running in (None, START, today):
            seen = as_others_know(at, running)
            by_days = (at.review_due is None or at.review_missed) and at.state in {
                State.DUE_SOON,
                State.OVERDUE,
                State.NOT_ASKED,
            }
            hidden = running is not None and by_days and not (at.last_event and at.last_event >= running)
            assert (seen.state is State.ROUND_RUNS) == hidden
            if hidden:
                line = rhythm_line(w, seen)
                assert line.startswith(w("state.round_runs"))
                assert re.findall(r"\d+", line)[:2] == [f"{at.elapsed}", f"{at.allowed}"]
            else:
                assert seen == at


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_due_day_is_told_only_where_it_lies_ahead(language: str) -> None:
    w = words(language)
    for today, at in EVERY:
        line = whole_rhythm_line(w, at)
        ahead = at.state in {State.ON_TRACK, State.DUE_SOON}
        if ahead:
            assert at.due_on is not None
            assert at.due_on >= today
            assert w.day(at.due_on, year=True) in line, line
        else:
            assert line == rhythm_line(w, at)
        if at.state is State.OVERDUE and at.due_on:
            assert at.due_on < today, "what is overdue was due on a day that is over"
        assert at.state is not State.NOT_ASKED or at.due_on is None


def test_the_open_gap_of_the_chart_never_denies_the_state() -> None:
    for kind, day, chances in itertools.product(Kind, DAYS, ROUNDS):
        at, until = shown(kind, day, chances), START + timedelta(day)
        found = gaps(kind, [START], since=START, until=until, counting=COUNTING, policy=P, chances=chances)
        if found and not found[-1].within:
            assert at.state is State.OVERDUE, (kind, day, chances)
