"""The start and the end of a program: with a long queue, by SIGTERM, and by SIGKILL in the middle of its sends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from benchmarks.outbox.places import APART, KEYS, fresh, messages, people, rows, tools, warm
from benchmarks.outbox.senders import Receiver
from bot.delivery.dispatcher import Dispatcher
from bot.demo.clinic import START
from bot.demo.clock import VirtualClock
from bot.log import Silent
from bot.ports.records import OutboxEntry
from bot.runtime.system import SystemClock
from bot.soak.replica import ShiftedClock
from bot.ui.platform import Platform
from storage.store import open_store

QUEUE, HELD = 100_000, 100


def start_and_stop(url: str, folder: Path) -> tuple[float, float]:
    """Seconds from the start of `serve` to ready, and from SIGTERM to its end, with a queue of 100,000.

    The first start after an installation compiles the program's files, so it is the second that counts.
    """
    asyncio.run(_fill(url))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "bench.toml"
    config.write_text(
        f'[server]\nport = {port}\n[database]\nurl = "{url}"\n[keys]\nfile = "{folder / "key"}"\n[adapters.web]\n',
        encoding="utf-8",
    )
    _start_and_stop(config, port)
    return _start_and_stop(config, port)


async def _fill(url: str) -> None:
    store = await fresh(url, VirtualClock(START))
    ids = await people(store, 1_000)
    made = [e for _ in range(QUEUE // 1_000) for e in messages(ids, START + timedelta(days=3650))]
    await rows(store, OutboxEntry, [replace(e, id=f"{e.id}-{n}", dedupe=f"{n}") for n, e in enumerate(made)])
    await store.close()


def _start_and_stop(config: Path, port: int) -> tuple[float, float]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve", "--config", str(config)], stderr=subprocess.DEVNULL, env=environment
    )
    while not _is_ready(port):
        assert process.poll() is None, "serve ended"
        time.sleep(0.05)
    ready = time.monotonic() - began
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    return ready, time.monotonic() - began


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def takeover(url: str) -> float:
    """Seconds from the death of a sender in the middle of its sends until another has sent the last of them."""
    clock = ShiftedClock(SystemClock().now().timestamp(), START)

    async def fill() -> None:
        store = await fresh(url, clock)
        await rows(store, OutboxEntry, messages(await people(store, HELD), START))
        await store.close()

    asyncio.run(fill())
    holding = APART.Event()
    doomed = APART.Process(target=_hanging, args=(url, clock.began, holding))
    doomed.start()
    assert holding.wait(60)
    warm()
    return asyncio.run(_take_over(url, clock, doomed))


async def _take_over(url: str, clock: ShiftedClock, doomed: Any) -> float:
    store = await open_store(url, KEYS, clock)
    receiver = Receiver()
    other = Dispatcher(store, clock, tools(), Silent(), {"web": cast("Platform", receiver)}, "other")
    running = asyncio.create_task(other.run())
    doomed.kill()
    began = time.monotonic()
    await asyncio.to_thread(doomed.join)
    async with asyncio.timeout(300):
        await receiver.got(HELD)
    seconds = time.monotonic() - began
    other.stop()
    await running
    await store.close()
    return seconds


def _hanging(url: str, began: float, holding: Any) -> None:
    asyncio.run(_hang(url, began, holding))


async def _hang(url: str, began: float, holding: Any) -> None:
    clock = ShiftedClock(began, START)
    store = await open_store(url, KEYS, clock)
    receiver = Receiver(a_second=0.001)
    sender = Dispatcher(store, clock, tools(), Silent(), {"web": cast("Platform", receiver)}, "doomed")
    running = asyncio.create_task(sender.run())
    await receiver.asked(HELD)
    holding.set()
    await running
