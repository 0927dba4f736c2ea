"""A clinic updates: the database that an earlier release left is brought up to date, and the clinic goes on with it."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.schema import MetaData

from bot.app.dependencies import Anonymiser, Tools
from bot.app.entry import Entry
from bot.delivery.dispatcher import Dispatcher
from bot.demo.clinic import ORGANISATION, START
from bot.demo.clock import VirtualClock
from bot.demo.control import MOMENT
from bot.demo.texts import CASES
from bot.domain.assignment import Assignment
from bot.log import Silent
from bot.ports.records import OutboxEntry
from bot.runtime.holidays import HolidayCalendars
from bot.runtime.ticker import Ticker
from bot.ui.model import Form, Passage
from storage import open_store
from storage.keys import KeyRing
from storage.migrate import upgrade
from tests.world import RecordingPlatform, SeededRng, SequentialIds, World

RELEASES = Path(__file__).parent / "releases"


class NoTexts:
    """Nobody writes a text here."""

    def warm(self) -> None: ...


@pytest.fixture(params=sorted(RELEASES.glob("*.gz")), ids=lambda packed: packed.name.partition(".")[0])
def left(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The database as the earlier release left it, its key beside it."""
    database = tmp_path / "clinic.sqlite3"
    database.write_bytes(gzip.decompress(request.param.read_bytes()))
    shutil.copy(request.param.with_name(f"{database_of(request.param)}.key"), tmp_path / "clinic.key")
    return database


def database_of(packed: Path) -> str:
    """The revision in a file's name."""
    return packed.name.partition(".")[0]


def counted(database: Path) -> dict[str, int]:
    """Rows of every table."""
    engine = create_engine(f"sqlite:///{database}")
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        rows = {t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in tables.sorted_tables}
    engine.dispose()
    return rows


@pytest.fixture
async def updated(left: Path) -> AsyncIterator[World]:
    """The clinic on today's program, at the moment at which it was left."""
    url = f"sqlite:///{left}"
    upgrade(url)
    key = left.with_suffix(".key")
    key.chmod(0o600)  # as whoever updates is told to, where an earlier release made it
    keys = KeyRing.load(file=str(key))
    clock = VirtualClock(START)
    store = await open_store(url, keys, clock)
    moment = await store.drawer("demo").get(MOMENT)
    if moment:
        clock.advance_to(datetime.fromisoformat(moment.decode()))
    ids, log, platform = SequentialIds(), Silent(), RecordingPlatform()
    tools = Tools(ids, SeededRng(7), cast("Anonymiser", NoTexts()), HolidayCalendars(), "http://127.0.0.1:8377")
    dispatcher = Dispatcher(store, clock, tools, log, {"web": platform}, "replica-1")
    entry, ticker = Entry(store, clock, tools, log), Ticker(store, clock, tools, log)
    yield World(store, clock, tools, entry, ticker, dispatcher, platform, log)
    await store.close()


def test_no_row_is_lost_and_a_second_update_changes_nothing(left: Path) -> None:
    before = counted(left)
    assert before["text_part"] and before["log_entry"] and before["audit_entry"]
    upgrade(f"sqlite:///{left}")
    after = counted(left)
    upgrade(f"sqlite:///{left}")
    assert counted(left) == after
    assert {name: after[name] for name in before if name != "compatible"} == {
        name: rows for name, rows in before.items() if name != "compatible"
    }


@pytest.mark.slow
async def test_reviewers_read_their_cases_and_the_round_goes_on(updated: World) -> None:
    texts = {words for case in CASES for words in case.values()}
    assignments = await updated.find(Assignment, ended_at=None, submitted_at=None)
    assert len(assignments) == 8
    for assignment in assignments:
        form: Form = await updated.player(assignment.reviewer.rpartition("_")[2]).open("review.open", assignment.id)
        assert any(isinstance(b, Passage) and b.text.text in texts for b in form.body)
    async with updated.store.begin(ORGANISATION, write=False) as uow:
        assert await uow.audit_faults() == []
    await updated.advance(days=8)
    reminded = {entry.person for entry in await updated.find(OutboxEntry, card="reminder", sent_at__not=None)}
    assert {assignment.reviewer for assignment in assignments} <= reminded
