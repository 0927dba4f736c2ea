"""A soak: copy an installation, let programs send to the copy's people, kill them at random, and count.

Nothing of it leaves this machine, and nothing is changed but the copy: the programs know no platform but the receiver.
"""

from __future__ import annotations

import asyncio
import json
import random
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.app.context import Work
from bot.app.facts.message_hours import next_window
from bot.app.facts.under_way import merged_ids
from bot.config import Settings
from bot.delivery.decide import CARRY_AFTER
from bot.domain.person import Contact, Person
from bot.errors import SetupError
from bot.ports.records import OutboxEntry, Queue
from bot.ports.unit_of_work import Store, StoreUnavailable
from bot.runtime.child import command
from bot.runtime.system import SystemClock, uptime
from bot.soak.receiver import Receiver
from bot.soak.replica import ShiftedClock, tools
from storage import open_store
from storage.backup import restore_backup, write_backup
from storage.keys import KeyRing

MOST_PEOPLE = 200
A_LIFE = (0.5, 2.0)
"""Seconds between two kills."""
HEALED_AFTER = CARRY_AFTER + timedelta(hours=1)
PATIENCE = 600.0
"""Seconds until what was posted must have been sent."""
CARD = "not_reached"


@dataclass(frozen=True)
class Plan:
    """How hard; `can_be_asked` whether the receiver can be asked what it has, as Slack with `typed_messages`."""

    kills: int
    messages: int
    replicas: int
    can_be_asked: bool
    seed: int


@dataclass(frozen=True)
class Counted:
    """What became of the messages; `again` came a second time and said so, `people` were written to."""

    owed: int
    people: int
    lost: int
    doubled: int
    again: int
    seconds: float


