"""Every kind of notice has a row: what ends its matter, after which its message asks for nothing; or why nothing can.

The kinds come from the catalogue of notices: one without a row here fails. Reviews and cases have a table of their own
(`test_messages_stay_true.py`); here are texts, questions, swaps, signatures, second looks, presenting and concerns.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import pytest

from bot.delivery.notices import NOTICES
from bot.demo.clinic import person_id
from bot.domain.case import Case
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.domain.second_look import SecondLook
from bot.domain.swap import Swap
from bot.ports.records import SignRequest
from bot.ui.inbound import Invalid, Outcome, Refused
from bot.ui.model import Action, Card
from tests.app.log_steps import add, mine
from tests.app.looking import passed, ruled, sent
from tests.app.risk import scene
from tests.gate import rules_alone
from tests.tables.crawl import actions
from tests.tables.test_messages_stay_true import TODAY, standing
from tests.world import World, make_world

PAGES = {TODAY, "round.show", "case.page", "log.open", "home.open", "supervision.overview"}
"""Buttons that lead to a page which says what holds, whatever that is."""


@dataclass(frozen=True)
class Row:
    """Who is told, what tells them, and what ends it."""

    who: str
    told: Callable[[World], Awaitable[object]]
    end: Callable[[World], Awaitable[Outcome | None]]


async def question(world: World) -> None:
    at = await scene(world)
    form = await at.reviewer.open("review.open", at.assignment.id)
    await at.reviewer.send_and_confirm(form, {"question": "Since when is she silent?"})


async def answer(world: World) -> Outcome:
    (case,) = await world.find(Case, closed_at=None)
    form = await world.player("a").open("question.open", case.id)
    _, outcome = await world.player("a").send_and_confirm(form, {form.fields[0].name: "Since her holidays."})
    return outcome


async def swap(world: World) -> None:
    at = await scene(world)
    form = await at.reviewer.open("review.swap", at.assignment.id)
    await at.reviewer.send(form, {"whom": (person_id("c"),)})


async def end_swap(world: World) -> Outcome:
    (asked,) = await world.find(Swap)
    return await world.player("b").press("review.swap.end", asked.assignment)


async def time_is_over(world: World) -> None:
    await world.advance(days=2)


async def signature(world: World) -> None:
    await add(world.player("a"))
    entry = (await mine(world))[0]
    form = await world.player("a").open("log.sign")
    await world.player("a").send(form, {"signer": (person_id("s"),), "entries": (entry.id,)})


async def sign(world: World) -> Outcome:
    (request,) = await world.find(SignRequest)
    page = await world.player("s").open("log.sign.look", request.id)
    return await world.player("s").send(page, {"entries": request.entries})


async def look_wanted(world: World) -> None:
    await ruled(world, second_look="always")
    await sent(world)


async def look(world: World) -> Case:
    ((found,), cases) = await world.find(SecondLook), await world.find(Case)
    return next(case for case in cases if case.id == found.case)


async def let_pass(world: World) -> None:
    await passed(world, await look(world))


async def concern(world: World) -> None:
    await (await scene(world)).concern()


async def take_on(world: World) -> Outcome:
    (hold,) = await world.find(Hold)
    return await world.player("s").press("risk.acknowledge", hold.id)


async def collecting(world: World) -> None:
    await world.player("s").send(await world.player("s").open("round.new"), {})


async def cancel(world: World) -> Outcome:
    (round_,) = await world.find(Round, published_at=None, cancelled_at=None)
    return await world.player("s").press("round.cancel", round_.id)


ROWS: Mapping[str, Row] = {
    "question_asked": Row("a", question, answer),
    "swap_asked": Row("c", swap, end_swap),
    "swap_asked, not answered": Row("c", swap, time_is_over),
    "sign_request": Row("s", signature, sign),
    "look_wanted": Row("s", look_wanted, let_pass),
    "risk_alert": Row("s", concern, take_on),
    "round_open": Row("b", collecting, cancel),
}


def messages(world: World, key: str, kind: str) -> list[Card]:
    return [card for user, card in standing(world) if user == person_id(key) and card.key.startswith(f"notice.{kind}")]


def asks(cards: list[Card]) -> list[Action]:
    return [action for card in cards for action in actions(card) if action.key not in PAGES]


@pytest.mark.parametrize("row", ROWS)
async def test_a_message_asks_for_nothing_once_its_matter_is_over(row: str) -> None:
    world = await make_world(rules_alone())
    kind, it = row.partition(",")[0], ROWS[row]
    await it.told(world)
    await world.settle()
    before = messages(world, it.who, kind)
    asked = {(action.key, action.subject) for action in asks(before)}
    assert asked, "it was told, with a button"
    outcome = await it.end(world)
    assert not isinstance(outcome, Refused | Invalid), outcome
    await world.advance(seconds=1)
    assert asks(messages(world, it.who, kind)) == [], "the message says what became of it"


OF_REVIEWS = "test_messages_stay_true.py: a review or a place that ends, moves or is answered in ten ways"
OF_CASES = "test_messages_stay_true.py and tests/app/test_messages_of_what_ended.py: a case that is over"
OF_LOOKS = "tests/app/test_second_look.py: a look that ended"
OF_CONCERNS = "tests/app/test_alert_over.py: a concern that is over"
OF_EXCHANGE = "the tests of the exchange after release: answered, told or skipped"
OF_THE_ORGANISATION = "asks an administrator or officer, whose page says what holds; tests of that page"
SAYS = "says what was done or holds, and leads to a page at most"
COVERED: Mapping[str, tuple[str, ...]] = {
    OF_REVIEWS: (
        *("assigned", "redated", "answers_in", "reminder", "nudge", "due_moved", "swap_none", "case_goes_on"),
        *("reviewer_late", "seat_empty", "out_of_reach", "case_held"),
    ),
    OF_CASES: (
        *("case_published", "case_redated", "case_covered", "cover_impossible", "own_case_waits", "reviews_released"),
        *("late_review", "case_ended", "plan_ready", "leave_entered", "case_waits", "takeaway_in"),
    ),
    OF_LOOKS: (
        *(
            "look_author_reminder",
            "look_late",
            "look_missed",
            "look_passed",
            "look_reminder",
            "look_returned",
            "look_returned_missed",
        ),
        *("look_unseen", "look_unseen_supervisor", "look_waits", "look_withdrawn"),
    ),
    OF_CONCERNS: (
        *("risk_acknowledged", "risk_closed", "risk_nobody_left", "risk_presenter", "risk_presenter_again"),
        *("risk_taken", "risk_undelivered", "risk_yours", "hold_released", "hold_withdrawn"),
    ),
    OF_EXCHANGE: ("asked_back", "answers_back", "follow_up_asked", "follow_up_in"),
    OF_THE_ORGANISATION: (
        "account_refused",
        "asked_in_your_name",
        "data_request",
        "first_round",
        "rule_weakened",
        "workspace_refused",
        "connected",
    ),
    "tests/app/test_library.py: agreed to, looked at or taken back": (
        *("exemplar_asked", "exemplar_look", "exemplar_kept"),
    ),
    "tests/app/test_drafts.py: a text that was sent or discarded": ("draft_waits",),
    "tests/app/test_not_this_time.py: asked once, answered or over": ("please_present",),
    "tests/app/test_absence_calendars.py: settled, or read again": ("absences_changed", "absences_unread"),
    "tests/app/test_alert_drill.py: answered, practised": ("drill_due", "drill_heard", "drill_unheard", "risk_drill"),
    "tests/app/test_reminders.py: answered once": ("missed_question", "missed_supervisor", "missed_help"),
    SAYS: (
        *("case_closed", "case_gone", "case_gone_agreement", "cover_over", "entries_signed", "leave_ended"),
        *("leave_undone", "leaving", "left", "line_seen", "link_made", "member_left", "mode_entered", "not_reached"),
        *("occurrence_left_out", "occurrence_missed", "passkey_added", "passkey_removed", "person_left"),
        *("presenter_seen", "returning", "review_moved", "round_moved", "round_off"),
        *(
            "round_spared",
            "series_changed",
            "shared",
            "sheet_ready",
            "sign_in",
            "sign_in_quiet",
            "signature_gone",
            "text_read",
        ),
        *("urgent_nobody", "welcome"),
    ),
}


def test_every_kind_of_notice_has_a_row_or_a_reason() -> None:
    named = [kind for kinds in COVERED.values() for kind in kinds] + sorted({row.partition(",")[0] for row in ROWS})
    assert len(named) == len(set(named)), "named once"
    assert set(named) == {kind for kind, notice in NOTICES.items() if not notice.only_edit}
