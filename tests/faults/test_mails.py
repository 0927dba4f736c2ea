"""Mails through the outbox to a real SMTP server that refuses, cuts and dawdles: none is lost, none doubled unsaid.

`make soak` sends 10,000 and keeps the numbers for the benchmark page; the short form sends forty and meets each fault.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from adapters.email.plugin import CAPABILITIES, PLUGIN
from benchmarks.outbox.places import KEYS, fresh, messages, rows
from bot.app.dependencies import Tools
from bot.delivery.dispatcher import Dispatcher
from bot.demo.clinic import ORGANISATION, START
from bot.demo.clock import VirtualClock
from bot.domain.person import Contact, Person, Role
from bot.log import Silent
from bot.ports.records import OutboxEntry
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.system import SystemIds, SystemRng
from bot.ui.inbound import Actor, Done, Event, Outcome
from bot.ui.platform import Services
from bot.ui.strings import words
from storage.store import SqlStore, open_store
from tests.gate import NOBODY
from tests.migrated import migrated
from tests.standins.mail import Relay, Step, relay

LONG = "INTERVISION_SOAK" in os.environ
MAILS = 10_000 if LONG else 40
SEED = 26
TENANTS = 10
"""Mails of one tenant go one by one, so that a crash leaves few of unknown fate; those of others beside them."""
TIMEOUT, SLOW = 0.5, 0.1
"""Seconds the adapter waits for an answer; seconds a slow answer takes."""
LONGEST = timedelta(days=4)
"""By then everything has arrived: what may not have comes again after hours of working time."""
FAULTS_IN_1000: dict[str, tuple[Step, int]] = {
    "421": ("mail", 2),
    "450": ("rcpt", 30),
    "451": ("data", 10),
    "cut before it was taken": ("data", 3),
    "cut after it was taken": ("answer", 3),
    "slow": ("data", 5),
    "slower than the time limit, but taken": ("answer", 2),
}
REFUSALS = {"421": "421 4.3.2 closing", "450": "450 4.2.0 greylisted", "451": "451 4.3.0 later"}
AGAIN = words("en")("notice.perhaps_again")
RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "mails.json"

pytestmark = pytest.mark.slow


def planned(there: Relay, happened: Counter[str]) -> None:
    """Lay out what the relay does at each step of each mail, by chance of a fixed seed."""
    chance = random.Random(SEED)

    def doing(fault: str) -> Callable[[], Any]:
        async def does() -> None:
            happened[fault] += 1
            if fault.startswith("cut"):
                there.cut()
            else:
                await asyncio.sleep(SLOW if fault == "slow" else 2 * TIMEOUT)

        return does

    def answer(fault: str) -> str | Callable[[], Any]:
        return doing(fault) if fault not in REFUSALS else REFUSALS[fault]

    for step in ("mail", "rcpt", "data", "answer"):
        faults = {fault: share for fault, (at, share) in FAULTS_IN_1000.items() if at == step}
        drawn = chance.choices(["", *faults], [1000 - sum(faults.values()), *faults.values()], k=2 * MAILS)
        for number, fault in enumerate(faults, 1):
            drawn[4 * number] = fault  # each kind at least once, however few mails
        there.faults[step] = [answer(fault) if fault else "" for fault in drawn]


async def filled(url: str, clock: VirtualClock) -> SqlStore:
    """A database in which every person is owed one message by mail."""
    await (await fresh(url, clock)).close()
    store = await open_store(url, KEYS, clock)
    ids, roles = [f"per_{n:07}" for n in range(MAILS)], frozenset({Role.THERAPIST})
    people = [Person(i, ORGANISATION, f"Therapist {i}", f"{i}@bench.example", "cli_kiel", roles, START) for i in ids]
    await rows(store, Person, people)
    contacts = [
        Contact(f"con_{p.id}", ORGANISATION, p.id, "email", f"{n % TENANTS}", p.id, {"address": p.email}, seen_at=START)
        for n, p in enumerate(people)
    ]
    await rows(store, Contact, contacts)
    await rows(store, OutboxEntry, messages(ids, START))
    return store


def services(store: SqlStore, clock: VirtualClock) -> Services:
    async def nothing(_: Event) -> Outcome:
        return Done()

    async def english(_: Actor) -> str:
        return "en"

    return Services(nothing, store.drawer("email"), clock.now, lambda kind: kind, "https://x.example", english)


async def test_mails_are_neither_lost_nor_doubled_unsaid(tmp_path: Path) -> None:
    clock, happened, began = VirtualClock(START), Counter[str](), time.monotonic()
    store = await filled(migrated(tmp_path / "mails.sqlite3"), clock)
    async with relay(tmp_path) as there:
        planned(there, happened)
        settings = PLUGIN.settings(
            host="localhost",
            port=there.port,
            ca_file=str(tmp_path / "relay.pem"),
            sender="Intervision <bot@clinic.example>",
            timeout=TIMEOUT,
        )
        platform = PLUGIN.create(settings, services(store, clock))
        tools = Tools(
            SystemIds(), SystemRng(), NOBODY, HolidayCalendars(), "", platforms={"email": CAPABILITIES},
            by_address=("email",), connected=("email",),
        )  # fmt: skip
        sender = Dispatcher(
            store, clock, tools, Silent(), {"email": platform}, "sender", uptime=lambda: clock.now().timestamp()
        )
        sent_in = time.monotonic()
        await everything(store, clock, sender)
        seconds = time.monotonic() - sent_in
        await platform.stop()
        entries = await owed(store)
    await store.close()
    copies: Counter[str] = Counter()
    unsaid: Counter[str] = Counter()
    for mail in there.taken:
        id = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        copies[id] += 1
        unsaid[id] += AGAIN not in text_of(mail)
    lost = [entry.id for entry in entries if not copies[entry.id]]
    doubled = [id for id, number in unsaid.items() if number > 1]
    again = sum(number > 1 for number in copies.values())
    if LONG:
        note(happened, there, len(lost), len(doubled), again, seconds, time.monotonic() - began)
    assert (lost, doubled) == ([], [])
    assert all(entry.sent_at and not entry.failed_at for entry in entries)
    assert happened["cut after it was taken"], "the faults took place"
    assert 0 < again <= happened["cut after it was taken"] * 10 + happened["slower than the time limit, but taken"]


async def everything(store: SqlStore, clock: VirtualClock, sender: Dispatcher) -> None:
    """Send until nothing is left, going from each moment at which something is due to the next."""
    while clock.now() < START + LONGEST:
        while await sender.drain():
            pass
        async with store.system(write=False) as system:
            waiting, following = (await system.queue(clock.now())).waiting, await system.next_due()
        if not waiting:
            return
        clock.advance_to(max(following or clock.now(), clock.now() + timedelta(seconds=1)))


async def owed(store: SqlStore) -> list[OutboxEntry]:
    async with store.begin(ORGANISATION, write=False) as uow:
        return [entry for entry in await uow.find(OutboxEntry) if entry.id.startswith("out_per_")]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def note(
    happened: Counter[str], there: Relay, lost: int, doubled: int, again: int, sending: float, whole: float
) -> None:
    """A section of the benchmark page."""
    from benchmarks.__main__ import machine

    faults = ", ".join(f"{fault} {share / 10:g} %" for fault, (_, share) in FAULTS_IN_1000.items())
    columns = ["mails owed", "taken by the relay", "lost", "doubled without a word",
               "came again and said so", "a second"]  # fmt: skip
    row = [f"{n:,}" for n in (MAILS, len(there.taken), lost, doubled, again)]
    cuts = happened["cut before it was taken"] + happened["cut after it was taken"]
    section = {
        "machine": machine(),
        "title": "Mails under faults",
        "intro": f"A sender on SQLite gives {MAILS:,} mails, one a person of {TENANTS} tenants, by the product's "
        f"adapter to a real SMTP server (aiosmtpd, STARTTLS) on the same machine. Its faults, by chance: {faults}.",
        "tables": [{"columns": columns, "rows": [[*row, f"{len(there.taken) / sending:.0f}"]], "caption": ""}],
        "notes": [
            f"A cut breaks all connections; there were {cuts}. What may not have arrived comes again hours later.",
            "The clock goes on at once to the next moment at which something is due. Programs are not killed here.",
            f"Time limit for an answer: {TIMEOUT:g} s (15 s in service). A slow answer takes {SLOW:g} s.",
            f"Counted by Message-ID. Written by make soak, which took {whole:.0f} s; seed {SEED}.",
        ],
    }
    RESULT.write_text(json.dumps(section, indent=1) + "\n", encoding="utf-8")
