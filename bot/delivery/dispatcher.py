"""The outbox loop: claim, decide from today's facts, say that a send begins, send, settle.

*Sent* is written only after the send. A lease that ran out is taken over by another replica; whoever
wakes up past half its lease sends nothing. A post that began and was never settled, or got no answer,
is uncertain: the next attempt lets the platform look before it posts again. Where a platform cannot be asked,
invitations go again and say so; anything else comes along with the person's next message, or alone some hours
later (`bot.delivery.merging`). A workspace that does not answer is left alone (`bot.delivery.outages`). Each person's
messages go one after the other, in their order. Alerts have lanes of their own: a platform that hangs on a hundred
reminders never makes one wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zlib import crc32

from bot.app.dependencies import Tools
from bot.app.steps.reachability import NO_ADDRESS
from bot.delivery.attempt import Attempt
from bot.delivery.decide import AGAIN, Ready
from bot.delivery.group_commit import GroupCommit
from bot.delivery.in_flight import InFlight
from bot.delivery.lanes import TRIED_FOR, TRIES, LaneBuilder
from bot.delivery.outages import Outages, Place
from bot.delivery.pace import Pace
from bot.delivery.results import DeliveryResults, Ending
from bot.domain.person import Reach
from bot.log import Log, report
from bot.ports.records import OutboxEntry
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store, StoreUnavailable
from bot.runtime.metrics import Metrics
from bot.runtime.system import uptime
from bot.ui.inbound import Actor
from bot.ui.platform import Address, DeliveryFailed, DeliveryUnknown, Message, Platform, SendingStopped

SEND_TIMEOUT = 20
"""Seconds a platform may take for one message, its own pacing included."""
PATIENCE = 0.25
"""Of that, for a turn of its own where posts go one after the other."""
LEASE = timedelta(seconds=45)
"""More than twice the above: a send may begin in the first half of a lease and ends within it."""
BATCH = 100
LANES = 200
"""People written to at the same time."""
ALERT_LANES = 10
LONGEST_WAIT = 900
SPREAD = 90
"""Seconds over which the people who wait for a platform are spread."""
LOOK_AFTER = timedelta(seconds=10)
"""Until an unanswered send is looked for: what platforms show of their past lags behind."""
SIGN_IN = "sign_in"
"""A link that signs in is of no use behind a sign-in."""


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
    paused: Callable[[], bool] = lambda: False
    """Whether only urgent messages go out from here."""
    _running: bool = field(default=False, init=False)
    _stopping: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._results = DeliveryResults(self.store, self.clock, self.tools, self.log)
        self._begin = GroupCommit(self._begin_all, self.lanes)
        self._note = GroupCommit(self._note_all, self.lanes)
        self.outages = Outages(self.platforms, self.uptime, self.log, self.metrics)
        self._in_flight: dict[str, InFlight] = {}
        self._pace = Pace(BATCH, self.lease.total_seconds())

    async def run(self) -> None:
        """Until stopped: send what is due, rest when nothing is."""
        self._running = True
        looking = asyncio.create_task(self.outages.run())
        try:
            await asyncio.gather(self._serve(self.lanes), self._serve(ALERT_LANES, only_urgent=True))
        finally:
            looking.cancel()

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
        await self.outages.look()
        lanes, claimed = await self._claim(BATCH, only_urgent=only_urgent)
        await asyncio.gather(*(lane for lane in lanes))
        return claimed

    async def _more(self, under_way: set[asyncio.Task[None]], most: int, *, only_urgent: bool) -> bool:
        """Claim as much as there is room for."""
        room = most - len(under_way)
        if room < (most + 1) // 2 or self._results.behind or (self.paused() and not only_urgent):
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
            limit = min(limit, self._pace.size)
            entries = await system.claim(now, now + self.lease, self.name, limit, only_urgent=only_urgent)
            await system.commit()
        entries, claimed = await self._without_answered(entries), len(entries)
        builder = LaneBuilder(
            self.store, self.clock, self.tools, self.log, self.platforms, self.outages.away, self._results
        )
        lanes, undecided = await builder.lanes(entries)
        if claimed:
            self._pace.decided(self.uptime() - since)
        running: list[asyncio.Future[None]] = []
        running += [asyncio.ensure_future(self._lane(lane, since)) for lane in lanes if lane]
        if undecided:  # the results give them back when the database is there again, long before their leases end
            running.append(asyncio.ensure_future(self._give_back(undecided)))
        return running, claimed - len(undecided)

    async def _without_answered(self, entries: Sequence[OutboxEntry]) -> list[OutboxEntry]:
        """The entries without those whose sender was killed between an answer and its end: they arrived."""
        answered = {e.id: e for e in entries if e.begun_at and e.delivered_id}
        ends = [Ending(e, replace(e, sent_at=e.begun_at, uncertain_at=None)) for e in answered.values()]
        await asyncio.gather(*(self._end(end) for end in ends))
        return [e for e in entries if e.id not in answered]

    # ---- one person's messages

    async def _lane(self, lane: Sequence[Ready], since: float) -> None:
        """Send one after the other; on a stop, a lost lease or a failure, release the remaining entries unchanged."""
        shown: dict[tuple[str, str], str] = {}
        for at, ready in enumerate(lane):
            slot = (ready.entry.slot, ready.contact.id)
            updated = replace(ready, replaces=shown[slot]) if slot in shown and not ready.rings else ready
            stopped = self._stopping and at > 0
            delivered_id = None if stopped else await self._one(updated, since)
            if delivered_id is None:
                await self._give_back([later.entry for later in lane[at + (not stopped) :]])
                return
            if ready.entry.slot:
                shown[slot] = delivered_id

    async def _begin_all(self, entries: Sequence[OutboxEntry]) -> list[bool]:
        """Note that these sends begin; whether each lease still holds, else it must not be sent."""
        if not entries:
            return []
        async with self.store.system() as system:
            begun = await system.begin_sending(entries, self.clock.now())
            await system.commit()
        return [entry.id in begun for entry in entries]

    async def _note_all(self, entries: Sequence[OutboxEntry]) -> list[None]:
        """Keep where each of these went: their ends are written later, with all that follows from them."""
        async with self.store.system() as system:
            await system.note_answered(entries)
            await system.commit()
        return [None] * len(entries)

    async def _one(self, ready: Ready, since: float) -> str | None:
        """Send one message and settle it; its delivered id, None when the person's next messages had better wait."""
        entry, contact = ready.entry, ready.contact
        place = (contact.platform, contact.tenant)
        may_go = partial(self._may_go, ready, since)
        if not may_go():
            await self._held(ready, since)
            return None
        attempt = Attempt(entry, may_go, self._begin, self._turn(ready))
        address = Address(Actor(*place, contact.user), contact.reference)
        retried = entry.uncertain_at is not None
        message = Message(
            entry.id,
            ready.card,
            ready.replaces,
            only_edit=ready.only_edit,
            urgent=entry.urgent,
            follows=ready.follows,
            retried=retried,
            posting=attempt.posting,
        )
        try:
            await self._keep_on_page(ready)
            async with asyncio.timeout(self.send_timeout):
                delivered_id = await self.platforms[contact.platform].send(address, message)
            if attempt.posted:
                await self._keep_answer(ready, delivered_id)
        except StoreUnavailable:
            self.log.warning("dispatch.again", outbox=entry.id)
            await (self._uncertain(ready) if attempt.posted else self._give_back([entry]))
            return None
        except SendingStopped:
            await self._held(ready, since)
            return None
        except DeliveryFailed as failure:
            await self._failed(ready, failure, answered=attempt.posted or failure.permanent)
            return None
        except DeliveryUnknown:
            await self._uncertain(ready)
            return None
        except TimeoutError:
            if attempt.posted:
                await self._uncertain(ready)
            elif attempt.asked:  # it waited for others to be answered
                await self._held(ready, since)
            else:
                await self._failed(ready, DeliveryFailed("no_answer", away=True))
            return None
        except Exception as error:  # an adapter's mistake says nothing about what arrived
            report(self.log, "dispatch.broken", error, outbox=entry.id, platform=contact.platform)
            await (self._uncertain(ready) if attempt.posted else self._failed(ready, DeliveryFailed("broken")))
            return None
        finally:
            attempt.end()
            self.outages.left(place, entry.id)
        self.outages.answered(place)
        now = self.clock.now()
        if ready.unnoticed:
            self.log.info("dispatch.unnoticed", outbox=entry.id, card=entry.card, platform=contact.platform)
            await self._end(Ending(entry, replace(entry, failed_at=now, failure=NO_ADDRESS, uncertain_at=None)))
            return delivered_id
        args = {**entry.args, AGAIN: "1"} if ready.doubtful else entry.args  # an edit of it says so, too
        outcome = _where(ready, sent_at=now, delivered_id=delivered_id, uncertain_at=None, args=args)
        self.metrics.sent(contact.platform, max(0.0, (now - entry.wanted).total_seconds()))
        self.log.info("dispatch.sent", outbox=entry.id, card=entry.card, platform=contact.platform)
        return delivered_id if await self._end(Ending(entry, outcome)) else None

    async def _keep_on_page(self, ready: Ready) -> None:
        """What a mail tells of, where its buttons are: among the person's notices, before the mail leads there."""
        if ready.contact.platform not in self.tools.by_address or ready.entry.card == SIGN_IN:
            return
        for name in (name for name in self.platforms if self.tools.own_pages(name)):
            person = Address(Actor(name, ready.entry.organisation, ready.entry.person), {})
            await self.platforms[name].send(person, Message(ready.entry.id, ready.card))

    def _turn(self, ready: Ready) -> Callable[[], Awaitable[Callable[[], None]]] | None:
        """How it waits for its turn to post; None where it can be found out what became of each, or it cannot wait."""
        contact = ready.contact
        if ready.entry.urgent or self.platforms[contact.platform].can_be_asked:
            return None
        turns = self._in_flight.setdefault(contact.platform, InFlight(self.send_timeout * PATIENCE))
        return partial(turns.enter, contact.tenant)

    async def _keep_answer(self, ready: Ready, delivered_id: str) -> None:
        """Where nobody can look, write at once that it arrived; whatever hinders that, its end follows."""
        if self.platforms[ready.contact.platform].can_be_asked:
            return
        try:
            await self._note(_where(ready, delivered_id=delivered_id))
        except StoreUnavailable:
            self.log.warning("dispatch.store_unavailable")

    def _may_go(self, ready: Ready, since: float) -> bool:
        """Whether a claim of `since` is fresh enough to post under, and the workspace answers as far as known."""
        if self.uptime() - since > self.lease.total_seconds() / 2:
            return False
        return ready.entry.urgent or self.outages.admits(_workspace(ready), ready.entry.id)

    async def _held(self, ready: Ready, since: float) -> None:
        """Give back what could not go out now; it counts as no attempt."""
        entry = ready.entry
        wait = timedelta(seconds=self.outages.wait(_workspace(ready)))
        if self.uptime() - since > self.lease.total_seconds() / 2:
            self.log.warning("dispatch.lease_lost", outbox=entry.id)
        due = self.clock.now() + wait if wait else entry.due_at
        await self._end(Ending(entry, replace(entry, attempts=entry.attempts - 1, due_at=due)))

    async def _failed(self, ready: Ready, failure: DeliveryFailed, *, answered: bool = False) -> None:
        now, entry, contact = self.clock.now(), ready.entry, ready.contact
        self.metrics.failed(contact.platform, permanent=failure.permanent)
        self.log.warning("dispatch.failed", outbox=entry.id, platform=contact.platform, reason=failure.reason)
        if failure.away:
            self.outages.silent(_workspace(ready), entry.id)
        elif answered:
            self.outages.answered(_workspace(ready))
        if failure.permanent and not ready.only_edit:  # an edit says nothing about its address
            # The address is shut; the next attempt looks for another, or gives up.
            why = Reach.BLOCKED if failure.blocked else Reach.LEFT
            ended = replace(entry, due_at=now)
            await self._end(Ending(entry, ended, shut=contact.id, reason=failure.reason, why=why))
        elif failure.permanent or failure.ours or self._tried_enough(entry):
            self.log.warning("dispatch.given_up", outbox=entry.id, reason=failure.reason)
            await self._end(Ending(entry, replace(entry, failed_at=now, failure=failure.reason)))
        else:
            await self._end(Ending(entry, replace(entry, due_at=self._again(entry, failure.retry_after))))

    def _tried_enough(self, entry: OutboxEntry) -> bool:
        tried_for = self.clock.now() - entry.wanted
        return entry.attempts >= TRIES[entry.urgent] and tried_for >= TRIED_FOR[entry.urgent]

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
        """It may have arrived. That is no end: where one can look it is looked for, elsewhere it comes again."""
        now, entry = self.clock.now(), ready.entry
        self.metrics.uncertain(ready.contact.platform)
        self.outages.silent(_workspace(ready), entry.id)
        self.log.warning("dispatch.uncertain", outbox=entry.id, platform=ready.contact.platform)
        unknown = replace(entry, uncertain_at=now)
        carried_at = replace(ready, entry=unknown).carried_at()
        if entry.attempts >= TRIES[entry.urgent]:
            self.log.warning("dispatch.given_up", outbox=entry.id, reason="unknown")
            outcome = replace(unknown, failed_at=now, failure="unknown")
        elif entry.urgent:
            outcome = replace(unknown, due_at=now)
        else:
            again = max(now + LOOK_AFTER, self._again(entry, None))
            # Only where it was posted can it be looked for.
            outcome = replace(unknown, due_at=carried_at or again, contact=ready.contact.id)
        await self._end(Ending(entry, outcome))

    async def _give_back(self, entries: Sequence[OutboxEntry]) -> None:
        endings = [Ending(entry, replace(entry, attempts=entry.attempts - 1)) for entry in entries]
        await asyncio.gather(*(self._end(ending) for ending in endings))

    async def _end(self, ending: Ending) -> bool:
        """Write an attempt's end; False when the lease was lost."""
        return await self._results.write(ending)


def _workspace(ready: Ready) -> Place:
    return ready.contact.platform, ready.contact.tenant


def _where(ready: Ready, **outcome: Any) -> OutboxEntry:
    return replace(ready.entry, platform=ready.contact.platform, contact=ready.contact.id, **outcome)
