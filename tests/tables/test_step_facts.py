"""What each step writes, and nothing else: a fact that a step forgets, or one it writes besides, turns a row.

Which step is allowed in which state is another table: `test_steps.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.assignment import Assignment, EndReason, Question
from bot.domain.case import Case, CaseEnded, NothingAskedBack
from bot.domain.data_request import DataRequest, RequestOver, SecondPersonNeeded
from bot.domain.exemplar import Exemplar, ExemplarOver
from bot.domain.follow_up import FollowUp
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.domain.second_look import LookEnd, SecondLook
from bot.domain.swap import Swap
from bot.errors import Refusal

NOW = datetime(2027, 1, 18, 9, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(days=3), NOW + timedelta(days=3)

NEW = Case("cas_1", "org_1", "grp_1", "KQ-472", "icbt", "en", 2, EARLIER, round="rnd_1")
LOOK, BACK = replace(NEW, look_since=EARLIER), replace(NEW, sent_back_at=EARLIER)
URGENT, HELD = replace(NEW, urgent_at=EARLIER), replace(NEW, published_at=EARLIER, held_at=EARLIER)
OUT = replace(NEW, published_at=EARLIER, clarify_until=EARLIER)
RELEASED = replace(OUT, released_at=EARLIER)
ASKED_BACK = replace(RELEASED, asked_back_at=EARLIER)
SHARED = replace(NEW, closed_at=EARLIER, shared_at=EARLIER, stepped_out=("per_b",))

THEIRS = Assignment("asg_1", "org_1", "cas_1", "rnd_1", "per_b", "A", EARLIER, NOW, published_at=EARLIER)
BEGUN, IN = replace(THEIRS, started_at=EARLIER), replace(THEIRS, started_at=EARLIER, submitted_at=EARLIER)
QUESTION = Question("que_1", "org_1", "cas_1", "asg_1", EARLIER)

ROUND = Round("rnd_1", "org_1", "grp_1", EARLIER, NOW, NOW, 1, asked=("per_a",), passed=("per_a",))
PLANNED = replace(ROUND, planned_at=EARLIER, left_out=("per_x",), caps={"per_x": 1})
HOLD = Hold("hol_1", "org_1", "cas_1", "concern", "cli_1", "per_b", EARLIER, ("per_g",), EARLIER, EARLIER, EARLIER)
LOOKED = SecondLook("loo_1", "org_1", "cas_1", EARLIER, LATER, readers=("per_s",), stepped_out=("per_s",))
SWAP = Swap("swp_1", "org_1", "asg_1", "per_b", ("per_c", "per_d"), EARLIER, passed=("per_c",))
KEPT = Exemplar("exm_1", "org_1", "grp_1", "cas_1", "icbt", "en", EARLIER, agreed=("asg_1",), stepped_out=("per_c",))
PASSED, OVER = replace(KEPT, looked_at=EARLIER), replace(KEPT, withdrawn_at=EARLIER)
REQUEST = DataRequest("req_1", "org_1", "export", "per_a", "request", "per_p", EARLIER, LATER)
CONFIRMED = replace(REQUEST, confirmed_at=EARLIER)

NOTHING: dict[str, Any] = {}
ROWS: list[tuple[str, Any, Callable[[Any], Any], dict[str, Any]]] = [
    ("a look is asked for", BACK, lambda each: each.ask_for_look(NOW), {"look_since": NOW, "sent_back_at": None}),
    ("the look is over", LOOK, lambda each: each.look_over(), {"look_since": None}),
    ("sent back", LOOK, lambda each: each.send_back(NOW), {"look_since": None, "sent_back_at": NOW}),
    ("asked for urgently", NEW, lambda each: each.ask_urgently(LATER), {"urgent_at": LATER}),
    ("it waits after all", URGENT, lambda each: each.wait_after_all(), {"urgent_at": None}),
    (
        "shared for information",
        URGENT,
        lambda each: each.share(NOW, LATER),
        {"closed_at": NOW, "shared_at": LATER, "urgent_at": None, "round": None},
    ),
    ("a reader steps out", SHARED, lambda each: each.step_out("per_c"), {"stepped_out": ("per_b", "per_c")}),
    ("twice", SHARED, lambda each: each.step_out("per_b"), NOTHING),
    ("published", NEW, lambda each: each.publish(NOW, LATER), {"published_at": NOW, "clarify_until": LATER}),
    ("published again", OUT, lambda each: each.publish(NOW, LATER), NOTHING),
    ("released", OUT, lambda each: each.release(NOW), {"released_at": NOW}),
    ("released again", RELEASED, lambda each: each.release(NOW), NOTHING),
    ("taken away", RELEASED, lambda each: each.take_away(NOW), {"closed_at": NOW}),
    ("asked back", RELEASED, lambda each: each.ask_back(NOW), {"asked_back_at": NOW}),
    ("ended", RELEASED, lambda each: each.end(NOW), {"closed_at": NOW}),
    ("withdrawn", OUT, lambda each: each.withdraw(NOW), {"withdrawn_at": NOW}),
    ("withdrawn what was shared", SHARED, lambda each: each.withdraw(NOW), {"withdrawn_at": NOW}),
    ("withdrawn from a hold", HELD, lambda each: each.withdraw_from_hold(NOW), {"withdrawn_at": NOW, "held_at": None}),
    ("held", OUT, lambda each: each.hold(NOW), {"held_at": NOW}),
    ("held again", HELD, lambda each: each.hold(NOW), NOTHING),
    ("resumed", HELD, lambda each: each.resume(), {"held_at": None}),
    ("a review begins", THEIRS, lambda each: each.start(NOW), {"started_at": NOW}),
    ("begins again", BEGUN, lambda each: each.start(NOW), NOTHING),
    (
        "sent",
        THEIRS,
        lambda each: each.submit(NOW, OUT, ["praise"]),
        {"submitted_at": NOW, "started_at": NOW, "prompts": ("praise",)},
    ),
    ("sent late", BEGUN, lambda each: each.submit(LATER, OUT), {"submitted_at": LATER, "late": True}),
    ("answered back", IN, lambda each: each.answer_back(NOW, ASKED_BACK), {"answered_back_at": NOW}),
    ("used", IN, lambda each: each.use(NOW), {"used_at": NOW}),
    ("parted without a review", THEIRS, lambda each: each.part(NOW), {"ended_at": NOW, "end_reason": "parted"}),
    ("parted with one", IN, lambda each: each.part(NOW), {"parted_at": NOW}),
    ("recused", IN, lambda each: each.recuse(NOW), {"recused_at": NOW}),
    ("declined", THEIRS, lambda each: each.end(NOW, EndReason.DECLINED), {"ended_at": NOW, "end_reason": "declined"}),
    ("a question is answered", QUESTION, lambda each: each.answer(NOW, OUT), {"answered_at": NOW}),
    ("members are asked", ROUND, lambda each: each.ask(["per_b", "per_a"]), {"asked": ("per_a", "per_b")}),
    ("one passes", ROUND, lambda each: each.pass_on("per_b"), {"passed": ("per_a", "per_b")}),
    ("and again", ROUND, lambda each: each.pass_on("per_a"), NOTHING),
    ("and takes it up", ROUND, lambda each: each.take_up("per_a"), {"passed": ()}),
    ("planned", ROUND, lambda each: each.plan(NOW), {"planned_at": NOW}),
    (
        "tried and kept",
        PLANNED,
        lambda each: each.keep(["per_c", "per_b"], {"per_d": 2}),
        {"left_out": ("per_b", "per_c"), "caps": {"per_d": 2}},
    ),
    ("reopened", PLANNED, lambda each: each.reopen(), {"planned_at": None}),
    ("the round goes out", PLANNED, lambda each: each.publish(NOW), {"published_at": NOW}),
    ("the round is closed", PLANNED, lambda each: each.close(NOW), {"closed_at": NOW}),
    ("the round is cancelled", PLANNED, lambda each: each.cancel(NOW), {"cancelled_at": NOW}),
    (
        "the next is called",
        HOLD,
        lambda each: each.call("per_s", NOW),
        {"called": ("per_g", "per_s"), "alerted_at": NOW, "exhausted_at": None},
    ),
    ("not delivered", HOLD, lambda each: each.not_delivered(NOW), {"undelivered_at": NOW}),
    ("nobody is left to call", HOLD, lambda each: each.exhaust(NOW), {"exhausted_at": NOW}),
    (
        "taken on",
        HOLD,
        lambda each: each.acknowledge("per_s", NOW),
        {"acknowledged_by": "per_s", "acknowledged_at": NOW},
    ),
    ("the hold is over", HOLD, lambda each: each.release("per_s", NOW), {"released_by": "per_s", "released_at": NOW}),
    ("another reads", LOOKED, lambda each: each.read_by("per_g"), {"readers": ("per_s", "per_g")}),
    ("the same reads", LOOKED, lambda each: each.read_by("per_s"), NOTHING),
    ("another steps out", LOOKED, lambda each: each.step_out("per_g"), {"stepped_out": ("per_s", "per_g")}),
    (
        "returned",
        LOOKED,
        lambda each: each.decide("per_s", LookEnd.RETURNED, NOW, ("age",)),
        {"end": "returned", "ended_at": NOW, "decided_by": "per_s", "telling": ("age",)},
    ),
    ("unseen", LOOKED, lambda each: each.over(LookEnd.UNSEEN, NOW), {"end": "unseen", "ended_at": NOW}),
    ("late", LOOKED, lambda each: each.late(NOW), {"late_told_at": NOW}),
    ("a colleague says no", SWAP, lambda each: each.pass_on("per_d"), {"passed": ("per_c", "per_d")}),
    ("and takes it back", SWAP, lambda each: each.ask_again("per_c"), {"passed": ()}),
    ("another agrees", KEPT, lambda each: each.agree("asg_2"), {"agreed": ("asg_1", "asg_2")}),
    ("the same agrees", KEPT, lambda each: each.agree("asg_1"), NOTHING),
    ("let pass", KEPT, lambda each: each.keep(NOW), {"looked_at": NOW}),
    ("let pass again", PASSED, lambda each: each.keep(NOW), NOTHING),
    ("one steps out", KEPT, lambda each: each.step_out("per_d"), {"stepped_out": ("per_c", "per_d")}),
    ("taken back", KEPT, lambda each: each.withdraw(NOW), {"withdrawn_at": NOW}),
    ("confirmed", REQUEST, lambda each: each.confirm("per_p", NOW), {"confirmed_at": NOW}),
    ("confirmed again", CONFIRMED, lambda each: each.confirm("per_p", NOW), NOTHING),
    ("agreed to", REQUEST, lambda each: each.agree("per_q", NOW), {"agreed_by": "per_q", "agreed_at": NOW}),
]


@pytest.mark.parametrize(("before", "step", "written"), [pytest.param(*row[1:], id=row[0]) for row in ROWS])
def test_a_step_writes_its_facts_and_no_others(
    before: Any, step: Callable[[Any], Any], written: dict[str, Any]
) -> None:
    after = step(before)
    names = [field.name for field in fields(before)]
    assert {n: getattr(after, n) for n in names if getattr(after, n) != getattr(before, n)} == written


REFUSED: list[tuple[str, Callable[[], Any], type[Refusal]]] = [
    ("shared and withdrawn", lambda: replace(SHARED, withdrawn_at=EARLIER).withdraw(NOW), CaseEnded),
    ("its text is gone", lambda: IN.answer_back(NOW, replace(ASKED_BACK, purged_at=NOW)), NothingAskedBack),
    ("agreed already", lambda: replace(REQUEST, agreed_at=EARLIER).agree("per_q", NOW), RequestOver),
    ("out of time", lambda: REQUEST.agree("per_q", LATER), RequestOver),
    ("one's own request", lambda: REQUEST.agree("per_p", NOW), SecondPersonNeeded),
    ("about oneself", lambda: REQUEST.agree("per_a", NOW), SecondPersonNeeded),
    ("confirmed by another", lambda: REQUEST.confirm("per_q", NOW), RequestOver),
    ("confirmed too late", lambda: REQUEST.confirm("per_p", LATER), RequestOver),
    ("agreed to what is over", lambda: OVER.agree("asg_1"), ExemplarOver),
    ("kept what is over", lambda: OVER.keep(NOW), ExemplarOver),
    ("taken back twice", lambda: OVER.withdraw(NOW), ExemplarOver),
]


@pytest.mark.parametrize(("step", "why"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED])
def test_a_step_without_a_table_of_states_is_refused_by_name(step: Callable[[], Any], why: type[Refusal]) -> None:
    with pytest.raises(why):
        step()


def test_who_is_waited_for_and_what_is_read_follow_from_the_facts() -> None:
    assert not SWAP.answered
    assert replace(SWAP, passed=("per_d", "per_c")).answered
    assert [each.kept for each in (KEPT, PASSED, OVER, replace(PASSED, withdrawn_at=NOW))] == [
        False,
        True,
        False,
        False,
    ]
    assert KEPT.missing(["asg_1", "asg_2"]) == {"asg_2"}
    asked = FollowUp("fol_1", "org_1", "cas_1", "grp_1", EARLIER)
    over = [replace(asked, answered_at=NOW), replace(asked, skipped_at=NOW), replace(asked, purged_at=NOW)]
    assert [each.waits for each in (asked, *over)] == [True, False, False, False]
