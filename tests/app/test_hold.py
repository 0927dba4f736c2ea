"""A case on hold (DOMAIN.md section 5): frozen clocks, silent peers, and what only a supervisor may do."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.app.context import Work
from bot.app.steps.access_request import export_person, find_person
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import Player
from bot.domain.assignment import Assignment
from bot.domain.case import Case, CaseStatus
from bot.domain.person import Person, Role
from bot.domain.risk import Hold, ReadReason, UnmaskReason
from bot.domain.round import Round
from bot.ports.records import Audited, AuditEntry
from bot.ui.inbound import Done, Invalid, Refused, Show
from bot.ui.model import Passage
from tests.app.risk import Scene, change, scene, words_of
from tests.world import World


@pytest.fixture
async def at(world: World) -> Scene:
    """A published case of neither the supervisor's writing nor reading."""
    return await scene(world)


async def released(at: Scene, by: str = "s") -> None:
    """A supervisor releases the newest hold."""
    assert isinstance(await at.world.player(by).press("risk.release", (await at.hold()).id), Done)


async def assignments(at: Scene) -> list[Assignment]:
    return await at.world.find(Assignment, case=at.case.id, ended_at=None)


# ---- (d) on hold -----------------------------------------------------------------------------


async def test_peers_read_that_it_is_on_hold_and_not_why(at: Scene) -> None:
    await at.concern(at.presenter)
    await at.world.settle()
    page = await at.reviewer.open("review.open", at.assignment.id)
    assert "on hold" in words_of(page)
    assert not [b for b in page.body if isinstance(b, Passage)]
    assert not page.fields
    told = at.world.inbox(at.reviewer.key)[-1]
    assert told.key == "notice.case_held"
    for shown in (words_of(page), told.summary, repr(await at.reviewer.home())):
        assert "concern was" not in shown.casefold()


async def test_nothing_moves_while_it_is_on_hold(at: Scene) -> None:
    page = await at.reviewer.open("review.open", at.assignment.id)
    await at.concern(at.presenter)
    refused = await at.reviewer.send(page, {"question": "And then?"})
    assert isinstance(refused, Refused)
    assert refused.key == "case_on_hold"
    await at.world.advance(days=20)
    assert (await at.now()).status(at.world.clock.now()) is CaseStatus.ON_HOLD
    assert not [c for c in at.world.inbox("s") if c.key == "notice.reviewer_late" and at.case.code in c.summary]
    for assignment in await assignments(at):
        assert not assignment.overdue(at.world.clock.now(), await at.now())


async def test_deadlines_keep_the_working_days_they_had_left(at: Scene) -> None:
    """Assigned on Monday, due five working days later; held from Tuesday for nine days."""
    due = at.assignment.due_at
    assert due is not None
    await at.world.advance(days=1)
    begun = at.world.clock.now()
    await at.concern()
    await at.world.advance(days=9)
    await released(at)
    ended = at.world.clock.now()
    (assignment,) = [s for s in await assignments(at) if s.id == at.assignment.id]
    assert assignment.due_at is not None
    assert working_days(begun, due) == working_days(ended, assignment.due_at)
    zone = ZoneInfo((await at.world.find(Person, id=assignment.reviewer))[0].timezone)
    assert assignment.due_at.astimezone(zone).time() == due.astimezone(zone).time()
    await at.world.advance(hours=12)
    told = [card.key for card in at.world.inbox(at.reviewer.key)]
    assert set(told[-2:]) == {"notice.case_goes_on", "notice.risk_over_released"}, "one of the review, one of the alert"


def working_days(start: datetime, end: datetime) -> int:
    """Weekdays after one day up to another (no holiday lies in the demo's January)."""
    days = (end.date() - start.date()).days
    return sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, days + 1))


async def test_the_clarifying_days_go_on_as_long_as_they_had_left(at: Scene) -> None:
    await at.concern()
    await at.world.advance(days=7)
    await released(at)
    assert (await at.now()).status(at.world.clock.now()) is CaseStatus.CLARIFYING
    await at.world.advance(days=3)
    assert (await at.now()).status(at.world.clock.now()) is CaseStatus.REVIEWING


async def test_a_released_case_still_closes_by_itself_after_a_hold(at: Scene) -> None:
    await reviewed(at)
    await at.world.advance(days=2)
    await at.concern(at.presenter)
    await at.world.advance(days=30)
    assert (await at.now()).open
    await released(at)
    await at.world.advance(days=16)
    assert (await at.now()).closed_at is not None


