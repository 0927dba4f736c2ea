"""Slack: how long an acknowledgement takes under load, and how long the Home tab of a large clinic.

The real adapter with the vendor's library and the real HTTP server, the stand-in for Slack and the
load on the same two cores, a scripted core that answers in 5 ms. Signed requests, each checked.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import math
from time import perf_counter

from benchmarks.model import Section, Table
from bot.ui.inbound import CommandTyped, Event, HomeOpened, Outcome, Say, Show
from bot.ui.model import Action, Card, Form, Row, TextField, line
from tests.standins.slack.person import Person
from tests.standins.slack.world import World, connected, until

FORM = Form("case.submit", "Present a case", fields=(TextField("title", "Title"),), submit="Send")
SECONDS = 6
RATES = (50, 200, 500)
"""Commands a second: the two of the target, and ten times the first."""


def overview(people: int) -> Card:
    """A supervisor's Home tab with one row and two buttons for each therapist."""
    buttons = (Action("review.reassign", "Reassign"), Action("log.open", "Log"))
    rows = tuple(Row(line(f"Therapist {i}"), line("due"), buttons) for i in range(people))
    return Card("home", "Overview", rows, summary="Overview")


def scripted(event: Event) -> Outcome:
    """A form for a command, the large Home tab for the Home tab."""
    return Show(FORM) if isinstance(event, CommandTyped) else Say(overview(500))


def run() -> Section:
    """Measure everything."""
    logging.disable(logging.CRITICAL)
    rows = [asyncio.run(_load(rate)) for rate in RATES]
    home, start = asyncio.run(_home()), asyncio.run(_start())
    return Section(
        title="Slack: acknowledgements and the Home tab",
        intro="Slash commands by signed HTTP, one process, the load and the stand-in for Slack on the same cores.",
        tables=(
            Table(
                ("Commands a second", "sent", "p50", "p99", "slowest", "over 3 s", "shed politely", "lost"), tuple(rows)
            ),
            Table(
                ("What", "measured", "target"),
                (
                    ("Home tab, 500 therapists, opened to drawn (median of 15)", f"{home:.0f} ms", "< 400 ms"),
                    ("Socket Mode, start to connected", f"{start:.2f} s", "< 3 s"),
                ),
            ),
        ),
        notes=(
            "Targets: p99 under 250 ms at 50 a second, under 1 s at 200; nothing over 3 s at ten times the load.",
            "Shed: answered at once with a sentence that asks to try again. Lost: no answer, or another than 200.",
        ),
    )


async def _load(rate: int) -> tuple[str, ...]:
    """Send commands at a fixed rate from 100 people, whatever becomes of the earlier ones."""
    async with connected("http") as world:
        world.core.answer, world.core.delay = scripted, 0.005
        people = [world.person(f"U{i}") for i in range(100)]
        await asyncio.gather(*(p.types("/case") for p in people))
        await asyncio.sleep(1)
        gc.collect()  # what the run before left behind is not this one's
        taken, shed, lost = await _paced(people, rate)
    taken.sort()
    late = sum(seconds > 3 for seconds in taken)
    p50, p99 = taken[len(taken) // 2], taken[math.ceil(len(taken) * 0.99) - 1]
    times = tuple(f"{1000 * seconds:.0f} ms" for seconds in (p50, p99, taken[-1]))
    return (str(rate), str(len(taken)), *times, str(late), str(shed), str(lost))


async def _paced(people: list[Person], rate: int) -> tuple[list[float], int, int]:
    began = perf_counter()
    sent = []
    for i in range(rate * SECONDS):
        await asyncio.sleep(max(0.0, began + i / rate - perf_counter()))
        sent.append(asyncio.create_task(people[i % len(people)].types("/case new")))
    answers = await asyncio.gather(*sent, return_exceptions=True)
    good = [a for a in answers if not isinstance(a, BaseException)]
    shed = sum(bool(a.body and "busy" in str(a.body)) for a in good)
    lost = len(answers) - sum(a.status == 200 for a in good)
    return [a.seconds for a in good], shed, lost


async def _home() -> float:
    """Milliseconds from opening the tab to its drawing at Slack, median of 15."""
    async with connected("http") as world:
        world.core.answer = scripted
        anna = world.person()
        await anna.opens_home()
        times = [await _opened(world, anna) for _ in range(15)]
    return 1000 * sorted(times)[7]


async def _opened(world: World, anna: Person) -> float:
    began = perf_counter()
    await anna.opens_home()
    assert any(isinstance(e, HomeOpened) for e in world.core.heard)
    return perf_counter() - began


async def _start() -> float:
    """Seconds from nothing to a Socket Mode connection, the vendor's libraries' loading included."""
    began = perf_counter()
    async with connected("socket") as world:
        await until(lambda: bool(world.slack.sockets))
        return perf_counter() - began
