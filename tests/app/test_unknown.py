"""Messages whose fate is not known: looked for where that is possible, carried on where it is not, never dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.app.context import Work
from bot.delivery.decide import CARRY_AFTER
from bot.delivery.dispatcher import LEASE, SEND_TIMEOUT, Dispatcher
from bot.delivery.in_flight import MOST_IN_FLIGHT
from bot.delivery.lanes import TRIES
from bot.delivery.results import Ending
from bot.demo.clinic import MEMBERS, ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.ports.records import OutboxEntry
from bot.ui.model import Card, Notice
from bot.ui.platform import Address, DeliveryFailed, DeliveryUnknown, Message
from tests.app.outbox_steps import assignments_of_a_round, outbox, tell, titles, told_to_everybody
from tests.world import RecordingPlatform, World

SILENT = DeliveryUnknown("read timeout")
AWAY = DeliveryFailed("no_answer", away=True)


async def killed_while_sending(world: World) -> list[OutboxEntry]:
    """Another replica claims everything, begins to post and is killed."""
    now = world.clock.now()
    async with world.store.system() as system:
        claimed = await system.claim(now, now + LEASE, "another", 100)
        await system.begin_sending(claimed, now)
        await system.commit()
    return claimed


def says_it_may_be_a_second_one(card: Card) -> bool:
    return any(isinstance(block, Notice) and "before" in str(block.line) for block in card.body)


# ---- where one can look


@pytest.fixture
def asked(world: World) -> World:
    """A platform that shows whether a message arrived."""
    world.platform.can_be_asked = True
    return world


async def test_an_unanswered_message_is_looked_for_before_it_is_sent_again(asked: World) -> None:
    await tell(asked, "not_reached")
    asked.platform.failures = [SILENT]
    await asked.settle()
    (entry,) = await outbox(asked)
    assert (entry.sent_at, entry.uncertain_at) == (None, asked.clock.now())
    await asked.advance(seconds=30)
    ((_, message),) = asked.platform.sent
    assert message.retried
    assert not says_it_may_be_a_second_one(message.card)
    (entry,) = await outbox(asked)
    assert (entry.uncertain_at, bool(entry.sent_at)) == (None, True)


@pytest.mark.parametrize("card", ["not_reached", "please_present"])
async def test_a_look_that_fails_is_no_end(asked: World, card: str) -> None:
    """A gateway that answers 504 for an hour: what had no answer is looked for until there is one."""
    await tell(asked, "not_reached")
    asked.platform.failures = [SILENT] * 12
    await asked.advance(hours=8)
    assert len(titles(asked)) == 1
    (entry,) = await outbox(asked)
    assert (entry.uncertain_at, entry.failed_at, bool(entry.sent_at)) == (None, None, True)


async def test_a_killed_senders_message_is_looked_for_by_whoever_takes_over(asked: World) -> None:
    await tell(asked, "not_reached")
    await killed_while_sending(asked)
    await asked.settle()
    assert asked.platform.sent == []
    asked.clock.advance(LEASE)
    await asked.settle()
    ((_, message),) = asked.platform.sent
    assert message.retried


# ---- where nobody can look


async def test_news_that_may_have_arrived_come_again_within_a_working_day_and_say_so(world: World) -> None:
    await tell(world, "not_reached")
    world.platform.failures = [SILENT]
    await world.advance(hours=3)
    assert titles(world) == []
    (entry,) = await outbox(world)
    assert (entry.sent_at, bool(entry.uncertain_at)) == (None, True)
    async with world.store.system(write=False) as system:
        assert (await system.queue(world.clock.now())).uncertain == 1
    await world.advance(hours=2)
    (card,) = world.inbox("a")
    assert says_it_may_be_a_second_one(card)
    async with world.store.system(write=False) as system:
        assert (await system.queue(world.clock.now())).uncertain == 0


async def test_news_that_may_have_arrived_come_along_with_the_next_message(world: World) -> None:
    await tell(world, "not_reached")
    world.platform.failures = [SILENT]
    await world.advance(minutes=10)
    await tell(world, "risk_acknowledged")
    await world.settle()
    ((_, message),) = world.platform.sent
    assert message.card.key == "notice.merged"
    assert not message.retried, "the message that carries is a new one"
    assert says_it_may_be_a_second_one(message.card)
    assert not [e for e in await outbox(world) if not (e.sent_at or e.dropped_at)]


async def test_an_edit_of_a_message_that_may_be_a_second_one_still_says_so(world: World) -> None:
    """Else two messages stand there, and nothing says why."""

    async def news(card: str, subject: str, slot: str) -> None:
        async with world.store.begin(ORGANISATION) as uow:
            work = Work(uow, world.clock.now(), world.tools)
            await work.tell(person_id("a"), card, subject, slot=slot, name="Therapist B", code="AB-12")
            await uow.commit()

    await news("risk_acknowledged", "one", "a matter")
    await news("not_reached", "two", "")
    await news("not_reached", "three", "")
    world.platform.failures = [SILENT]
    await world.advance(hours=5)
    ((_, first),) = world.platform.sent
    assert says_it_may_be_a_second_one(first.card)
    await news("risk_acknowledged", "newer", "a matter")
    await world.settle()
    edits = [m for _, m in world.platform.sent if m.only_edit]
    assert [says_it_may_be_a_second_one(m.card) for m in edits] == [True]


async def test_every_part_of_a_message_that_may_have_arrived_says_so_in_the_next(world: World) -> None:
    """A message of several had no answer: its parts come again, and each stays marked when another is overtaken."""

    async def news(subject: str, slot: str = "") -> None:
        async with world.store.begin(ORGANISATION) as uow:
            work = Work(uow, world.clock.now(), world.tools)
            await work.tell(
                person_id("a"), "not_reached", subject, slot=slot, name=f"Therapist {subject}", code="AB-12"
            )
            await uow.commit()

    def marks(card: Card) -> int:
        return sum(isinstance(block, Notice) and "before" in str(block.line) for block in card.body)

    await news("one", "a matter")
    await news("two")
    await news("three")
    world.platform.failures = [SILENT]
    await world.advance(minutes=10)
    await news("four")
    await world.settle()
    ((_, message),) = world.platform.sent
    assert marks(message.card) == 3, "not the new one"
    await news("newer", "a matter")
    await world.settle()
    assert [marks(m.card) for _, m in world.platform.sent if m.only_edit] == [2]


async def test_what_had_no_answer_a_moment_ago_is_not_taken_along_at_once(world: World) -> None:
    """Its answer may be on its way: the platform's own delay is not the next message's hurry."""
    await tell(world, "not_reached")
    world.platform.failures = [SILENT]
    await world.settle()
    await tell(world, "risk_acknowledged")
    world.platform.probes = []
    await world.advance(seconds=5)
    assert [c.key for c in world.inbox("a")] == ["notice.risk_acknowledged"]


class Doubtful(RecordingPlatform):
    """Never answers whoever sends an assignment, `times` times; it arrives nowhere."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.left = times

    async def send(self, to: Address, message: Message) -> str:
        if message.card.key in {"notice.assigned", "notice.merged"} and self.left:
            self.left -= 1
            self.failures = [SILENT]
        return await super().send(to, message)


