"""Senders as programs of their own, against receivers that answer at once, at a pace, or never."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from benchmarks.outbox.places import APART, KEYS, Taken, analyze, fresh, messages, people, rows, tools, warm
from bot.delivery.dispatcher import Dispatcher
from bot.demo.clinic import GROUP, ORGANISATION, START
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.round import Round
from bot.log import configure
from bot.ports.records import OutboxEntry
from bot.runtime.system import SystemClock
from bot.soak.replica import ShiftedClock
from bot.ui.platform import Platform
from storage.store import SqlStore, open_store

TOGETHER = 2


@dataclass(frozen=True)
class Share:
    """What one program sent: how many, CPU seconds, and resident megabytes after a tenth and at the end."""

    sent: int
    cpu: float
    early: float
    late: float


class Receiver:
    """Takes what comes; `a_second` at most when given, in the order of asking."""

    name = "web"
    can_be_asked = True

    def __init__(self, a_second: float | None = None) -> None:
        self.count = 0
        self._asked = 0
        self._gap = 1 / a_second if a_second else 0.0
        self._next = 0.0
        self._more = asyncio.Condition()

    async def send(self, to: Any, message: Any) -> str:
        """Wait for a turn as adapters do, then take it."""
        self._asked += 1
        if self._gap:
            now = time.monotonic()
            self._next = max(self._next, now) + self._gap
            await self._tell()
            await asyncio.sleep(self._next - now)
        await message.posting()
        self.count += 1
        await self._tell()
        return str(message.outbox_id)

    async def probe(self, tenant: str) -> None:
        """It always answers."""

    async def asked(self, count: int) -> None:
        """Until so many wanted to be taken."""
        async with self._more:
            await self._more.wait_for(lambda: self._asked >= count)

    async def got(self, count: int) -> None:
        """Until so many were taken."""
        async with self._more:
            await self._more.wait_for(lambda: self.count >= count)

    async def _tell(self) -> None:
        async with self._more:
            self._more.notify_all()

    async def check(self) -> Sequence[Any]:
        """Nothing to say."""
        return ()

    def mount(self, web: Any) -> None:
        """No pages."""


def sending(url: str, began: float, names: list[str], a_second: float | None, ready: Any, go: Any, said: Any) -> None:
    """One program with these senders, until nothing is due; its log goes where a service's goes, read by nobody."""
    with Path(os.devnull).open("w", encoding="utf-8") as sys.stderr:
        asyncio.run(_sending(url, began, names, a_second, ready, go, said))


async def _sending(
    url: str, began: float, names: list[str], a_second: float | None, ready: Any, go: Any, said: Any
) -> None:
    clock, receiver, log = ShiftedClock(began, START), Receiver(a_second), configure(json=True, level="INFO")
    store = await open_store(url, KEYS, clock)
    senders = [
        Dispatcher(store, clock, tools(), log, {"web": cast("Platform", receiver)}, name, pause=0.05) for name in names
    ]
    warm()
    ready.set()
    go.wait()
    cpu = time.process_time()
    running = [asyncio.create_task(sender.run()) for sender in senders]
    early, waiting = 0.0, await _waiting(store, clock)
    left = waiting
    while left:
        await asyncio.sleep(0.1)
        left = await _waiting(store, clock)
        if not early and left < waiting * 0.9:
            early = _resident()
    cpu = time.process_time() - cpu
    late = _resident()
    for sender in senders:
        sender.stop()
    await asyncio.gather(*running)
    await store.close()
    said.put(Share(receiver.count, cpu, early, late))


async def _waiting(store: SqlStore, clock: ShiftedClock) -> int:
    async with store.system(write=False) as system:
        return (await system.queue(clock.now())).waiting


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def drain(
    url: str, count: int, *, programs: int = 1, senders: int = 1, a_second: float | None = None, reminders: bool = False
) -> tuple[Taken, list[Share]]:
    """Send `count` messages by `programs` with `senders` each. Raises AssertionError when not each went out once."""
    began = SystemClock().now().timestamp()

    async def fill() -> None:
        store = await fresh(url, ShiftedClock(began, START))
        ids = await people(store, count)
        made = messages(ids, START)
        if reminders:
            await _open_reviews(store, ids)
            made = [replace(m, card="reminder", slot=f"reminder:1:{m.person}") for m in made]
        await rows(store, OutboxEntry, made)
        await analyze(store)
        await store.close()

    asyncio.run(fill())
    go, said, readies, running = APART.Event(), APART.Queue(), [], []
    for program in range(programs):
        ready = APART.Event()
        names = [f"sender-{program}-{n}" for n in range(senders)]
        process = APART.Process(target=sending, args=(url, began, names, a_second, ready, go, said))
        process.start()
        readies.append(ready)
        running.append(process)
    for ready in readies:
        assert ready.wait(60)
    clock = time.monotonic()
    go.set()
    shares = [said.get() for _ in running]
    wall = time.monotonic() - clock
    for process in running:
        process.join()
    assert sum(share.sent for share in shares) == count, shares
    return Taken(wall, sum(share.cpu for share in shares)), shares


async def _open_reviews(store: SqlStore, ids: list[str]) -> None:
    """Each of them has a review to write, so that the reminder has a point; two reviewers a case."""
    due = START + timedelta(hours=10)
    await rows(store, Round, [Round("rnd_b", ORGANISATION, GROUP, START, START, START, 1, published_at=START)])
    cases = [
        Case(f"cas_{n}", ORGANISATION, GROUP, f"B-{n}", "icbt", "de", TOGETHER, START, round="rnd_b",
             published_at=START)
        for n in range(0, len(ids), TOGETHER)
    ]  # fmt: skip
    await rows(store, Case, cases)
    assignments = [
        Assignment(f"asg_{n}", ORGANISATION, f"cas_{n - n % TOGETHER}", "rnd_b", id, "AB"[n % 2], START, due,
                   published_at=START)
        for n, id in enumerate(ids)
    ]  # fmt: skip
    await rows(store, Assignment, assignments)
