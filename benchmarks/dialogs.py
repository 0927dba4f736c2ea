"""Dialogs while the gate is busy: forms that are asked for and texts that are sent, 50 a second, in Slack and in Teams.

The real core over a memory store, the real adapters and HTTP, the real gate in its process of its own. Every text goes
through the gate, and four more texts are always with it, so it works without a pause. The load, the stand-ins and the
program share the machine.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import math
import os
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import date
from time import perf_counter
from typing import Any

import structlog

from benchmarks.model import Section, Table
from bot.anonymise import GateSettings, Known, Sensitive
from bot.demo.clinic import GROUP, MEMBERS, ORGANISATION, person_id
from bot.demo.texts import CASES
from bot.domain.organisation import Membership
from bot.domain.person import Contact, Person
from bot.runtime.gate_process import GateProcess
from tests.standins.slack.world import connected
from tests.standins.teams.cards import buttons, elements
from tests.standins.teams.client import Json
from tests.standins.teams.clinic import teams_clinic
from tests.witness import Witness
from tests.world import World, make_world

PEOPLE, RATE, SECONDS, GOAL = 60, 50, 10, 3.0
CHOICES = {"mode": "icbt", "language": "en", "objection": "no", "risk": "no"}


def run() -> Section:
    """Measure both chats."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    load = os.getloadavg()[0]
    rows = asyncio.run(_measured())
    return Section(
        title="Dialogs while the gate works at full load",
        intro=f"{RATE} requests a second for {SECONDS} s by {PEOPLE} people, in Teams by eight: half ask, half send.",
        tables=(Table(("", "answered", "p50", "p99", "slowest", "over 3 s"), tuple(rows)),),
        notes=(
            "Time runs from the request to its HTTP answer, which holds the next view or 'one moment'.",
            f"Other work beside it: the machine's load was {load:.0f} on {os.cpu_count()} cores before.",
            "Goal: no answer later than 3 s, which is when Slack gives up; Teams gives an invoke five.",
        ),
    )


async def _measured() -> list[tuple[str, ...]]:
    gate = GateProcess(GateSettings())
    await gate.prove()  # its models are loaded before anything is counted
    busy = [asyncio.create_task(_at_the_gate(gate)) for _ in range(4)]
    try:
        return [*await _in_slack(gate), *await _in_teams(gate)]
    finally:
        for task in busy:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*busy, return_exceptions=True)
        await gate.stop()


async def _at_the_gate(gate: GateProcess) -> None:
    """One text after the other, for as long as it lasts."""
    fields = {name: Sensitive(text) for name, text in CASES[0].items()}
    while True:
        await gate.examine(fields, lang="en", known=Known(), tags=None, mask=[])


async def _clinic(world: World, platform: str, tenant: str, user: Callable[[int], str]) -> None:
    """Colleagues of one group, each with an account there."""
    async with world.store.begin(ORGANISATION) as uow:
        like = await uow.get(Person, person_id("b"))
        for n in range(PEOPLE):
            who = f"per_{n}"
            await uow.add(replace(like, id=who, name=f"Therapist {n}", email=f"u{n}@demo.example", version=0))
            await uow.add(Membership(f"mem_{n}", ORGANISATION, GROUP, who, date(2026, 1, 1)))
            await uow.add(Contact(f"con_{n}", ORGANISATION, who, platform, tenant, user(n), seen_at=world.clock.now()))
        await uow.commit()


async def _in_slack(gate: GateProcess) -> list[tuple[str, ...]]:
    core = await make_world(gate)
    await _clinic(core, "slack", "T0CLINIC", lambda n: f"U{n}")
    async with connected("http", handle=Witness(core).handle) as slack:
        people = [slack.person(f"U{n}", profile={"email": f"u{n}@demo.example"}) for n in range(PEOPLE)]
        for person in people:
            await person.opens_home()

        async def asks(n: int) -> float:
            return (await people[n].types("/case new")).seconds

        async def sends(n: int) -> float:
            view = slack.slack.kept.view(people[n].user)
            if view is None or not str(view.body.get("private_metadata", "")).count("case.submit"):
                return await asks(n)
            return (await people[n].sends(**CASES[n % len(CASES)], **CHOICES)).seconds

        return [_row("Slack, " + what, taken) for what, taken in (await _paced(asks, sends)).items()]


async def _in_teams(gate: GateProcess) -> list[tuple[str, ...]]:
    async with teams_clinic(gate) as teams:
        people = [teams.person(key) for key in MEMBERS]
        for person in people:
            await person.installs()
        forms: dict[int, Json] = {}

        async def asks(n: int) -> float:
            began, who = perf_counter(), n % len(people)
            answer = await people[who].invokes("composeExtension/fetchTask", {"commandId": "newCase"})
            with suppress(AssertionError):
                forms[who] = answer.dialog
            return perf_counter() - began

        async def sends(n: int) -> float:
            form = forms.get(n % len(people))
            if form is None:
                return await asks(n)
            typed, title = _filled(form, n), next(b["title"] for b in buttons(form) if b["data"]["iv"].get("f"))
            began = perf_counter()
            await people[n % len(people)].sends(form, title, **typed)
            return perf_counter() - began

        return [_row("Teams, " + what, taken) for what, taken in (await _paced(asks, sends)).items()]


def _filled(form: Json, n: int) -> dict[str, str]:
    """A case as Teams sends it: inputs by their ids, which end in a field's name."""
    values = {**CASES[n % len(CASES)], **CHOICES}
    return {e["id"]: values[name] for e in elements(form) if "id" in e and (name := e["id"].split(".")[-1]) in values}


Step = Callable[[int], Coroutine[Any, Any, float]]


async def _paced(asks: Step, sends: Step) -> dict[str, list[float]]:
    """Requests at the rate, whatever becomes of the earlier ones; the seconds of each kind."""
    await asyncio.gather(*(asks(n) for n in range(PEOPLE)))
    gc.collect()
    began = perf_counter()
    under_way: list[asyncio.Task[float]] = []
    for i in range(RATE * SECONDS):
        await asyncio.sleep(max(0.0, began + i / RATE - perf_counter()))
        under_way.append(asyncio.create_task((asks, sends)[i % 2](i % PEOPLE)))
    taken = await asyncio.gather(*under_way)
    return {"a form asked for": taken[0::2], "a text sent": taken[1::2]}


def _row(what: str, taken: list[float]) -> tuple[str, ...]:
    """One line of the table."""
    taken = sorted(taken)
    p50, p99 = taken[len(taken) // 2], taken[math.ceil(len(taken) * 0.99) - 1]
    times = tuple(f"{1000 * seconds:.0f} ms" for seconds in (p50, p99, taken[-1]))
    return (what, str(len(taken)), *times, str(sum(seconds > GOAL for seconds in taken)))
