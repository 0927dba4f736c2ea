"""Two programs on one database behind one address: a dialog's button reaches either of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.teams import held
from bot.anonymise.text import AnonText
from bot.ui.inbound import Event, FormSubmitted, Outcome, Show
from bot.ui.model import Form, Passage
from storage import open_store
from storage.keys import KeyRing
from tests.e2e.teams.script import clinic
from tests.migrated import migrated
from tests.standins.teams.cards import texts
from tests.standins.teams.services import Clock, Core
from tests.standins.teams.world import LUND, World, world

PREVIEW = Form("case.confirm", "Preview", body=(Passage("Case", AnonText.from_store("Stuck at week 4")),))


class Ticking(Clock):
    """The store's clock and the programs': one time for all."""

    now = Clock.__call__


@asynccontextmanager
async def pair(folder: Path) -> AsyncIterator[tuple[World, World, Ticking]]:
    clock, url = Ticking(), migrated(folder / "one.sqlite3")
    stores = [await open_store(url, KeyRing.of(b"k" * 32), clock) for _ in range(2)]
    here, there = (store.drawer("teams") for store in stores)
    async with world(answers, drawer=here) as one, world(answers, drawer=there) as other:
        yield one, other, clock
    for store in stores:
        await store.close()


def resting(folder: Path) -> list[bytes]:
    """What lies on the disk, the database's log too."""
    return [path.read_bytes() for path in folder.iterdir()]


def answers(event: Event) -> Outcome:
    return Show(PREVIEW) if isinstance(event, FormSubmitted) else clinic(event)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """The gate is busy until this is set."""
    handle, ready = Core.handle, asyncio.Event()

    async def slowly(core: Core, event: Event) -> Outcome:
        if isinstance(event, FormSubmitted):
            await ready.wait()
        return await handle(core, event)

    monkeypatch.setattr(held, "PATIENCE", 0.05)
    monkeypatch.setattr(held, "_POLL", 0.01)
    monkeypatch.setattr(Core, "handle", slowly)
    return ready


async def test_an_answer_that_one_program_made_is_shown_by_the_other(tmp_path: Path, slow: asyncio.Event) -> None:
    async with pair(tmp_path) as (one, other, clock):
        form = (await one.person().invokes("composeExtension/fetchTask", {"commandId": "newCase"})).dialog
        waits = (await one.person().sends(form, "Send", **{"t.advice": "x"})).dialog
        waits = (await other.person().sends(waits, "Show the answer")).dialog
        assert "need not be sent again" in texts(waits), "it is not there yet"
        slow.set()
        await one.platform.stop()
        shown = [(await each.person().sends(waits, "Show the answer")).dialog for each in (other, one, other)]
        assert "Stuck at week 4" in texts(shown[0])
        assert shown[0] == shown[1] == shown[2], "the same answer, however often it is asked for"
        stranger = await other.person(LUND).sends(waits, "Show the answer")
        assert "no longer here" in stranger.said, "nobody else's to see"
        assert len(one.core.heard(FormSubmitted)) == 1
        assert other.core.heard(FormSubmitted) == []
        clock.advance(hours=1)
        assert "no longer here" in (await other.person().sends(waits, "Show the answer")).said


async def test_a_kept_answer_rests_sealed(tmp_path: Path, slow: asyncio.Event) -> None:
    async with pair(tmp_path) as (one, _, _):
        form = (await one.person().invokes("composeExtension/fetchTask", {"commandId": "newCase"})).dialog
        await one.person().sends(form, "Send", **{"t.advice": "x"})
        slow.set()
        await one.platform.stop()
    files = resting(tmp_path)
    assert any(b"held/" in content for content in files), "the row is there"
    assert not any(b"Stuck at week" in content for content in files)


async def test_an_answer_whose_program_died_is_given_up_with_the_way_to_what_became_of_it(
    tmp_path: Path, slow: asyncio.Event
) -> None:
    async with pair(tmp_path) as (one, other, clock):
        form = (await one.person().invokes("composeExtension/fetchTask", {"commandId": "newCase"})).dialog
        waits = (await one.person().sends(form, "Send", **{"t.advice": "x"})).dialog
        clock.advance(minutes=4)
        other.clock.advance(minutes=4)
        assert "start page" in (await other.person().sends(waits, "Show the answer")).said
        slow.set()
