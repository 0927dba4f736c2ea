"""Reads that are asked once: a batch looks at the same organisation, clinics and closures many times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast

from bot.app.wrapped_uow import Wrapped
from bot.ports.records import Timer
from bot.ports.unit_of_work import Those, UnitOfWork

R = TypeVar("R")


class Remembering(Wrapped):
    """A unit of work that answers a question it has answered before from memory.

    Records are frozen, so an answer can be given twice; what the unit itself writes makes it forget the answers that
    this changes. Whatever is none of `get`, `find`, `columns`, `count`, `tally` and who presents goes straight through,
    and so does a `tally` that was not looked ahead for.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        super().__init__(uow)
        self._one: dict[tuple[type[Any], str], Any] = {}
        self._many: dict[type[Any], dict[_Question, list[Any]]] = defaultdict(dict)
        self._wide: set[tuple[type[Any], _Question]] = set()
        self._counts: dict[tuple[type[Any], _Question], int] = {}
        self._columns: dict[tuple[type[Any], tuple[str, ...], _Question], list[tuple[Any, ...]]] = {}
        self._presents: dict[str, str | None] = {}
        self._cases_of: dict[str, Sequence[str]] = {}

    async def get(self, kind: type[R], id: str) -> R:
        """The record; raises NotFound."""
        if (kind, id) not in self._one:
            self._one[kind, id] = await self._uow.get(kind, id)
        return cast("R", self._one[kind, id])

    async def find(
        self, kind: type[R], *, order: Sequence[str] = ("id",), limit: int | None = None, **conditions: Any
    ) -> list[R]:
        """Every record that meets the conditions."""
        question, answers = _question(order, limit, conditions), self._many[kind]
        if question not in answers:
            known = self._value_by_value(kind, conditions) if order == ("id",) and limit is None else None
            if known is None:
                known = await self._uow.find(kind, order=order, limit=limit, **conditions)
            self._remember(kind, question, known)
            self._one.update({(kind, cast("Any", record).id): record for record in known})
        return list(answers[question])

    def _value_by_value(self, kind: type[Any], conditions: dict[str, Any]) -> list[Any] | None:
        """What is asked for several values at once (`field__in`) and known of each; None when it is not."""
        for several in [name for name in conditions if name.endswith("__in")]:
            rest = {name: value for name, value in conditions.items() if name != several}
            questions = _value_by_value(several.removesuffix("__in"), conditions[several], rest)
            answers = [self._many[kind].get(question) for question in questions.values()]
            if None not in answers:
                found = [record for its in answers for record in its or ()]
                return sorted(found, key=lambda record: str(record.id))
        return None

    async def columns(
        self, kind: type[Any], names: Sequence[str], *, order: Sequence[str] = ("id",), **conditions: Any
    ) -> list[tuple[Any, ...]]:
        """Only these fields."""
        known = self._value_by_value(kind, conditions) if tuple(order) == ("id",) else None
        if known is not None:
            return [tuple(getattr(record, name) for name in names) for record in known]
        asked = (kind, tuple(names), _question(order, None, conditions))
        if asked not in self._columns:
            self._columns[asked] = await self._uow.columns(kind, names, order=order, **conditions)
        return list(self._columns[asked])

    async def count(self, kind: type[Any], **conditions: Any) -> int:
        """How many there are."""
        asked = (kind, _question(("id",), None, conditions))
        if asked not in self._counts:
            self._counts[asked] = await self._uow.count(kind, **conditions)
        return self._counts[asked]

    async def tally(self, kind: type[Any], field: str, **conditions: Any) -> dict[Any, int]:
        """How many there are of each value."""
        rest = dict(conditions)
        questions = _value_by_value(field, rest.pop(f"{field}__in", ()), rest)
        counts = {value: self._counts.get((kind, question)) for value, question in questions.items()}
        if not counts or None in counts.values():
            return await self._uow.tally(kind, field, **conditions)
        return {value: count for value, count in counts.items() if count}

    async def presenter(self, case: str) -> str:
        """Who presented a case; raises NotFound."""
        found = (await self.presenters([case])).get(case)
        return await self._uow.presenter(case) if found is None else found

    async def presenters(self, cases: Sequence[str]) -> Mapping[str, str]:
        """The same of several cases; what nobody presented any more is left out."""
        if unknown := [case for case in cases if case not in self._presents]:
            self._presents.update(dict.fromkeys(unknown))
            self._presents.update(await self._uow.presenters(unknown))
        return {case: person for case in cases if (person := self._presents[case]) is not None}

    async def cases_of(self, person: str) -> Sequence[str]:
        """The cases somebody presented."""
        if person not in self._cases_of:
            self._cases_of[person] = await self._uow.cases_of(person)
        return list(self._cases_of[person])

    async def look_ahead(
        self, kind: type[R], field: str, values: Iterable[str], order: Sequence[str] = ("id",), **conditions: Any
    ) -> list[R]:
        """Ask in one question what will be asked value by value; everything found."""
        by_value: dict[str, list[Any]] = {value: [] for value in values}
        if not by_value:
            return []
        asked: dict[str, Any] = {f"{field}__in": list(by_value), **conditions}
        found = await self._uow.find(kind, order=order, **asked)
        for record in found:
            by_value[getattr(record, field)].append(record)
        if field == "id":
            self._one.update({(kind, value): its[0] for value, its in by_value.items() if its})
        for value, question in _value_by_value(field, by_value, conditions, tuple(order)).items():
            self._remember(kind, question, by_value[value])
        return found

    async def tally_ahead(self, kind: type[Any], field: str, values: Iterable[str], **conditions: Any) -> None:
        """Count in one question what will be counted value by value."""
        questions = _value_by_value(field, values, conditions)
        if not questions:
            return
        asked: dict[str, Any] = {f"{field}__in": list(questions), **conditions}
        counts = await self._uow.tally(kind, field, **asked)
        for value, question in questions.items():
            self._counts[kind, question] = counts.get(value, 0)

    def _remember(self, kind: type[Any], question: _Question, found: list[Any]) -> None:
        self._many[kind][question] = found
        if any(isinstance(value, Those) for _, value in question.conditions):
            self._wide.add((kind, question))

    # ---- what changes the answers

    async def add(self, *records: Any) -> None:
        """Insert; raises AlreadyThere."""
        try:
            await self._uow.add(*records)
        finally:
            for record in records:
                self._forget(type(record), record.id, record)

    async def save(self, record: R) -> R:
        """Update; raises ChangedMeanwhile."""
        saved: Any = await self._uow.save(record)
        self._forget(type(saved), saved.id, saved)
        return cast("R", saved)

    async def remove(self, kind: type[Any], id: str) -> None:
        """Delete one record."""
        await self._uow.remove(kind, id)
        self._forget(kind, id, None)

    async def post(self, entry: Any) -> None:
        """Add an intent."""
        await self._uow.post(entry)
        self._forget(type(entry), entry.id, entry)

    async def set_presenter(self, case: str, person: str) -> None:
        """Write who presented a case."""
        self._presents.pop(case, None)
        self._cases_of.clear()
        await self._uow.set_presenter(case, person)

    async def forget_presenter(self, case: str) -> None:
        """Erase who presented a case."""
        self._presents.pop(case, None)
        self._cases_of.clear()
        await self._uow.forget_presenter(case)

    async def wake(self, what: str, subject: str, at: datetime | None) -> None:
        """Set, move or cancel a timer."""
        await self._uow.wake(what, subject, at)
        self._many.pop(Timer, None)
        self._counts.clear()
        self._columns.clear()

    def _forget(self, kind: type[Any], id: str, record: Any) -> None:
        """Answers that held the record before, or may hold it now."""
        self._one.pop((kind, id), None)
        self._counts.clear()
        self._columns.clear()
        for question, found in list(self._many[kind].items()):
            if _may_hold(question, record) or any(each.id == id for each in found):
                del self._many[kind][question]
        for other, question in self._wide:  # they look at other records as well
            self._many[other].pop(question, None)
        self._wide.clear()


class _Question(NamedTuple):
    """What was asked about records of a kind, as a key."""

    order: tuple[str, ...]
    limit: int | None
    conditions: frozenset[tuple[str, Any]]


def _question(order: Sequence[str], limit: int | None, conditions: dict[str, Any]) -> _Question:
    return _Question(tuple(order), limit, _frozen(conditions))


def _frozen(conditions: dict[str, Any]) -> frozenset[tuple[str, Any]]:
    try:
        return frozenset(conditions.items())
    except TypeError:  # a list among them, which cannot be a key
        return frozenset((name, tuple(v) if isinstance(v, list) else v) for name, v in conditions.items())


def _value_by_value(
    field: str, values: Iterable[Any], rest: dict[str, Any], order: tuple[str, ...] = ("id",)
) -> dict[Any, _Question]:
    """The question about each of several values of a field, the rest being asked of all."""
    asked = _frozen(rest)
    return {value: _Question(order, None, asked | {(field, value)}) for value in values}


def _may_hold(question: _Question, record: Any) -> bool:
    """Whether a record (None: there is none any more) meets what the question asks by plain values."""
    if record is None:
        return False
    return all("__" in name or getattr(record, name) == value for name, value in question.conditions)
