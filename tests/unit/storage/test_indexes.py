"""Nothing is looked for by reading a whole table: references, prefixes, and what housekeeping asks each hour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import UniqueConstraint, create_engine, text

from bot.demo.clinic import START
from bot.demo.clock import VirtualClock
from storage import open_store
from storage.keys import KeyRing
from storage.migrate import sync_url
from storage.store import SqlStore
from storage.tables import metadata
from tests.migrated import migrated


def found_by(table: Any) -> list[tuple[str, ...]]:
    """The columns of every whole index of a table, unique ones and the primary key among them."""
    indexes = [i for i in table.indexes if i.dialect_options["sqlite"]["where"] is None]
    unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    return [tuple(column.name for column in each.columns) for each in (*indexes, *unique, table.primary_key)]


def test_every_reference_has_an_index() -> None:
    """Else each deletion of what is referred to reads the whole table that refers to it, and so does whoever counts."""
    missing = [
        (table.name, tuple(reference.column_keys))
        for table in metadata.sorted_tables
        for reference in table.foreign_key_constraints
        if (names := set(reference.column_keys)) != {"organisation"}
        and not any(set(index[:2]) == names or index[0] in names - {"organisation"} for index in found_by(table))
    ]
    assert missing == []


async def test_a_question_by_prefix_reads_a_range_of_the_primary_key(tmp_path: Path) -> None:
    url = migrated(tmp_path / "store.sqlite3")
    asked = await asked_by(url, "notice/org/someone/")
    engine = create_engine(sync_url(url))
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ("web", str(START), "a", "b")).all()
    engine.dispose()
    assert ["adapter=? AND key>? AND key<?" in row[-1] for row in plan] == [True], plan


@pytest.mark.postgres
async def test_keys_are_ordered_by_their_bytes_whatever_the_databases_language(postgres_migrated: str) -> None:
    asked = await asked_by(postgres_migrated, "notice/org/someone/")
    assert "LIKE" not in asked
    engine = create_engine(sync_url(postgres_migrated))
    with engine.connect() as connection:
        collation = "SELECT collation_name FROM information_schema.columns WHERE table_name = 'drawer'"
        named = connection.execute(text(f"{collation} AND column_name = 'key'")).scalar_one()
    engine.dispose()
    assert named == "C"


async def asked_by(url: str, prefix: str) -> str:
    """The statement with which a drawer looks for a prefix."""
    from sqlalchemy import event

    store = await open_store(url, KeyRing.of(b"k" * 32), VirtualClock(START))
    assert isinstance(store, SqlStore)
    statements: list[str] = []

    @event.listens_for(store._engine.sync_engine, "before_cursor_execute")
    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    assert list(await store.drawer("web").keys(prefix)) == []
    await store.close()
    return next(each for each in statements if "FROM drawer" in each)
