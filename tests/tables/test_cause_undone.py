"""Every notice that asks a supervisor or administrator to act, after its cause was undone or is over.

Its message becomes one line or says what holds, without a button that acts. Pressed all the same, an old button answers
with what holds today and changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.admin import people as admin_people
from bot.app.administration.event_admin import EventAdmin
from bot.app.context import Context, Work
from bot.app.steps.departure import leave_service
from bot.app.steps.reachability import seen
from bot.app.steps.return_from_leave import tell_of_return
from bot.demo.clinic import GROUP, ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group, Membership
from bot.domain.person import Contact, Person
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.domain.swap import Swap
from bot.ports.records import LeaveEntry, SeriesEntry
from bot.ui.inbound import Done, Invalid, Refused, Say
from bot.ui.model import Card
from bot.ui.platform import DeliveryFailed
from tests.app.looking import ruled, sent
from tests.app.risk import Scene, change, scene
from tests.app.series_steps import begin
from tests.gate import rules_alone
from tests.tables.crawl import actions
from tests.tables.test_dead_cards import Messages
from tests.tables.test_every_notice_ends import PAGES
from tests.tables.test_messages_stay_true import standing
from tests.tables.test_offered_buttons import few_may_present, write
from tests.world import World, make_world

Step = Callable[["Told"], Awaitable[object]]


@dataclass
class Told:
    """A world in which somebody was told, and what the steps hand on."""

    world: World
    at: Scene | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def scene(self) -> Scene:
        assert self.at
        return self.at

    async def undo(self, key: str, outcome: object) -> None:
        """Press the Undo of an answer."""
        assert isinstance(outcome, Done | Say), outcome
        (undo,) = [each for each in actions(outcome.card) if each.key.endswith(".undo")]
        done = await self.world.player(key).press(undo.key, undo.subject)
        assert not isinstance(done, Refused | Invalid), done

    async def work(self, step: Callable[[Work], Awaitable[object]]) -> None:
        async with self.world.store.begin(ORGANISATION) as uow:
            await step(Work(uow, self.world.clock.now(), self.world.tools))
            await uow.commit()


# ---- what tells, and what undoes it -----------------------------------------------------------


async def place_empty_by_leave(t: Told) -> None:
    t.at = await scene(t.world)
    await few_may_present(t.scene)
    form = await t.scene.reviewer.open("caseload.leave")
    days = {"first_day": "2027-01-18", "last_day": "2027-01-29", "own_cases": ("keep",), "cover": ()}
    t.kept["leave"] = await t.scene.reviewer.send(form, days)


async def leave_undone(t: Told) -> None:
    await t.undo("b", t.kept["leave"])


async def filled(t: Told) -> None:
    async with t.world.store.begin(ORGANISATION) as uow:
        group = await uow.get(Group, GROUP)
        await uow.save(replace(group, policy={}))
        await uow.commit()
    round_ = t.scene.case.round or ""
    assert isinstance(await t.world.player("s").press("round.fill", round_, case=t.scene.case.id), Done)


async def fewer(t: Told) -> None:
    assert isinstance(
        await t.world.player("s").press("round.fewer", t.scene.case.round or "", case=t.scene.case.id), Done
    )


async def case_withdrawn(t: Told) -> None:
    assert isinstance(await t.scene.presenter.press("case.withdraw", t.scene.case.id), Done)


async def late(t: Told) -> None:
    t.at = await scene(t.world)
    await t.world.advance(days=3)
    await write(t.scene, "e")
    await t.world.advance(days=7)


async def leave_entered(t: Told) -> None:
    form = await t.scene.reviewer.open("caseload.leave")
    days = {"first_day": "2027-01-28", "last_day": "2027-02-28", "own_cases": ("keep",), "cover": ()}
    await t.scene.reviewer.send(form, days)


async def review_sent(t: Told) -> None:
    form = await t.scene.reviewer.open("review.open", t.scene.assignment.id)
    await t.scene.reviewer.send_and_confirm(form, {"reflection": "It moves.", "suggestion": "Ask."})


async def unreachable(t: Told) -> None:
    """Blocked while a review is with them: supervisors hear it."""
    t.at = await scene(t.world)
    for contact in await t.world.find(Contact, person=person_id("b")):
        await change(t.world, contact, failed_at=t.world.clock.now(), failure="blocked")
    await t.work(lambda work: work.tell(person_id("s"), "out_of_reach", person_id("b"), key="now"))


async def one_message_lost(t: Told) -> None:
    t.at = await scene(t.world)
    await change(t.world, t.scene.assignment, not_reached_at=t.world.clock.now())
    name: dict[str, Any] = {"name": "Bo", "code": t.scene.case.code}
    await t.work(lambda work: work.tell(person_id("s"), "not_reached", t.scene.assignment.id, **name))
    (contact, *_) = await t.world.find(Contact, person=person_id("b"))
    await change(t.world, contact, failed_at=t.world.clock.now(), failure="blocked")


async def reached_again(t: Told) -> None:
    for contact in await t.world.find(Contact, person=person_id("b")):
        await t.work(lambda work, id=contact.id: _seen(work, id))  # type: ignore[misc]  # bound at once


async def _seen(work: Work, id: str) -> None:
    await seen(work, await work.uow.get(Contact, id))


async def case_waits(t: Told) -> None:
    t.at = await scene(t.world)
    waiting = replace(t.scene.case, id="cas_waits", code="ZZ-111", published_at=None, round=None, clarify_until=None)
    async with t.world.store.begin(ORGANISATION) as uow:
        await uow.add(replace(waiting, version=0))
        await uow.set_presenter("cas_waits", person_id("a"))
        await Work(uow, t.world.clock.now(), t.world.tools).tell(person_id("s"), "case_waits", "cas_waits")
        await uow.commit()


async def waiting_case_withdrawn(t: Told) -> None:
    assert isinstance(await t.scene.presenter.press("case.withdraw", "cas_waits"), Done)


async def waiting_case_goes_out(t: Told) -> None:
    from bot.app.rounds.handlers import publish_case

    async def out(work: Work) -> None:
        case = await work.uow.save(replace(await work.uow.get(Case, "cas_waits"), round=t.scene.case.round))
        made = Assignment("asg_waits", ORGANISATION, case.id, case.round or "", person_id("c"), "A", work.now)
        await work.uow.add(made)
        await publish_case(work, case, [made], (await work.uow.get(Round, case.round or "")).days(await work.policy()))

    await t.work(out)


async def returning(t: Told) -> None:
    t.at = await scene(t.world)
    form = await t.world.player("d").open("caseload.leave")
    days = {"first_day": "2027-01-18", "last_day": "2027-05-28", "own_cases": ("keep",), "cover": ()}
    t.kept["leave"] = await t.world.player("d").send(form, days)
    (leave,) = await t.world.find(LeaveEntry, person=person_id("d"), cancelled_at=None)
    await t.work(lambda work: tell_of_return(work, leave.id))


async def long_leave_undone(t: Told) -> None:
    await t.undo("d", t.kept["leave"])


async def long_leave_prolonged(t: Told) -> None:
    (leave,) = await t.world.find(LeaveEntry, person=person_id("d"), cancelled_at=None)
    form = await t.world.player("d").open("caseload.leave.change", leave.id)
    await t.world.player("d").send(form, {"first_day": "2027-01-18", "last_day": "2027-07-30", "own_cases": ("keep",)})


async def look_wanted(t: Told) -> None:
    await ruled(t.world, second_look="always")
    await sent(t.world)


async def looked_at_case_withdrawn(t: Told) -> None:
    (case,) = await t.world.find(Case, closed_at=None, withdrawn_at=None)
    assert isinstance(await t.world.player("a").press("case.withdraw", case.id), Done)


async def concern(t: Told) -> None:
    t.at = await scene(t.world)
    await t.scene.concern()


async def concern_over(t: Told) -> None:
    hold = await t.scene.hold()
    await t.world.player("s").press("risk.acknowledge", hold.id)
    assert not isinstance(await t.world.player("s").press("risk.release", hold.id), Refused)


async def somebody_left(t: Told) -> None:
    async def leave(work: Work) -> None:
        await leave_service(work, await work.uow.get(Person, person_id("d")), by="admin")

    t.at = await scene(t.world)
    await t.work(leave)
    if "person_left" not in await t.world.told("s"):
        await t.work(lambda work: work.tell(person_id("s"), "person_left", person_id("d"), key="again"))


async def back_again(t: Told) -> None:
    (person,) = await t.world.find(Person, id=person_id("d"))
    async with t.world.store.begin(ORGANISATION) as uow:
        (admin,) = await uow.find(Person, id=person_id("m"))
        ctx = Context(uow, t.world.clock.now(), t.world.tools, admin)
        await admin_people.come_back(EventAdmin(ctx), uow, person)
        await uow.commit()


async def date_left_out(t: Told) -> None:
    series = await begin(t.world)
    day = t.kept["day"] = await _coming(t, series)
    await t.world.player("s").press("series.skip", series.id, day=day)
    args: dict[str, Any] = {"day": day, "why": "skipped"}
    await t.work(lambda work: work.tell(person_id("s"), "occurrence_left_out", series.id, key=day, **args))


async def _coming(t: Told, series: SeriesEntry) -> str:
    outcome = await t.world.player("s").press("series.show", series.id)
    assert isinstance(outcome, Say)
    return next(each.args["day"] for each in actions(outcome.card) if each.key == "series.skip")


async def date_restored(t: Told) -> None:
    (series,) = await t.world.find(SeriesEntry)
    outcome = await t.world.player("s").press("series.restore", series.id, day=t.kept["day"])
    assert not isinstance(outcome, Refused), outcome


async def series_ended(t: Told) -> None:
    (series,) = await t.world.find(SeriesEntry)
    assert not isinstance(await t.world.player("s").press("series.end", series.id), Refused)


@dataclass(frozen=True)
class Row:
    """Which notice, what tells it, what takes its cause away."""

    notice: str
    told: Step
    undone: Step


ROWS: Mapping[str, Row] = {
    "a place, leave undone": Row("seat_empty", place_empty_by_leave, leave_undone),
    "a place, filled": Row("seat_empty", place_empty_by_leave, filled),
    "a place, fewer wanted": Row("seat_empty", place_empty_by_leave, fewer),
    "a place, case withdrawn": Row("seat_empty", place_empty_by_leave, case_withdrawn),
    "late, reviewer on leave": Row("reviewer_late", late, leave_entered),
    "late, sent": Row("reviewer_late", late, review_sent),
    "out of reach, back": Row("out_of_reach", unreachable, reached_again),
    "a message lost, back": Row("not_reached", one_message_lost, reached_again),
    "a case waits, withdrawn": Row("case_waits", case_waits, waiting_case_withdrawn),
    "a case waits, goes out": Row("case_waits", case_waits, waiting_case_goes_out),
    "a return, leave undone": Row("returning", returning, long_leave_undone),
    "a return, leave prolonged": Row("returning", returning, long_leave_prolonged),
    "a look, case withdrawn": Row("look_wanted", look_wanted, looked_at_case_withdrawn),
    "a concern, over": Row("risk_alert", concern, concern_over),
    "somebody left, back": Row("person_left", somebody_left, back_again),
    "a date, restored": Row("occurrence_left_out", date_left_out, date_restored),
    "a date, series ended": Row("occurrence_left_out", date_left_out, series_ended),
}
MATTERS = (Assignment, Case, Round, Hold, LeaveEntry, SeriesEntry, Swap, Membership, Person)


def of_kind(world: World, kind: str) -> list[tuple[str, Card]]:
    """Messages to supervisors that were about this notice, as they stand now, by their ids."""
    first: dict[str, str] = {}
    for number, (_, message) in enumerate(world.platform.sent, start=1):
        first.setdefault(message.replaces or f"msg-{number}", message.card.key)
    about = {at for at, key in first.items() if key.startswith(f"notice.{_card_of(kind)}")}
    now = Messages(world)
    now.read()
    return [(at, card) for at, (user, card) in now.now.items() if at in about and user == person_id("s")]


def _card_of(kind: str) -> str:
    return "late_reviews" if kind == "reviewer_late" else kind


async def matters(world: World) -> list[Any]:
    return [await world.find(kind) for kind in MATTERS]


@pytest.mark.parametrize("row", ROWS)
async def test_nothing_is_asked_once_the_cause_is_gone(row: str) -> None:
    it, t = ROWS[row], Told(await make_world(rules_alone()))
    await it.told(t)
    await t.world.settle()
    messages = Messages(t.world)
    messages.read()
    before = of_kind(t.world, it.notice)
    assert before, "it was told"
    await it.undone(t)
    await t.world.advance(seconds=1)
    after = of_kind(t.world, it.notice)
    asks = [a.key for _, card in after for a in actions(card) if a.key not in PAGES]
    assert asks == []
    assert [card.title for _, card in after if card in [each for _, each in before]] == [], "it says so no more"
    messages.read()
    held = await matters(t.world)
    for at, user, action in messages.old():
        if at not in dict(after):
            continue
        kept = t.world.kept()
        outcome, card = await messages.press(at, user, action)
        assert not isinstance(outcome, Refused) or outcome.way, (action.key, outcome)
        assert [a.key for a in actions(card) if a.key not in PAGES] == []
        assert await matters(t.world) == held, action.key
        t.world.restore(kept)


# ---- single cases -----------------------------------------------------------------------------


async def test_a_place_that_was_given_back_is_nobody_else_s_to_take() -> None:
    """*Take it over myself* was offered for an empty place: it takes no review away from whoever has it again."""
    t = Told(await make_world(rules_alone()))
    await place_empty_by_leave(t)
    await t.world.settle()
    offered = [a for _, card in of_kind(t.world, "seat_empty") for a in actions(card) if a.key == "review.cover"]
    await leave_undone(t)
    await t.world.settle()
    held = await t.world.find(Assignment, case=t.scene.case.id, ended_at=None)
    assert offered
    for action in offered:
        outcome = await t.world.player("s").press(action.key, action.subject, **action.args)
        assert isinstance(outcome, Refused)
        assert outcome.key == "place_taken"
        assert outcome.way
    assert await t.world.find(Assignment, case=t.scene.case.id, ended_at=None) == held


async def test_a_review_given_back_keeps_its_due_date_when_its_message_comes() -> None:
    world = await make_world(rules_alone())
    t = Told(world, await scene(world))
    await world.advance(days=2)
    (before,) = await world.find(Assignment, id=t.scene.assignment.id)
    supervisor = world.player("s")
    moved = await supervisor.send(await supervisor.open("review.reassign", before.id), {})
    await world.settle()
    await t.undo("s", moved)
    await world.advance(minutes=5)
    (after,) = await world.find(Assignment, id=before.id)
    assert after.due_at == before.due_at
    last = [card for user, card in standing(world) if user == person_id("b") and card.key == "notice.assigned"][-1]
    assert after.due_at
    assert f"{after.due_at.day} " in last.summary


async def test_a_supervisor_who_takes_over_what_they_were_asked_for_reads_that_it_is_theirs() -> None:
    world = await make_world(rules_alone())
    at = await scene(world)
    await at.reviewer.send(await at.reviewer.open("review.swap", at.assignment.id), {"whom": (person_id("s"),)})
    await world.settle()
    outcome = await world.player("s").press("review.cover", at.assignment.id)
    assert isinstance(outcome, Done), outcome
    await world.settle()
    cards = [card.key for user, card in standing(world) if user == person_id("s")]
    assert "notice.swap_over" not in cards
    assert "notice.swap_yours" in cards


@pytest.mark.parametrize("key", ["review.reassign", "review.cover"])
async def test_a_supervisor_is_not_told_that_a_review_is_not_with_them(key: str) -> None:
    world = await make_world(rules_alone())
    t = Told(world, await scene(world))
    await world.advance(days=3)
    await write(t.scene, "b")
    refused = await world.player("s").press(key, t.scene.assignment.id)
    assert isinstance(refused, Refused)
    assert refused.key == "nothing_to_move"


async def test_an_old_reminder_does_not_deny_a_review_that_waits() -> None:
    """Its own reviews are done; another that came later waits, and the message says nothing against it."""
    world = await make_world(rules_alone())
    at = await scene(world)
    await world.advance(days=6)
    assert "reminder" in await world.told("b")
    await write(at, "b")
    await scene(world, "c", ("b", "e"), "TR-118")
    old = [card for user, card in standing(world) if user == person_id("b") and "reminder" in card.key]
    assert [card.title for card in old] == ["These reviews wait no more"]


async def test_what_is_told_a_day_late_names_the_due_date_that_holds_then() -> None:
    """A mail cannot be put right: the date in it is the one that holds once it is read."""
    world = await make_world(rules_alone())
    world.platform.failures = [DeliveryFailed("away", away=True) for _ in range(500)]
    at = await scene(world)
    await world.advance(days=1)
    world.platform.failures = []
    await world.advance(days=1)
    told = [m.card for u, m in world.platform.sent if u == person_id("b") and m.card.key == "notice.assigned"]
    (now,) = await world.find(Assignment, id=at.assignment.id)
    assert told
    assert now.due_at
    assert f" {now.due_at.day} " in told[0].summary, (told[0].summary, now.due_at)


async def test_what_moves_and_comes_back_in_the_night_is_told_to_nobody() -> None:
    world = await make_world(rules_alone())
    t = Told(world, await scene(world))
    await world.advance(days=1, hours=12)
    supervisor = world.player("s")
    moved = await supervisor.send(await supervisor.open("review.reassign", t.scene.assignment.id), {})
    (taker,) = {a.reviewer for a in await world.find(Assignment, case=t.scene.case.id, ended_at=None)} - {
        person_id("e")
    }
    await t.undo("s", moved)
    sent = len(world.platform.sent)
    await world.advance(days=1)
    new = [(user, m.card.key) for user, m in world.platform.sent[sent:] if not m.replaces]
    assert [each for each in new if each[0] in {taker, person_id("b")}] == []
    mine = [card for user, card in standing(world) if user == person_id("b") and card.key == "notice.assigned"]
    (now,) = await world.find(Assignment, id=t.scene.assignment.id)
    assert now.due_at
    assert [f" {now.due_at.day} " in card.summary for card in mine] == [True]
