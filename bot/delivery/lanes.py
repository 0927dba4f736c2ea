"""The lanes in which claimed entries are sent: one a person and chat, decided from today's facts and merged."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby

from bot.app.caching_uow import Remembering
from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.delivery.company import held_for, ordinary, riding, waiting
from bot.delivery.decide import Ready, decide, look_ahead
from bot.delivery.merging import merged, together
from bot.delivery.results import DeliveryResults, Ending
from bot.log import Log, report
from bot.ports.records import OutboxEntry
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store, StoreUnavailable
from bot.ui.platform import Platform

TRIES = {False: 100, True: 8}
"""Attempts of an ordinary message (about a day) and of an urgent one (minutes; then the next person is alerted)."""
TRIED_FOR = {False: timedelta(hours=20), True: timedelta(minutes=4)}
"""Since they were wanted, before that many attempts are enough: a platform may ask for a second again and again."""
BROKEN_WAIT = timedelta(minutes=5)


@dataclass(frozen=True)
class LaneBuilder:
    """Decides claimed entries and parts them into lanes; `away` are (platform, workspace) pairs that do not answer."""

    store: Store
    clock: Clock
    tools: Tools
    log: Log
    platforms: Mapping[str, Platform]
    away: frozenset[tuple[str, str]]
    results: DeliveryResults

    async def lanes(self, entries: Sequence[OutboxEntry]) -> tuple[list[list[Ready]], list[OutboxEntry]]:
        """One lane for each person and chat, and the entries that could not be decided while the database was away.

        What is not sent is settled at once.
        """
        lanes: list[list[Ready]] = []
        undecided: list[OutboxEntry] = []
        for organisation, group in groupby(sorted(entries, key=_place), key=lambda e: e.organisation):
            theirs = list(group)
            try:
                lanes += await self._lanes_of(organisation, theirs)
            except StoreUnavailable:
                self.log.warning("dispatch.store_unavailable")
                undecided += theirs
        return lanes, undecided

    async def _lanes_of(self, organisation: str, entries: list[OutboxEntry]) -> list[list[Ready]]:
        ready: list[Ready] = []
        endings: list[Ending] = []
        async with self.store.begin(organisation, write=False) as uow:
            reads = Remembering(uow)
            await look_ahead(reads, entries)
            work = Work(reads.unit, self.clock.now(), self.tools)
            others = await waiting(work, [entry.person for entry in entries if ordinary(entry)])
            for entry in entries:
                decided = await self._decide(work, entry)
                if isinstance(decided, Ready) and ordinary(entry):
                    decided = held_for(decided.entry, others.get(entry.person, ()), work.now) or decided
                if isinstance(decided, Ready):
                    ready.append(decided)
                else:
                    endings.append(Ending(entry, decided))
            ready.sort(key=_chat)
            people = [list(group) for _, group in groupby(ready, key=_chat)]
            along = [await self._along(work, lane, others) for lane in people]
        await asyncio.gather(*(self.results.write(ending) for ending in endings))
        lanes = [await self._merged(organisation, lane, more) for lane, more in zip(people, along, strict=True)]
        return [await self._without_doubtful(lane) for lane in lanes]

    async def _along(
        self, work: Work, lane: Sequence[Ready], others: Mapping[str, Sequence[OutboxEntry]]
    ) -> list[Ready]:
        """What can wait and comes along with a message of this lane, if one goes out that may carry it."""
        if not any(ordinary(ready.entry) and not ready.doubtful for ready in lane):
            return []
        decided = [await self._decide(work, entry) for entry in riding(others.get(lane[0].entry.person, ()))]
        return [each for each in decided if isinstance(each, Ready) and each.contact.id == lane[0].contact.id]

    async def _without_doubtful(self, lane: list[Ready]) -> list[Ready]:
        """The lane without what may have arrived and waits for its time; a merge has taken along what it could."""
        now = self.clock.now()
        early = [(r, at) for r in lane if (at := r.carried_at()) and at > now]
        parked = [Ending(r.entry, replace(r.entry, due_at=at, attempts=r.entry.attempts - 1)) for r, at in early]
        await asyncio.gather(*(self.results.write(ending) for ending in parked))
        kept_back = {r.entry.id for r, _ in early}
        return [r for r in lane if r.entry.id not in kept_back]

    async def _decide(self, work: Work, entry: OutboxEntry) -> Ready | OutboxEntry:
        blind = frozenset(name for name, platform in self.platforms.items() if not platform.can_be_asked)
        try:
            return await decide(work, entry, tuple(self.platforms), blind, self.away)
        except StoreUnavailable:
            raise
        except Exception as error:  # one broken message must not hold up everybody's
            report(self.log, "dispatch.broken", error, outbox=entry.id, card=entry.card)
            if entry.attempts >= TRIES[True]:
                return replace(entry, failed_at=work.now, failure="broken")
            return replace(entry, due_at=work.now + BROKEN_WAIT)

    async def _merged(self, organisation: str, lane: list[Ready], along: Sequence[Ready]) -> list[Ready]:
        """The lane with its ordinary messages and what comes along made one, written down before anything is sent.

        When the database goes away it is not known whether the merge was written. Then the lane waits for its leases
        to end: giving it back as it was would take from the first message what it carries.
        """
        now = self.clock.now()
        late = together([*lane, *along], now)
        if not late:
            return lane
        first, others = merged([ready.entry for ready in late], now)
        try:
            async with self.store.begin(organisation) as uow:
                # The first as well: it is written below as it was claimed, and may be another program's by now.
                ends = [(r.entry, o) for r, o in zip(late, [first, *others], strict=True)]
                if len(await uow.settle(ends)) < len(ends):
                    return []
                await uow.save(first)
                await uow.commit()
            async with self.store.begin(organisation, write=False) as uow:
                decided = await self._decide(Work(uow, now, self.tools), first)
        except StoreUnavailable:
            self.log.warning("dispatch.store_unavailable")
            return []
        rest = [ready for ready in lane if ready not in late]
        if isinstance(decided, Ready):
            return [decided, *rest]
        await self.results.write(Ending(first, decided))
        return rest


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


def _chat(ready: Ready) -> tuple[str, str]:
    return ready.entry.person, ready.contact.id
