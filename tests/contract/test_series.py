"""Series, closures, reminders and feeds over every store: what is planned happens once, whoever ticks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.app.steps.feeds import FeedService
from bot.demo.clinic import GROUP, MEMBERS, ORGANISATION, person_id
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.round import Round
from bot.ports.records import OutboxEntry, SeriesEntry
from bot.ports.unit_of_work import Store
from bot.ui.inbound import Done
from tests.app.closure_steps import close, due_days
from tests.app.feeds import address_in, read
from tests.app.series_steps import begin, days, rounds
from tests.contract.no_gate import NO_GATE
from tests.world import World, make_world

KIEL = ZoneInfo("Europe/Berlin")


async def submit(world: World, *keys: str) -> None:
    """Cases without texts, as they stand after the gate."""
    async with world.store.begin(ORGANISATION) as uow:
        for key in keys:
            case = Case(
                f"cas_{key}", ORGANISATION, GROUP, f"{key.upper()}{key.upper()}-1", "icbt", "en", 2, world.clock.now()
            )
            await uow.add(case)
            await uow.set_presenter(case.id, person_id(key))
        await uow.commit()


@pytest.mark.slow
async def test_a_series_from_its_form_to_reminders_and_a_closure(store: Store) -> None:
    world = await make_world(NO_GATE, store=store)
    await submit(world, "a", "b", "c")
    await begin(world, anchor="2027-02-01")
    await world.player("s").type("/round skip 15 Feb")
    secret = address_in(await world.player("d").press("feed.make"))
    await world.advance(days=14, hours=1)
    (round_,) = await rounds(world)
    assert (round_.occurrence, round_.published_at is not None) == (date(2027, 2, 1), True)
    assignments = await world.find(Assignment, round=round_.id, ended_at=None)
    assert len(assignments) == 6
    assert isinstance(await close(world, "cli_lund", "2027-02-03", "2027-02-04"), Done)
    lund = [s for s in assignments if s.reviewer in {person_id("d"), person_id("e")}]
    assert set((await due_days(world, lund)).values()) <= {date(2027, 2, 10)}
    assert any("Feedback" in title or "omgång" in title for _, title in await read(world, secret))
    await world.advance(days=21)
    assert await FeedService(world.store, world.clock, world.tools).read(secret)
    sent = [e.sent_at for e in await world.find(OutboxEntry, card="reminder", sent_at__not=None)]
    assert {at.astimezone(KIEL).hour for at in sent if at} == {9}
    assert days(await rounds(world)) == [date(2027, 2, 1), date(2027, 3, 1)]


async def test_replicas_that_tick_at_once_open_each_round_once(store: Store) -> None:
    world = await make_world(NO_GATE, store=store)
    await begin(world, anchor="2027-02-01", rhythm=("1",))
    tickers = [replace(world.ticker) for _ in range(3)]
    for _ in range(5):
        world.clock.advance(timedelta(days=7))
        for _ in range(6):
            await asyncio.gather(*(ticker.tick() for ticker in tickers))
            world.clock.advance(timedelta(minutes=1))
    found = await world.find(Round, series__not=None)
    assert len({r.occurrence for r in found}) == len(found) == 5
    invited = await world.find(OutboxEntry, card__in=["please_present", "round_open"])
    assert len(invited) == len(found) * len(MEMBERS), "by name or in general, nobody twice"
    (entry,) = await world.find(SeriesEntry)
    assert entry.next_at is not None
    assert entry.next_at > world.clock.now() - timedelta(days=7)
    assert entry.next_at < datetime(2027, 4, 1, tzinfo=KIEL)
