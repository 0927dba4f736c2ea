"""A risk alert arrives in less than a minute while everything else is slow: real loops, a real database, real time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.delivery.dispatcher import Dispatcher
from bot.demo.clinic import ORGANISATION, START, person_id
from bot.demo.clock import VirtualClock
from bot.domain.person import Contact, Person, Role
from bot.ports.records import OutboxEntry
from bot.ui.platform import Address, Message
from storage import open_store
from storage.keys import KeyRing
from tests.app.risk import Channel, Scene, scene
from tests.gate import rules_alone
from tests.migrated import migrated
from tests.world import RecordingPlatform, World, make_world

LIMIT = 60
"""Seconds from the press to the alert (issue: "under full load and with the other platform down")."""
TICK = 15
"""Seconds between two looks at what is due; half of the longest that can be configured."""
BACKLOG = 400
"""Notices that wait for the hanging platform when the concern is raised: many minutes of it."""


class Hanging(Channel):
    """A platform that takes every request and never answers."""

    async def send(self, to: Address, message: Message) -> str:
        await asyncio.sleep(3600)
        raise AssertionError("nobody waits that long")


class Timed(Channel):
    """Notes when a risk alert arrived."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.arrived: dict[str, float] = {}

    async def send(self, to: Address, message: Message) -> str:
        if message.card.key == "notice.risk_alert_case":
            self.arrived.setdefault(to.actor.user, time.monotonic())
        return await super().send(to, message)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The demo clinic on SQLite."""
    url = migrated(tmp_path / "load.sqlite3")
    store = await open_store(url, KeyRing.of(b"k" * 32), VirtualClock(START))
    yield await make_world(rules_alone(), store=store)
    await store.close()


@asynccontextmanager
async def serving(world: World, slack: Channel, teams: Channel) -> AsyncIterator[None]:
    """Dispatcher and ticker as `serve` runs them; the virtual clock follows the wall clock."""
    platforms = {"web": RecordingPlatform(), "slack": slack, "teams": teams}
    dispatcher = Dispatcher(world.store, world.clock, world.tools, world.log, platforms, "replica-1")
    started, begun = world.clock.now(), time.monotonic()

    async def follow() -> None:
        while True:
            world.clock.advance_to(started + timedelta(seconds=time.monotonic() - begun))
            await asyncio.sleep(0.05)

    async def tick() -> None:  # the metronome itself goes by the wall clock's date
        while True:
            await asyncio.sleep(TICK)
            await world.ticker.tick()

    tasks = [asyncio.create_task(step()) for step in (follow, tick, dispatcher.run)]
    try:
        yield
    finally:
        dispatcher.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def raised(world: World, *channels: tuple[str, str]) -> Scene:
    """A published case; duty supervisor and deputy on these channels, everybody else's notices piled up on Slack."""
    at = await scene(world)
    now = world.clock.now()
    async with world.store.begin(ORGANISATION) as uow:
        for key, platform in (*channels, *((key, "slack") for key in "abcdef")):
            who = person_id(key)
            await uow.add(Contact(f"con_{platform}_{key}", ORGANISATION, who, platform, "T1", who, seen_at=now))
        deputy = await uow.get(Person, person_id("g"))
        await uow.save(replace(deputy, roles=deputy.roles | {Role.SUPERVISOR}))
        for number in range(BACKLOG):
            who = person_id("abcdef"[number % 6])
            await uow.post(
                OutboxEntry(
                    f"out_{number}", ORGANISATION, f"load:{number}", who, "takeaway_in", at.assignment.id, now, now
                )
            )
        await uow.commit()
    return at


async def arrival(teams: Timed, key: str, since: float) -> float:
    """Seconds until the alert reached this person on the working platform."""
    while person_id(key) not in teams.arrived:
        assert time.monotonic() - since < LIMIT, "the alert did not arrive in a minute"
        await asyncio.sleep(0.1)
    return teams.arrived[person_id(key)] - since


@pytest.mark.slow
async def test_the_alert_overtakes_a_hanging_platform(world: World) -> None:
    slack, teams = Hanging("slack"), Timed("teams")
    at = await raised(world, ("s", "slack"), ("s", "teams"))
    async with serving(world, slack, teams):
        await asyncio.sleep(3)  # the hanging batch is under way
        since = time.monotonic()
        await at.concern()
        assert await arrival(teams, "s", since) < LIMIT


@pytest.mark.slow
async def test_with_the_duty_supervisors_only_platform_down_the_deputy_is_alerted_in_a_minute(world: World) -> None:
    slack, teams = Hanging("slack"), Timed("teams")
    at = await raised(world, ("s", "slack"), ("g", "teams"))
    async with serving(world, slack, teams):
        await asyncio.sleep(3)
        since = time.monotonic()
        await at.concern()
        assert await arrival(teams, "g", since) < LIMIT
