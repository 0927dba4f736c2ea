"""Monday 09:00: every group's round is published in the same minute, the web inbox takes what is sent."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from adapters.web.inbox import Inbox
from benchmarks.model import Section, Table
from benchmarks.outbox.places import fresh, tools, warm
from bot.app.context import Work
from bot.app.steps.alerts import begin
from bot.delivery.dispatcher import Dispatcher
from bot.demo.clinic import ORGANISATION, START
from bot.domain.risk import Hold
from bot.log import Silent
from bot.ports.records import OutboxEntry, Timer
from bot.ports.system import Clock
from bot.runtime.system import SystemClock
from bot.runtime.ticker import Ticker
from bot.scale.service import PUBLISHED_IN, Size, person_of, presenters, records
from bot.soak.replica import ShiftedClock
from bot.ui.platform import Address, Message, Platform
from storage.fill import fill
from storage.store import SqlStore

GROUPS = int(os.environ.get("MONDAY_GROUPS", "1250"))
ROUNDS = 6
ALERT_AFTER = 5.0
"""Seconds after the hour at which somebody raises a concern."""
PATIENCE = 110.0


@dataclass
class WebInbox:
    """The web page's own inbox, on the same database; when each card came."""

    inbox: Inbox
    clock: Clock
    name: str = "web"
    can_be_asked: bool = True
    came: list[tuple[float, str]] = field(default_factory=list)

    async def send(self, to: Address, message: Message) -> str:
        """Keep it as the page would."""
        kept = await self.inbox.deliver(to.actor, message, self.clock.now())
        self.came.append((time.monotonic(), message.card.key))
        return kept

    async def probe(self, tenant: str) -> None:
        """It is the program itself."""


def run() -> Section:
    """Measure it once on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(_monday(f"sqlite:///{Path(folder) / 'monday.sqlite3'}"))
    load = f"{os.getloadavg()[0]:.0f}"
    return Section(
        title="Monday 09:00",
        intro=f"{GROUPS:,} groups of 8 ({GROUPS * 8:,} people) with {ROUNDS} closed rounds each publish a round of two "
        "cases in the same minute; one program on SQLite, the web inbox in the same database takes the messages.",
        tables=(Table(("measured", "value"), rows),),
        notes=(
            f"Load of the machine meanwhile: {load} on {os.cpu_count()} processors.",
            f"The alert is raised {ALERT_AFTER:.0f} s after the hour, in the middle of the wave.",
            f"The run ends after {PATIENCE:.0f} s, whatever is left.",
        ),
    )


async def _monday(url: str) -> tuple[tuple[str, str], ...]:
    hour = START + PUBLISHED_IN
    clock = ShiftedClock(SystemClock().now().timestamp() + 3600, hour)
    store = await fresh(url, clock)
    size = Size(GROUPS, ROUNDS)
    fill(url, ORGANISATION, records(ORGANISATION, size, START), presenters(size))
    warm()
    clock = ShiftedClock(SystemClock().now().timestamp(), hour)
    web = WebInbox(Inbox(store.drawer("web"), timedelta(days=90)), clock)
    kit, log = tools(), Silent()
    sender = Dispatcher(store, clock, kit, log, {"web": cast("Platform", web)}, "monday", pause=0.05)
    ticker = Ticker(store, clock, kit, log)
    began, cpu = time.monotonic(), time.process_time()
    ticker.start()
    sending = asyncio.create_task(sender.run())
    await asyncio.sleep(ALERT_AFTER)
    raised = time.monotonic()
    await _concern(store, clock.now(), kit)
    kept = time.monotonic()
    published = await _until_done(store, clock, began)
    used = time.process_time() - cpu
    ticker.stop()
    sender.stop()
    await sending
    left = await _left(store, clock.now())
    await store.close()
    alerts = [at - raised for at, key in web.came if "risk_alert" in key]
    news = [at - began for at, key in web.came]
    return (
        ("all rounds published after", f"{published:.0f} s" if published else f"not within {PATIENCE:.0f} s"),
        ("messages taken by the web inbox", f"{len(web.came):,}"),
        ("messages left", f"{left:,}"),
        ("the last one taken after", f"{max(news, default=0):.0f} s"),
        ("messages a second", f"{len(web.came) / max(news, default=1):.0f}"),
        ("a concern kept after", f"{kept - raised:.1f} s"),
        ("its alert taken after", f"{min(alerts):.1f} s" if alerts else "never"),
        ("processor time", f"{used:.0f} s"),
    )


async def _concern(store: SqlStore, now: datetime, kit: Any) -> None:
    """A reviewer of the first group raises a concern about a case that is under review."""
    async with store.begin(ORGANISATION) as uow:
        case = "case_00000_6_0"
        hold = Hold("hold_monday", ORGANISATION, case, "concern", "cli_00000", person_of(0, 2), now)
        await uow.add(hold)
        await begin(Work(uow, now, kit), hold)
        await uow.commit()


async def _until_done(store: SqlStore, clock: Clock, began: float) -> float:
    """Until nothing is due, for so long as patience lasts; when the last round was published."""
    published = 0.0
    while time.monotonic() - began < PATIENCE:
        await asyncio.sleep(1)
        async with store.begin(ORGANISATION, write=False) as uow:
            waiting = await uow.count(Timer, what="round.publish")
        if not waiting and not published:
            published = time.monotonic() - began
        if published and not await _left(store, clock.now()):
            break
    return published


async def _left(store: SqlStore, now: datetime) -> int:
    """What is due and not sent; what is for another hour or day waits."""
    async with store.begin(ORGANISATION, write=False) as uow:
        return await uow.count(OutboxEntry, due_at__le=now, sent_at=None, failed_at=None, dropped_at=None)
