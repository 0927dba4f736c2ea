"""Messages: sent once, late rather than lost, merged after downtime, and honest about what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any, cast

import pytest

from bot.app.caching_uow import Remembering
from bot.app.context import Work
from bot.app.notice_kinds import NoticeKind, Ring
from bot.delivery.decide import Ready, decide, look_ahead
from bot.delivery.dispatcher import Dispatcher
from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.story import Story
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.person import Contact
from bot.ports.unit_of_work import UnitOfWork
from bot.ui.platform import DeliveryFailed
from tests.app.outbox_steps import assignments_of_a_round, outbox, tell, titles
from tests.world import RecordingPlatform, World

# ---- retries


async def test_a_platform_that_asks_for_patience_gets_it(world: World) -> None:
    await tell(world, "not_reached")
    world.platform.failures = [DeliveryFailed("rate_limited", retry_after=1800)]
    await world.settle()
    (entry,) = await outbox(world)
    assert timedelta(minutes=30) <= entry.due_at - world.clock.now() <= timedelta(minutes=33)
    await world.advance(minutes=29)
    assert titles(world) == []
    await world.advance(minutes=5)
    assert len(titles(world)) == 1


async def test_an_outage_of_hours_loses_nothing(world: World) -> None:
    await tell(world, "not_reached")
    world.platform.failures = [DeliveryFailed("unreachable")] * 20
    await world.advance(hours=8)
    (entry,) = await outbox(world)
    assert entry.sent_at is not None
    assert entry.failed_at is None
    assert len(titles(world)) == 1


async def test_waits_grow_and_differ_by_chance(world: World) -> None:
    await tell(world, "not_reached")
    world.platform.failures = [DeliveryFailed("unreachable")] * 6
    waits = []
    for _ in range(6):
        await world.settle()
        (entry,) = await outbox(world)
        waits.append((entry.due_at - world.clock.now()).total_seconds())
        world.clock.advance_to(entry.due_at)
    assert all(later > earlier * 1.5 for earlier, later in pairwise(waits))


async def test_the_persons_next_messages_wait_with_a_refused_one(world: World) -> None:
    await tell(world, "not_reached", "sign_in", urgent=True)
    world.platform.failures = [DeliveryFailed("rate_limited", retry_after=60)]
    assert await world.dispatcher.drain() == 2
    assert titles(world) == []
    await world.advance(minutes=2)
    assert len(titles(world)) == 1
    assert [e.attempts for e in await outbox(world) if e.sent_at] == [2]


async def test_a_message_nobody_here_can_draw_waits_for_the_replica_that_can(world: World) -> None:
    """During a rolling upgrade the newer replicas post what the older ones do not know."""
    await tell(world, "of_a_newer_version", "not_reached")
    await world.settle()
    assert len(titles(world)) == 1
    waiting = next(e for e in await outbox(world) if e.card == "of_a_newer_version")
    assert waiting.due_at > world.clock.now()
    assert (waiting.attempts, waiting.failed_at, waiting.dropped_at) == (0, None, None)


async def test_one_broken_message_holds_up_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.delivery import notices

    async def broken(*_: object) -> None:
        raise KeyError("a programming error")

    monkeypatch.setitem(notices.NOTICES, "risk_acknowledged", NoticeKind(broken, Ring.AWAITED))
    await tell(world, "risk_acknowledged", to="b")
    await tell(world, "not_reached")
    await world.advance(hours=2)
    assert len(titles(world)) == 1
    ends = {e.card: e.failure for e in await outbox(world)}
    assert ends == {"risk_acknowledged": "broken", "not_reached": ""}
    assert ("dispatch.broken") in {action for action, _ in world.log.records}


# ---- addresses


async def test_a_closed_address_is_disabled_and_the_next_one_used(world: World) -> None:
    chat = RecordingPlatform()
    chat.failures = [DeliveryFailed("user_disabled", permanent=True)]
    world.dispatcher.platforms = {"web": world.platform, "chat": chat}
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Contact("con_chat", ORGANISATION, person_id("a"), "chat", "T1", "U1", {}, world.clock.now()))
        await uow.commit()
    await tell(world, "not_reached")
    await world.settle()
    assert len(titles(world)) == 1
    (contact,) = await world.find(Contact, id="con_chat")
    assert (contact.failure, contact.failed_at) == ("user_disabled", world.clock.now())


async def test_a_message_the_platform_does_not_take_is_shown_and_shuts_no_address(world: World) -> None:
    await tell(world, "not_reached")
    world.platform.failures = [DeliveryFailed("invalid_blocks", ours=True)]
    await world.settle()
    (entry,) = await outbox(world)
    assert (entry.failure, entry.failed_at, entry.attempts) == ("invalid_blocks", world.clock.now(), 1)
    assert not await world.find(Contact, person=person_id("a"), failed_at__not=None)
    async with world.store.system(write=False) as system:
        assert (await system.queue(world.clock.now())).failed == 1


class Counted:
    """A unit of work that notes which kinds of records are asked for."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self.asked: list[type[Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    async def find(self, kind: type[Any], **conditions: Any) -> list[Any]:
        self.asked.append(kind)
        return await self._uow.find(kind, **conditions)


