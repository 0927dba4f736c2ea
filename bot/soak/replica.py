"""One program of a soak: the product's store, ticker and senders on the copy; its platforms post to the receiver.

Started with one argument of JSON, it says "ready" when it is at work and goes on until it is told to stop, or killed.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from adapters import discover
from bot.anonymise import GateSettings
from bot.app.dependencies import Tools
from bot.config import load
from bot.delivery.dispatcher import Dispatcher
from bot.log import Silent
from bot.ports.system import Clock
from bot.runtime.gate_process import GateProcess
from bot.runtime.heartbeat import Heartbeat
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.shared_clock import SharedClock
from bot.runtime.system import SystemClock, SystemIds, SystemRng, replica_name
from bot.runtime.ticker import Ticker
from bot.soak.receiver import Posting
from storage import open_store
from storage.keys import KeyRing


@dataclass(frozen=True)
class ShiftedClock:
    """Goes on at the machine's pace from `start`, which it was at the machine's second `began`."""

    began: float
    start: datetime
    machine: Clock = field(default_factory=SystemClock)

    def now(self) -> datetime:
        """Aware UTC."""
        return self.start + timedelta(seconds=self.machine.now().timestamp() - self.began)


def tools(connected: Mapping[str, Any]) -> Tools:
    """What rules need to draw a notice; the gate is never asked."""
    plugins = discover()
    known = {name: plugin.capabilities for name, plugin in plugins.items() if name in connected}
    return Tools(SystemIds(), SystemRng(), GateProcess(GateSettings()), HolidayCalendars(), "", platforms=known)


async def serve(given: Mapping[str, Any]) -> None:
    """Send until SIGTERM."""
    settings = load(Path(given["config"]) if given["config"] else None)
    shared = SharedClock(SystemClock())
    clock = ShiftedClock(given["began"], datetime.fromisoformat(given["start"]), shared)
    store = await open_store(given["database"], KeyRing.load(**settings.keys.model_dump()), clock)
    platforms = {
        name: Posting(given["receiver"], name, can_be_asked=given["can_be_asked"]) for name in given["platforms"]
    }
    for platform in platforms.values():
        await platform.start()
    log = Silent()
    dispatcher = Dispatcher(store, clock, tools(platforms), log, platforms, replica_name(), pause=0.05)
    ticker = Ticker(store, clock, dispatcher.tools, log)
    heart = Heartbeat(store, clock, log, ticker, dispatcher.name, "soak", shared=shared)
    await heart.beat()
    await heart.take_back(alone=given["database"].startswith("sqlite"))
    heart.start()
    sending = asyncio.create_task(dispatcher.run())
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await stop.wait()
    dispatcher.stop()
    await sending
    for platform in platforms.values():
        await platform.stop()
    await heart.stop()
    await store.close()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
