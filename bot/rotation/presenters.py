"""Who is asked to present when fewer cases come than the group's cadence needs.

In fair order: longest since presenting, measured against the person's own target. Days of leave are not counted; nor
are the days of a round in which they said "not this time", so that saying it neither puts anybody at the head of the
queue for good nor sends them to its end. Nothing is stored but dates: the order is computed anew each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from hashlib import blake2b
from math import ceil


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Presenter:
    """Someone who presents own cases.

    `since`: the day they last presented, or joined if they never have. `target_days`: days allowed between two own
    cases, at least 1. `leave`: absences and paused caseload; `not_this_time`: the rounds they passed on when asked.
    """

    id: str
    since: date
    target_days: int
    leave: tuple[Period, ...] = ()
    not_this_time: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A person in the order of asking: days waited (leave and passed rounds not counted) against their target."""

    presenter: str
    waited_days: int
    target_days: int

    @property
    def overdue(self) -> bool:
        """Strictly beyond the target: the target's last day is on time."""
        return self.waited_days > self.target_days


def cases_needed(presenters: Iterable[Presenter], today: date, cadence_days: int) -> int:
    """Cases a round needs so that everybody who is not on leave presents within their target; rounded up."""
    here = (p for p in presenters if not _within(today, p.leave))
    return ceil(sum((Fraction(cadence_days, p.target_days) for p in here), Fraction(0)))


def turns(
    presenters: Iterable[Presenter], today: date, passed: frozenset[str] = frozenset(), seed: int = 0
) -> list[Turn]:
    """Everybody who can be asked today in fair order; without those on leave and those who `passed` on this round."""
    can = [p for p in presenters if p.id not in passed and not _within(today, p.leave)]
    found = [Turn(p.id, waited_days(p, today), p.target_days) for p in can]
    return sorted(found, key=lambda t: (-Fraction(t.waited_days, t.target_days), _draw(t.presenter, today, seed)))


def to_ask(
    presenters: Iterable[Presenter],
    today: date,
    cadence_days: int,
    submitted: frozenset[str] = frozenset(),
    passed: frozenset[str] = frozenset(),
    seed: int = 0,
) -> list[Turn]:
    """The presenters to ask now: as many as cases are missing, whoever has `submitted` or `passed` left out.

    `submitted` are the presenters of the cases that came in by themselves. After a "not this time" call again with that
    person in `passed`: the next in the order moves up.
    """
    everybody = list(presenters)
    missing = cases_needed(everybody, today, cadence_days) - len(submitted)
    return turns(everybody, today, submitted | passed, seed)[: max(missing, 0)]


def waited_days(presenter: Presenter, today: date) -> int:
    """Days since presenting (or joining) up to today that are neither leave nor part of a round passed on."""
    day, last = presenter.since + timedelta(days=1), today
    waited = 0
    for period in sorted((*presenter.leave, *presenter.not_this_time), key=lambda p: p.first):
        waited += max((min(period.first - timedelta(days=1), last) - day).days + 1, 0)
        day = max(day, min(period.last, last) + timedelta(days=1))  # an open-ended leave lasts until the end of time
    return waited + max((last - day).days + 1, 0)


def _within(day: date, periods: tuple[Period, ...]) -> bool:
    return any(p.first <= day <= p.last for p in periods)


def _draw(name: str, today: date, seed: int) -> bytes:
    """Equal claims are drawn afresh every day, never by name."""
    return blake2b(f"{seed}/{today}/{name}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
