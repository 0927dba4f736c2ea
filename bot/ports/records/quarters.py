"""A person's quarter as the report counts it, kept beside the facts, and which of these rows facts have overtaken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class PersonQuarter:
    """What a quarter's report counts of one person, as `bot.reports.sheets.dump_sheet` wrote it; days, no text.

    Equal to what the facts give unless a `RecountMark` names the person. `clinic` is the id of the clinic.
    """

    id: str
    organisation: str
    year: int
    number: int
    person: str
    clinic: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class CountedQuarter:
    """Everybody's rows of this quarter are there; `report` is what they make of it, empty where rows changed since."""

    id: str
    organisation: str
    year: int
    number: int
    counted_at: datetime
    report: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RecountMark:
    """Facts changed since the rows were made: rows of quarters that end on `since` or later are to be made again.

    `whose` is "person:<id>", "case:<id>" (its presenter and reviewers), "group:<id>", "clinic:<id>" (their people) or
    "all". `version` is a new number by chance with every change, so that a change during a recount is not lost.
    """

    id: str
    organisation: str
    whose: str
    since: date
    version: int = 0
