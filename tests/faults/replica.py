"""One replica as a process: the real store, ticker, heart and dispatcher; its platform posts to the test's receiver.

`main` is the program; the fleet forks it off a process that has imported everything (`warm.py`).
"""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from bot.app.dependencies import Tools
from bot.delivery.dispatcher import Dispatcher
from bot.demo.clinic import START
from bot.log import Silent
from bot.runtime.heartbeat import Heartbeat
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.shared_clock import SharedClock
from bot.runtime.system import SystemClock, SystemIds, SystemRng, replica_name
from bot.runtime.ticker import Ticker
from bot.soak.receiver import Posting
from bot.soak.replica import ShiftedClock
from bot.ui.platform import Platform
from storage import open_store
from storage.keys import KeyRing
from tests.faults.receivers import adapter
from tests.gate import NOBODY


@dataclass(frozen=True)
class Skewed:
    """A machine whose clock is so many seconds ahead."""

    by: float

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(seconds=self.by)


def main(settings: dict[str, Any], ready: Connection) -> None:
    """Until SIGTERM; says through the pipe when it is at work."""
    asyncio.run(serve(settings, ready))


async def serve(settings: dict[str, Any], ready: Connection) -> None:
    shared, log = SharedClock(Skewed(settings["skew"])), Silent()
    clock = ShiftedClock(settings["began"], START, shared)
    store = await open_store(settings["database"], KeyRing.of(b"k" * 32), clock)
    tools = Tools(SystemIds(), SystemRng(), NOBODY, HolidayCalendars(), "")
    given = settings["receiver"]
    platform: Platform = Posting(given) if isinstance(given, str) else adapter(given, store, clock)
    name = "web" if isinstance(given, str) else given["kind"]
    await platform.start()
    dispatcher = Dispatcher(
        store, clock, tools, log, {name: platform}, replica_name(),
        pause=settings["pause"], lease=timedelta(seconds=settings["lease"]), send_timeout=settings["lease"] / 3,
    )  # fmt: skip
    ticker = Ticker(store, clock, tools, log, 1)
    heart = Heartbeat(store, clock, log, ticker, dispatcher.name, "test", shared=shared)
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
