"""A thousand teams whose rounds begin in the same minute, on a program as it serves: metronome and senders."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any, cast

from benchmarks.outbox.places import APART, KEYS, analyze, fresh, people, rows, tools, until, warm
from benchmarks.outbox.senders import Receiver
from bot.app.context import Work
from bot.app.steps.series_store import as_plan, follow
from bot.delivery.dispatcher import Dispatcher
from bot.demo.clinic import ORGANISATION, START
from bot.domain.organisation import Group, Membership
from bot.domain.round import Round
from bot.domain.series import EveryWeeks, PhaseDays, Series
from bot.log import configure
from bot.ports.records import OutboxEntry, SeriesEntry, Timer
from bot.runtime.system import SystemClock
from bot.runtime.ticker import Ticker
from bot.soak.replica import ShiftedClock
from bot.ui.platform import Platform
from storage.store import SqlStore, open_store

TEAMS, MEMBERS = 1_000, 6
BEFORE = timedelta(seconds=8)
ZONE = "Europe/Berlin"


def lateness(url: str, programs: int = 1) -> tuple[list[float], list[float]]:
    """Seconds from the due moment to each round's opening and to each invitation's delivery, sorted."""
    began = SystemClock().now().timestamp()
    due = asyncio.run(_fill(url, began))
    began = SystemClock().now().timestamp() - (due - BEFORE - START).total_seconds()
    stop, readies, running = APART.Event(), [], []
    for n in range(programs):
        ready = APART.Event()
        running.append(APART.Process(target=_serving, args=(url, began, f"program-{n}", ready, stop)))
        running[-1].start()
        readies.append(ready)
    for ready in readies:
        assert ready.wait(60)
    found = asyncio.run(_result(url, began, due))
    stop.set()
    for process in running:
        process.join()
    return found


async def _fill(url: str, began: float) -> datetime:
    """Teams, their members and series; the moment at which all their rounds open."""
    clock = ShiftedClock(began, START)
    store = await fresh(url, clock)
    ids = await people(store, TEAMS * MEMBERS)
    teams = [Group(f"grp_{n}", ORGANISATION, f"Team {n}", ZONE) for n in range(TEAMS)]
    await rows(store, Group, teams)
    day = (START - timedelta(days=90)).date()
    assignments = [Membership(f"mem_{n}", ORGANISATION, f"grp_{n % TEAMS}", id, day) for n, id in enumerate(ids)]
    await rows(store, Membership, assignments)
    series = Series(EveryWeeks(2), anchor=(START + timedelta(days=14)).date(), at=time_of_day(9), zone=ZONE)
    plan = as_plan(series, PhaseDays())
    first = SeriesEntry("ser_0", ORGANISATION, "grp_0", "cli_kiel", plan, START)
    async with store.begin(ORGANISATION) as uow:
        await uow.add(first)
        first = await follow(Work(uow, clock.now(), tools()), first)
        await uow.commit()
    due = first.next_at
    assert due is not None
    others = [replace(first, id=f"ser_{n}", group=f"grp_{n}") for n in range(1, TEAMS)]
    await rows(store, SeriesEntry, others)
    await rows(store, Timer, [Timer(f"series.open:{e.id}", ORGANISATION, "series.open", e.id, due) for e in others])
    await analyze(store)
    await store.close()
    return due


def _serving(url: str, began: float, name: str, ready: Any, stop: Any) -> None:
    with Path(os.devnull).open("w", encoding="utf-8") as sys.stderr:
        asyncio.run(_serve(url, began, name, ready, stop))


async def _serve(url: str, began: float, name: str, ready: Any, stop: Any) -> None:
    clock, log = ShiftedClock(began, START), configure(json=True, level="INFO")
    store = await open_store(url, KEYS, clock)
    dispatcher = Dispatcher(store, clock, tools(), log, {"web": cast("Platform", Receiver())}, name)
    ticker = Ticker(store, clock, tools(), log)
    warm()
    ready.set()
    running = [asyncio.create_task(step) for step in (_ticking(ticker), dispatcher.run())]
    await asyncio.to_thread(stop.wait)
    ticker.stop()
    dispatcher.stop()
    running[0].cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await store.close()


async def _ticking(ticker: Ticker) -> None:
    """As `Ticker.start` does, which goes by the machine's own date."""
    while True:
        await ticker.tick()
        await asyncio.sleep(ticker.seconds)


async def _result(url: str, began: float, due: datetime) -> tuple[list[float], list[float]]:
    store = await open_store(url, KEYS, ShiftedClock(began, START))
    await until(lambda: _all_sent(store))
    async with store.begin(ORGANISATION, write=False) as uow:
        rounds = await uow.find(Round, series__not=None)
        sent = await uow.find(OutboxEntry, card="round_open", sent_at__ge=due)
    await store.close()
    opened = sorted((r.opened_at - due).total_seconds() for r in rounds)
    arrived = sorted((e.sent_at - due).total_seconds() for e in sent if e.sent_at)
    assert (len(opened), len(arrived)) == (TEAMS, TEAMS * MEMBERS), (len(opened), len(arrived))
    return opened, arrived


async def _all_sent(store: SqlStore) -> bool:
    async with store.begin(ORGANISATION, write=False) as uow:
        return await uow.count(OutboxEntry, card="round_open", sent_at__not=None) == TEAMS * MEMBERS
