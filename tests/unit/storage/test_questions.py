"""What the store asks is answered by an index, however large the organisation."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast, get_type_hints

import pytest
from sqlalchemy.dialects import sqlite

from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Group
from bot.ports.records import Timer
from bot.ports.schema import INDEXES
from bot.ports.unit_of_work import those
from storage.query_builder import selecting, shaped
from tests.migrated import migrated

ASKED = [
    (kind, names[1])
    for kind, indexes in INDEXES.items()
    for names in indexes
    if kind is not Timer
    and names[0] == "organisation"  # those of no organisation are asked by the system's own queries
]

SOME: dict[object, object] = {datetime: datetime(2027, 1, 18, tzinfo=UTC), date: date(2027, 1, 18)}
"""A value of a column that is no word."""


def plan(database: Path, kind: type[Any], **conditions: Any) -> str:
    """How SQLite would find the rows, in a database it knows nothing about yet."""
    shape, asked = shaped("org", conditions.items())
    query = selecting(cast("Any", kind), shape, ("id",), None).params(**asked)
    sql = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(row[-1] for row in rows)


@pytest.mark.parametrize(("kind", "name"), ASKED, ids=[f"{kind.__name__}.{name}" for kind, name in ASKED])
def test_rows_are_found_by_the_index_that_was_made_for_them(kind: type[Any], name: str, tmp_path: Path) -> None:
    migrated(tmp_path / "empty.sqlite3")
    value = SOME.get(get_type_hints(kind)[name], "x")
    assert f"{name}=?" in plan(tmp_path / "empty.sqlite3", kind, **{name: value})
    if isinstance(value, str):
        assert f"{name}=?" in plan(tmp_path / "empty.sqlite3", kind, **{f"{name}__in": [value]})


def test_the_first_groups_by_name_are_read_in_order_not_sorted_out_of_all(tmp_path: Path) -> None:
    migrated(tmp_path / "empty.sqlite3")
    shape, asked = shaped("org", {}.items())
    query = selecting(Group, shape, ("name",), 50).params(**asked)
    sql = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with closing(sqlite3.connect(tmp_path / "empty.sqlite3")) as connection:
        steps = [row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert "ix_group_organisation_name" in steps[0]
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps


def test_more_conditions_do_not_change_that(tmp_path: Path) -> None:
    migrated(tmp_path / "empty.sqlite3")
    found = plan(
        tmp_path / "empty.sqlite3", Assignment, reviewer="x", ended_at=None, submitted_at__not=None,
        case__of=those(Case, closed_at=None),
    )  # fmt: skip
    assert "reviewer=?" in found
