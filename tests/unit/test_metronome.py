"""The metronome and the schedule go by the machine's pace, whatever its clock is set to."""

from __future__ import annotations

import asyncio
import tracemalloc
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

import pytest

from bot.app.dependencies import Tools
from bot.app.timers import STEPS
from bot.demo.clock import VirtualClock
from bot.log import Silent
from bot.ports.records import URGENT
from bot.runtime import schedule as schedules
from bot.runtime.schedule import Schedule
from bot.runtime.system import SystemIds, SystemRng
from bot.runtime.ticker import Ticker
from storage.memory import MemoryStore
from tests.gate import NOBODY
from tests.waiting import until

YEARS = timedelta(days=3650)


def made(clock: Any) -> Ticker:
    tools = Tools(SystemIds(), SystemRng(), NOBODY, NOBODY, "")
    return Ticker(MemoryStore(clock), clock, tools, Silent(), 0.02)


@pytest.mark.parametrize("jump", [YEARS, -YEARS, timedelta(hours=-1), timedelta(days=3)])
async def test_a_clock_that_is_corrected_changes_nothing(jump: timedelta) -> None:
    """APScheduler's interval listed every tick of ten years first: 157 million dates, and no end."""
    clock = VirtualClock(datetime(2031, 5, 1, tzinfo=UTC))
    ticker = made(clock)
    ticker.start()
    await until(lambda: ticker.ticked_at is not None, 5)
    clock._now += jump  # backwards, too
    began = process_time()
    await until(lambda: ticker.ticked_at == clock.now(), 5)
    assert process_time() - began < 0.5
    ticker.stop()


class Set:
    """The machine's clock as somebody sets it."""

    by = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + Set.by  # noqa: TID251  # the machine's, moved


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> type[Set]:
    import apscheduler.schedulers.base as base

    class Moved(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # a plain datetime is one
            return datetime.now(tz) + Set.by  # noqa: TID251  # the machine's, moved

    monkeypatch.setattr(base, "datetime", Moved)
    monkeypatch.setattr(schedules, "SystemClock", Set)
    Set.by = timedelta(0)
    return Set


@pytest.mark.parametrize("jump", [YEARS, -YEARS])
async def test_a_job_runs_once_after_a_jump_and_goes_on(set_clock: type[Set], jump: timedelta) -> None:
    ran: list[datetime] = []
    every = timedelta(seconds=0.05)

    async def job() -> None:
        ran.append(Set().now())

    schedule = Schedule()
    schedule.start({"job": (job, every)})
    await until(lambda: len(ran) >= 2, 5)
    set_clock.by = jump
    before = len(ran)
    tracemalloc.start()
    schedule.follow_clock()
    await until(lambda: len(ran) >= before + 3, 5)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000, "ten years of dates would be gigabytes"
    assert abs(ran[-1] - Set().now()) < timedelta(seconds=5)
    schedule.stop()


async def test_a_broken_look_does_not_stop_the_metronome() -> None:
    clock = VirtualClock(datetime(2031, 5, 1, tzinfo=UTC))
    ticker = made(clock)
    look, broken = ticker.store.system, [3]

    def system(**how: Any) -> Any:
        if broken[0]:
            broken[0] -= 1
            raise RuntimeError("a mistake")
        return look(**how)

    ticker.store.system = system  # type: ignore[method-assign]  # breaks a few times
    ticker.start()
    await until(lambda: ticker.ticked_at is not None, 5)
    assert broken == [0], "it looked again after each mistake"
    assert ticker.ticked_at == clock.now()
    ticker.stop()


async def test_an_escalation_waits_for_no_wave(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand rounds due before it, each of which takes a while: it has a lane of its own."""
    clock = VirtualClock(datetime(2031, 5, 1, tzinfo=UTC))
    ticker = made(clock)
    handled: list[str] = []

    async def step(work: Any, subject: str) -> None:
        await asyncio.sleep(0.01 if subject.startswith("round") else 0)
        handled.append(subject)

    monkeypatch.setitem(STEPS, "round.publish", step)
    monkeypatch.setitem(STEPS, "hold.escalate", step)
    ticker.start()
    async with ticker.store.begin("one") as uow:
        for n in range(60):
            await uow.wake("round.publish", f"round {n}", clock.now() - timedelta(minutes=1))
        await uow.commit()
    await until(lambda: len(handled) > 3, 5)
    async with ticker.store.begin("one") as uow:
        await uow.wake("hold.escalate", "hold 1", clock.now())
        await uow.commit()
    await until(lambda: "hold 1" in handled, 5)
    assert len(handled) < 40
    ticker.stop()


def test_every_timer_of_a_hold_is_urgent() -> None:
    assert {what for what in STEPS if what.startswith("hold.")} == URGENT
