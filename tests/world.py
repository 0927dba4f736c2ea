"""A bot to talk to: fixed clock, sequential ids, seeded chance, the store in memory, an inbox for every person.

`world.advance(days=3)` moves time and does everything that becomes due, message by message; nothing sleeps.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from adapters import discover
from bot.app.dependencies import Anonymiser, Tools
from bot.app.entry import Entry
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.shown_now import DeliveredMessages
from bot.demo.clinic import ORGANISATION, START, found, person_id
from bot.demo.clock import VirtualClock
from bot.demo.player import Player
from bot.log import Silent
from bot.ports.records import OutboxEntry
from bot.ports.unit_of_work import Store
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.ticker import Ticker
from bot.ui.model import Card
from bot.ui.platform import Address, Capabilities, DeliveryFailed, Message, Platform

if TYPE_CHECKING:
    from storage.memory import MemoryStore
    from storage.memory.state import State

T = TypeVar("T")


class SequentialIds:
    """Ids that count, so that failures can be read."""

    def __init__(self) -> None:
        self.count = 0

    def new(self, kind: str) -> str:
        self.count += 1
        return f"{kind}_{self.count:06}"

    def secret(self) -> str:
        self.count += 1
        return f"secret-{self.count:06}-" + "x" * 30


class SeededRng:
    """The same chance every time."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def choice(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def number(self, below: int) -> int:
        return self._random.randrange(below)


class RecordingPlatform:
    """A platform that keeps what it was given; `failures` are raised first, one a send."""

    name = "web"

    def __init__(self, *, can_be_asked: bool = False) -> None:
        self.sent: list[tuple[str, Message]] = []
        self.failures: list[Exception] = []
        self.can_be_asked = can_be_asked
        self.probes: list[Exception | None] = []
        """What the next looks find: an exception, or None for an answer; an answer when nothing is left."""
        self.probed = 0

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, to: Address, message: Message) -> str:
        failure = self.failures.pop(0) if self.failures else None
        if not message.replaces and not (isinstance(failure, DeliveryFailed) and failure.away):
            await message.posting()
        if failure:
            raise failure
        self.sent.append((to.actor.user, message))
        return message.replaces or f"msg-{len(self.sent)}"

    async def probe(self, tenant: str) -> None:
        self.probed += 1
        found = self.probes.pop(0) if self.probes else None
        if found:
            raise found

    async def check(self) -> Sequence[Any]:
        return ()

    def mount(self, web: Any) -> None: ...


@dataclass(frozen=True)
class Kept:
    """A world in memory at one moment, for other tests to go on from."""

    state: State
    drawers: dict[tuple[str, str], tuple[bytes, datetime | None]]
    now: datetime
    ids: int
    sent: list[tuple[str, Message]]


@dataclass
class World:
    """Everything of a running program except the wire."""

    store: Store
    clock: VirtualClock
    tools: Tools
    entry: Entry
    ticker: Ticker
    dispatcher: Dispatcher
    platform: RecordingPlatform
    log: Silent = field(default_factory=Silent)

    def player(self, key: str) -> Player:
        """A demo person in front of the product."""
        return Player(self.entry, key)

    def inbox(self, key: str) -> list[Card]:
        """Cards this person was sent, oldest first; not that an older one is out of date."""
        cards = [message.card for user, message in self.platform.sent if user == person_id(key)]
        return [card for card in cards if card.key != "notice.overtaken"]

    async def told(self, key: str) -> list[str]:
        """What this person was told, each notice by its name, alone or together with others; oldest first."""
        entries = await self.find(OutboxEntry, person=person_id(key), order=("created_at", "id"))
        sent = {entry.id for entry in entries if entry.sent_at}
        return [e.card for e in entries if (e.id in sent or e.args.get("carrier") in sent) and e.card != "overtaken"]

    async def settle(self) -> None:
        """Do everything due now."""
        while await self.ticker.tick() + await self.dispatcher.drain():
            pass

    async def advance(self, **by: float) -> None:
        """Move time in steps to every moment at which something becomes due."""
        end = self.clock.now() + timedelta(**by)
        while True:
            await self.settle()
            async with self.store.system(write=False) as system:
                following = await system.next_due()
            if following is None or following > end:
                break
            self.clock.advance_to(max(following, self.clock.now() + timedelta(seconds=1)))
        self.clock.advance_to(end)
        await self.settle()

    def kept(self) -> Kept:
        """The clinic as it stands; only of a world in memory."""
        store, ids = cast("MemoryStore", self.store), cast("SequentialIds", self.tools.ids)
        return Kept(store.state, dict(store.drawers), self.clock.now(), ids.count, list(self.platform.sent))

    def restore(self, kept: Kept) -> None:
        """Put a fresh world where another one stood."""
        store, ids = cast("MemoryStore", self.store), cast("SequentialIds", self.tools.ids)
        store.state, store.drawers = kept.state, dict(kept.drawers)
        self.clock.advance_to(kept.now)
        ids.count, self.platform.sent = kept.ids, list(kept.sent)

    async def find(self, kind: type[T], **conditions: Any) -> list[T]:
        """Records of the demo organisation."""
        async with self.store.begin(ORGANISATION, write=False) as uow:
            return await uow.find(kind, **conditions)


@cache
def _capabilities() -> dict[str, Capabilities]:
    return {name: plugin.capabilities for name, plugin in discover().items()}


async def _founded(*, history: bool) -> tuple[State, int]:
    """The clinic in memory as it is founded, once a process: a state that is in place is never changed."""
    from storage.memory import MemoryStore

    if history not in _FOUNDED:
        store, ids = MemoryStore(VirtualClock(START)), SequentialIds()
        await found(store, ids, history=history)
        _FOUNDED[history] = store.state, ids.count
    return _FOUNDED[history]


_FOUNDED: dict[bool, tuple[State, int]] = {}


async def make_world(
    gate: Anonymiser,
    *,
    store: Store | None = None,
    platforms: Mapping[str, Platform] | None = None,
    start: datetime = START,
    by_address: tuple[str, ...] = (),
    connected: Collection[str] | None = None,
) -> World:
    """The demo clinic on a Monday morning, nothing under way; before its own `START` it has no history yet.

    `connected` are the platforms that the rules take for running; None where that makes no difference.
    """
    from storage.memory import MemoryStore

    clock = VirtualClock(start)
    ids, log, platform = SequentialIds(), Silent(), RecordingPlatform()
    platforms = {"web": platform} if platforms is None else platforms
    tools = Tools(
        ids,
        SeededRng(7),
        gate,
        HolidayCalendars(),
        "http://127.0.0.1:8377",
        platforms=_capabilities(),
        by_address=by_address,
        connected=connected,
        running=platforms,
    )
    if store is None:
        store = MemoryStore(clock)
        store.state, ids.count = await _founded(history=start >= START)
    else:
        await found(store, ids, history=start >= START)
    entry = Entry(store, clock, tools, log, messages=DeliveredMessages())
    dispatcher = Dispatcher(
        store,
        clock,
        tools,
        log,
        platforms,
        "replica-1",
        uptime=lambda: clock.now().timestamp(),
    )
    ticker = Ticker(store, clock, tools, log, metrics=dispatcher.metrics)  # one page of numbers, as in the program
    return World(store, clock, tools, entry, ticker, dispatcher, platform, log)
