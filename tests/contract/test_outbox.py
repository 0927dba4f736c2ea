"""Every store as a queue: claims, leases, timers, replicas, the same on each."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ports.records import OutboxEntry, Queue, Replica
from bot.ports.unit_of_work import Store
from tests.contract.conftest import NOW
from tests.contract.records import entry, orgs, person

__all__ = ["orgs"]

pytestmark = pytest.mark.usefixtures("orgs")


# ---- the outbox


async def test_claims_go_by_urgency_and_age_and_hold_until_the_lease_ends(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(
            entry("one", "1", due_at=NOW - timedelta(hours=1)), entry("one", "2"), entry("one", "3", urgent=True)
        )
        await uow.add(entry("one", "4", due_at=NOW + timedelta(hours=1)))
        await uow.commit()
    until = NOW + timedelta(minutes=1)
    async with store.system() as system:
        claimed = await system.claim(NOW, until, "r1", 10)
        await system.commit()
    assert [e.id[-1] for e in claimed] == ["3", "1", "2"]
    assert {e.attempts for e in claimed} == {1}
    async with store.system() as system:
        assert await system.claim(NOW, until, "r2", 10) == []
        again = await system.claim(until, until + timedelta(minutes=1), "r2", 1)
        assert [(e.id[-1], e.attempts) for e in again] == [("3", 2)]


async def test_whoever_lost_the_lease_settles_nothing(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(entry("one"))
        await uow.commit()
    async with store.system() as system:
        (mine,) = await system.claim(NOW, NOW + timedelta(minutes=1), "r1", 1)
        await system.commit()
    later = NOW + timedelta(minutes=2)
    async with store.system() as system:
        (theirs,) = await system.claim(later, later + timedelta(minutes=1), "r2", 1)
        await system.commit()
    async with store.system() as system:
        assert await system.begin_sending([mine, theirs], later) == {theirs.id}
        await system.commit()
    async with store.begin("one") as uow:
        first = [(mine, replace(mine, sent_at=later)), (theirs, replace(theirs, sent_at=later, delivered_id="m1"))]
        assert await uow.settle(first[:1]) == frozenset()
        assert await uow.settle(first[1:]) == {theirs.id}
        assert await uow.settle([(theirs, replace(theirs, sent_at=later, delivered_id="m2"))]) == frozenset()
        (kept,) = await uow.find(OutboxEntry)
        assert (kept.delivered_id, kept.lease_by, kept.lease_until, kept.begun_at) == ("m1", "", None, None)
        await uow.commit()
    async with store.system() as system:
        assert await system.claim(later + timedelta(hours=1), later + timedelta(hours=2), "r1", 1) == []


async def test_several_senders_never_claim_the_same_entry(store: Store) -> None:
    async with store.begin("one") as uow:
        for n in range(40):
            if n % 4 == 0:
                await uow.add(person("one", f"p{n // 4}"))
            await uow.add(entry("one", f"{n:02}", person=f"one-p{n // 4}"))
        await uow.commit()

    async def sender(name: str) -> list[str]:
        got: list[str] = []
        while True:
            async with store.system() as system:
                batch = await system.claim(NOW, NOW + timedelta(minutes=1), name, 3)
                await system.commit()
            if not batch:
                return got
            got += [e.id for e in batch]

    claimed = await asyncio.gather(*(sender(f"r{n}") for n in range(4)))
    everything = [id for each in claimed for id in each]
    assert len(everything) == len(set(everything)) == 40


async def test_a_person_is_written_to_by_one_sender_at_a_time_except_urgently(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(person("one", "b"))
        await uow.add(*(entry("one", str(n)) for n in range(3)), entry("one", "other", person="one-b"))
        await uow.commit()
    until = NOW + timedelta(minutes=1)
    async with store.system() as system:
        together = await system.claim(NOW, until, "r1", 1)
        await system.commit()
    assert [e.id for e in together] == ["one-out-0", "one-out-1", "one-out-2"]
    async with store.begin("one") as uow:
        await uow.settle([(together[0], replace(together[0], sent_at=NOW))])
        await uow.add(entry("one", "later"), entry("one", "alert", urgent=True))
        await uow.commit()
    async with store.system() as system:
        others = await system.claim(NOW, until, "r2", 10)
        await system.commit()
    assert [e.id for e in others] == ["one-out-alert", "one-out-other"]
    async with store.begin("one") as uow:
        ends = [(each, replace(each, sent_at=NOW)) for each in (*together[1:], others[0])]
        assert await uow.settle(ends) == {each.id for each, _ in ends}
        await uow.commit()
    async with store.system() as system:
        assert [e.id for e in await system.claim(NOW, until, "r2", 10)] == ["one-out-later"]


async def test_a_long_queue_of_somebody_who_is_being_written_to_hides_nobody(store: Store) -> None:
    until = NOW + timedelta(minutes=1)
    async with store.begin("one") as uow:
        await uow.add(person("one", "b"), entry("one", "0"))
        await uow.commit()
    async with store.system() as system:
        assert [e.id for e in await system.claim(NOW, until, "r1", 1)] == ["one-out-0"]
        await system.commit()
    async with store.begin("one") as uow:
        await uow.add(*(entry("one", str(n)) for n in range(1, 9)), entry("one", "last", person="one-b"))
        await uow.commit()
    async with store.system() as system:
        assert [e.id for e in await system.claim(NOW, until, "r2", 2)] == ["one-out-last"]


async def test_a_takeover_knows_whether_a_send_had_begun(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(person("one", "b"), entry("one", "1"), entry("one", "2", person="one-b"))
        await uow.commit()
    later = NOW + timedelta(minutes=2)
    async with store.system() as system:
        first, second = await system.claim(NOW, NOW + timedelta(minutes=1), "r1", 2)
        assert await system.begin_sending([first], NOW) == {first.id}
        await system.commit()
    async with store.system() as system:
        taken = await system.claim(later, later + timedelta(minutes=1), "r2", 2)
        await system.commit()
    assert [(e.id, e.attempts, e.uncertain_at) for e in taken] == [(first.id, 2, later), (second.id, 2, None)]
    async with store.begin("one") as uow:
        await uow.settle([(taken[0], replace(taken[0], due_at=NOW, uncertain_at=None))])
        await uow.commit()
    async with store.system() as system:
        assert (await system.claim(NOW, later, "r1", 1))[0].begun_at is None


async def test_a_takeover_knows_that_a_send_was_answered(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.add(person("one", "b"), entry("one", "1"), entry("one", "2", person="one-b"))
        await uow.commit()
    later = NOW + timedelta(minutes=2)
    async with store.system() as system:
        first, second = await system.claim(NOW, NOW + timedelta(minutes=1), "r1", 2)
        await system.begin_sending([first, second], NOW)
        went = replace(first, platform="chat", contact="c", delivered_id="m1")
        await system.note_answered([went, replace(second, attempts=7, delivered_id="m2")])
        await system.commit()
    async with store.system() as system:
        taken = await system.claim(later, later + timedelta(minutes=1), "r2", 2)
        await system.commit()
    found = [(e.id, e.uncertain_at, e.platform, e.contact, e.delivered_id) for e in taken]
    assert found == [(first.id, None, "chat", "c", "m1"), (second.id, later, "", "", "")]
    async with store.system() as system:
        await system.note_answered([])


async def test_a_timer_is_taken_as_it_was_read(store: Store) -> None:
    async with store.begin("one") as uow:
        await uow.wake("case.end", "c1", NOW)
        await uow.commit()
    async with store.system(write=False) as system:
        (timer,) = await system.due_timers(NOW, 10)
    async with store.begin("one") as uow:
        assert await uow.take([timer]) == {timer.id}
        await uow.wake("case.end", "c1", NOW + timedelta(days=1))
        await uow.commit()
    async with store.begin("one") as uow:
        assert not await uow.take([timer])
    async with store.begin("two") as uow:
        assert not await uow.take([replace(timer, at=NOW + timedelta(days=1), organisation="two")])


async def test_replicas_come_and_go(store: Store) -> None:
    first = Replica("r1", "1.0", NOW, NOW)
    async with store.system() as system:
        await system.beat(Replica("r2", "1.1", NOW + timedelta(seconds=1), NOW, NOW))
        await system.beat(first)
        await system.beat(replace(first, seen_at=NOW + timedelta(minutes=1), ticked_at=NOW))
        await system.commit()
    async with store.system(write=False) as system:
        assert [r.id for r in await system.replicas(NOW)] == ["r1", "r2"]
        assert [r.ticked_at for r in await system.replicas(NOW + timedelta(seconds=30))] == [NOW]
    async with store.system() as system:
        await system.leave("r1")
        await system.commit()
    async with store.begin("one", write=False) as uow:
        assert [r.id for r in await uow.replicas(NOW)] == ["r2"]


async def test_the_queue_is_counted(store: Store) -> None:
    ago = NOW - timedelta(minutes=5)
    async with store.begin("one") as uow:
        await uow.add(
            entry("one", "1", due_at=ago),
            entry("one", "2"),
            entry("one", "3", due_at=NOW + timedelta(hours=1)),
            entry("one", "4", failed_at=ago),
            entry("one", "5", sent_at=ago, uncertain_at=ago),
            entry("one", "6", failed_at=NOW - timedelta(days=8)),
            entry("one", "7", sent_at=ago),
            entry("one", "8", uncertain_at=ago, due_at=NOW + timedelta(minutes=1)),
        )
        await uow.commit()
    async with store.system(write=False) as system:
        assert await system.queue(NOW) == Queue(waiting=4, due=2, oldest=ago, failed=1, uncertain=2)