async def test_reminders_of_a_batch_are_drawn_from_what_was_read_for_all_of_them(world: World) -> None:
    assignments = await assignments_of_a_round(world)
    for key in sorted({assignment.reviewer for assignment in assignments}):
        await tell(world, "reminder", to=key.rpartition("_")[2])
    entries = [entry for entry in await outbox(world) if entry.card == "reminder"]
    assert len(entries) > 3
    await world.advance(days=3)
    async with world.store.begin(ORGANISATION, write=False) as uow:
        counted = Counted(uow)
        reads = Remembering(cast("UnitOfWork", counted))
        await look_ahead(reads, entries)
        before = len(counted.asked)
        work = Work(reads.unit, world.clock.now(), world.tools)
        decided = [await decide(work, entry, ("web",)) for entry in entries]
    assert any(isinstance(each, Ready) and "review" in each.card.summary.lower() for each in decided)
    assert {Assignment, Case, Contact}.isdisjoint(counted.asked[before:])


async def test_nobody_is_overdue_for_a_message_they_never_got(world: World) -> None:
    story = Story(world, lambda _: None)
    round_ = await story._open_round()
    await story._present()
    async with world.store.begin(ORGANISATION) as uow:
        for contact in await uow.find(Contact, person=person_id("b")):
            await uow.save(replace(contact, failed_at=world.clock.now(), failure="gone"))
        await uow.commit()
    await story._plan_and_publish(round_)
    assignments = await world.find(Assignment, round=round_, ended_at=None, reviewer=person_id("b"))
    await world.settle()
    assert assignments
    for assignment in assignments:
        (now,) = await world.find(Assignment, id=assignment.id)
        assert now.not_reached_at is not None
    told = [card for card in world.inbox("s") if "Therapist B (Kiel) cannot be reached" in repr(card)]
    assert len(told) == 1
    assert "supervision.hand_over" in repr(told)
    await world.advance(days=20)
    assert not [c for c in world.inbox("s") if c.key == "notice.reviewer_late" and "Therapist B" in c.summary]


# ---- downtime


async def test_down_over_the_due_day_nobody_is_late_for_what_they_were_told_late(world: World) -> None:
    """The program stops between publication and the first message, and comes back after the due day."""
    story = Story(world, lambda _: None)
    round_ = await story._open_round()
    await story._present()
    supervisor = world.player("s")
    await supervisor.press("round.preview", round_)
    await supervisor.press("round.publish", round_)
    assignments = await world.find(Assignment, round=round_, ended_at=None)
    world.clock.advance(timedelta(days=21))
    await world.settle()
    await world.advance(hours=12)
    for assignment in assignments:
        (now,) = await world.find(Assignment, id=assignment.id)
        assert now.due_at is not None
        assert assignment.due_at is not None
        assert now.due_at > world.clock.now() > assignment.due_at
    assert not [c for c in world.inbox("s") if c.key == "notice.reviewer_late"]


async def test_what_waited_through_downtime_comes_as_one_message(world: World) -> None:
    await tell(world, "not_reached", "risk_acknowledged", "reviewer_late")
    world.clock.advance(timedelta(hours=3))
    await world.settle()
    (card,) = world.inbox("a")
    assert card.key == "notice.merged"
    assert "2" in card.summary  # the third lost its point: there is no such review
    ends = {e.card: (e.failure, bool(e.sent_at)) for e in await outbox(world)}
    assert ends["not_reached"] == ("", True)
    assert ends["risk_acknowledged"] == ("merged", False)


async def test_what_one_step_tells_a_person_is_one_message_that_says_what_it_is_about(world: World) -> None:
    await tell(world, "not_reached", "risk_acknowledged")
    await world.settle()
    (card,) = world.inbox("a")
    assert card.key == "notice.merged"
    assert "We could not contact" in card.summary
    assert "supervisor" in card.summary


async def test_urgent_messages_are_never_merged(world: World) -> None:
    await tell(world, "not_reached", "risk_acknowledged", urgent=True)
    world.clock.advance(timedelta(hours=3))
    await world.settle()
    assert len(world.inbox("a")) == 2


async def test_a_merged_message_that_is_refused_for_good_counts_for_each(world: World) -> None:
    await tell(world, "not_reached", "risk_acknowledged")
    world.clock.advance(timedelta(hours=3))
    world.platform.failures = [DeliveryFailed("user_disabled", permanent=True)]
    await world.settle()
    first = next(e for e in await outbox(world) if e.failed_at)
    assert first.failure == "no_contact"
    assert len(first.args["merged"].split()) == 1


# ---- leases


async def test_a_refused_attempt_is_no_uncertain_one(world: World) -> None:
    await tell(world, "not_reached")
    world.platform.failures = [DeliveryFailed("rate_limited", retry_after=5)]
    await world.advance(minutes=1)
    ((_, message),) = world.platform.sent
    assert not message.retried


async def test_a_sender_that_wakes_past_half_its_lease_sends_nothing(world: World) -> None:
    await tell(world, "not_reached", "risk_acknowledged")
    seconds = 0.0

    def uptime() -> float:
        nonlocal seconds
        seconds += 30  # between the claim and the send the process was stopped
        return seconds

    paused = Dispatcher(
        world.store, world.clock, world.tools, world.log, {"web": world.platform}, "paused", uptime=uptime
    )
    assert await paused.drain() == 2
    assert world.platform.sent == []
    await world.settle()
    assert len(titles(world)) == 1
