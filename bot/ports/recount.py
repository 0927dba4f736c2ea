"""Which kept quarters of whom a changed record overtakes: both stores note it with the record, in one transaction.

`since` errs on the early side: a row made again without need is right, a row not made again would be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.assignment import Assignment
from bot.domain.case import Case
from bot.domain.organisation import Closure, Group, Membership, Organisation
from bot.domain.person import Person
from bot.domain.round import Round
from bot.ports.records import ExperienceEntry, LeaveEntry, LogEntry, ModeEntry, RecountMark

Mark = tuple[str, date]
"""Whose rows, and the first day that may count otherwise now (`RecountMark`)."""
EVER = date.min
EVERYBODY = "all"


def person_mark(person: str, since: date = EVER) -> Mark:
    """Of one person."""
    return f"person:{person}", since


def marks_of(record: Any) -> tuple[Mark, ...]:
    """What a record that was added, changed or removed overtakes; nothing for kinds no report counts."""
    make = _MARKS.get(type(record))
    return tuple(make(record)) if make else ()


def counted(kind: type[Any]) -> bool:
    """Whether a report counts records of this kind."""
    return kind in _MARKS


def stamped(organisation: str, marks: Iterable[Mark], version: int) -> list[RecountMark]:
    """One record for each, of a version by chance; in order of ids, so that two transactions do not lock each other."""
    days: dict[str, date] = {}
    for whose, since in marks:
        days[whose] = min(since, days.get(whose, since))
    return [
        RecountMark(f"{organisation}:{whose}", organisation, whose, since, version)
        for whose, since in sorted(days.items())
    ]


def _day_before(moment: datetime) -> date:
    """No later than the moment's day in any time zone."""
    return moment.date() - timedelta(days=1)


def _assignment(record: Assignment) -> Iterable[Mark]:
    yield person_mark(record.reviewer, _day_before(record.assigned_at))


def _case(record: Case) -> Iterable[Mark]:
    yield f"case:{record.id}", _day_before(record.submitted_at)
    if record.published_at and not (record.released_at or record.closed_at):
        # The first case that goes out makes its round one in which the whole group could have presented.
        yield f"group:{record.group}", _day_before(record.published_at)


def _round(record: Round) -> Iterable[Mark]:
    if record.published_at:
        yield f"group:{record.group}", _day_before(min(record.published_at, record.opened_at))


def _entry(record: LogEntry) -> Iterable[Mark]:
    days = [record.day, *record.days, *([record.counts_on] if record.counts_on else [])]
    yield person_mark(record.person, EVER if record.moved_from else min(days))


def _leave(record: LeaveEntry) -> Iterable[Mark]:
    yield person_mark(record.person, record.first_day)


def _mode(record: ModeEntry) -> Iterable[Mark]:
    yield person_mark(record.person, record.from_day)


_MARKS: Mapping[type[Any], Callable[[Any], Iterable[Mark]]] = {
    Organisation: lambda _: [(EVERYBODY, EVER)],
    Group: lambda record: [(f"group:{record.id}", EVER)],
    Closure: lambda record: [(f"clinic:{record.clinic}", EVER)],
    Person: lambda record: [person_mark(record.id)],
    Membership: lambda record: [person_mark(record.person)],
    ExperienceEntry: lambda record: [person_mark(record.person)],
    ModeEntry: _mode,
    LeaveEntry: _leave,
    Round: _round,
    Case: _case,
    Assignment: _assignment,
    LogEntry: _entry,
}
