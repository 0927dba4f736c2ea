"""The outbox loop: claim, render from today's facts, look once more, send, settle.

*Sent* is written only after the send. A lease that ran out is taken over by another replica; whoever
wakes up past its lease sends nothing. A send without an answer is marked uncertain and shown, not
silently repeated; only urgent alerts are sent again, because one alert too many is better than none.
Alerts have a lane of their own: a platform that hangs on a hundred reminders never makes one wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import groupby

from bot.app.context import Context, Work
from bot.app.delivery import delivered, given_up, next_window, reachable
from bot.app.notices import card_for
from bot.app.tools import Tools
from bot.domain.person import Contact, Person
from bot.log import Log
from bot.ports.records import OutboxEntry
from bot.ports.system import Clock
from bot.ports.work import ChangedMeanwhile, NotFound, Store, StoreUnavailable
from bot.ui.inbound import Actor
from bot.ui.model import Card
from bot.ui.platform import Address, DeliveryFailed, DeliveryUnknown, Message, Platform

LEASE = timedelta(seconds=60)
SEND_TIMEOUT = 20
BATCH = 20
TRIES = 8
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True)
class _Ready:
    """An entry ready to go: where, what, and which earlier message it updates."""

    entry: OutboxEntry
    contact: Contact
    card: Card
    replaces: str


@dataclass
class Dispatcher:
    """Sends what the outbox holds; `name` tells replicas apart."""

    store: Store
    clock: Clock
    tools: Tools
    log: Log
    platforms: Mapping[str, Platform]
    name: str
    pause: float = 0.5
    _running: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Until stopped: send what is due, rest when nothing is."""
        self._running = True
        await asyncio.gather(self._lane(only_urgent=False), self._lane(only_urgent=True))

    async def _lane(self, *, only_urgent: bool) -> None:
        while self._running:
            try:
                sent = await self.drain(only_urgent=only_urgent)
            except StoreUnavailable:
                self.log.warning("dispatch.store_unavailable")
                sent = 0
            if not sent:
                await asyncio.sleep(self.pause)

    def stop(self) -> None:
        """Finish the batch under way, then end."""
        self._running = False

    async def drain(self, *, only_urgent: bool = False) -> int:
        """Handle one batch of due entries; how many were claimed."""
        now = self.clock.now()
        async with self.store.system() as system:
            entries = await system.claim(now, now + LEASE, self.name, BATCH, only_urgent=only_urgent)
            await system.commit()
        in_order = groupby(sorted(entries, key=lambda e: (*_line_of(e), e.created_at)), key=_line_of)
        await asyncio.gather(*(self._in_order([*group]) for _, group in in_order))
        return len(entries)

    async def _in_order(self, entries: list[OutboxEntry]) -> None:
        for entry in entries:
            try:
                await self._one(entry)
            except (ChangedMeanwhile, StoreUnavailable):
                self.log.warning("dispatch.again", outbox=entry.id)

    async def _one(self, entry: OutboxEntry) -> None:
        ready = await self._prepare(entry)
        if isinstance(ready, OutboxEntry):
            await self._without_sending(ready)
            return
        async with self.store.system() as system:
            if not await system.still_mine(entry, self.clock.now()):
                self.log.info("dispatch.lease_lost", outbox=entry.id)
                return
        contact = ready.contact
        address = Address(Actor(contact.platform, contact.tenant, contact.user), contact.reference)
        message = Message(entry.id, ready.card, ready.replaces, retried=entry.attempts > 1)
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                delivered_id = await self.platforms[contact.platform].send(address, message)
        except DeliveryFailed as failure:
            await self._failed(ready, failure)
        except (DeliveryUnknown, TimeoutError):
            await self._uncertain(ready)
        else:
            await self._sent(ready, delivered_id)

    async def _prepare(self, entry: OutboxEntry) -> _Ready | OutboxEntry:
        """Decide from today's facts whether, when, where and what; an entry comes back if nothing is sent now."""
        async with self.store.begin(entry.organisation, write=False) as uow:
            work = Work(uow, self.clock.now(), self.tools)
            try:
                person = await uow.get(Person, entry.person)
            except NotFound:
                return replace(entry, dropped_at=work.now, failure="nobody")
            if not person.active:
                return replace(entry, dropped_at=work.now, failure="nobody")
            window = work.now if entry.urgent else await next_window(work, person)
            if window > work.now:
                return replace(entry, due_at=window, attempts=entry.attempts - 1)
            card = await card_for(Context(uow, work.now, self.tools, person), entry)
            if card is None:
                return replace(entry, dropped_at=work.now, failure="pointless")
            contact = await reachable(work, person, tuple(self.platforms), entry.contact)
            if contact is None:
                return replace(entry, failed_at=work.now, failure="no_contact")
            return _Ready(entry, contact, card, await _earlier(work, entry, contact))

    async def _without_sending(self, entry: OutboxEntry) -> None:
        if entry.failed_at:
            await self._give_up(entry, entry.failure)
        else:
            await self._settle(entry)

    async def _sent(self, ready: _Ready, delivered_id: str) -> None:
        now = self.clock.now()
        contact = ready.contact
        settled = await self._settle(
            replace(
                ready.entry,
                sent_at=now,
                platform=contact.platform,
                delivered_id=delivered_id,
                contact=contact.id,
                uncertain_at=None,
            )
        )
        if settled:
            async with self.store.begin(ready.entry.organisation) as uow:
                await delivered(Work(uow, now, self.tools), ready.entry)
                await uow.commit()
        self.log.info("dispatch.sent", outbox=ready.entry.id, card=ready.entry.card, platform=contact.platform)

    async def _failed(self, ready: _Ready, failure: DeliveryFailed) -> None:
        now = self.clock.now()
        entry, contact = ready.entry, ready.contact
        self.log.warning("dispatch.failed", outbox=entry.id, platform=contact.platform, reason=failure.reason)
        if failure.permanent:
            async with self.store.begin(entry.organisation) as uow:
                stored = await uow.get(Contact, contact.id)
                await uow.save(replace(stored, failed_at=now, failure=failure.reason))
                await uow.commit()
            await self._settle(replace(entry, due_at=now))
        elif entry.attempts >= TRIES:
            await self._give_up(entry, failure.reason)
        else:
            wait = min(timedelta(seconds=failure.retry_after or 2**entry.attempts), LONGEST_WAIT)
            await self._settle(replace(entry, due_at=now + wait))

    async def _uncertain(self, ready: _Ready) -> None:
        entry = ready.entry
        self.log.warning("dispatch.uncertain", outbox=entry.id, platform=ready.contact.platform)
        now = self.clock.now()
        if entry.urgent and entry.attempts < TRIES:
            await self._settle(replace(entry, uncertain_at=now, due_at=now))
        else:
            sent = replace(entry, uncertain_at=now, sent_at=now, platform=ready.contact.platform)
            await self._settle(replace(sent, contact=ready.contact.id))

    async def _give_up(self, entry: OutboxEntry, reason: str) -> None:
        now = self.clock.now()
        self.log.warning("dispatch.given_up", outbox=entry.id, reason=reason)
        if await self._settle(replace(entry, failed_at=now, failure=reason)):
            async with self.store.begin(entry.organisation) as uow:
                await given_up(Work(uow, now, self.tools), entry, reason)
                await uow.commit()

    async def _settle(self, entry: OutboxEntry) -> bool:
        async with self.store.system() as system:
            mine = await system.settle(entry, self.name)
            await system.commit()
            return mine


def _line_of(entry: OutboxEntry) -> tuple[str, str]:
    """What is sent one after the other: a person's notices, on each channel named beforehand by themselves."""
    return entry.person, entry.contact


async def _earlier(work: Work, entry: OutboxEntry, contact: Contact) -> str:
    """The message this one updates: the latest of its slot that reached the same contact."""
    if not entry.slot:
        return ""
    sent = await work.uow.find(
        OutboxEntry, slot=entry.slot, contact=contact.id, sent_at__not=None, order=("-sent_at",), limit=1
    )
    return sent[0].delivered_id if sent else ""
