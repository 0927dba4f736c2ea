"""The conditions' small language (`bot.ports.unit_of_work`) as SQL.

A program asks the same few hundred questions over and over, only the values differ, and building a statement costs
more than running it: so each shape of question is built once, with places for its values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    FromClause,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal_column,
    select,
)

from storage.in_clause import among_those_at
from storage.tables import TABLES

Shape = tuple[tuple[Any, ...], ...]
"""Conditions without their values: (field, comparison, name of the value's place), None where it asks for nothing."""
Values = dict[str, Any]


def shaped(organisation: str, conditions: Iterable[tuple[str, Any]]) -> tuple[Shape, Values]:
    """The shape of a question within an organisation, and the values for its places."""
    values: Values = {"organisation": organisation}
    return _shape(conditions, values), values


@lru_cache(maxsize=2000)
def selecting(kind: Any, shape: Shape, order: Sequence[str], limit: int | None) -> Select[Any]:
    """Rows of a kind; in "-field" order the largest come first, and ties are ordered by id."""
    table = TABLES[kind]
    query = select(table).where(*_clauses(table, shape)).limit(limit)
    for name in order:
        if name == "id":
            break
        column = table.c[name.lstrip("-")]
        query = query.order_by(column.desc().nulls_last() if name.startswith("-") else column.asc().nulls_first())
    # As an expression: for a column SQLite would rather walk the whole organisation in order of its ids than sort.
    return query.order_by(table.c.id.concat("") if shape else table.c.id)


@lru_cache(maxsize=500)
def counting(kind: Any, shape: Shape) -> Select[Any]:
    """How many rows of a kind."""
    table = TABLES[kind]
    return select(func.count()).select_from(table).where(*_clauses(table, shape))


@lru_cache(maxsize=100)
def tallying(kind: Any, field: str, shape: Shape) -> Select[Any]:
    """How many rows of a kind have each value of a field."""
    table = TABLES[kind]
    return select(table.c[field], func.count()).where(*_clauses(table, shape)).group_by(table.c[field])


def deleting(kind: Any, shape: Shape) -> Delete:
    """Delete rows of a kind."""
    table = TABLES[kind]
    return delete(table).where(*_clauses(table, shape))


def _shape(conditions: Iterable[tuple[str, Any]], values: Values) -> Shape:
    shape: list[tuple[Any, ...]] = []
    for key, value in conditions:
        name, _, how = key.partition("__")
        if how == "of":
            shape.append((name, how, value.kind, _shape(value.conditions, values)))
        elif value is None:
            shape.append((name, how, None))
        elif how == "has":
            shape.append((name, how, _quoted(value)))
        else:
            place = f"value_{len(values)}"
            values[place] = list(value) if how == "in" else value
            shape.append((name, how, place))
    return tuple(shape)


def _quoted(value: str) -> str:
    """A pattern that finds a word among several, which are kept as a JSON list of words in quotes.

    It stands in the statement itself: an index of those who have a role is used only where the role can be read there.
    """
    if not (value.isascii() and value.isalpha()):
        raise ValueError("only plain words are looked for among several")
    return f"'%\"{value}\"%'"


def _clauses(table: FromClause, shape: Shape) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [table.c.organisation == bindparam("organisation")]
    for name, how, place, *inside in shape:
        if how == "of":
            other = TABLES[place].alias()
            clauses.append(exists().where(other.c.id == table.c[name], *_clauses(other, inside[0])))
        else:
            clauses.append(_clause(table.c[name], how, place))
    return clauses


def _clause(column: Any, how: str, place: str | None) -> ColumnElement[bool]:
    value: Any = bindparam(place) if place and how != "has" else None
    match how:
        case "" if value is None:
            clause = column.is_(None)
        case "":
            clause = column == value
        case "in" if place:
            clause = among_those_at(column, place)
        case "has":
            clause = cast(column, Text).like(literal_column(place or ""))
        case "not" if value is None:
            clause = column.is_not(None)
        case "not":
            clause = column.is_distinct_from(value)  # nothing is not this value either
        case "lt":
            clause = column < value
        case "le":
            clause = column <= value
        case "gt":
            clause = column > value
        case "ge":
            clause = column >= value
        case _:
            raise TypeError(f"unknown condition {how}")
    result: ColumnElement[bool] = clause
    return result
