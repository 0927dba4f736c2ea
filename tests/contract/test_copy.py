"""`intervision migrate --to`: every row of a lived-in database arrives on PostgreSQL, or nothing does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, update

from bot.anonymise.text import AnonText
from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.demo.clinic import ORGANISATION, found, person_id
from bot.demo.clock import VirtualClock
from bot.domain.person import Person
from bot.errors import SetupError
from bot.ports.records import Audited, LogEntry, Replica
from bot.runtime.system import SystemIds
from storage import open_store
from storage import transfer as copying
from storage.keys import KeyRing
from storage.migrate import sync_url
from storage.tables import authorship, metadata
from storage.transfer import copy_database
from tests.contract.conftest import NOW
from tests.migrated import migrated

pytestmark = pytest.mark.postgres


@pytest.fixture
async def lived_in(tmp_path: Path, clock: VirtualClock, keys: KeyRing) -> str:
    """The demo clinic's history on SQLite, with texts, an audit trail, a drawer and an outbox."""
    url = migrated(tmp_path / "old.sqlite3")
    store = await open_store(url, keys, clock)
    await found(store, SystemIds())
    async with store.begin(ORGANISATION) as uow:
        await uow.put_text("case", "case", {"title": AnonText.from_store("Pausen – blå 🙂")})
        await uow.set_presenter("case", person_id("a"))
        await uow.audit(Audited.EXPORTED, person_id("p"), "case", NOW)
        tools = Tools(SystemIds(), None, None, None, "")  # type: ignore[arg-type]  # nothing here examines text or counts days
        await Work(uow, NOW, tools).tell(person_id("a"), "not_reached", "x", name="Therapist B")
        await uow.commit()
    await store.drawer("slack").put("team", b"\x00\x01", expires=NOW + timedelta(days=1))
    async with store.system() as system:
        await system.beat(Replica("gone", "1", NOW - timedelta(days=2), NOW - timedelta(days=1)))
        await system.commit()
    await store.close()
    return url


async def test_everything_arrives_and_the_program_goes_on_there(
    lived_in: str, postgres_url: str, clock: VirtualClock, keys: KeyRing
) -> None:
    told: dict[str, int] = {}
    rows = copy_database(lived_in, postgres_url, NOW, told.__setitem__)
    assert rows == sum(told.values()) > 100
    store = await open_store(postgres_url, keys, clock)
    async with store.begin(ORGANISATION) as uow:
        assert len(await uow.find(Person)) == 10
        assert len(await uow.find(LogEntry)) == told["log_entry"] > 0
        assert (await uow.texts("case", "case"))["title"].text == "Pausen – blå 🙂"
        await uow.set_presenter("a case after the move", person_id("a"))
        assert await uow.cases_of(person_id("a")) == [
            *(await uow.cases_of(person_id("a")))[:-1],
            "a case after the move",
        ]
        await uow.commit()
    assert await store.drawer("slack").get("team") == b"\x00\x01"
    async with store.system() as system:
        assert [e.card for e in await system.claim(NOW, NOW + timedelta(minutes=1), "r1", 5)] == ["not_reached"]
    await store.close()


def rows_of(url: str) -> int:
    engine = create_engine(sync_url(url))
    with engine.connect() as connection:
        tables = [t for t in metadata.sorted_tables if t.name not in copying.PASSING]
        total = sum(connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables)
    engine.dispose()
    return total


def test_a_row_that_comes_out_different_stops_the_copy_and_leaves_the_new_database_empty(
    lived_in: str, postgres_migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = copying._compare

    def changed(new: Any, table: Any, rows: Any) -> None:
        if table is authorship:
            new.execute(update(authorship).values(person="somebody else"))
        compare(new, table, rows)

    monkeypatch.setattr(copying, "_compare", changed)
    with pytest.raises(SetupError, match="authorship did not come out the same"):
        copy_database(lived_in, postgres_migrated, NOW, lambda *_: None)
    assert rows_of(postgres_migrated) == 0


def test_a_database_with_rows_is_not_overwritten(lived_in: str, postgres_migrated: str) -> None:
    copy_database(lived_in, postgres_migrated, NOW, lambda *_: None)
    before = rows_of(postgres_migrated)
    with pytest.raises(SetupError, match="not empty"):
        copy_database(lived_in, postgres_migrated, NOW, lambda *_: None)
    assert rows_of(postgres_migrated) == before


def test_a_program_at_work_and_the_same_database_are_refused(lived_in: str, postgres_migrated: str) -> None:
    with pytest.raises(SetupError, match="at work"):
        copy_database(lived_in, postgres_migrated, NOW - timedelta(days=3), lambda *_: None)
    with pytest.raises(SetupError, match="database in use"):
        copy_database(lived_in, lived_in, NOW, lambda *_: None)