async def reviewed(at: Scene) -> None:
    """Every review of the case comes in."""
    await at.world.advance(days=3)
    for assignment in await assignments(at):
        player = at.world.player(assignment.reviewer.rpartition("_")[2])
        page = await player.open("review.open", assignment.id)
        await player.send_and_confirm(page, {"reflection": "I see effort.", "suggestion": "Ask less."})
    await at.world.settle()
    assert (await at.now()).released_at is not None


async def test_a_assignment_that_became_free_is_filled_when_the_case_goes_on(at: Scene) -> None:
    await at.concern(at.presenter)
    assert isinstance(await at.reviewer.press("review.recognise", at.assignment.id), Done)
    assert len(await assignments(at)) == 1
    await released(at)
    assert len(await assignments(at)) == 2
    assert at.reviewer.actor.user not in {s.reviewer for s in await assignments(at)}


async def test_a_held_case_misses_its_round_without_a_word_about_reviewers(world: World) -> None:
    a = world.player("a")
    await world.player("s").send(await world.player("s").open("round.new"), {})
    from tests.app.risk import ANSWERS, TEXTS

    await a.send_and_confirm(await a.open("case.new"), {**TEXTS, **ANSWERS})
    (case,) = await world.find(Case, published_at=None)
    await a.send(await a.open("risk.raise", case.id), {})
    await world.advance(days=8)
    (case,) = await world.find(Case, id=case.id)
    assert (case.published_at, case.round) == (None, None)
    assert "notice.case_waits" not in [c.key for c in world.inbox("s")]
    (hold,) = await world.find(Hold)
    await world.player("s").press("risk.release", hold.id)
    await world.player("s").send(await world.player("s").open("round.new"), {})
    (following,) = await world.find(Round, closed_at=None)
    assert [c.id for c in await world.find(Case, round=following.id)] == [case.id]


# ---- (i) only a supervisor releases or withdraws ---------------------------------------------


async def test_a_presenter_cannot_withdraw_a_held_case_a_supervisor_can(at: Scene) -> None:
    await at.concern()
    refused = await at.presenter.press("case.withdraw", at.case.id)
    assert isinstance(refused, Refused)
    assert refused.key == "case_on_hold"
    assert "case.withdraw" not in repr((await at.presenter.open("case.page", at.case.id)).actions)
    assert isinstance(await at.world.player("s").press("risk.withdraw", (await at.hold()).id), Done)
    await at.world.settle()
    assert (await at.now()).withdrawn_at is not None
    assert (await at.hold()).released_by == person_id("s")
    async with at.world.store.begin(ORGANISATION, write=False) as uow:
        assert not await uow.parts(at.case.id)
    assert "notice.hold_withdrawn" in [c.key for c in at.world.inbox(at.presenter.key)]
    (told,) = [card for card in at.world.inbox(at.reviewer.key) if card.key == "notice.case_gone"]
    assert "risk" not in told.summary.casefold()


async def test_a_hold_that_is_over_decides_nothing_and_its_messages_lose_their_buttons(at: Scene) -> None:
    await at.concern()
    supervisor, hold = at.world.player("s"), await at.hold()
    await supervisor.press("risk.acknowledge", hold.id)
    await at.world.settle()
    assert "risk.withdraw" in repr(at.world.inbox("s")[-1])
    await supervisor.press("risk.release", hold.id)
    await at.world.settle()
    shown = at.world.inbox("s")[-1]
    assert (shown.key, shown.actions) == ("notice.risk_over", ())
    for step in ("risk.acknowledge", "risk.release", "risk.withdraw"):
        refused = await supervisor.press(step, hold.id)
        assert isinstance(refused, Refused)
        assert refused.key == "hold_over"
    assert (await at.now()).withdrawn_at is None


async def test_the_text_is_kept_while_a_concern_stands(at: Scene) -> None:
    await reviewed(at)
    await at.presenter.send(await at.presenter.open("takeaway.open", at.case.id), {"takeaway": "I will ask less."})
    await at.concern()
    await at.world.advance(days=40)
    assert (await at.now()).purged_at is None
    await released(at)
    await at.world.advance(days=2)
    assert (await at.now()).purged_at is not None


async def test_a_case_goes_on_only_when_no_concern_is_left(at: Scene) -> None:
    await at.concern()
    await at.concern(at.presenter)
    first, second = await at.world.find(Hold, case=at.case.id)
    await at.world.player("s").press("risk.release", first.id)
    assert (await at.now()).held_at is not None
    await at.world.player("s").press("risk.release", second.id)
    assert (await at.now()).held_at is None
    again = await at.world.player("s").press("risk.release", second.id)
    assert isinstance(again, Refused)
    assert again.key == "hold_over"