async def test_an_invitation_in_a_message_of_several_is_repeated_like_an_invitation(world: World) -> None:
    answered_by(world, Doubtful(2))
    assignments = await assignments_of_a_round(world)
    reviewer = assignments[0].reviewer.rpartition("_")[2]
    world.clock.advance(timedelta(hours=2))
    await tell(world, "risk_acknowledged", "not_reached", to=reviewer)
    await world.advance(minutes=5)
    assert not [
        e for e in await world.find(OutboxEntry, person=assignments[0].reviewer) if e.uncertain_at and not e.dropped_at
    ]


def answered_by(world: World, platform: RecordingPlatform) -> None:
    world.platform = platform
    world.dispatcher.platforms = world.dispatcher.outages.platforms = {"web": platform}


async def test_an_invitation_that_may_have_arrived_is_sent_again_soon_and_says_so(world: World) -> None:
    answered_by(world, Doubtful(1))
    await assignments_of_a_round(world)
    await world.advance(minutes=2)
    again = [m.card for _, m in world.platform.sent if m.retried]
    assert [(c.key, says_it_may_be_a_second_one(c)) for c in again] == [("notice.merged", True)]


async def test_a_killed_senders_news_are_not_repeated_at_once(world: World) -> None:
    await tell(world, "not_reached")
    await killed_while_sending(world)
    await world.advance(minutes=30)
    assert world.platform.sent == []
    await world.advance(hours=CARRY_AFTER.total_seconds() / 3600)
    assert [says_it_may_be_a_second_one(m.card) for _, m in world.platform.sent] == [True]


async def test_an_urgent_message_is_repeated_rather_than_doubted(world: World) -> None:
    await tell(world, "not_reached", urgent=True)
    world.platform.failures = [SILENT] * 3
    await world.settle()
    assert len(world.platform.sent) == 1


