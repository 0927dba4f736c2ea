"""Every question the program asks its store, read from the source and asked of every store there is.

A condition may only name what is stored: on the store in memory a property looks like a column, on a database it is
none. Each shape of a question (kind, conditions, order, columns) is collected from the syntax tree and run with values
of its columns' types. Questions about one kind after the other are asked in `tests/contract/test_personal_data.py`.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from bot.ports.schema import RECORDS
from bot.ports.unit_of_work import Store, UnitOfWork, those
from tests.contract.conftest import NOW
from tests.sources import ROOT, files, nodes

KINDS: Mapping[str, type[Any]] = {kind.__name__: kind for kind in RECORDS}
ASKS = {"find", "count", "columns", "one", "tally"}
RESERVED = {"order", "limit"}
HOW = {"", "in", "not", "lt", "le", "gt", "ge", "has", "of"}


@dataclass(frozen=True)
class Question:
    """One call: where it stands, what it asks."""

    place: str
    ask: str
    kind: str
    conditions: tuple[tuple[str, Any], ...]
    order: tuple[str, ...]
    names: tuple[str, ...]


def _strings(node: ast.expr | None) -> tuple[str, ...]:
    if isinstance(node, ast.Tuple):
        return tuple(str(each.value) for each in node.elts if isinstance(each, ast.Constant))
    return ()


def _conditions(call: ast.Call) -> tuple[tuple[str, Any], ...]:
    found: list[tuple[str, Any]] = []
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg in RESERVED:
            continue
        inner = keyword.value
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == "those":
            kind = inner.args[0]
            assert isinstance(kind, ast.Name)
            found.append((keyword.arg, (kind.id, _conditions(inner))))
        else:
            found.append((keyword.arg, isinstance(inner, ast.Constant) and inner.value is None))
    return tuple(found)


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for file in files("adapters", "bot", "storage"):
        place = str(file.relative_to(ROOT))
        for node in nodes(file):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKS:
                yield place, node


def questions() -> list[Question]:
    """Every question about a kind that is written out."""
    found = set()
    for place, call in _calls():
        first = call.args[0] if call.args else None
        if not isinstance(first, ast.Name) or first.id not in KINDS:
            continue
        assert isinstance(call.func, ast.Attribute)
        order = next((_strings(k.value) for k in call.keywords if k.arg == "order"), ())
        names = _strings(call.args[1]) if call.func.attr == "columns" else ()
        if call.func.attr == "tally":
            assert isinstance(call.args[1], ast.Constant)
            names = (str(call.args[1].value),)
        found.add(Question(place, call.func.attr, first.id, _conditions(call), order, names))
    return sorted(found, key=repr)


def faults(kind: str, conditions: tuple[tuple[str, Any], ...], names: tuple[str, ...] = ()) -> list[str]:
    """What of a question no column answers."""
    stored = {spec.name for spec in dataclasses.fields(KINDS[kind])}
    wrong = [f"{kind}.{name}" for name in names if name.lstrip("-") not in stored]
    for key, value in conditions:
        name, _, how = key.partition("__")
        if name not in stored or how not in HOW:
            wrong.append(f"{kind}.{key}")
        if how == "of" and isinstance(value, tuple):
            wrong += faults(*value)
    return wrong


def test_every_condition_order_and_column_is_stored() -> None:
    asked = questions()
    assert len(asked) > 150
    wrong = [f"{q.place}: {f}" for q in asked for f in faults(q.kind, q.conditions, (*q.order, *q.names))]
    assert wrong == []


def test_a_property_is_found_out() -> None:
    """`Hold.alerted` is a property of the record and no column."""
    assert faults("Hold", (("alerted", False),)) == ["Hold.alerted"]
    assert faults("Case", (("round__of", ("Hold", (("alerted", False),))),)) == ["Hold.alerted"]
    assert faults("Hold", (), ("-waiting",)) == ["Hold.-waiting"]


def _value(kind: type[Any], name: str) -> Any:
    """Any value of a column's type."""
    hint = get_type_hints(kind)[name]
    bare = next((each for each in get_args(hint) if each is not type(None)), hint) if get_args(hint) else hint
    origin = get_origin(bare) or bare
    if isinstance(origin, type) and issubclass(origin, Enum):
        return next(iter(origin)).value
    samples: dict[Any, Any] = {str: "x", int: 1, float: 0.5, bool: True, datetime: NOW, date: NOW.date(), time: time(9)}
    return samples[origin]


def _asked(kind: str, conditions: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in conditions:
        name, _, how = key.partition("__")
        if how == "of" and isinstance(value, tuple):
            values[key] = those(KINDS[value[0]], **_asked(*value))
        elif how == "of":
            continue  # a constant of another file: that one is collected where it is written
        elif value is True:
            values[key] = None
        else:
            sample = _value(KINDS[kind], name)
            values[key] = [sample] if how == "in" else sample
    return values


async def _put(uow: UnitOfWork, question: Question) -> None:
    kind, asked = KINDS[question.kind], _asked(question.kind, question.conditions)
    order = {"order": question.order} if question.order else {}
    if question.ask == "count":
        await uow.count(kind, **asked)
    elif question.ask == "tally":
        await uow.tally(kind, question.names[0], **asked)
    elif question.ask == "columns":
        await uow.columns(kind, question.names or ("id",), **order, **asked)
    else:
        await uow.find(kind, limit=2, **order, **asked)


async def test_every_question_is_answered_by_every_store(store: Store) -> None:
    broken: list[str] = []
    async with store.begin("one", write=False) as uow:
        for question in questions():
            try:
                await _put(uow, question)
            except (KeyError, TypeError, AttributeError, AssertionError) as error:
                broken.append(f"{question.place}: {question.kind} {question.conditions}: {error!r}")
    assert broken == []


@pytest.mark.parametrize("ask", ["find", "count", "columns", "order", "tally"])
async def test_what_no_column_answers_is_refused_by_every_store(store: Store, ask: str) -> None:
    hold = KINDS["Hold"]
    async with store.begin("one", write=False) as uow:
        with pytest.raises((KeyError, AttributeError)):
            match ask:
                case "find":
                    await uow.find(hold, alerted="x")
                case "count":
                    await uow.count(hold, alerted="x")
                case "columns":
                    await uow.columns(hold, ("alerted",))
                case _:
                    await uow.find(hold, order=("alerted",))
