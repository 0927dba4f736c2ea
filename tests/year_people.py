"""The people, teams and cases on their way in a simulated year (`tests/year.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.assignment import Assignment
from bot.domain.calendar import WorkCalendar
from bot.domain.case import Case
from bot.domain.caseload import Caseload
from bot.domain.series import Occurrence, Series


@dataclass
class Clinic:
    """Its working days; closed at the turn of the year and for some weeks of its own."""

    zone: str
    calendar: WorkCalendar
    closures: frozenset[date]


@dataclass
class Therapist:
    """Who works where, when they are away, and what they have open."""

    id: str
    clinic: Clinic
    own: WorkCalendar
    caseload: Caseload
    diligence: float
    open: dict[str, ReviewOnWay] = field(default_factory=dict)
    reminders: list[datetime] = field(default_factory=list)
    looks_at: datetime | None = None


@dataclass
class ReviewOnWay:
    """A review to write, with what the rules say of it."""

    facts: Assignment
    reviewer: Therapist
    held: CaseOnWay
    reminded_at: datetime | None = None
    told_at: datetime | None = None


@dataclass
class CaseOnWay:
    """A case under way."""

    facts: Case
    author: str
    reviews: list[ReviewOnWay] = field(default_factory=list)
    logged: int = 0


@dataclass
class Team:
    """A group with its series."""

    id: str
    clinic: Clinic
    people: list[Therapist]
    series: Series
    coming: Iterator[Occurrence]
    turn: int = 0
    held: dict[date, datetime] = field(default_factory=dict)
    left_out: set[date] = field(default_factory=set)
    cases: list[CaseOnWay] = field(default_factory=list)
