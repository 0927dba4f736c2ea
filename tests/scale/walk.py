"""One service at a size, and what everything that can be asked of it costs its database.

The clinic of the other tests, with everything a command may name, stands among invented groups with history. Nothing
that is measured is kept, so every question is asked of the same service.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace

import pytest

from adapters.web.inbox import Inbox
from bot.app.access import Relation
from bot.app.command_row import Command, Kind
from bot.app.commands import COMMANDS
from bot.app.context import Work
from bot.app.steps.retention_run import purge, purge_expired
from bot.app.timers import STEPS, due
from bot.delivery.dispatcher import LEASE
from bot.demo.clinic import ORGANISATION, START, person_id
from bot.demo.clock import VirtualClock
from bot.domain.person import Contact, Person, Role
from bot.ports.records import Timer
from bot.ports.unit_of_work import NotFound
from bot.scale.service import Size, group_id, notices, person_of, presenters, records
from bot.ui.inbound import Actor, HomeOpened
from storage import open_store
from storage.cost import Cost, Meter
from storage.fill import fill
from storage.keys import KeyRing
from storage.store import SqlStore
from storage.system import SqlSystemWork
from storage.unit_of_work import SqlWork
from tests.app.laid_out import laid_out
from tests.app.role_events import event
from tests.gate import rules_alone
from tests.world import World, make_world

PEOPLE = "absmpv"
"""A presenter, a reviewer, the group's supervisor, an administrator, the data-protection officer, and a supervisor who
belongs to no group and plans for all."""
ALONE = 19
"""A group without a supervisor of its own."""


@dataclass
class Service:
    """The world at a size, with what its commands may name."""

    world: World
    store: SqlStore
    about: Mapping[Relation, str]
    roles: Mapping[str, frozenset[Role]]
    asked: dict[str, str] = field(default_factory=dict)
    """Each statement, with what asked it first."""

    async def costs(self) -> dict[str, Cost]:
        """Everything by its name."""
        meter, found = Meter(self.store), {}
        with nothing_kept():
            for name, steps in self._all():
                async with meter.measured() as cost:
                    await steps
                found[name] = cost
                self._note(name, cost.texts)
        return found

    def _note(self, name: str, texts: Iterable[str]) -> None:
        for text in texts:
            self.asked.setdefault(text, name)

    def _all(self) -> Iterator[tuple[str, Awaitable[object]]]:
        yield from self._commands()
        yield from self._timers()
        yield from self._work()

    def _commands(self) -> Iterator[tuple[str, Awaitable[object]]]:
        for key in PEOPLE:
            actor = self.world.player(key).actor
            home = HomeOpened(event_id=f"home-{key}", actor=actor)
            yield f"the start page of {key}", self.world.entry.handle(home)
            for command in COMMANDS:
                if command.roles & self.roles[key]:
                    asked = event(command, actor, self._subject(command), 1)
                    yield f"{command.key} by {key}", self.world.entry.handle(asked)

    def _subject(self, command: Command) -> str:
        return "" if command.kind is Kind.TYPED else self.about.get(command.relation, "")

    def _timers(self) -> Iterator[tuple[str, Awaitable[object]]]:
        for what in STEPS:
            for group in (0, ALONE):
                lead = "with" if group == 0 else "without"
                yield f"{what} of a group {lead} a supervisor", self._due(what, _subject_of(what, group))

    async def _due(self, what: str, subject: str) -> None:
        now = self.world.clock.now()
        async with self.store.begin(ORGANISATION) as uow:
            work = Work(uow, now, self.world.tools, by_date=True)
            try:
                await due(work, Timer(f"{what}:{subject}", ORGANISATION, what, subject, now))
            except NotFound:
                return
            await uow.commit()

    def _work(self) -> Iterator[tuple[str, Awaitable[object]]]:
        reader = Actor("web", ORGANISATION, person_of(0, 1))
        inbox = Inbox(self.store.drawer("web"), life=LEASE)
        yield "unread notices of a page", inbox.unread(reader)
        yield "a look at what is due", self.world.ticker.tick()
        yield "a claim of messages", self._claim()
        yield "how the queue stands", self._queue()
        yield "an hour's housekeeping", self._housekeeping()

    async def _claim(self) -> None:
        now = self.world.clock.now()
        async with self.store.system() as system:
            await system.claim(now, now + LEASE, "replica", 100)

    async def _queue(self) -> None:
        async with self.store.system(write=False) as system:
            await system.queue(self.world.clock.now())

    async def _housekeeping(self) -> None:
        now = self.world.clock.now()
        await purge_expired(self.store, now)
        async for _ in purge(self.store, ORGANISATION, now, self.world.tools):
            raise AssertionError("nothing of this service is over: else a purge that keeps nothing would never end")


def _subject_of(what: str, group: int) -> str:
    names = {
        "case": f"case_{group:05}_6_0",
        "draft": "dra_a",
        "drill": "cli_00000",
        "hold": "hold_00000",
        "leave": f"lea_{person_of(group, 7)}_1",
        "look": f"look_case_{group // 2 * 2:05}_7_0",
        "membership": f"mem_{person_of(group, 1)}",
        "person": person_of(group, 1),
        "round": f"rnd_{group:05}_7",
        "series": f"ser_{group:05}",
        "swap": "swp_b",
    }
    return names[what.partition(".")[0]]


@asynccontextmanager
async def service(url: str, groups: int) -> AsyncIterator[Service]:
    """A service of so many invented groups, in an empty database with this version's tables."""
    store = await open_store(url, KeyRing.of(b"k" * 32), VirtualClock(START))
    assert isinstance(store, SqlStore)
    world = await make_world(rules_alone(), store=store)
    _, about = await laid_out(world)
    async with store.begin(ORGANISATION) as uow:
        all_over = replace(await uow.get(Person, person_id("s")), id=person_id("v"), email="v@demo.example")
        all_over = replace(all_over, roles=frozenset({Role.SUPERVISOR}))
        await uow.add(all_over, Contact("con_v", ORGANISATION, all_over.id, "web", ORGANISATION, all_over.id))
        await uow.commit()
    size = Size(groups)
    keys = (key for _, key in notices(size, ORGANISATION))
    fill(url, ORGANISATION, records(ORGANISATION, size, world.clock.now()), presenters(size), keys)
    people = await world.find(Person, id__in=[person_id(key) for key in PEOPLE])
    roles = {key: next(p.roles for p in people if p.id == person_id(key)) for key in PEOPLE}
    yield Service(world, store, {**about, Relation.GROUP: group_id(0)}, roles)
    await store.close()


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Units of work write what they have to write, and undo it at their end."""

    async def unkept(work: SqlWork) -> None:
        await work._later.write()
        await work._overtaken.write()

    async def unkept_by_system(work: SqlSystemWork) -> None:
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlWork, "commit", unkept)
        patch.setattr(SqlSystemWork, "commit", unkept_by_system)
        yield
