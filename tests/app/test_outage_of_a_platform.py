"""A platform that does not answer: nothing new goes out, nothing is lost or doubled, people hear elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.app.context import Context, Work
from bot.delivery.dispatcher import LEASE
from bot.delivery.in_flight import MOST_IN_FLIGHT
from bot.delivery.notices import NOTICES
from bot.demo.clinic import MEMBERS, ORGANISATION, person_id
from bot.domain.person import Contact
from bot.ports.records import OutboxEntry
from bot.ui.model import Card
from bot.ui.platform import DeliveryFailed, DeliveryUnknown
from tests.app.outbox_steps import outbox, tell, told_to_everybody
from tests.world import RecordingPlatform, World

SILENT = DeliveryUnknown("read timeout")
AWAY = DeliveryFailed("no_answer", away=True)

# ---- outages


@pytest.mark.parametrize("can_be_asked", [True, False])
@pytest.mark.parametrize("how", [SILENT, AWAY], ids=["posts unanswered", "nothing answered"])
@pytest.mark.parametrize("probes", [40, 0], ids=["probes fail", "probes work"])
async def test_an_outage_of_an_hour_loses_and_doubles_nothing(
    world: World, how: Exception, can_be_asked: bool, probes: int
) -> None:
    """It costs at most what was under way when it began; of that everything comes again, and says so."""
    world.platform.can_be_asked = can_be_asked
    count = await told_to_everybody(world)
    world.platform.failures = Until(world, how, hours=1)
    world.platform.probes = [AWAY] * probes
    await world.advance(hours=1)
    unknown = [e for e in await outbox(world) if e.uncertain_at]
    assert len(unknown) <= (MOST_IN_FLIGHT if how is SILENT else 0)
    await world.advance(hours=12)
    assert {user for user, _ in world.platform.sent} >= {f"per_demo_{key}" for key in MEMBERS}
    assert len(world.platform.sent) == count
    assert not [e for e in await outbox(world) if e.failed_at or (e.uncertain_at and not e.dropped_at)]


class Until(list[Exception]):
    """One failure for every send until a moment."""

    def __init__(self, world: World, failure: Exception, **after: float) -> None:
        self._world, self._failure = world, failure
        self._end = world.clock.now() + timedelta(**after)

    def __bool__(self) -> bool:
        return self._world.clock.now() < self._end

    def pop(self, _: Any = 0) -> Exception:
        return self._failure


SLOWER = DeliveryFailed("ratelimited", retry_after=1)


async def test_a_platform_that_asks_for_a_second_each_time_for_an_hour_loses_nothing(world: World) -> None:
    """A hundred attempts were over after two minutes, and every message due in them was given up."""
    count = await told_to_everybody(world)
    world.platform.failures = Until(world, SLOWER, hours=1)
    await world.advance(hours=1, minutes=5)
    assert len(world.platform.sent) == count
    assert not [e for e in await outbox(world) if e.failed_at]


@pytest.mark.parametrize(("minutes", "arrives"), [(3, True), (10, False)])
async def test_an_alert_is_tried_for_minutes_while_a_platform_asks_for_patience(
    world: World, minutes: int, *, arrives: bool
) -> None:
    """Eight attempts were over after eight seconds; then it must be over, so that the next person is alerted."""
    await tell(world, "risk_acknowledged", urgent=True)
    world.platform.failures = Until(world, SLOWER, minutes=minutes)
    await world.advance(minutes=minutes - 1)
    (entry,) = await outbox(world)
    assert bool(entry.failed_at) is not arrives
    await world.advance(minutes=2)
    assert (len(world.platform.sent) == 1) is arrives


async def test_a_machine_too_slow_for_a_large_batch_sends_smaller_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deciding took longer than half a lease: everything was given back, claimed again, and nothing ever went out."""
    draw = NOTICES["not_reached"].build

    async def slowly(ctx: Context, entry: OutboxEntry) -> Card | None:
        world.clock.advance(timedelta(seconds=0.5))
        return await draw(ctx, entry)

    monkeypatch.setitem(NOTICES, "not_reached", replace(NOTICES["not_reached"], build=slowly))
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        for number in range(20 * len(MEMBERS)):
            to = [*MEMBERS][number % len(MEMBERS)]
            await work.tell(person_id(to), "not_reached", f"{number}", name=f"Therapist {number}", code="AB-12")
        await uow.commit()
    for _ in range(40):
        await world.dispatcher.drain()
        world.clock.advance(LEASE)
    assert {user for user, _ in world.platform.sent} == {person_id(key) for key in MEMBERS}
    assert all(entry.sent_at or entry.failure == "merged" for entry in await outbox(world))


async def test_after_the_first_silence_nothing_new_goes_out_until_a_look_has_an_answer(world: World) -> None:
    await told_to_everybody(world)
    world.platform.failures = [AWAY]
    world.platform.probes = [AWAY, AWAY, AWAY]
    await world.settle()
    assert world.platform.sent == []
    await world.advance(seconds=13)
    assert (world.platform.probed, world.platform.sent) == (2, []), "2 and 4 seconds later"
    await world.advance(minutes=2)
    assert len(world.platform.sent) == len(MEMBERS)
    assert {e.attempts for e in await outbox(world)} == {1, 2}, "being held back counts as no attempt"
    actions = [action for action, _ in world.log.records]
    assert (actions.count("dispatch.platform_away"), actions.count("dispatch.platform_back")) == (1, 1)


async def test_an_outage_is_over_soon_after_the_platform_answers_also_when_nothing_is_left_to_send(
    world: World,
) -> None:
    """What had no answer waits for hours and tries nothing: `status` named the platform for minutes more."""
    await tell(world, "not_reached")
    world.platform.failures, world.platform.probes = [SILENT], [AWAY]
    await world.settle()
    assert world.dispatcher.outages.away
    for _ in range(8):
        await world.advance(seconds=5)
    assert not world.dispatcher.outages.away
    assert [action for action, _ in world.log.records].count("dispatch.platform_back") == 1
    assert not world.platform.sent, "it still waits"


async def test_an_urgent_message_goes_out_during_an_outage(world: World) -> None:
    await told_to_everybody(world)
    world.platform.failures = [AWAY]
    world.platform.probes = [AWAY] * 10
    await world.settle()
    await tell(world, "risk_acknowledged", urgent=True)
    await world.settle()
    assert [c.key for c in world.inbox("a")] == ["notice.risk_acknowledged"]


async def test_a_person_with_another_chat_hears_there_while_one_is_away(world: World) -> None:
    one, other = RecordingPlatform(), RecordingPlatform()
    world.dispatcher.platforms = world.dispatcher.outages.platforms = {"one": one, "other": other}
    now = world.clock.now()
    async with world.store.begin(ORGANISATION) as uow:
        await uow.add(Contact("con_one", ORGANISATION, person_id("a"), "one", "T1", "U1", {}, now))
        await uow.add(Contact("con_other", ORGANISATION, person_id("a"), "other", "T2", "U2", {}, now - timedelta(1)))
        await uow.commit()
    one.failures, one.probes = [AWAY], [AWAY] * 20
    await tell(world, "not_reached")
    await world.advance(seconds=10)
    assert (one.sent, [user for user, _ in other.sent]) == ([], ["U2"])
