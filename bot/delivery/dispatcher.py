"""The outbox loop: claim, decide from today's facts, say that a send begins, send, settle.

*Sent* is written only after the send. A lease that ran out is taken over by another replica; whoever
wakes up past half its lease sends nothing. A send that began and was never settled, or got no answer,
is uncertain: the next attempt lets the platform look before it sends again, and what stays unknown is
shown as such. Each person's messages go one after the other, in their order. Alerts have lanes of their own:
a platform that hangs on a hundred reminders never makes one wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from zlib import crc32

from bot.app.caching_uow import Remembering
from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.delivery.batching import Together
from bot.delivery.decide import Ready, decide, look_ahead
from bot.delivery.digest import merged, together
from bot.delivery.results import Ending, Ledger
from bot.log import Log, report
from bot.ports.records import OutboxEntry
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store, StoreUnavailable
from bot.runtime.metrics import Metrics
from bot.runtime.system import uptime
from bot.ui.inbound import Actor
from bot.ui.platform import Address, DeliveryFailed, DeliveryUnknown, Message, Platform

SEND_TIMEOUT = 20
"""Seconds a platform may take for one message, its own pacing included."""
LEASE = timedelta(seconds=45)
"""More than twice the above: a send may begin in the first half of a lease and ends within it."""
BATCH = 100
LANES = 200
"""People written to at the same time."""
ALERT_LANES = 10
TRIES = {False: 100, True: 8}
"""Attempts of an ordinary message (about a day) and of an urgent one (minutes; then the next person is alerted)."""
LONGEST_WAIT = 900
SPREAD = 90
"""Seconds over which the people who wait for a platform are spread."""
LOOK_AFTER = timedelta(seconds=10)
"""Until an unanswered send is looked for: what platforms show of their past lags behind."""
BROKEN_WAIT = timedelta(minutes=5)


@dataclass
class Dispatcher:
    """Sends what the outbox holds; `name` tells replicas apart, `uptime` counts seconds that sleep cannot stop."""

    store: Store
    clock: Clock
    tools: Tools
    log: Log
    platforms: Mapping[str, Platform]
    name: str
    pause: float = 0.5
    lanes: int = LANES
    lease: timedelta = LEASE
    send_timeout: float = SEND_TIMEOUT
    uptime: Callable[[], float] = uptime
    metrics: Metrics = field(default_factory=Metrics)
    _running: bool = field(default=False, init=False)
    _stopping: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._ledger = Ledger(self.store, self.clock, self.tools, self.log)
        self._begin = Together(self._begin_all, self.lanes)

    async def run(self) -> None:
        """Until stopped: send what is due, rest when nothing is."""
        self._running = True
        await asyncio.gather(self._serve(self.lanes), self._serve(ALERT_LANES, only_urgent=True))

    async def _serve(self, lanes: int, *, only_urgent: bool = False) -> None:
        under_way: set[asyncio.Task[None]] = set()
        while self._running:
            begun = await self._more(under_way, lanes, only_urgent=only_urgent)
            if under_way:
                _, under_way = await asyncio.wait(
                    under_way,
                    timeout=None if len(under_way) > lanes // 2 else self.pause * (not begun),
                    return_when=asyncio.FIRST_COMPLETED,
                )
            elif not begun:
                await asyncio.sleep(self.pause)
        if under_way:
            await asyncio.wait(under_way)

    def stop(self) -> None:
        """Finish the messages under way, give the rest back, end."""
        self._running = False
        self._stopping = True

    async def drain(self, *, only_urgent: bool = False) -> int:
        """Handle one batch of due entries; how many were claimed."""
        lanes, claimed = await self._claim(BATCH, only_urgent=only_urgent)
        await asyncio.gather(*(lane for lane in lanes))
        return claimed

    async def _more(self, under_way: set[asyncio.Task[None]], most: int, *, only_urgent: bool) -> bool:
        """Claim as much as there is room for."""
        room = most - len(under_way)
        if room < (most + 1) // 2 or self._ledger.behind:
            return False
        try:
            lanes, claimed = await self._claim(min(room, BATCH), only_urgent=only_urgent)
        except StoreUnavailable:
            self.log.warning("dispatch.store_unavailable")
            return False
        except Exception as error:  # the loop must outlive any single batch; leases give it back
            report(self.log, "dispatch.broken", error)
            return False
        under_way |= {asyncio.ensure_future(lane) for lane in lanes}
        return claimed > 0

    # ---- what to do with a batch

    async def _claim(self, limit: int, *, only_urgent: bool) -> tuple[list[asyncio.Future[None]], int]:
        """Lease a batch, settle what is not sent, and give back one running lane a person."""
        since, now = self.uptime(), self.clock.now()
        async with self.store.system() as system:
            entries = await system.claim(now, now + self.lease, self.name, limit, only_urgent=only_urgent)
            await system.commit()
        try:
            lanes: list[list[Ready]] = []
            for organisation, group in groupby(sorted(entries, key=_place), key=lambda e: e.organisation):
                lanes += await self._lanes_of(organisation, list(group))
            lanes = [lane for lane in lanes if lane]
            begun = await self._begin_all([lane[0].entry for lane in lanes])
        except StoreUnavailable:
            # The ledger gives them back when the database is there again, long before their leases end.
            self.log.warning("dispatch.store_unavailable")
            return [asyncio.ensure_future(self._give_back(entries))], 0
        running = [self._lane(lane, since, begun=first) for lane, first in zip(lanes, begun, strict=True)]
        return [asyncio.ensure_future(lane) for lane in running], len(entries)

    async def _lanes_of(self, organisation: str, entries: list[OutboxEntry]) -> list[list[Ready]]:
        ready: list[Ready] = []
        endings: list[Ending] = []
        async with self.store.begin(organisation, write=False) as uow:
            reads = Remembering(uow)
            await look_ahead(reads, entries)
            work = Work(reads.unit, self.clock.now(), self.tools)
            for entry in entries:
                decided = await self._decide(work, entry)
                if isinstance(decided, Ready):
                    ready.append(decided)
                else:
                    endings.append(Ending(entry, decided))
        await asyncio.gather(*(self._end(ending) for ending in endings))
        people = [list(group) for _, group in groupby(ready, key=lambda r: (r.entry.person, r.entry.contact))]
        return [await self._merged(organisation, lane) for lane in people]

    async def _decide(self, work: Work, entry: OutboxEntry) -> Ready | OutboxEntry:
        try:
            return await decide(work, entry, tuple(self.platforms))
        except StoreUnavailable:
            raise
        except Exception as error:  # one broken message must not hold up everybody's
            report(self.log, "dispatch.broken", error, outbox=entry.id, card=entry.card)
            if entry.attempts >= TRIES[True]:
                return replace(entry, failed_at=work.now, failure="broken")
            return replace(entry, due_at=work.now + BROKEN_WAIT)

    async def _merged(self, organisation: str, lane: list[Ready]) -> list[Ready]:
        """The lane with its late messages made one, written down before anything is sent."""
        now = self.clock.now()
        late = together(lane, now)
        if not late:
            return lane
        first, others = merged([ready.entry for ready in late], now)
        async with self.store.begin(organisation) as uow:
            if len(await uow.settle([(r.entry, o) for r, o in zip(late[1:], others, strict=True)])) < len(others):
                return []
            await uow.save(first)
            await uow.commit()
        async with self.store.begin(organisation, write=False) as uow:
            decided = await self._decide(Work(uow, now, self.tools), first)
        rest = [ready for ready in lane if ready not in late]
        if isinstance(decided, Ready):
            return [decided, *rest]
        await self._end(Ending(first, decided))
        return rest

    # ---- one person's messages

    async def _lane(self, lane: Sequence[Ready], since: float, *, begun: bool) -> None:
        """Send one after the other; what a stop, a lost lease or a failure leaves is given back untouched."""
        shown: dict[tuple[str, str], str] = {}
        for at, ready in enumerate(lane):
            slot = (ready.entry.slot, ready.contact.id)
            try:
                if at:
                    begun = not self._stopping and await self._begin(ready.entry)
                updated = replace(ready, replaces=shown[slot]) if slot in shown else ready
                delivered_id = await self._one(updated, since) if begun else None
                if delivered_id is None:
                    await self._give_back([later.entry for later in lane[at + begun :]])
                    return
                if ready.entry.slot:
                    shown[slot] = delivered_id
            except StoreUnavailable:
                self.log.warning("dispatch.again", outbox=ready.entry.id)
                return

    async def _begin_all(self, entries: Sequence[OutboxEntry]) -> list[bool]:
        """Note that these sends begin; whether each lease still holds, else it must not be sent."""
        if not entries:
            return []
        async with self.store.system() as system:
            begun = await system.begin_sending(entries, self.clock.now())
            await system.commit()
        return [entry.id in begun for entry in entries]

    async def _one(self, ready: Ready, since: float) -> str | None:
        """Send one message and settle it; its delivered id, None when the person's next messages had better wait."""
        entry, contact = ready.entry, ready.contact
        if self.uptime() - since > self.lease.total_seconds() / 2:
            self.log.warning("dispatch.lease_lost", outbox=entry.id)
            await self._end(Ending(entry, replace(entry, attempts=entry.attempts - 1)))
            return None
        address = Address(Actor(contact.platform, contact.tenant, contact.user), contact.reference)
        retried = entry.uncertain_at is not None
        message = Message(entry.id, ready.card, ready.replaces, retried=retried, repeatable=ready.repeatable)
        try:
            async with asyncio.timeout(self.send_timeout):
                delivered_id = await self.platforms[contact.platform].send(address, message)
        except DeliveryFailed as failure:
            await self._failed(ready, failure)
            return None
        except (DeliveryUnknown, TimeoutError):
            await self._uncertain(ready)
            return None
        except Exception as error:  # an adapter's mistake says nothing about what arrived
            report(self.log, "dispatch.broken", error, outbox=entry.id, platform=contact.platform)
            await self._uncertain(ready)
            return None
        now = self.clock.now()
        outcome = _where(ready, sent_at=now, delivered_id=delivered_id, uncertain_at=None)
        self.metrics.sent(contact.platform, max(0.0, (now - entry.due_at).total_seconds()))
        self.log.info("dispatch.sent", outbox=entry.id, card=entry.card, platform=contact.platform)
        return delivered_id if await self._end(Ending(entry, outcome)) else None

    async def _failed(self, ready: Ready, failure: DeliveryFailed) -> None:
        now, entry, contact = self.clock.now(), ready.entry, ready.contact
        self.metrics.failed(contact.platform, permanent=failure.permanent)
        self.log.warning("dispatch.failed", outbox=entry.id, platform=contact.platform, reason=failure.reason)
        if failure.permanent:
            # The address is shut; the next attempt looks for another, or gives up.
            await self._end(Ending(entry, replace(entry, due_at=now), shut=contact.id, reason=failure.reason))
        elif failure.ours or entry.attempts >= TRIES[entry.urgent]:
            self.log.warning("dispatch.given_up", outbox=entry.id, reason=failure.reason)
            await self._end(Ending(entry, replace(entry, failed_at=now, failure=failure.reason)))
        else:
            await self._end(Ending(entry, replace(entry, due_at=self._again(entry, failure.retry_after))))

    def _again(self, entry: OutboxEntry, asked: float | None) -> datetime:
        """When to try once more. In an outage that lasts, a person's messages meet at one moment and become one."""
        now = self.clock.now()
        if asked is not None or 2 ** min(entry.attempts, 20) < LONGEST_WAIT:
            return now + self._wait(entry, asked)
        quarter = (int(now.timestamp()) // LONGEST_WAIT + 1) * LONGEST_WAIT
        return datetime.fromtimestamp(quarter + crc32(entry.person.encode()) % SPREAD, UTC)

    def _wait(self, entry: OutboxEntry, asked: float | None) -> timedelta:
        """What the platform asked for, else longer each time; a little more by chance, so that not all come at once."""
        seconds = asked if asked is not None else min(2 ** min(entry.attempts, 20), LONGEST_WAIT)
        return timedelta(seconds=seconds * (1 + self.tools.rng.number(100) / 1000))

    async def _uncertain(self, ready: Ready) -> None:
        now, entry = self.clock.now(), ready.entry
        self.metrics.uncertain(ready.contact.platform)
        self.log.warning("dispatch.uncertain", outbox=entry.id, platform=ready.contact.platform)
        unknown = replace(entry, uncertain_at=entry.uncertain_at or now)
        if entry.urgent and entry.attempts < TRIES[True]:
            await self._end(Ending(entry, replace(unknown, due_at=now)))
        elif entry.uncertain_at is None:
            await self._end(Ending(entry, replace(unknown, due_at=now + LOOK_AFTER)))
        else:
            await self._end(Ending(entry, _where(ready, sent_at=now)))

    async def _give_back(self, entries: Sequence[OutboxEntry]) -> None:
        endings = [Ending(entry, replace(entry, attempts=entry.attempts - 1)) for entry in entries]
        await asyncio.gather(*(self._end(ending) for ending in endings))

    async def _end(self, ending: Ending) -> bool:
        """Write an attempt's end; False when the lease was lost."""
        return await self._ledger.write(ending)


def _place(entry: OutboxEntry) -> tuple[str, str, str, bool, float, float]:
    """By organisation, person and the channel named beforehand, each in the order they are sent."""
    return (
        entry.organisation,
        entry.person,
        entry.contact,
        not entry.urgent,
        entry.due_at.timestamp(),
        entry.created_at.timestamp(),
    )


def _where(ready: Ready, **outcome: Any) -> OutboxEntry:
    return replace(ready.entry, platform=ready.contact.platform, contact=ready.contact.id, **outcome)