@dataclass
class _Fleet:
    """The copy, the programs at work on it, and what is owed: the person of each message by its subject."""

    store: Store
    clock: ShiftedClock
    people: list[tuple[str, str]]
    given: dict[str, Any]
    chance: random.Random
    running: list[Process] = field(default_factory=list)
    owed: dict[str, str] = field(default_factory=dict)

    async def play(self, plan: Plan, say: Callable[[str], None]) -> None:
        """Post all along and kill."""
        each = -(-plan.messages // plan.kills)
        await self.start(plan.replicas)
        for number in range(plan.kills):
            await self.post(min(each, plan.messages - len(self.owed)))
            await asyncio.sleep(self.chance.uniform(*A_LIFE))
            await self.kill()
            await self.start(1)
            say(f"{number + 1} of {plan.kills} kills, {len(self.owed)} messages")

    async def post(self, count: int) -> None:
        """Commit intents one by one, as steps of the program do."""
        for _ in range(count):
            organisation, person = self.chance.choice(self.people)
            subject = f"soak-{len(self.owed)}"
            await _persistently(partial(self._tell, organisation, person, subject))
            self.owed[subject] = person

    async def _tell(self, organisation: str, person: str, subject: str) -> None:
        async with self.store.begin(organisation) as uow:
            work = Work(uow, self.clock.now(), tools({}))
            await work.tell(person, CARD, subject, name="-", code="-")
            await uow.commit()

    async def start(self, count: int) -> None:
        """Start so many more; returns when they are at work."""
        for _ in range(count):
            process = await asyncio.create_subprocess_exec(
                *command("bot.soak.replica", json.dumps(self.given)), stdout=asyncio.subprocess.PIPE
            )
            self.running.append(process)
            assert process.stdout is not None
            if await process.stdout.readline() != b"ready\n":
                raise SetupError("A program of the soak did not start: its own words stand above.")

    async def kill(self) -> None:
        """SIGKILL for one of them."""
        victim = self.running.pop(self.chance.randrange(len(self.running)))
        victim.kill()
        await victim.wait()

    async def end(self) -> None:
        """Stop them all."""
        for process in self.running:
            process.terminate()
        await asyncio.gather(*(process.wait() for process in self.running))
        self.running.clear()


async def soak(
    settings: Settings, config: Path | None, folder: Path, into: str, plan: Plan, say: Callable[[str], None]
) -> Counted:
    """Copy, kill, count. `into` is an empty database for the copy; empty for a file in `folder`. Raises SetupError."""
    began, ring = uptime(), KeyRing.load(**settings.keys.model_dump())
    copy = into or f"sqlite:///{folder / 'copy.sqlite3'}"
    if copy.startswith("sqlite") and plan.replicas > 1:
        raise SetupError("Several programs need PostgreSQL: name an empty database with --into, or say --replicas 1.")
    file, now = folder / "soak.backup", SystemClock().now()
    written = await write_backup(settings.database.url, ring, file, now, note=False)
    await restore_backup(copy, ring, file, now, migrate=True)
    file.unlink()
    say(f"Copied {sum(written.rows.values())} rows.")
    store = await open_store(copy, ring, SystemClock())
    receiver = Receiver()
    try:
        start, people = await _working_moment(store, tuple(settings.adapters), now)
        async with receiver.serving() as address:
            clock = ShiftedClock(SystemClock().now().timestamp(), start)
            given = {
                "config": str(config) if config else "", "database": copy, "receiver": address,
                "began": clock.began, "start": start.isoformat(), "platforms": sorted(settings.adapters),
                "can_be_asked": plan.can_be_asked,
            }  # fmt: skip
            chance = random.Random(plan.seed)  # noqa: S311  # who dies next is no secret
            fleet = _Fleet(store, clock, people, given, chance)
            try:
                await fleet.play(plan, say)
                await _sent(store, clock, but_unknown=True)
                await fleet.end()
                later = ShiftedClock(clock.began, start + HEALED_AFTER)
                fleet.given["start"] = later.start.isoformat()
                await fleet.start(plan.replicas)
                await _sent(store, later)
            finally:
                await fleet.end()
            lost, doubled, again = await _count(store, receiver, fleet.owed)
    finally:
        await store.close()
    return Counted(len(fleet.owed), len(set(fleet.owed.values())), lost, doubled, again, uptime() - began)


async def _working_moment(
    store: Store, platforms: Sequence[str], now: datetime
) -> tuple[datetime, list[tuple[str, str]]]:
    """The next moment at which most people can be written to, and who they are: (organisation, person)."""
    windows: dict[tuple[str, str], datetime] = {}
    async with store.system(write=False) as system:
        organisations = await system.organisations()
    for organisation in organisations:
        async with store.begin(organisation, write=False) as uow:
            work = Work(uow, now, tools({}))
            reachable = {c.person for c in await uow.find(Contact, failed_at=None) if c.platform in platforms}
            for person in await uow.find(Person, removed_at=None, order=("id",)):
                if person.id in reachable and len(windows) < MOST_PEOPLE:
                    windows[organisation, person.id] = await next_window(work, person, now)
    if not windows:
        raise SetupError("Nobody in the copy can be written to: nobody has arrived on a configured platform yet.")
    # Zones and leave differ: the most common window, a little into it.
    start = Counter(windows.values()).most_common(1)[0][0] + timedelta(minutes=1)
    return start, [who for who, opens in windows.items() if opens <= start]


async def _sent(store: Store, clock: ShiftedClock, *, but_unknown: bool = False) -> None:
    """Until nothing of it waits; with `but_unknown` nothing but what may have arrived."""
    end = uptime() + PATIENCE
    while True:
        queue: Queue = await _persistently(partial(_queue, store, clock.now()))
        if queue.due <= (queue.uncertain if but_unknown else 0) + (await _held(store)):
            return
        if uptime() > end:
            raise SetupError(f"After {PATIENCE:.0f} seconds {queue.due} messages still wait: this machine is too slow.")
        await asyncio.sleep(0.2)


async def _queue(store: Store, now: datetime) -> Queue:
    async with store.system(write=False) as system:
        return await system.queue(now)


async def _held(store: Store) -> int:
    """What the restore holds back is none of the soak's."""
    async with store.system(write=False) as system:
        return (await system.held())[0]


async def _count(store: Store, receiver: Receiver, owed: dict[str, str]) -> tuple[int, int, int]:
    """Lost, doubled without a word, came again and said so; alone or inside a message of several."""
    ours: dict[str, str] = {}
    carried: dict[str, list[str]] = {}
    doubted: set[str] = set()
    async with store.system(write=False) as system:
        organisations = await system.organisations()
    for organisation in organisations:
        async with store.begin(organisation, write=False) as uow:
            for entry in await uow.find(OutboxEntry, card=CARD):
                if entry.subject in owed:
                    ours[entry.id] = entry.subject
                    carried[entry.id] = merged_ids(entry)
                    if entry.uncertain_at:
                        doubted.add(entry.id)
    copies: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for id, count in receiver.arrived.items():
        for each in (id, *carried.get(id, ())):
            copies[each] += count
            said[each] += receiver.again[id] + (count if each != id and each in doubted else 0)
    lost = sum(id not in copies for id in ours)
    doubled = sum(max(0, n - 1 - said[id]) for id, n in copies.items() if id in ours)
    again = sum(n > 1 and said[id] > 0 for id, n in copies.items() if id in ours)
    return lost + len(owed) - len(ours), doubled, again


async def _persistently(step: Callable[[], Any]) -> Any:
    """The soak's own work must survive what it does to the database."""
    while True:
        try:
            return await step()
        except StoreUnavailable:
            await asyncio.sleep(0.1)