async def test_a_supervisor_does_not_decide_about_their_own_case(world: World) -> None:
    await change(world, (await world.find(Person, id=person_id("g")))[0], roles=frozenset(Role))
    at = await scene(world, "f")
    await change(world, (await world.find(Person, id=at.presenter.actor.user))[0], roles=frozenset(Role))
    await at.concern()
    hold = await at.hold()
    assert at.presenter.actor.user not in hold.called
    for command in ("risk.acknowledge", "risk.release", "risk.withdraw"):
        refused = await at.presenter.press(command, hold.id)
        assert isinstance(refused, Refused)
        assert refused.key == "own_case_concerned"
    assert "risk.release" not in repr(await at.presenter.home())


async def test_a_concern_about_a_closed_case_alerts_and_stops_nothing(at: Scene) -> None:
    await reviewed(at)
    await at.presenter.send(await at.presenter.open("takeaway.open", at.case.id), {"takeaway": "I will ask less."})
    assert (await at.now()).closed_at is not None
    assert "nothing has to be put on hold" in words_of(await at.reviewer.open("risk.raise", at.case.id))
    await at.concern()
    await at.world.settle()
    assert (await at.now()).held_at is None
    assert at.world.inbox("s")[-1].key == "notice.risk_alert_case"
    assert isinstance(await at.world.player("s").press("risk.release", (await at.hold()).id), Done)


# ---- (e) looking up the presenter, reading the text ------------------------------------------


async def audited(at: Scene, what: Audited) -> list[AuditEntry]:
    return await at.world.find(AuditEntry, what=what.value)


async def test_looking_up_needs_a_reason_is_told_and_audited(at: Scene) -> None:
    supervisor = at.world.player("s")
    await at.concern()
    form = await supervisor.open("risk.unmask", at.case.id)
    assert isinstance(await supervisor.send(form, {}), Invalid)
    assert isinstance(await supervisor.send(form, {"reason": ("anything",)}), Invalid)
    assert not await audited(at, Audited.UNMASKED)
    shown = await supervisor.send(form, {"reason": (UnmaskReason.REACH.value,)})
    name = (await at.world.find(Person, id=at.presenter.actor.user))[0].name
    assert name in words_of(shown)
    (entry,) = await audited(at, Audited.UNMASKED)
    assert (entry.actor, entry.subject, entry.detail["reason"]) == (person_id("s"), at.case.id, "reach")
    await at.world.settle()
    (told,) = [c for c in at.world.inbox(at.presenter.key) if c.key == "notice.presenter_seen"]
    assert "Supervisor (Kiel)" in told.summary
    assert "talked to about the risk" in told.summary


async def test_the_presenter_is_told_even_when_the_case_is_gone_by_then(at: Scene) -> None:
    supervisor = at.world.player("s")
    await at.concern()
    await at.world.advance(hours=12)  # after working hours: the notice waits for the morning
    await supervisor.send(await supervisor.open("risk.unmask", at.case.id), {"reason": ("cover",)})
    await supervisor.press("risk.withdraw", (await at.hold()).id)
    await at.world.advance(days=1)
    assert "presenter_seen" in await at.world.told(at.presenter.key)


async def test_nobody_is_looked_up_without_a_standing_concern(at: Scene) -> None:
    for subject in (at.case.id, "case_nowhere"):
        refused = await at.world.player("s").press("risk.unmask", subject)
        assert isinstance(refused, Refused)
        assert refused.key == "not_on_hold"


async def test_a_text_is_read_with_a_reason_only(at: Scene) -> None:
    supervisor = at.world.player("s")
    form = await supervisor.open("case.read", at.case.id)
    assert not [b for b in form.body if isinstance(b, Passage)]
    assert isinstance(await supervisor.send(form, {}), Invalid)
    shown = await supervisor.send(form, {"reason": (ReadReason.SUPPORT.value,)})
    assert isinstance(shown, Show)
    assert [b for b in shown.form.body if isinstance(b, Passage)]
    (entry,) = await audited(at, Audited.TEXT_OPENED)
    assert (entry.actor, entry.detail["reason"]) == (person_id("s"), "support")
    await at.world.settle()
    assert "notice.text_read" in [c.key for c in at.world.inbox(at.presenter.key)]


