"""Ends of attempts, written together: while one transaction is under way, what ends meanwhile waits for the next.

With a fast receiver many ends share a commit; with a slow one each is written at once. An end that cannot be
written is tried until the database is back: nobody else's lease is overwritten, and nothing new is claimed meanwhile.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from itertools import groupby

from bot.app.context import Work
from bot.app.delivery import ended
from bot.app.tools import Tools
from bot.domain.person import Contact
from bot.log import Log
from bot.ports.records import OutboxEntry
from bot.ports.system import Clock
from bot.ports.work import ChangedMeanwhile, NotFound, Store, StoreUnavailable, UnitOfWork

AT_ONCE = 100
AGAIN = 1.0
"""Seconds between two attempts at writing while the database is away."""
TRIES = 4


@dataclass(frozen=True)
class Ending:
    """What became of a claimed entry.

    `shut` is the contact that cannot be used any more, for a reason. `bare` leaves the rules' consequences out.
    """

    claimed: OutboxEntry
    outcome: OutboxEntry
    shut: str = ""
    reason: str = ""
    bare: bool = False


@dataclass
class Ledger:
    """Writes endings, organisation by organisation."""

    store: Store
    clock: Clock
    tools: Tools
    log: Log
    behind: bool = field(default=False, init=False)
    """True while an end could not be written; then nothing more should be sent."""
    _waiting: list[tuple[Ending, asyncio.Future[bool]]] = field(default_factory=list, init=False)
    _writer: asyncio.Task[None] | None = field(default=None, init=False)

    async def write(self, ending: Ending) -> bool:
        """Once it is committed: whether the lease still held (False: nothing was changed)."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((ending, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        return await done

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            batch.sort(key=lambda item: item[0].claimed.organisation)
            for organisation, group in groupby(batch, key=lambda item: item[0].claimed.organisation):
                await self._together(organisation, list(group))

    async def _together(self, organisation: str, items: list[tuple[Ending, asyncio.Future[bool]]]) -> None:
        try:
            held = await self._persistently(organisation, [ending for ending, _ in items])
        except ChangedMeanwhile:  # one of them met somebody's change: alone each can be looked at again
            for ending, done in items:
                _tell(done, await self._alone(organisation, ending))
            return
        except Exception as error:
            self.log.error("dispatch.broken", error=type(error).__name__)  # noqa: TRY400
            for ending, done in items:
                _tell(done, await self._alone(organisation, ending))
            return
        for (_, done), was_held in zip(items, held, strict=True):
            _tell(done, was_held)

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
                self.log.error("dispatch.broken", outbox=ending.claimed.id, error=type(error).__name__)  # noqa: TRY400
                break
        return (await self._persistently(organisation, [replace(ending, bare=True)]))[0]

    async def _commit(self, organisation: str, endings: list[Ending]) -> list[bool]:
        async with self.store.begin(organisation) as uow:
            held = [await self._one(uow, ending) for ending in endings]
            await uow.commit()
        return held

    async def _one(self, uow: UnitOfWork, ending: Ending) -> bool:
        if not await uow.settle(ending.claimed, ending.outcome):
            self.log.info("dispatch.lease_lost", outbox=ending.claimed.id)
            return False
        if ending.bare:
            return True
        if ending.shut:
            await self._shut(uow, ending)
        await ended(Work(uow, self.clock.now(), self.tools), ending.outcome)
        return True

    async def _shut(self, uow: UnitOfWork, ending: Ending) -> None:
        try:
            contact = await uow.get(Contact, ending.shut)
        except NotFound:
            return
        await uow.save(replace(contact, failed_at=self.clock.now(), failure=ending.reason))


def _tell(done: asyncio.Future[bool], held: bool) -> None:
    if not done.done():
        done.set_result(held)
