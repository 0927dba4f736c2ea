"""Commands and invokes through the whole Teams adapter, and 50,000 notices through its pacing.

The core is scripted, the connector is the tests' stand-in in the same process: signed tokens are
verified, cards drawn and sent over real sockets. Half of the measured work is the stand-in's own.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import time
from collections.abc import Awaitable, Callable

import structlog

from adapters.teams.pacing import PER_CONVERSATION, Pacer
from benchmarks.model import Section, Table
from bot.anonymise.text import AnonText
from bot.ui.inbound import ActionPressed, Event, Outcome, Say, Show
from bot.ui.model import Form, Passage, TextField
from tests import gallery
from tests.standins.teams.client import Answer, Person
from tests.standins.teams.connector import TENANT
from tests.standins.teams.world import World, world

SECONDS = 20
COMMANDS, COMMAND_GOAL = 50, 0.250
INVOKES, INVOKE_GOAL = 200, 1.0
NOTICES, PEOPLE = 50_000, 2_500
TENANTS = (TENANT, "11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002")

REVIEW = Form(
    "review.add",
    "Review",
    body=(Passage("Case", AnonText.from_store("A sentence of a case. " * 80)),),
    fields=(TextField("advice", "Advice", multiline=True),),
    submit="Send",
)


def run() -> Section:
    """Measure and report."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    commands = asyncio.run(_commands())
    invokes = asyncio.run(_invokes())
    notices = asyncio.run(_notices())
    columns = ("", "offered", "answered", "median", "p99", "goal for p99")
    rows = (
        _row("commands, answered with a card in the chat", COMMANDS, commands, COMMAND_GOAL),
        _row("invokes, answered with a dialog", INVOKES, invokes, INVOKE_GOAL),
    )
    return Section(
        "Microsoft Teams",
        f"Requests arrive at a fixed rate for {SECONDS} s, whether earlier ones are answered or not.",
        (Table(columns, rows), notices),
        (
            "Tokens are signed beforehand; each is verified in full. Time runs from the request to its answer.",
            "A command's time includes the delivery of the answering card to the stand-in connector.",
            "People of three tenants: Teams itself allows one app 50 requests a second in one tenant.",
            "Bot, stand-in connector and load generator share one process and one core.",
            "Notices: virtual time, one tenant, 20 each to 2,500 chats, all offered at once.",
        ),
    )


async def _commands() -> list[float]:
    card = gallery.cards()["smallest"]
    async with world(lambda _: Say(card), app_type="multi", allowed_tenants=list(TENANTS)) as w:
        people = await _people(w)
        return await _load(COMMANDS, lambda i: people[i % len(people)].types("review"))


async def _invokes() -> list[float]:
    def answer(event: Event) -> Outcome:
        return Show(REVIEW) if isinstance(event, ActionPressed) else Say(gallery.cards()["smallest"])

    async with world(answer, app_type="multi", allowed_tenants=list(TENANTS)) as w:
        people = await _people(w)
        value = {"data": {"iv": {"k": "review.open", "s": "asg_0001"}, "msteams": {"type": "task/fetch"}}}
        return await _load(INVOKES, lambda i: people[i % len(people)].invokes("task/fetch", value))


async def _people(w: World) -> list[Person]:
    """Enough people that no chat's own limit is what is measured, already known to the bot."""
    token = w.connector.token()
    people = [
        w.person(f"{i:08}-0000-4000-8000-000000000000", token=token, tenant=TENANTS[i % len(TENANTS)])
        for i in range(400)
    ]
    for person in people:
        await person.invokes("unknown", {})
    return people


async def _load(rate: int, request: Callable[[int], Awaitable[Answer]]) -> list[float]:
    """Seconds that each of `rate` requests a second took."""

    async def timed(i: int) -> float:
        began = time.perf_counter()
        answer = await request(i)
        assert answer.status == 200
        return time.perf_counter() - began

    loop = asyncio.get_running_loop()
    start = loop.time()
    tasks = []
    for i in range(rate * SECONDS):
        await asyncio.sleep(max(0.0, start + i / rate - loop.time()))
        tasks.append(asyncio.create_task(timed(i)))
    return list(await asyncio.gather(*tasks))


async def _notices() -> Table:
    """Every notice goes out once, and no window of Teams' ever overflows."""
    sent: dict[str, list[float]] = {}
    waited = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal waited
        waited += seconds

    pacer = Pacer(50, lambda: waited, sleep)
    began = time.perf_counter()
    for i in range(NOTICES):
        # Each notice begins to wait at the same moment, and its own waiting is the only time that passes for it.
        waited = 0.0
        await pacer.turn(TENANT, f"chat-{i % PEOPLE}")
        sent.setdefault(f"chat-{i % PEOPLE}", []).append(waited)
    took = time.perf_counter() - began
    fullest = {
        count: max(_most_within(times, seconds) for times in sent.values()) for count, seconds in PER_CONVERSATION
    }
    everything = sorted(t for times in sent.values() for t in times)
    rows = (
        ("notices sent", f"{len(everything):,} of {NOTICES:,}"),
        ("time they take within Teams' limits", f"{everything[-1] / 60:.1f} minutes"),
        ("most in one second, all chats", f"{_most_within(everything, 1.0)} (limit 50)"),
        *(
            (f"most in {seconds:g} s, one chat", f"{fullest[count]} (limit {count})")
            for count, seconds in PER_CONVERSATION
        ),
        ("our own time for pacing them", f"{took:.2f} s"),
    )
    return Table(("50,000 notices", "measured"), rows)


def _most_within(times: list[float], seconds: float) -> int:
    times, first, most = sorted(times), 0, 0
    for last, moment in enumerate(times):
        while moment - times[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def _row(name: str, rate: int, times: list[float], goal: float) -> tuple[str, ...]:
    p99 = statistics.quantiles(times, n=100)[98]
    reached = "met" if p99 < goal else "missed"
    return (
        name,
        f"{rate} a second",
        f"{len(times):,}",
        f"{statistics.median(times) * 1000:.0f} ms",
        f"{p99 * 1000:.0f} ms",
        f"{goal * 1000:.0f} ms, {reached}",
    )
