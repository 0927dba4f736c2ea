"""Replicas as processes under load, a receiver that counts what arrives, and the means to hurt them."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

from sqlalchemy import create_engine, text

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.facts.under_way import merged_ids
from bot.app.steps.series_store import as_plan, follow
from bot.demo.clinic import MEMBERS, ORGANISATION, START, found, person_id
from bot.domain.organisation import Group, Membership
from bot.domain.person import Contact, Person, Role
from bot.domain.round import Round
from bot.domain.series import EveryWeeks, PhaseDays, Series
from bot.ports.records import OutboxEntry, Queue, Replica, SeriesEntry
from bot.ports.unit_of_work import Store, StoreUnavailable
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.system import SystemClock, SystemIds, SystemRng
from bot.soak.receiver import Receiver
from bot.soak.replica import ShiftedClock
from storage import open_store
from storage.keys import KeyRing
from storage.migrate import sync_url, upgrade
from tests.faults.receivers import SlackRow, TeamsRow
from tests.faults.replica import main
from tests.forks import FORKS
from tests.gate import NOBODY

LEASE = 3.0
"""Seconds; short, so that a takeover is seen soon. The product's own is 45."""
ZONE, OPENS, FIRST_DATE = "Europe/Berlin", dt.time(9), date(2027, 1, 25)
"""A round of 25 January opens five working days before, when the fleet's clock begins."""
MEMBERS_OF_A_GROUP = 3
WATCH_DOUBTS = """
DROP TABLE IF EXISTS doubted;
CREATE TABLE doubted (id text PRIMARY KEY);
CREATE OR REPLACE FUNCTION doubt() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO doubted VALUES (NEW.id) ON CONFLICT DO NOTHING; RETURN NEW; END $$;
CREATE OR REPLACE TRIGGER doubt AFTER UPDATE ON outbox_entry FOR EACH ROW
    WHEN (OLD.uncertain_at IS NULL AND NEW.uncertain_at IS NOT NULL) EXECUTE FUNCTION doubt();
"""
"""What was of unknown fate at any time; the program forgets it when it is settled."""
WATCH_DOUBTS_ON_SQLITE = """
CREATE TABLE doubted (id text PRIMARY KEY);
CREATE TRIGGER doubt AFTER UPDATE ON outbox_entry WHEN OLD.uncertain_at IS NULL AND NEW.uncertain_at IS NOT NULL
    BEGIN INSERT OR IGNORE INTO doubted VALUES (NEW.id); END
"""
"""The same there, statement by statement."""


def _said_so(ready: Connection) -> bool:
    """Whether it is at work; False when it ended before."""
    try:
        return bool(ready.recv())
    except EOFError:
        return False


