"""Each kind of outage under the product's own delivery, by the real adapters: it is seen, nothing is lost, it is over.

One program in this process on a clock that the test moves; the stand-ins answer on real connections. What kills and
more programs add is tried in `test_real_adapters.py`, what an adapter makes of each single call in
`tests/contract/test_outages.py`.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientTimeout

from bot.app.context import Work
from bot.delivery.in_flight import MOST_IN_FLIGHT
from bot.demo.clinic import MEMBERS, ORGANISATION, START, person_id
from bot.domain.person import Contact
from bot.ui.platform import Platform
from tests.app.outbox_steps import outbox
from tests.faults.playing import LONG, ROWS, Row
from tests.faults.receivers import adapter, counted
from tests.gate import rules_alone
from tests.standins import mail
from tests.standins.outage import DONE, KINDS
from tests.unit.email.mailing import mailing, parts_of
from tests.world import World, make_world

PATIENCE = 0.2
"""Seconds for an answer in an outage."""
HOURS_UNTIL_HEALED = 5


class Chats:
    """Slack or Teams."""

    def __init__(self, row: Row, platform: Any) -> None:
        self._row, self.platform = row, platform
        self._session = platform._api._session if row.kind == "slack" else platform._session
        self._limits = self._session._timeout

    def contact(self, person: str, number: int) -> Contact:
        return self._row.contact(person, number)

    async def fall(self, how: str) -> None:
        self._session._timeout = ClientTimeout(total=PATIENCE, connect=PATIENCE / 2) if how else self._limits
        await self._row.fall(how)

    def shown(self) -> list[tuple[str, str]]:
        return self._row.shown()


class Mails:
    """A relay with something before it."""

    def __init__(self, platform: Any, relay: mail.Relay, between: mail.Between) -> None:
        self.platform, self._relay, self._between = platform, relay, between
        self._settings = platform._relay._settings.model_copy(update={"port": between.port})
        platform._relay._settings = self._settings

    def contact(self, person: str, number: int) -> Contact:
        reference = {"address": f"{number}@clinic.example"}
        return Contact(f"con_{person}", ORGANISATION, person, "email", ORGANISATION, person, reference, seen_at=START)

    async def fall(self, how: str) -> None:
        await self.platform._relay.close()  # limits count for new connections
        self.platform._relay._settings = self._settings.model_copy(update={"timeout": PATIENCE} if how else {})
        await self._between.fall(how)

    def shown(self) -> list[tuple[str, str]]:
        return [(str(each["To"]), " ".join(" ".join(parts_of(each)).split())) for each in self._relay.taken]


@asynccontextmanager
async def connected(name: str) -> AsyncIterator[tuple[World, Chats | Mails]]:
    """The demo clinic, everybody reached by this one platform."""
    world = await make_world(rules_alone())
    if name == "email":
        with tempfile.TemporaryDirectory() as folder:
            async with mailing(Path(folder), "none") as (platform, relay):
                between = mail.Between(relay.port)
                await between.start()
                try:
                    yield await _moved(world, platform, Mails(platform, relay, between))
                finally:
                    await platform._relay.close()
                    await between.stop()
        return
    row = ROWS[name]()
    async with row.serving() as given:
        given_platform = adapter(given, world.store, world.clock)
        await given_platform.start()
        try:
            yield await _moved(world, given_platform, Chats(row, given_platform))
        finally:
            await given_platform.stop()


async def _moved(world: World, platform: Platform, to: Chats | Mails) -> tuple[World, Chats | Mails]:
    world.dispatcher.platforms = world.dispatcher.outages.platforms = {platform.name: platform}
    async with world.store.begin(ORGANISATION) as uow:
        for number, key in enumerate(MEMBERS):
            await uow.add(to.contact(person_id(key), number))
        await uow.commit()
    return world, to


async def tell(world: World, number: int, *, slot: str = "") -> dict[str, int]:
    """News to every member; by their marks in how many chats they are to stand."""
    marks = {f"{number}-{n}": 1 for n in range(len(MEMBERS))}
    async with world.store.begin(ORGANISATION) as uow:
        work = Work(uow, world.clock.now(), world.tools)
        for key, mark in zip(MEMBERS, marks, strict=True):
            await work.tell(person_id(key), "not_reached", mark, slot=slot, name="Therapist", code=mark)
        await uow.commit()
    return marks


NAMES = [*ROWS, "email"]
CELLS = [
    (name, how)
    for at, how in enumerate(KINDS)
    for n, name in enumerate(NAMES)
    if LONG or how in DONE or n == at % len(NAMES)
]
"""CI plays each kind at one receiver, and what is done and not answered at all of them; `make soak` everything."""


@pytest.mark.slow
@pytest.mark.parametrize(("name", "how"), CELLS)
async def test_an_outage_is_seen_loses_nothing_and_is_over(name: str, how: str) -> None:
    async with connected(name) as (world, there):
        owed = await tell(world, 1)
        await world.settle()
        assert counted(owed, there.shown()).lost == 0
        await there.fall(how)
        half = {"seconds": 2} if how == "storm" else {"minutes": 5}  # a second's patience is a second of the test
        owed |= await tell(world, 2)
        await world.advance(**half)
        owed |= await tell(world, 3)
        await world.advance(**half)
        during = await outbox(world)
        unknown = [e for e in during if e.uncertain_at]
        assert not [e for e in during if e.failed_at]
        assert len(unknown) <= MOST_IN_FLIGHT
        if how == "storm" and name != "email":
            assert not world.dispatcher.outages.away, "it answers"
        else:
            assert world.dispatcher.outages.away
        await there.fall("")
        await world.advance(hours=HOURS_UNTIL_HEALED)
        found = counted(owed, there.shown())
        assert (found.lost, found.doubled) == (0, 0)
        assert found.again <= (len(unknown) if how in DONE and not there.platform.can_be_asked else 0)
        assert not [e for e in await outbox(world) if not (e.sent_at or e.dropped_at)], "nothing is left over"
        assert not world.dispatcher.outages.away
        said = [action for action, _ in world.log.records]
        assert said.count("dispatch.platform_away") == said.count("dispatch.platform_back")
