"""Ends of attempts, written together (`bot.delivery.group_commit`).

An end that cannot be written is tried until the database is back: nobody else's lease is overwritten, and nothing new
is claimed meanwhile.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from itertools import groupby

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps.reachability import shut
from bot.delivery.decide import ended
from bot.delivery.group_commit import GroupCommit
from bot.domain.person import Contact, Reach
from bot.log import Log, report
from bot.ports.records import OutboxEntry
from bot.ports.system import Clock
from bot.ports.unit_of_work import ChangedMeanwhile, NotFound, Store, StoreUnavailable, UnitOfWork

AT_ONCE = 100
AGAIN = 1.0
"""Seconds between two attempts at writing while the database is away."""
TRIES = 4


@dataclass(frozen=True)
class Ending:
    """What became of a claimed entry.

    `shut`: contact to disable, `why` and for which `reason` of the platform. `bare`: skip the rules' consequences.
    """

    claimed: OutboxEntry
    outcome: OutboxEntry
    shut: str = ""
    reason: str = ""
    why: Reach = Reach.LEFT
    bare: bool = False


@dataclass
class DeliveryResults:
    """Writes endings, organisation by organisation."""

    store: Store
    clock: Clock
    tools: Tools
    log: Log
    behind: bool = field(default=False, init=False)
    """True while an end could not be written; then nothing more should be sent."""

    def __post_init__(self) -> None:
        self._together = GroupCommit(self._write, AT_ONCE)

    async def write(self, ending: Ending) -> bool:
        """Once it is committed: whether the lease still held (False: nothing was changed)."""
        return await self._together(ending)

    async def _write(self, endings: list[Ending]) -> list[bool]:
        """Write each organisation's in one transaction; the answers in the order given."""
        held: dict[int, bool] = {}
        order = sorted(range(len(endings)), key=lambda at: endings[at].claimed.organisation)
        for organisation, group in groupby(order, key=lambda at: endings[at].claimed.organisation):
            places = list(group)
            held |= zip(places, await self._of_one(organisation, [endings[at] for at in places]), strict=True)
        return [held[at] for at in range(len(endings))]

    async def _of_one(self, organisation: str, endings: list[Ending]) -> list[bool]:
        try:
            return await self._persistently(organisation, endings)
        except ChangedMeanwhile:  # one of them met somebody's change: alone each can be looked at again
            pass
        except Exception as error:
            report(self.log, "dispatch.broken", error)
        return [await self._alone(organisation, ending) for ending in endings]

    async def _persistently(self, organisation: str, endings: list[Ending]) -> list[bool]:
        while True:
            try:
                held = await self._commit(organisation, endings)
            except StoreUnavailable:
                if not self.behind:
                    self.log.warning("dispatch.unwritten", count=len(endings))
                self.behind = True
                await asyncio.sleep(AGAIN)
            else:
                self.behind = False
                return held

    async def _alone(self, organisation: str, ending: Ending) -> bool:
        for _ in range(TRIES):
            try:
                return (await self._persistently(organisation, [ending]))[0]
            except ChangedMeanwhile:
                continue
            except Exception as error:  # the rule behind the end is broken; the end itself must be kept
                report(self.log, "dispatch.broken", error, outbox=ending.claimed.id)
                break
        return (await self._persistently(organisation, [replace(ending, bare=True)]))[0]

    async def _commit(self, organisation: str, endings: list[Ending]) -> list[bool]:
        async with self.store.begin(organisation) as uow:
            held = await uow.settle([(ending.claimed, ending.outcome) for ending in endings])
            for ending in endings:
                if ending.claimed.id not in held:
                    self.log.info("dispatch.lease_lost", outbox=ending.claimed.id)
                elif not ending.bare:
                    await self._follow(uow, ending)
            await uow.commit()
        return [ending.claimed.id in held for ending in endings]

    async def _follow(self, uow: UnitOfWork, ending: Ending) -> None:
        """What else this end changes."""
        if ending.shut:
            await self._shut(uow, ending)
        await ended(Work(uow, self.clock.now(), self.tools), ending.outcome)

    async def _shut(self, uow: UnitOfWork, ending: Ending) -> None:
        try:
            contact = await uow.get(Contact, ending.shut)
        except NotFound:
            return
        await shut(Work(uow, self.clock.now(), self.tools), contact, ending.why, ending.reason)