@pytest.mark.parametrize("gone", ["withdrawn", "purged"])
async def test_a_case_without_a_text_is_read_by_nobody_and_nobody_is_told(at: Scene, gone: str) -> None:
    supervisor = at.world.player("s")
    form = await supervisor.open("case.read", at.case.id)
    await change(at.world, await at.now(), **{f"{gone}_at": at.world.clock.now()})
    async with at.world.store.begin(ORGANISATION) as uow:
        await uow.shred(at.case.id)
        await uow.commit()
    for outcome in (
        await supervisor.press("case.read", at.case.id),
        await supervisor.send(form, {"reason": (ReadReason.SUPPORT.value,)}),
    ):
        assert isinstance(outcome, Done)
        assert "no longer kept" in outcome.note
    await at.world.settle()
    assert not await audited(at, Audited.TEXT_OPENED)
    assert "notice.text_read" not in [c.key for c in at.world.inbox(at.presenter.key)]
    assert "case.read" not in repr(await supervisor.press("round.show", at.case.round or ""))


async def test_who_takes_part_or_stepped_out_reads_on_no_other_way(world: World) -> None:
    at = await scene(world, reviewers=("s", "b"))
    assignment = next(s for s in await world.find(Assignment, reviewer=person_id("s"), ended_at=None) if s.published_at)
    supervisor = world.player("s")
    await refused_reading(supervisor, assignment.case)
    await supervisor.press("review.recognise", assignment.id)
    await refused_reading(supervisor, assignment.case)
    assert at.world is world


async def refused_reading(supervisor: Player, case: str) -> None:
    refused = await supervisor.press("case.read", case)
    assert isinstance(refused, Refused)
    assert refused.key == "not_found_here"


async def two_supervisors(world: World) -> None:
    """G may take holds on, too."""
    person = (await world.find(Person, id=person_id("g")))[0]
    await change(world, person, roles=frozenset({Role.THERAPIST, Role.SUPERVISOR}))


async def test_who_raised_a_concern_does_not_end_it_alone(world: World) -> None:
    at = await scene(world, "a", ("b", "s"))
    await two_supervisors(world)
    s, g = world.player("s"), world.player("g")
    await at.concern(s)
    hold = await at.hold()
    for step in ("risk.release", "risk.withdraw"):
        refused = await s.press(step, hold.id)
        assert getattr(refused, "key", "") == "raised_it_yourself"
    assert isinstance(await g.press("risk.release", hold.id), Done)


async def test_who_reviews_a_case_does_not_look_its_presenter_up_while_another_supervisor_can(world: World) -> None:
    at = await scene(world, "a", ("b", "s"))
    await at.concern()
    reason = {"reason": (UnmaskReason.REACH.value,)}
    s, g = world.player("s"), world.player("g")
    await s.open("risk.unmask", at.case.id)  # alone, they may: a patient's safety comes first
    await two_supervisors(world)
    assert getattr(await s.press("risk.unmask", at.case.id), "key", "") == "takes_part_in_case"
    assert "risk.unmask" not in repr(await s.home())
    assert isinstance(await g.send(await g.open("risk.unmask", at.case.id), reason), Show)


async def test_two_supervisors_of_whom_one_presents_and_one_raised_do_not_lock_each_other_out(world: World) -> None:
    at = await scene(world, "g", ("b", "s"))
    await two_supervisors(world)
    await at.concern(world.player("s"))
    hold = await at.hold()
    assert getattr(await world.player("s").press("risk.release", hold.id), "key", "") == "raised_it_yourself"
    assert isinstance(await world.player("g").press("risk.release", hold.id), Done)


async def test_everybody_s_data_holds_each_concern_they_took_part_in_and_their_part(world: World) -> None:
    at = await scene(world)
    await at.concern()
    await world.settle()
    (hold,) = await world.find(Hold)
    await world.player("s").press("risk.acknowledge", hold.id)
    await world.player("s").press("risk.release", hold.id)
    parts = {}
    async with world.store.begin(ORGANISATION, write=False) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        for person in await uow.find(Person):
            listed = json.loads(await export_person(work, person, texts=False))["risk_concerns"]
            counted = sum(each.count for each in await find_person(work, person) if each.what == "Hold")
            assert counted == len(listed), person.name
            if listed:
                parts[person.id] = listed[0]["my_part"]
    assert parts.pop(hold.raised_by) == ["raised"]
    assert parts == {person_id("s"): ["alerted", "took_on", "released"]}
