"""Every table, made from the record it keeps: one column a field, named alike, typed by the field's type.

Records and tables cannot drift apart: the columns are read from the dataclasses of
`bot.ports.schema`, and Alembic compares its revisions with this metadata in a test. Beside the records stand the
tables no record shows: texts, keys, authorship, the inbox, the adapters' drawers.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.anonymise.text import storable
from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Clinic, Organisation
from bot.domain.person import Person, Role
from bot.domain.risk import Hold
from bot.domain.round import Round
from bot.ports.records import LeaveEntry, OutboxEntry
from bot.ports.schema import INDEXES, RECORDS, REFERENCES, UNIQUE

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in and out. SQLite would lose the zone silently, so naive moments are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone reached the store")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[str]):
    """A string; what no database can hold (0, half a pair) becomes U+FFFD, so a forged id is an id of nothing."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Take out what would be an error."""
        return None if value is None else storable(value)


def table_name(kind: type[Any]) -> str:
    """ "OutboxEntry" → "outbox_entry"."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("_")


def bare(hint: Any) -> tuple[Any, bool]:
    """The type without None, and whether None is allowed."""
    if get_origin(hint) in {Union, types.UnionType}:
        inner = [a for a in get_args(hint) if a is not type(None)]
        return inner[0], True
    return hint, False


def _column_type(hint: Any) -> TypeEngine[Any]:
    origin = get_origin(hint) or hint
    if origin is datetime:
        return UtcDateTime()
    if origin is date:
        return Date()
    if origin in {tuple, frozenset, dict} or origin is Mapping:
        return JSON()
    if origin is bool:
        return Boolean()
    if origin is int:
        return Integer()
    if origin is float:
        return Float()
    if isinstance(origin, type) and issubclass(origin, str | Enum):
        return Word()
    raise TypeError(f"no column type for {hint}")


def _record_table(kind: type[Any]) -> Table:
    hints = get_type_hints(kind)
    name = table_name(kind)
    columns = []
    for spec in dataclasses.fields(kind):
        hint, optional = bare(hints[spec.name])
        columns.append(Column(spec.name, _column_type(hint), primary_key=spec.name == "id", nullable=optional))
    parts: list[Any] = [UniqueConstraint("organisation", "id")]
    parts += [UniqueConstraint(*names) for names in UNIQUE.get(kind, ())]
    parts += [Index(None, *names) for names in INDEXES.get(kind, ())]
    if kind is not Organisation:
        parts.append(ForeignKeyConstraint(["organisation"], ["organisation.id"]))
    for column, other in REFERENCES.get(kind, {}).items():
        # A clinic names supervisors who belong to the clinic: the circle is left to the use-cases.
        if kind is not Clinic:
            target = table_name(other)
            parts.append(ForeignKeyConstraint(["organisation", column], [f"{target}.organisation", f"{target}.id"]))
    return Table(name, metadata, *columns, *parts)


TABLES: dict[type[Any], Table] = {kind: _record_table(kind) for kind in RECORDS}

inbox = Table(
    "inbox",
    metadata,
    Column("organisation", Word, primary_key=True),
    Column("event", Word, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Index(None, "seen_at"),
)
authorship = Table(
    "authorship",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("case_id", Word, nullable=False, unique=True),
    Column("organisation", Word, nullable=False),
    Column("person", Word, nullable=False),
    Index(None, "organisation", "person"),
)
data_key = Table(
    "data_key",
    metadata,
    Column("owner", Word, primary_key=True),
    Column("organisation", Word, nullable=False),
    Column("kek", Word, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)
text_part = Table(
    "text_part",
    metadata,
    Column("owner", Word, primary_key=True),
    Column("part", Word, primary_key=True),
    Column("field", Word, primary_key=True),
    Column("organisation", Word, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
drawer = Table(
    "drawer",
    metadata,
    Column("adapter", Word, primary_key=True),
    # Asked for by prefix, which is a range of the index only where letters are ordered as their bytes are.
    Column("key", Word().with_variant(Word(collation="C"), "postgresql"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("expires", UtcDateTime),
    Index(None, "expires"),
)
replica = Table(
    "replica",
    metadata,
    Column("id", Word, primary_key=True),
    Column("version", Word, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("ticked_at", UtcDateTime),
    Column("process", Word, nullable=False, server_default=""),
    Column("clock_offset", Float, nullable=False, server_default="0"),
)

# When something was last done for the whole installation, whoever did it: "housekeeping", "backup".
last_done = Table(
    "last_done",
    metadata,
    Column("what", Word, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

# Revisions whose programs work on this schema; a program older than the schema looks itself up here.
compatible = Table("compatible", metadata, Column("revision", Word, primary_key=True))

# What the senders ask many times a second touches only rows that still want to be sent, however long the history is.
_outbox = TABLES[OutboxEntry].c
OPEN = and_(_outbox.sent_at.is_(None), _outbox.failed_at.is_(None), _outbox.dropped_at.is_(None))
for _name, _columns in {
    "ix_outbox_entry_open_due": (_outbox.urgent, _outbox.due_at, _outbox.created_at, _outbox.id),
    "ix_outbox_entry_open_person": (_outbox.organisation, _outbox.person),
}.items():
    Index(_name, *_columns, sqlite_where=OPEN, postgresql_where=OPEN)
for _column in (_outbox.failed_at, _outbox.uncertain_at):
    Index(None, _column, sqlite_where=_column.is_not(None), postgresql_where=_column.is_not(None))

# What ends one day is looked for by its end; what has not ended is found in other ways. The end comes first: behind the
# organisation SQLite would take "has ended" of one person for a range and read everybody's.
_ENDS = {LeaveEntry: ("last_day",), Case: ("published_at", "closed_at"), Assignment: ("submitted_at",)}
for _kind, _names in _ENDS.items():
    for _column in (TABLES[_kind].c[_name] for _name in _names):
        _filled = _column.is_not(None)
        Index(None, _column, TABLES[_kind].c.organisation, sqlite_where=_filled, postgresql_where=_filled)
_cases = TABLES[Case].c
_unpurged = and_(_cases.closed_at.is_not(None), _cases.purged_at.is_(None))
Index("ix_case_unpurged", _cases.organisation, _cases.closed_at, sqlite_where=_unpurged, postgresql_where=_unpurged)

# What goes on is little beside what is over: each is looked for as it stands in the conditions of `find`.
_rounds, _holds, _people = TABLES[Round].c, TABLES[Hold].c, TABLES[Person].c
_GOING_ON = {
    "ix_round_open": ((_rounds.organisation, _rounds.group), (_rounds.closed_at, _rounds.cancelled_at)),
    "ix_case_waiting": (
        (_cases.organisation, _cases.group),
        (_cases.published_at, _cases.closed_at, _cases.withdrawn_at),
    ),
    "ix_hold_open": ((_holds.organisation, _holds.raised_at), (_holds.released_at,)),
}
for _name, (_columns, _empty) in _GOING_ON.items():
    _where = and_(*(column.is_(None) for column in _empty))
    Index(_name, *_columns, sqlite_where=_where, postgresql_where=_where)
# Few people have one of these roles; they are asked for by it wherever somebody is to be told.
for _role in (Role.SUPERVISOR, Role.ADMIN, Role.DPO):
    _where = and_(_people.removed_at.is_(None), text(f"CAST(roles AS TEXT) LIKE '%\"{_role.value}\"%'"))
    Index(f"ix_person_{_role.value}", _people.organisation, _people.name, sqlite_where=_where, postgresql_where=_where)
