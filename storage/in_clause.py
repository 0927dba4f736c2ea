"""`column IN (…)` with all its values as one parameter.

With one parameter per value, every length of the list would be a new statement to compile, parse and plan.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BindParameter, ColumnElement, String, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

from bot.anonymise.text import storable


class Several(TypeDecorator[Collection[str]]):
    """Strings as one value: an array on PostgreSQL, JSON on SQLite."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """What the driver is given."""
        return ARRAY(String) if dialect.name == "postgresql" else String()

    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> Any:
        """What no database can hold is taken out, as of single words."""
        strings = [storable(each) for each in value or ()]
        return strings if dialect.name == "postgresql" else json.dumps(strings)


class _Among(FunctionElement[Any]):
    """The column and the values, without a type: SQLite would be asked whether a truth value is 1, past any index."""

    type = NullType()
    inherit_cache = True


def among(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Whether the column holds one of these strings."""
    return _Among(column, bindparam(None, values, type_=Several()))


def among_those_at(column: ColumnElement[Any], place: str) -> ColumnElement[bool]:
    """The same with the values given when the statement runs."""
    values: BindParameter[Any] = bindparam(place, type_=Several())
    return _Among(column, values)


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608  # both are drawn by SQLAlchemy, values are parameters
