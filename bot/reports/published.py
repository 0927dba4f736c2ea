"""A published quarterly report as plain data, so that its revision can keep the same people in the same groups.

Storage keeps what `dump` gives. It holds ids and is never shown; after an erasure `forget` takes the id out and leaves
a mark in its place, so that the group still knows that somebody is missing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from bot.reports.periods import Quarter
from bot.reports.quarterly import ON_TIME_SINCE, Numbers, Report, RoundsOut, Row
from bot.reports.suppression import Group

_FRACTIONS = ("gap_median", "turnaround")
_RENAMED = {"own_on_time": "own_within", "gap_on_time": "gap_within"}
"""What reports kept before called their columns, and what these are called now."""


def dump(report: Report) -> dict[str, Any]:
    """Plain JSON data of a report; `load` gives the equal report back."""
    return {
        "quarter": [report.quarter.year, report.quarter.number],
        "minimum": report.minimum,
        "rows": [_row(row) for row in report.rows],
        "themes": [list(theme) for theme in report.themes],
        "members": {person: list(cell) for person, cell in sorted(report.members.items())},
        "presenters": sorted(report.presenters),
        "definition": report.definition,
        "readers": sorted(report.readers),
        "rounds": {
            name: [out.number, out.last.isoformat() if out.last else None, out.days_before_end]
            for name, out in sorted(report.rounds.items())
        },
    }


def load(data: Mapping[str, Any]) -> Report:
    """The report that `dump` was given."""
    return Report(
        quarter=Quarter(*data["quarter"]),
        minimum=data["minimum"],
        rows=tuple(_loaded(row, data.get("definition", 1)) for row in data["rows"]),
        themes=tuple((key, count) for key, count in data["themes"]),
        members={person: (clinic, mode) for person, (clinic, mode) in data["members"].items()},
        presenters=frozenset(data["presenters"]),
        definition=data.get("definition", 1),
        readers=frozenset(data.get("readers", ())),
        rounds={
            name: RoundsOut(number, date.fromisoformat(last) if last else None, days)
            for name, (number, last, days) in data.get("rounds", {}).items()
        },
    )


def forget(report: Report, person: str, *, mark: str) -> Report:
    """The report without a person's id; `mark` (new for each erasure) stands for somebody who is gone."""
    if person not in report.members:
        return report
    members = {mark if each == person else each: cell for each, cell in report.members.items()}
    presenters = frozenset(mark if each == person else each for each in report.presenters)
    readers = frozenset(mark if each == person else each for each in report.readers)
    return dataclasses.replace(report, members=members, presenters=presenters, readers=readers)


def _row(row: Row) -> dict[str, Any]:
    numbers = dataclasses.asdict(row.numbers) if row.numbers else None
    if numbers:
        numbers |= {name: None if numbers[name] is None else str(numbers[name]) for name in _FRACTIONS}
    return {
        "clinic": row.group.clinic,
        "mode": row.group.mode,
        "numbers": numbers,
        "trend": row.trend,
        "revised": sorted(row.revised),
        "ranged": sorted(row.ranged),
    }


def _loaded(row: Mapping[str, Any], definition: int) -> Row:
    numbers = None
    if row["numbers"] is not None:
        kept = {_RENAMED.get(name, name): value for name, value in row["numbers"].items()}
        if definition < ON_TIME_SINCE:  # what was counted otherwise then is not shown under the name of today
            kept |= {"asked": 0, "met": 0, "on_time": None, "own_within": None, "gap_within": None}
        exact = {n: None if kept[n] is None else Fraction(kept[n]) for n in _FRACTIONS}
        numbers = Numbers(**{**kept, **exact})
    names = (frozenset(_RENAMED.get(name, name) for name in row.get(key, ())) for key in ("revised", "ranged"))
    return Row(Group(row["clinic"], row["mode"]), numbers, row["trend"], *names)