@dataclass
class Fleet:
    """A database, a receiver, replicas; `chance` is seeded by whoever makes it."""

    url: str
    store: Store
    clock: ShiftedClock
    receiver: Receiver
    address: Any
    chance: random.Random
    people: list[str] = field(default_factory=list)
    running: list[ForkServerProcess] = field(default_factory=list)
    posted: set[str] = field(default_factory=set)
    planned: set[str] = field(default_factory=set)
    """Series whose first round opens while the fleet is at sea."""
    lease: float = LEASE
    rest: float = 0.05
    """Seconds a sender that found nothing waits."""
    _starting: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self, count: int = 1, skew: float = 0.0) -> None:
        """More replicas, their machines' clocks so many seconds ahead; returns when they are at work."""
        await asyncio.gather(*(self._start(skew) for _ in range(count)))

    async def _start(self, skew: float = 0.0) -> None:
        """As whatever supervises programs does: one that ends before it is at work is started again."""
        settings = {
            "database": self.url,
            "receiver": self.address,
            "lease": self.lease,
            "pause": self.rest,
            "began": self.clock.began,
            "skew": skew,
            "alone": self.url.startswith("sqlite"),
        }
        while True:
            ready, its = FORKS.Pipe(duplex=False)
            process = FORKS.Process(target=main, args=(settings, its), daemon=True)
            process.start()
            its.close()
            if await asyncio.to_thread(_said_so, ready):
                self.running.append(process)
                return
            await asyncio.to_thread(process.join)

    async def kill(self) -> None:
        """SIGKILL for one of them; a new one in its place is under way."""
        victim = self.running.pop(self.chance.randrange(len(self.running)))
        victim.kill()
        await asyncio.to_thread(victim.join)
        self._starting.add(asyncio.create_task(self._start()))

    async def at_work(self, count: int) -> None:
        """Until so many are running."""
        while len(self.running) < count:
            for task in [task for task in self._starting if task.done()]:
                self._starting.remove(task)
                task.result()
            await asyncio.sleep(0.02)

    async def stop(self) -> int:
        """SIGTERM for all of them; how many they were."""
        await asyncio.gather(*self._starting)
        count = len(self.running)
        for process in self.running:
            process.terminate()
            await asyncio.to_thread(process.join)
        self.running.clear()
        return count

    async def pause(self, seconds: float) -> None:
        """SIGSTOP for one of them, longer than its leases hold, then on."""
        victim = self.chance.choice(self.running)
        assert victim.pid
        os.kill(victim.pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        os.kill(victim.pid, signal.SIGCONT)

    async def cut(self) -> None:
        """Every connection to the database breaks at once."""

        await self._sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    async def watch_doubts(self) -> None:
        """From now on count what is of unknown fate."""
        if not self.url.startswith("sqlite"):
            await self._sql(WATCH_DOUBTS)
            return
        for statement in WATCH_DOUBTS_ON_SQLITE.split(";\n", 1):
            await self._sql(statement)

    async def doubted(self) -> int:
        """How many messages were of unknown fate at any time."""
        return int((await self._sql("SELECT count(*) FROM doubted"))[0][0])

    async def _sql(self, statement: str) -> list[Any]:
        def run() -> list[Any]:
            engine = create_engine(sync_url(self.url))
            with engine.begin() as connection:
                result = connection.execute(text(statement))
                rows = [tuple(row) for row in result] if result.returns_rows else []
            engine.dispose()
            return rows

        return await asyncio.to_thread(run)

    async def post(self, count: int) -> None:
        """Messages for the members of the demo clinic, committed one transaction each ten."""
        tools = Tools(SystemIds(), SystemRng(), NOBODY, NOBODY, "")
        for at in range(0, count, 10):
            batch = [f"{time.monotonic_ns()}-{n}" for n in range(min(10, count - at))]
            await persistently(partial(self._commit, tools, batch))

    async def _commit(self, tools: Tools, batch: list[str]) -> None:
        async with self.store.begin(ORGANISATION) as uow:
            work = Work(uow, self.clock.now(), tools)
            for subject in batch:
                to = self.chance.choice(self.people)
                await work.tell(to, "not_reached", subject, name="Therapist", code=subject)
            await uow.commit()
        self.posted.update(batch)

    async def plan(self, count: int, seconds: float) -> None:
        """Groups of their own with a series each; their first rounds open in the coming seconds, one after another."""
        for at in range(0, count, 10):
            moments = [
                self.clock.now() + timedelta(seconds=seconds * n / count) for n in range(at, min(at + 10, count))
            ]
            names = {f"{at + n}-{time.monotonic_ns()}": moment for n, moment in enumerate(moments)}
            await persistently(partial(self._begin, names))

    async def _begin(self, names: Mapping[str, datetime]) -> None:
        """Begun as by the form; the moment they open is put off from the full minute to one of its seconds."""
        tools = Tools(SystemIds(), SystemRng(), NOBODY, HolidayCalendars(), "")
        plan = as_plan(Series(EveryWeeks(2), FIRST_DATE, OPENS, ZONE), PhaseDays())
        async with self.store.begin(ORGANISATION) as uow:
            work = Work(uow, self.clock.now(), tools)
            for name, opens in names.items():
                group = Group(f"grp_{name}", ORGANISATION, f"Group {name}", ZONE)
                entry = SeriesEntry(f"ser_{name}", ORGANISATION, group.id, "cli_kiel", plan, START, START.date())
                people = self.chance.sample(self.people, MEMBERS_OF_A_GROUP)
                memberships = [Membership(f"mem_{name}-{p}", ORGANISATION, group.id, p, START.date()) for p in people]
                await uow.add(group, entry, *memberships)
                await follow(work, entry)
                await uow.wake("series.open", entry.id, opens)
            await uow.commit()
        self.planned |= {f"ser_{name}" for name in names}

    async def load(self, until: asyncio.Event, per_second: int) -> None:
        """Post steadily: ten at once, as often as that takes."""
        due = time.monotonic()
        while not until.is_set():
            await self.post(10)
            due = max(due + 10 / per_second, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    async def queue(self) -> Queue:
        """How the outbox stands."""

        async def read() -> Queue:
            async with self.store.system(write=False) as system:
                return await system.queue(self.clock.now())

        stands: Queue = await persistently(read)
        return stands

    async def replicas(self, since: Any) -> list[Replica]:
        async with self.store.system(write=False) as system:
            return await system.replicas(since)

    async def drained(self, within: float, *, for_now: bool = False) -> None:
        """Until nothing waits any more; or nothing that is due by now, but for what may have arrived."""
        end = time.monotonic() + within
        while True:
            queue = await self.queue()
            if (queue.due <= queue.uncertain) if for_now else not queue.waiting:
                return
            assert time.monotonic() < end, f"still waiting: {queue}"
            await asyncio.sleep(0.1)

    async def opened(self, within: float) -> None:
        """Until every planned series has opened its round."""
        end = time.monotonic() + within
        while missing := self.planned - set((await self.openings()).keys()):
            assert time.monotonic() < end, f"not opened: {sorted(missing)}"
            await asyncio.sleep(0.2)

    async def openings(self) -> Counter[str]:
        """How many rounds each planned series has opened."""

        async def read() -> list[Round]:
            async with self.store.begin(ORGANISATION, write=False) as uow:
                return await uow.find(Round, series__not=None)

        return Counter(r.series for r in await persistently(read) if r.series in self.planned)

    async def hours_later(self, hours: float) -> None:
        """Everybody's clock goes on by so many hours; the replicas are started anew."""
        count = await self.stop()
        self.clock = ShiftedClock(self.clock.began - hours * 3600, START)
        await self.start(count)

    def owed(self) -> dict[str, int]:
        """By mark in how many chats it is to stand: news in one, an invitation in its members'."""
        groups = {f"Group {series.removeprefix('ser_')}": MEMBERS_OF_A_GROUP for series in self.planned}
        return {**dict.fromkeys(self.posted, 1), **groups}

    async def verdict(self) -> tuple[int, int]:
        """Messages and openings lost, and doubled; every member of a group is invited to its round once."""
        openings, arrived = await self.openings(), await self._arrived()
        expected = len(self.posted) + MEMBERS_OF_A_GROUP * len(self.planned)
        doubled = sum(n > 1 for counted in (arrived, openings) for n in counted.values())
        return expected - len(arrived) + len(self.planned) - len(openings), doubled

    async def _arrived(self) -> Counter[str]:
        """How often each notice arrived, alone or inside a message of several for the same person."""

        async def read() -> list[OutboxEntry]:
            async with self.store.begin(ORGANISATION, write=False) as uow:
                return await uow.find(OutboxEntry, id__in=list(self.receiver.arrived))

        arrived: Counter[str] = Counter()
        for entry in await persistently(read):
            for id in (entry.id, *merged_ids(entry)):
                arrived[id] += self.receiver.arrived[entry.id]
        return arrived


async def _more_people(store: Store, count: int, row: SlackRow | TeamsRow | None) -> list[str]:
    """Therapists of the demo clinic, each with a chat of the row, else with a web inbox."""
    ids = [f"per_{n:04}" for n in range(count)]
    async with store.begin(ORGANISATION) as uow:
        for n, id in enumerate(ids):
            therapist = Person(
                id, ORGANISATION, f"Therapist {n}", f"{n}@fleet.example", "cli_kiel", frozenset({Role.THERAPIST}), START
            )
            contact = Contact(f"con_{id}", ORGANISATION, id, "web", ORGANISATION, id, seen_at=START)
            await uow.add(therapist, row.contact(id, n) if row else contact)
        await uow.commit()
    return ids


async def persistently(step: Callable[[], Awaitable[Any]]) -> Any:
    """The test's own database work must survive what it does to the database."""
    while True:
        try:
            return await step()
        except StoreUnavailable:
            await asyncio.sleep(0.1)


@asynccontextmanager
async def fleet(
    url: str,
    seed: int,
    replicas: int,
    people: int = 0,
    lease: float = LEASE,
    row: SlackRow | TeamsRow | None = None,
    rest: float = 0.05,
) -> AsyncIterator[Fleet]:
    """Replicas at work on a fresh demo clinic, with so many people more; none outlives the block."""
    upgrade(url)
    clock, receiver = ShiftedClock(SystemClock().now().timestamp(), START), Receiver()
    store = await open_store(url, KeyRing.of(b"k" * 32), clock)
    await found(store, SystemIds())
    async with (row or receiver).serving() as address:
        more = await _more_people(store, people, row)
        everybody = more if row else [*map(person_id, MEMBERS), *more]
        made = Fleet(url, store, clock, receiver, address, random.Random(seed), everybody, lease=lease, rest=rest)
        try:
            await made.start(replicas)
            yield made
        finally:
            for task in made._starting:
                task.cancel()
            await asyncio.gather(*made._starting, return_exceptions=True)
            for process in made.running:
                process.kill()
                process.join()
            await store.close()
