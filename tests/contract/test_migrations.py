"""Migrations on SQLite and PostgreSQL: one line of revisions, rows survive, the release before goes on working."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    create_engine,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from bot.errors import SetupError
from storage.migrate import _config, check_version, current, still_served, sync_url, upgrade
from storage.tables import compatible, metadata

NOW = datetime(2027, 1, 18, 8, 0, tzinfo=UTC)


@cache
def script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config("sqlite://"))


def revisions() -> list[str]:
    """Oldest first."""
    return [step.revision for step in script().walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'migrations.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def test_there_is_one_line_of_revisions() -> None:
    assert len(script().get_heads()) == 1
    assert len(revisions()) == len(list(Path(script().versions).glob("*.py")))


def test_the_newest_revision_is_what_the_program_expects(empty: str) -> None:
    upgrade(empty)
    engine = create_engine(sync_url(empty))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    check_version(empty)


def test_down_and_up_again(empty: str) -> None:
    upgrade(empty)
    command.downgrade(_config(empty), revisions()[0])
    assert current(empty) == revisions()[0]
    upgrade(empty)
    check_version(empty)


@pytest.mark.parametrize(
    "empty", ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.slow])], indirect=True
)
def test_rows_survive_and_the_release_before_goes_on_writing(empty: str) -> None:
    """Expand, migrate, contract: a column that is added has a default on the database's side or may be empty,
    and nothing the step before uses is taken away, unless the revision says `contract = True`.

    Only tables that a revision names as `made_again` may lose rows: they hold what is counted from facts.
    """
    kept: dict[str, int] = {}
    upgrade(empty, revisions()[0])
    schema, engine = Schema(), create_engine(sync_url(empty), poolclass=NullPool)
    with engine.begin() as connection:
        now = schema.read(connection)
    for number, (before, after) in enumerate(pairwise(revisions()), start=1):
        with engine.begin() as connection:
            tables = now  # as the step before left them: reading them anew takes seconds on PostgreSQL
            fill(connection, tables, number)
            for table in tables:
                kept[table.name] = kept.get(table.name, 0) + 1
        upgrade(empty, after)
        contract = getattr(script().get_revision(after).module, "contract", False)
        kept |= dict.fromkeys(getattr(script().get_revision(after).module, "made_again", ()), 0)
        with engine.begin() as connection:
            now = schema.read(connection)
            if contract:
                kept = {name: n for name, n in kept.items() if name in {table.name for table in now}}
            for name, rows in kept.items():
                assert connection.scalar(text(f'SELECT count(*) FROM "{name}"')) == rows, f"{after} lost rows of {name}"
            if not contract:
                try:
                    fill(connection, tables, number + 100)
                except DBAPIError as error:
                    pytest.fail(
                        f"A program of revision {before} cannot write after {after}: {error.orig}. Give new columns a "
                        "server_default or let them be empty, keep old ones, or say `contract = True` in the revision.",
                        pytrace=False,
                    )
                for table in tables:
                    connection.execute(select(table).limit(1)).all()
                    kept[table.name] += 1


def test_a_program_of_the_release_before_starts_on_a_newer_schema_that_serves_it(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = revisions()[-1]
    assert still_served(script(), newest)[:2] == revisions()[:-3:-1]
    upgrade(empty)
    with connected(empty) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'of_the_next_release'")
    check_version(empty)  # it says that it serves this program
    with connected(empty) as connection:
        connection.execute(compatible.delete())
    with pytest.raises(SetupError, match="newer version"):
        check_version(empty)


def test_a_revision_that_takes_something_away_ends_the_line(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(script().dir, folder, ignore=shutil.ignore_patterns("__pycache__"))
    newest = revisions()[-1]
    source = f"revision = 'z1'\ndown_revision = '{newest}'\ncontract = True\ndef upgrade(): ...\ndef downgrade(): ...\n"
    (folder / "versions" / "z1_contract.py").write_text(source)
    assert still_served(ScriptDirectory(str(folder)), "z1") == ["z1"]


# ---- any row of any table --------------------------------------------------------------------------


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A transaction that is committed when nothing went wrong."""
    engine = create_engine(sync_url(url))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


class Schema:
    """The tables of a database, read once and again after each step: on SQLite only those that the step changed."""

    def __init__(self) -> None:
        self._tables = MetaData()
        self._written: dict[str, str] = {}

    def read(self, connection: Connection) -> list[Table]:
        """As they stand, those that others point at first."""
        written: dict[str, str] = {}
        if connection.dialect.name == "sqlite":
            every = connection.execute(text("SELECT tbl_name, sql FROM sqlite_master ORDER BY tbl_name, name"))
            for name, sql in every:
                written[name] = f"{written.get(name, '')}\n{sql}"
        for table in list(self._tables.tables.values()):
            if table.name not in written or written[table.name] != self._written[table.name]:
                self._tables.remove(table)
        self._written = written
        self._tables.reflect(connection, only=lambda name, _: name not in {"alembic_version", "compatible"})
        return self._tables.sorted_tables


def fill(connection: Connection, tables: list[Table], number: int) -> None:
    """One row in every table, each pointing at the first row of the tables it names, or at its own where one is all."""
    for table in tables:
        named = {key.parent.name for key in table.foreign_keys}
        unique = [{c.name for c in each.columns} for each in table.constraints if isinstance(each, UniqueConstraint)]
        once = {name for columns in unique if columns <= named for name in columns}
        row = {}
        for column in table.columns:
            if column.autoincrement is True or (column.primary_key and isinstance(column.type, Integer)):
                continue
            if column.name == "organisation" or (table.name == "organisation" and column.name == "id"):
                row[column.name] = "o1" if table.name != "organisation" else f"o{number}"
            elif column.name in named:
                row[column.name] = f"r{number}" if column.name in once else "r1"
            elif column.name == "id":
                row[column.name] = f"r{number}"
            else:
                row[column.name] = value(column.type, f"{column.name}{number}", number)
        connection.execute(insert(table), [row])


def value(kind: TypeEngine[Any], word: str, number: int) -> Any:
    match kind:
        case JSON():
            return []
        case Boolean():
            return False
        case DateTime():
            return NOW + timedelta(days=number)
        case Date():
            return date(2027, 1, 18) + timedelta(days=number)
        case Integer():
            return number
        case Float():
            return 1.0
        case LargeBinary():
            return word.encode()
        case _:
            return word
