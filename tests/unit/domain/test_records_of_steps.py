"""What a step writes down: who did it, and when. What is refused: tests/tables/test_steps.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.policy import Policy
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.domain.second_look import LookEnd, SecondLook
from bot.domain.series import PhaseDays

NOW = datetime(2027, 1, 18, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)
HOLD = Hold("hol_1", "org_1", "cas_1", "concern", "cli_1", "per_b", NOW)
LOOK = SecondLook("loo_1", "org_1", "cas_1", NOW, LATER)
ROUND = Round("rnd_1", "org_1", "grp_1", NOW, NOW, NOW, 1)


def test_a_hold_waits_for_the_one_called_last_until_somebody_takes_it_on_or_it_is_released() -> None:
    called = HOLD.exhaust(NOW).call("per_s", NOW).call("per_t", LATER)
    assert (called.called, called.alerted, called.alerted_at) == (("per_s", "per_t"), "per_t", LATER)
    assert called.exhausted_at is None, "there is somebody to wait for again"
    assert HOLD.alerted is None
    assert HOLD.exhaust(NOW).exhausted_at == NOW
    assert called.not_delivered(LATER).undelivered_at == LATER
    taken, over = called.acknowledge("per_t", LATER), called.release("per_s", LATER)
    assert (called.waiting, taken.waiting, over.waiting) == (True, False, False)
    assert (taken.acknowledged_by, taken.acknowledged_at) == ("per_t", LATER)
    assert (over.released_by, over.released_at) == ("per_s", LATER)
    assert taken.acknowledge("per_s", NOW) == taken, "the first one counts"


def test_a_second_look_notes_who_read_stepped_out_and_decided_what() -> None:
    read = LOOK.read_by("per_s").read_by("per_s").read_by("per_t").step_out("per_t").step_out("per_t")
    assert (read.readers, read.stepped_out) == (("per_s", "per_t"), ("per_t",))
    back = read.decide("per_s", LookEnd.RETURNED, LATER, ("name",))
    assert (back.end, back.ended_at, back.decided_by, back.telling) == ("returned", LATER, "per_s", ("name",))
    over = LOOK.over(LookEnd.UNSEEN, LATER)
    assert (over.end, over.ended_at, over.decided_by) == ("unseen", LATER, None)
    assert LOOK.late(LATER).late_told_at == LATER
    assert (LOOK.open, back.open) == (True, False)


def test_a_round_keeps_its_own_days_of_a_phase_and_the_policys_of_the_others() -> None:
    policy = PhaseDays.of(Policy())
    assert ROUND.days(Policy()) == policy
    assert replace(ROUND, clarify_days=0, takeaway_days=9).days(Policy()) == replace(policy, clarify=0, takeaway=9)
    assert replace(ROUND, review_days=7).days(Policy()) == replace(policy, review=7)


def test_a_round_notes_whom_it_asked_who_passed_and_what_was_kept() -> None:
    asked = ROUND.ask(["per_a", "per_b"]).ask(["per_b", "per_c"]).pass_on("per_b").pass_on("per_b")
    assert (asked.asked, asked.passed) == (("per_a", "per_b", "per_c"), ("per_b",))
    kept = ROUND.keep(["per_b", "per_a"], {"per_d": 1, "per_c": 0})
    assert (kept.left_out, dict(kept.caps)) == (("per_a", "per_b"), {"per_c": 0, "per_d": 1})


@pytest.mark.parametrize("series", [None, "ser_1"])
def test_a_rounds_steps_are_dated(series: str | None) -> None:
    planned = replace(ROUND, series=series, occurrence=date(2027, 1, 18)).plan(NOW)
    assert planned.planned_at == NOW
    assert planned.reopen().planned_at is None
    public = planned.publish(LATER)
    assert (public.published_at, public.close(LATER).closed_at, planned.cancel(LATER).cancelled_at) == (LATER,) * 3
