"""Every step in every state: allowed, or refused by which name. Tables that a supervisor could read.

A row is a step, a column a state; `yes` is allowed, `same` is allowed and changes nothing, a word names the refusal
(see `REFUSALS`). A guard that is deleted turns a cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.assignment import Assignment, ClarifyOnly, ClarifyOver, EndReason, Question, ReviewAlreadyIn, may_ask
from bot.domain.case import (
    AlreadyAskedBack,
    AlreadyReleased,
    AlreadyUrgent,
    Case,
    CaseEnded,
    CaseIsOut,
    CaseKeptBack,
    CaseNotReleased,
    CaseOnHold,
    CaseStatus,
    NothingAskedBack,
    NotUrgent,
    NotYourReview,
)
from bot.domain.policy import Mode
from bot.domain.risk import Hold, HoldOver
from bot.domain.round import Round, RoundAlreadyPublished, RoundEnded, RoundNotAssigned, RoundNotCollecting, RoundStatus
from bot.domain.second_look import LookEnd, NotToLookAt, SecondLook
from bot.domain.supervision import (
    CannotSignOwnEntry,
    EntryAlreadySigned,
    EntryNotInForce,
    InvalidEntry,
    MaySignOnlyWhenPresent,
    NotYourEntry,
    Role,
    SupervisionEvent,
    correct,
    current,
    in_force,
    sign,
)
from bot.errors import Refusal
from tests.tables.cells import cells

NOW = datetime(2027, 1, 18, 9, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(days=3), NOW + timedelta(days=3)
REFUSALS: Mapping[str, type[Refusal]] = {
    "ended": CaseEnded,
    "hold": CaseOnHold,
    "back": CaseKeptBack,
    "early": CaseNotReleased,
    "ask": ClarifyOnly,
    "over": ClarifyOver,
    "gone": NotYourReview,
    "in": ReviewAlreadyIn,
    "closed": RoundEnded,
    "public": RoundAlreadyPublished,
    "noplan": RoundNotAssigned,
    "late": RoundNotCollecting,
    "done": HoldOver,
    "nolook": NotToLookAt,
    "signed": EntryAlreadySigned,
    "own": CannotSignOwnEntry,
    "absent": MaySignOnlyWhenPresent,
    "other": NotYourEntry,
    "old": EntryNotInForce,
    "false": InvalidEntry,
    "out": CaseIsOut,
    "asked": AlreadyAskedBack,
    "none": NothingAskedBack,
    "calm": NotUrgent,
    "twice": AlreadyUrgent,
    "with": AlreadyReleased,
}


def case(**facts: Any) -> Case:
    return Case("cas_1", "org_1", "grp_1", "KQ-472", "icbt", "en", 2, EARLIER, **facts)


def assignment(**facts: Any) -> Assignment:
    return Assignment("asg_1", "org_1", "cas_1", "rnd_1", "per_b", "A", EARLIER, **facts)


CASES: Mapping[str, Case] = {
    "waiting": case(),
    "urgent": case(urgent_at=LATER),
    "look": case(look_since=EARLIER),
    "sentback": case(sent_back_at=EARLIER),
    "clarify": case(published_at=EARLIER, clarify_until=LATER),
    "review": case(published_at=EARLIER, clarify_until=EARLIER),
    "released": case(published_at=EARLIER, clarify_until=EARLIER, released_at=NOW),
    "asked": case(published_at=EARLIER, clarify_until=EARLIER, released_at=EARLIER, asked_back_at=EARLIER),
    "onhold": case(published_at=EARLIER, clarify_until=LATER, held_at=NOW),
    "heldnew": case(held_at=NOW),
    "closed": case(published_at=EARLIER, released_at=EARLIER, closed_at=NOW),
    "withdrawn": case(withdrawn_at=NOW),
}
STATUS: Mapping[str, CaseStatus] = dict(
    zip(
        CASES,
        (
            CaseStatus.WAITING,
            CaseStatus.WAITING,
            CaseStatus.SECOND_LOOK,
            CaseStatus.SENT_BACK,
            CaseStatus.CLARIFYING,
            CaseStatus.REVIEWING,
            CaseStatus.RELEASED,
            CaseStatus.RELEASED,
            CaseStatus.ON_HOLD,
            CaseStatus.ON_HOLD,
            CaseStatus.CLOSED,
            CaseStatus.WITHDRAWN,
        ),
        strict=True,
    )
)
THEIRS, IN = assignment(published_at=EARLIER), assignment(published_at=EARLIER, submitted_at=EARLIER)
QUESTION = Question("que_1", "org_1", "cas_1", "asg_1", EARLIER)

CASE_STEPS: Mapping[str, Callable[[Case], object]] = {
    "ask_for_look": lambda c: c.ask_for_look(NOW),
    "look_over": lambda c: c.look_over(),
    "send_back": lambda c: c.send_back(NOW),
    "publish": lambda c: c.publish(NOW, LATER),
    "release": lambda c: c.release(NOW),
    "take_away": lambda c: c.take_away(NOW),
    "end": lambda c: c.end(NOW),
    "withdraw": lambda c: c.withdraw(NOW),
    "withdraw_from_hold": lambda c: c.withdraw_from_hold(NOW),
    "hold": lambda c: c.hold(NOW),
    "submit_review": lambda c: THEIRS.submit(NOW, c),
    "ask_question": lambda c: may_ask(c, THEIRS, NOW),
    "answer_question": lambda c: QUESTION.answer(NOW, c),
    "ask_back": lambda c: c.ask_back(NOW),
    "answer_back": lambda c: IN.answer_back(NOW, c),
    "ask_urgently": lambda c: c.ask_urgently(LATER),
    "wait_after_all": lambda c: c.wait_after_all(),
    "share": lambda c: c.share(NOW, LATER),
    "step_out": lambda c: c.step_out("per_c"),
    "give_on": lambda c: c.must_want_reviewers(NOW),
}
CASE_TABLE = """
step               waiting urgent look  sentback clarify review released asked onhold heldnew closed withdrawn
ask_for_look       yes     yes    yes   yes      yes     yes    yes      yes   hold   hold    ended  ended
look_over          same    same   yes   same     same    same   same     same  hold   hold    ended  ended
send_back          yes     yes    yes   yes      yes     yes    yes      yes   hold   hold    ended  ended
publish            yes     yes    back  back     same    same   same     same  hold   hold    ended  ended
release            yes     yes    yes   yes      yes     yes    same     same  hold   hold    ended  ended
take_away          early   early  early early    early   early  yes      yes   hold   hold    ended  ended
end                yes     yes    yes   yes      yes     yes    yes      yes   hold   hold    ended  ended
withdraw           yes     yes    yes   yes      yes     yes    yes      yes   hold   hold    ended  ended
withdraw_from_hold yes     yes    yes   yes      yes     yes    yes      yes   yes    yes     ended  ended
hold               yes     yes    yes   yes      yes     yes    yes      yes   same   same    ended  ended
submit_review      yes     yes    yes   yes      ask     yes    yes      yes   hold   hold    ended  ended
ask_question       over    over   over  over     yes     over   over     over  hold   hold    ended  ended
answer_question    yes     yes    yes   yes      yes     yes    yes      yes   hold   hold    ended  ended
ask_back           early   early  early early    early   early  yes      asked hold   hold    ended  ended
answer_back        none    none   none  none     none    none   none     yes   hold   hold    none   ended
ask_urgently       yes     twice  back  back     out     out    out      out   hold   hold    ended  ended
wait_after_all     calm    yes    back  back     out     out    out      out   hold   hold    ended  ended
share              yes     yes    back  back     out     out    out      out   hold   hold    ended  ended
step_out           yes     yes    yes   yes      yes     yes    yes      yes   yes    yes     yes    yes
give_on            gone    gone   gone  gone     yes     yes    with     with  hold   hold    ended  ended
"""

ASSIGNMENTS: Mapping[str, Assignment] = {
    "planned": assignment(),
    "theirs": THEIRS,
    "begun": replace(THEIRS, started_at=EARLIER),
    "in": IN,
    "recused": replace(IN, recused_at=NOW),
    "parted": replace(IN, parted_at=NOW),
    "ended": replace(THEIRS, ended_at=EARLIER, end_reason="declined"),
}
REVIEWING = CASES["review"]
ASSIGNMENT_STEPS: Mapping[str, Callable[[Assignment], object]] = {
    "start": lambda a: a.start(NOW),
    "submit": lambda a: a.submit(NOW, REVIEWING),
    "recuse": lambda a: a.recuse(NOW),
    "end": lambda a: a.end(NOW, EndReason.DECLINED),
    "part": lambda a: a.part(NOW),
    "ask": lambda a: may_ask(CASES["clarify"], a, NOW),
    "answer_back": lambda a: a.answer_back(NOW, CASES["asked"]),
    "use": lambda a: a.use(NOW),
}
ASSIGNMENT_TABLE = """
step        planned theirs begun in  recused parted ended
start       yes     yes    same  yes yes     yes    yes
submit      yes     yes    yes   in  in      in     gone
recuse      gone    gone   gone  yes same    yes    gone
end         yes     yes    yes   in  in      in     gone
part        yes     yes    yes   yes yes     same   gone
ask         yes     yes    yes   yes yes     yes    gone
answer_back gone    none   none  yes gone    gone   gone
use         same    same   same  yes yes     yes    same
"""


def round_(**facts: Any) -> Round:
    return Round("rnd_1", "org_1", "grp_1", EARLIER, NOW, NOW, 1, **facts)


ROUNDS: Mapping[str, Round] = {
    "collect": round_(),
    "planned": round_(planned_at=EARLIER),
    "public": round_(planned_at=EARLIER, published_at=EARLIER),
    "closed": round_(planned_at=EARLIER, published_at=EARLIER, closed_at=EARLIER),
    "cancelled": round_(cancelled_at=EARLIER),
}
ROUND_STEPS: Mapping[str, Callable[[Round], object]] = {
    "pass_on": lambda r: r.pass_on("per_a"),
    "take_up": lambda r: r.take_up("per_a"),
    "plan": lambda r: r.plan(NOW),
    "keep": lambda r: r.keep(["per_a"], {}),
    "reopen": lambda r: r.reopen(),
    "publish": lambda r: r.publish(NOW),
    "close": lambda r: r.close(NOW),
    "cancel": lambda r: r.cancel(NOW),
}
ROUND_TABLE = """
step     collect planned public closed cancelled
pass_on  yes     late    late   late   late
take_up  same    late    late   late   late
plan     yes     yes     public closed closed
keep     yes     yes     public closed closed
reopen   same    yes     public closed closed
publish  noplan  yes     public closed closed
close    yes     yes     yes    closed closed
cancel   yes     yes     public closed closed
"""


def hold(**facts: Any) -> Hold:
    return Hold("hol_1", "org_1", "cas_1", "raised", "cli_1", "per_b", EARLIER, **facts)


HOLDS: Mapping[str, Hold] = {
    "raised": hold(),
    "called": hold(called=("per_s",), alerted_at=EARLIER),
    "taken": hold(called=("per_s",), alerted_at=EARLIER, acknowledged_by="per_s", acknowledged_at=EARLIER),
    "over": hold(released_by="per_s", released_at=EARLIER),
}
HOLD_STEPS: Mapping[str, Callable[[Hold], object]] = {
    "acknowledge": lambda h: h.acknowledge("per_s", NOW),
    "release": lambda h: h.release("per_s", NOW),
}
HOLD_TABLE = """
step         raised called taken over
acknowledge  yes    yes    same  done
release      yes    yes    yes   done
"""


def test_a_hold_waits_until_somebody_takes_it_on_or_ends_it() -> None:
    waiting = {name: each.waiting for name, each in HOLDS.items()}
    assert waiting == {"raised": True, "called": True, "taken": False, "over": False}


def test_whoever_is_called_next_has_the_whole_time_to_answer() -> None:
    assert hold().alerted is None
    called = hold(called=("per_g",), alerted_at=EARLIER, exhausted_at=EARLIER).call("per_s", NOW)
    assert (called.called, called.alerted, called.alerted_at) == (("per_g", "per_s"), "per_s", NOW)
    assert called.exhausted_at is None, "there is somebody again who could answer"


def test_who_ended_a_hold_and_when_is_kept() -> None:
    ended = hold(called=("per_s",), alerted_at=EARLIER).release("per_s", NOW)
    assert (ended.released_by, ended.released_at) == ("per_s", NOW)


def look(**facts: Any) -> SecondLook:
    return SecondLook("loo_1", "org_1", "cas_1", EARLIER, LATER, **facts)


LOOKS: Mapping[str, SecondLook] = {
    "open": look(),
    "over": look().decide("per_s", LookEnd.PASSED, EARLIER),
}
LOOK_STEPS: Mapping[str, Callable[[SecondLook], object]] = {
    "read_by": lambda each: each.read_by("per_s"),
    "step_out": lambda each: each.step_out("per_s"),
    "decide": lambda each: each.decide("per_s", LookEnd.PASSED, NOW),
    "over": lambda each: each.over(LookEnd.WITHDRAWN, NOW),
}
LOOK_TABLE = """
step      open over
read_by   yes  nolook
step_out  yes  nolook
decide    yes  nolook
over      yes  nolook
"""


def entry(id: str = "log_1", **facts: Any) -> SupervisionEvent:
    days = (date(2027, 1, 11),)
    known = {"minutes": 60, "members": ("per_b",), **facts}
    return SupervisionEvent(
        id, "per_a", "cli_1", Role.REVIEWER, Mode.ICBT, days, group_size=3, recorded_at=EARLIER, **known
    )


Log = tuple[SupervisionEvent, ...]
CORRECTION = entry("log_2", corrects="log_1", minutes=50)
ENTRIES: Mapping[str, Log] = {
    "estimate": (entry(minutes_estimated=True),),
    "stated": (entry(),),
    "signed": (entry(signed_by="per_s", signed_at=EARLIER),),
    "corrected": (entry(), replace(CORRECTION, recorded_at=NOW)),
    "withdrawn": (entry(withdrawn=True),),
}
"""The log of one person; each step is about the entry `log_1`."""


def signing(by: str, *, is_supervisor: bool = False) -> Callable[[Log], Log]:
    """The log after somebody signed the entry."""
    return lambda log: (sign(in_force(log, "log_1"), by=by, at=NOW, is_supervisor=is_supervisor),)


def correcting(by: str = "per_a", **facts: Any) -> Callable[[Log], Log]:
    """What counts after somebody corrected the entry."""
    return lambda log: current(
        (*log, correct(in_force(log, "log_1"), new_id="log_3", by=by, at=LATER, **facts)), known_at=LATER
    )


ENTRY_STEPS: Mapping[str, Callable[[Log], Log]] = {
    "supervisor_signs": signing("per_s", is_supervisor=True),
    "member_signs": signing("per_b"),
    "absent_signs": signing("per_c"),
    "author_signs": signing("per_a"),
    "supervisor_signs_own": signing("per_a", is_supervisor=True),
    "author_corrects": correcting(minutes=45),
    "author_corrects_falsely": correcting(minutes=0),
    "other_corrects": correcting("per_b", minutes=45),
    "supervisor_corrects": correcting("per_s", minutes=45),
    "author_withdraws": correcting(withdrawn=True),
    "other_withdraws": correcting("per_b", withdrawn=True),
}
ENTRY_TABLE = """
step                     estimate stated signed corrected withdrawn
supervisor_signs         yes      yes    signed old       old
member_signs             yes      yes    signed old       old
absent_signs             absent   absent signed old       old
author_signs             own      own    signed old       old
supervisor_signs_own     own      own    signed old       old
author_corrects          yes      yes    yes    old       old
author_corrects_falsely  false    false  false  old       old
other_corrects           other    other  other  old       old
supervisor_corrects      other    other  other  old       old
author_withdraws         yes      yes    yes    old       old
other_withdraws          other    other  other  old       old
"""


@pytest.mark.parametrize(
    ("step", "state", "said"),
    [
        *cells("case", CASE_TABLE, CASE_STEPS, CASES),
        *cells("assignment", ASSIGNMENT_TABLE, ASSIGNMENT_STEPS, ASSIGNMENTS),
        *cells("round", ROUND_TABLE, ROUND_STEPS, ROUNDS),
        *cells("hold", HOLD_TABLE, HOLD_STEPS, HOLDS),
        *cells("look", LOOK_TABLE, LOOK_STEPS, LOOKS),
        *cells("entry", ENTRY_TABLE, ENTRY_STEPS, ENTRIES),
    ],
)
def test_a_step_is_allowed_or_refused_by_name(step: Callable[[Any], object], state: Any, said: str) -> None:
    if said in REFUSALS:
        with pytest.raises(Refusal) as refused:
            step(state)
        assert type(refused.value) is REFUSALS[said]
    else:
        assert (step(state) == state) == (said == "same")


@pytest.mark.parametrize("name", CASES)
def test_each_case_is_in_the_state_its_name_says(name: str) -> None:
    assert CASES[name].status(NOW) is STATUS[name]


def test_every_status_has_a_column() -> None:
    assert set(STATUS.values()) == set(CaseStatus)
    assert {round_.status for round_ in ROUNDS.values()} == set(RoundStatus)


def test_a_table_without_one_of_its_steps_is_refused() -> None:
    with pytest.raises(AssertionError, match="the rows are not the steps"):
        cells("round", ROUND_TABLE, {**ROUND_STEPS, "new": None}, ROUNDS)


def public_steps(kind: type[Any]) -> set[str]:
    """Methods that return a new value of their kind or refuse."""
    return {
        name
        for name, method in vars(kind).items()
        if not name.startswith("_") and callable(method) and method.__annotations__.get("return") == kind.__name__
    }


@pytest.mark.parametrize(
    ("kind", "steps", "free"),
    [
        (Case, CASE_STEPS, {"resume"}),
        (Assignment, ASSIGNMENT_STEPS, set()),
        (Round, ROUND_STEPS, {"ask"}),
        (Hold, HOLD_STEPS, {"call", "not_delivered", "exhaust"}),
        (SecondLook, LOOK_STEPS, {"late"}),
    ],
)
def test_a_new_step_cannot_be_left_out(kind: type[Any], steps: Mapping[str, Any], free: set[str]) -> None:
    """`free` are steps of the program itself that are right in every state."""
    assert public_steps(kind) - free <= set(steps)


@pytest.mark.parametrize("by", ["per_a", "per_b", "per_s"])
def test_an_entry_taken_out_of_the_log_is_refused_to_whoever_holds_it(by: str) -> None:
    """Also when it is not looked up among those in force."""
    gone = ENTRIES["withdrawn"][0]
    with pytest.raises(EntryNotInForce):
        sign(gone, by=by, at=NOW, is_supervisor=by == "per_s")
    with pytest.raises(EntryNotInForce if by == gone.person else NotYourEntry):
        correct(gone, new_id="log_3", by=by, at=NOW)


def test_a_correction_is_unsigned_and_the_signed_entry_stays_as_it_was() -> None:
    signed = ENTRIES["signed"][0]
    corrected = correct(signed, new_id="log_3", by="per_a", at=NOW, minutes=45)
    assert (corrected.signed_by, corrected.signed_at, corrected.corrects) == (None, None, "log_1")
    assert (signed.minutes, signed.signed_by) == (60, "per_s")
