"""One replica as a process: the real store, ticker, heart and dispatcher; its platform posts to the test's receiver.

`main` is the program; the fleet forks it off a process that has imported everything (`warm.py`).
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout

from bot.app.dependencies import Tools
from bot.delivery.dispatcher import Dispatcher
from bot.demo.clinic import START
from bot.log import Silent
from bot.ports.system import Clock
from bot.runtime.heartbeat import Heart
from bot.runtime.holidays import HolidayAlmanac
from bot.runtime.shared_clock import SharedClock
from bot.runtime.system import SystemClock, SystemIds, SystemRng, replica_name
from bot.runtime.ticker import Ticker
from bot.ui.platform import Address, DeliveryFailed, DeliveryUnknown, Message, Platform
from storage import open_store
from storage.keys import KeyRing
from tests.faults.receivers import adapter
from tests.gate import NOBODY


@dataclass(frozen=True)
class ShiftedClock:
    """A Monday morning that goes on at the machine's pace, the same for every process."""

    began: float
    machine: Clock = field(default_factory=SystemClock)

    def now(self) -> datetime:
        """Aware UTC."""
        return START + timedelta(seconds=self.machine.now().timestamp() - self.began)


@dataclass(frozen=True)
class Skewed:
    """A machine whose clock is so many seconds ahead."""

    by: float

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(seconds=self.by)


class Posting:
    """Posts to the receiver; a retried message is looked for first, as the contract of adapters asks."""

    name = "web"
    can_be_asked = True

    def __init__(self, receiver: str) -> None:
        self._receiver = receiver
        self._session: ClientSession | None = None

    async def start(self) -> None:
        self._session = ClientSession(timeout=ClientTimeout(total=10))

    async def stop(self) -> None:
        if self._session:
            await self._session.close()

    async def send(self, to: Address, message: Message) -> str:
        assert self._session is not None
        try:
            if message.retried:
                async with self._session.get(f"{self._receiver}/{message.outbox_id}") as answer:
                    if answer.status == 200:
                        return message.outbox_id
            await message.posting()
            async with self._session.post(f"{self._receiver}/{message.outbox_id}") as answer:
                if answer.status == 429:
                    raise DeliveryFailed("rate_limited", retry_after=float(answer.headers["Retry-After"]))
        except ClientConnectorError as error:
            raise DeliveryFailed(type(error).__name__) from None
        except (ClientError, TimeoutError) as error:
            raise DeliveryUnknown(type(error).__name__) from None
        return message.outbox_id

    async def probe(self, tenant: str) -> None: ...

    async def check(self) -> Sequence[Any]:
        return ()

    def mount(self, web: Any) -> None: ...


def main(settings: dict[str, Any], ready: Connection) -> None:
    """Until SIGTERM; says through the pipe when it is at work."""
    asyncio.run(serve(settings, ready))


async def serve(settings: dict[str, Any], ready: Connection) -> None:
    shared, log = SharedClock(Skewed(settings["skew"])), Silent()
    clock = ShiftedClock(settings["began"], shared)
    store = await open_store(settings["database"], KeyRing.of(b"k" * 32), clock)
    tools = Tools(SystemIds(), SystemRng(), NOBODY, HolidayAlmanac(), "")
    given = settings["receiver"]
    platform: Platform = Posting(given) if isinstance(given, str) else adapter(given, store, clock)
    name = "web" if isinstance(given, str) else given["kind"]
    await platform.start()
    dispatcher = Dispatcher(
        store, clock, tools, log, {name: platform}, replica_name(),
        pause=0.05, lease=timedelta(seconds=settings["lease"]), send_timeout=settings["lease"] / 3,
    )  # fmt: skip
    ticker = Ticker(store, clock, tools, log, 1)
    heart = Heart(store, clock, log, ticker, dispatcher.name, "test", shared=shared)
    ticker.paused = dispatcher.paused = lambda: heart.clock_off
    await heart.beat()
    await heart.take_back(alone=settings["alone"])
    heart.start()
    ticker.start()
    sending = asyncio.create_task(dispatcher.run())
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    ready.send(True)
    await stop.wait()
    ticker.stop()
    dispatcher.stop()
    await sending
    await platform.stop()
    await heart.stop()
    await store.close()
