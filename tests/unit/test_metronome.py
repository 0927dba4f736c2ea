"""The metronome beats at the machine's pace, whatever its clock is set to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.app.dependencies import Tools
from bot.demo.clock import VirtualClock
from bot.log import Silent
from bot.runtime.system import SystemClock, SystemIds
from bot.runtime.ticker import LONG_TICK, Ticker
from storage.memory import MemoryStore


async def beats(ticker: Ticker, more: int) -> int:
    """How often it looked at what is due, counted until it has done so this many times more."""
    looked, enough = [0], asyncio.Event()
    store: Any = ticker.store
    look = store.system

    def counted(**how: Any) -> Any:
        looked[0] += 1
        if looked[0] == more:
            enough.set()
        return look(**how)

    store.system = counted
    async with asyncio.timeout(10):
        await enough.wait()
    store.system = look
    return looked[0]


def failed(log: Silent) -> list[Any]:
    """The steps that broke."""
    return [record for record in log.records if record[0] == "tick.failed"]


def made(log: Silent, seconds: list[float]) -> Ticker:
    clock = VirtualClock(datetime(2031, 5, 1, tzinfo=UTC))
    tools = Tools(SystemIds(), None, None, None, "")
    return Ticker(MemoryStore(clock), clock, tools, log, 0.05, uptime=lambda: seconds[0])


async def test_it_begins_at_once_when_the_products_clock_is_years_ahead() -> None:
    log = Silent()
    ticker = made(log, [0.0])
    ticker.start()
    assert await beats(ticker, 3) >= 3
    ticker.stop()
    assert not failed(log)


async def test_a_machines_clock_that_was_set_back_stops_it_for_moments_only() -> None:
    """As the metronome sees it: its next beat lies a day ahead of the clock."""
    log, seconds = Silent(), [0.0]
    ticker = made(log, seconds)
    ticker.start()
    assert await beats(ticker, 1) >= 1
    ticker._scheduler.modify_job("tick", next_run_time=SystemClock().now() + timedelta(days=1))
    ticker.nudge()  # it has looked a moment ago: nothing to do
    assert "tick.nudged" not in [record[0] for record in log.records]
    seconds[0] += LONG_TICK + 1
    ticker.nudge()
    assert "tick.nudged" in [record[0] for record in log.records]
    assert await beats(ticker, 2) >= 2
    ticker.stop()
    assert not failed(log)