async def test_an_urgent_message_that_stays_unknown_counts_as_not_delivered(world: World) -> None:
    """So the next person is alerted."""
    await tell(world, "not_reached", urgent=True)
    world.platform.failures = [SILENT] * TRIES[True]
    await world.settle()
    (entry,) = await outbox(world)
    assert (entry.failure, bool(entry.failed_at), entry.sent_at) == ("unknown", True, None)


async def test_a_reviewers_clock_does_not_run_for_a_message_that_may_not_have_come(world: World) -> None:
    answered_by(world, Doubtful(10_000))
    assignments = await assignments_of_a_round(world)
    await world.advance(days=20)
    assert not [m for _, m in world.platform.sent if m.card.key == "notice.assigned"]
    assert [c for c in world.inbox("s") if c.key == "notice.reviewer_late"] == []
    for assignment in await world.find(Assignment, id__in=[s.id for s in assignments]):
        assert assignment.not_reached_at, "after about a day it counts as not reached, and the supervisor is told"
    assert [e for e in await outbox(world) if e.card == "not_reached" and e.person == person_id("s")]


# ---- the window between the mark and the answer


class Slow(RecordingPlatform):
    """Takes each message and answers when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.answering = asyncio.Event()
        self.under_way = 0

    async def send(self, to: Address, message: Message) -> str:
        await message.posting()
        self.under_way += 1
        await self.answering.wait()
        return message.outbox_id


@pytest.mark.parametrize(("patience", "most"), [(60.0, 1), (0.0, MOST_IN_FLIGHT)], ids=["at ease", "in a wave"])
async def test_few_posts_are_unanswered_where_nobody_can_look_and_only_those_are_unknown(
    world: World, monkeypatch: pytest.MonkeyPatch, patience: float, most: int
) -> None:
    """One post after the other to a workspace; what has waited for long goes beside it."""
    monkeypatch.setattr("bot.delivery.dispatcher.PATIENCE", patience / SEND_TIMEOUT)
    slow = Slow()
    dispatcher = Dispatcher(
        world.store, world.clock, world.tools, world.log, {"web": slow}, "killed", uptime=world.dispatcher.uptime
    )
    for n in range(4):
        for key in MEMBERS:
            await tell(world, f"{'not_reached' if n else 'risk_acknowledged'}", to=key)
    sending = asyncio.create_task(dispatcher.drain())
    for _ in range(2000):
        await asyncio.sleep(0)
    assert slow.under_way == min(most, len(MEMBERS))
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    begun = [e for e in await outbox(world) if e.begun_at]
    assert len(begun) == slow.under_way


async def test_a_message_whose_answer_came_before_the_kill_is_known_to_have_arrived(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end was not written: whoever takes over writes it, and sends nothing."""
    await tell(world, "not_reached")

    class Killed(Exception): ...

    async def never(ending: Ending) -> bool:
        raise Killed

    with monkeypatch.context() as killed, pytest.raises(Killed):
        killed.setattr(world.dispatcher._results, "write", never)
        await world.dispatcher.drain()
    assert len(world.platform.sent) == 1
    world.clock.advance(LEASE)
    await world.advance(hours=6)
    assert len(world.platform.sent) == 1, "nothing was sent again"
    for entry in await outbox(world):
        assert (bool(entry.sent_at), entry.uncertain_at, bool(entry.delivered_id)) == (True, None, True)


async def test_the_next_post_waits_until_the_last_answer_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a kill would leave more than one of unknown fate."""
    await told_to_everybody(world)
    keeping, kept = asyncio.Event(), world.dispatcher._note_all

    async def slowly(entries: Sequence[OutboxEntry]) -> list[None]:
        await keeping.wait()
        return await kept(entries)

    monkeypatch.setattr(world.dispatcher._note, "write", slowly)
    sending = asyncio.create_task(world.dispatcher.drain())
    for _ in range(2000):
        await asyncio.sleep(0)
    assert len(world.platform.sent) == 1
    keeping.set()
    await sending
    assert len(world.platform.sent) == len(MEMBERS)


async def test_what_waits_for_its_turn_is_not_taken_for_unanswered(world: World) -> None:
    """A platform that prepares for longer than a send may take: nothing was posted, so nothing is unknown."""

    class Preparing(RecordingPlatform):
        async def send(self, to: Address, message: Message) -> str:
            await asyncio.sleep(60)
            return ""

    world.dispatcher.platforms = {"web": Preparing()}
    world.dispatcher.send_timeout = 0.01
    await tell(world, "not_reached")
    await world.dispatcher.drain()
    (entry,) = await outbox(world)
    assert (entry.uncertain_at, entry.sent_at, entry.failed_at) == (None, None, None)
    assert entry.due_at > world.clock.now()
