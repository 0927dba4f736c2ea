"""The rounds somebody could have met: what was asked of them, by when, and whether it was in.

A person is on time when they met every round they could have met. Asked is a review that was published to them and
that reached them; it is asked no longer from the day it went to somebody else, unless its deadline had passed by then.
A case on hold, withdrawn or recognised asks nothing. Whoever presents in a round has met it on the day it goes out.
For presenting, every published round of one's groups is an offer, except on leave, after "not this time", and while
one's own case waits for reviewers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.domain.assignment import EndReason
from bot.domain.policy import Policy

_NOT_MISSED = frozenset({EndReason.CONFLICT, EndReason.RECOGNISED, EndReason.WITHDRAWN, EndReason.PARTED})
"""Ends that say something of the case or of the pair, never of the reviewer's time."""


class Sent(Protocol):
    """What is counted of an assignment (`case.Assignment`)."""

    @property
    def round(self) -> str: ...

    @property
    def published_at(self) -> datetime | None: ...

    @property
    def due_at(self) -> datetime | None: ...

    @property
    def submitted_at(self) -> datetime | None: ...

    @property
    def late(self) -> bool: ...

    @property
    def ended_at(self) -> datetime | None: ...

    @property
    def end_reason(self) -> str | None: ...

    @property
    def not_reached_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Asked:
    """One review, or one own case, of a round: published to the person on `day`, wanted by `due` (their own days).

    `done`: it was in by its deadline. `active`: still theirs to write.
    """

    round: str
    day: date
    due: date
    done: bool
    active: bool = False


@dataclass(frozen=True)
class RoundMet:
    """One round as one person met it, decided on the day of its last deadline."""

    decided: date
    met: bool


@dataclass(frozen=True)
class Chances:
    """What rounds asked of one person, the days on which they could have presented, and a round's window in days."""

    asked: tuple[Asked, ...] = ()
    offered: tuple[date, ...] = ()
    window: int = 0

    def owed(self, today: date) -> date | None:
        """The earliest deadline of a review that is still to be written; None if none is."""
        return min((each.due for each in self.asked if each.active and each.day <= today), default=None)

    def missed_within(self, after: date, last: date, today: date) -> bool:
        """Whether a round of after..last (without `after`) was not met, as it stands on `today`."""
        return self.first_missed(after, last, today) is not None

    def first_missed(self, after: date, last: date, today: date) -> date | None:
        """The earliest deadline that passed in a round of after..last (without `after`); None if none did."""
        missed = (e.due for e in self.asked if after < e.day <= last and not e.done and e.due < today)
        return min(missed, default=None)

    def offered_within(self, after: date, last: date) -> bool:
        """Whether a round in which one could have presented went out in after..last (without `after`)."""
        return any(after < day <= last for day in self.offered)

    def rounds(self, today: date) -> tuple[RoundMet, ...]:
        """Every round of which something was asked and whose last deadline has passed, in order of that day."""
        by_round: dict[str, list[Asked]] = {}
        for each in self.asked:
            by_round.setdefault(each.round, []).append(each)
        found = [RoundMet(max(a.due for a in of), all(a.done for a in of)) for of in by_round.values()]
        return tuple(sorted((r for r in found if r.decided < today), key=lambda each: (each.decided, each.met)))


def asked_of(assignment: Sent, zone: ZoneInfo, *, stopped: bool = False, over: bool = False) -> Asked | None:
    """What an assignment asks or asked of its reviewer; None where nothing was asked of them that they could have met.

    `stopped`: its case is on hold, was withdrawn, or ended before the deadline. `over`: its case is closed, so that a
    review that is not in can no longer be written: it was missed, and is owed no more.
    """
    if assignment.published_at is None or assignment.due_at is None or assignment.not_reached_at:
        return None
    day, due = _day(assignment.published_at, zone), _day(assignment.due_at, zone)
    if assignment.submitted_at is not None:
        return Asked(assignment.round, day, due, done=not assignment.late)
    if stopped:
        return None
    if assignment.ended_at is not None and (
        assignment.ended_at <= assignment.due_at or assignment.end_reason in _NOT_MISSED
    ):
        return None
    return Asked(assignment.round, day, due, done=False, active=assignment.ended_at is None and not over)


def presented_in(round_id: str, published: datetime, zone: ZoneInfo) -> Asked:
    """An own case of a round: met on the day the round went out."""
    day = _day(published, zone)
    return Asked(round_id, day, day, done=True)


def rhythm_day(assignment: Sent, zone: ZoneInfo) -> date | None:
    """The day a review that is in counts on: its round's own if it was in by its deadline, else the day it was sent."""
    if assignment.submitted_at is None:
        return None
    in_time = assignment.published_at if not assignment.late else None
    return _day(in_time or assignment.submitted_at, zone)


def window_days(policy: Policy) -> int:
    """Calendar days that the working days of a review can take, weekends included: 7 for 5."""
    return window_of(policy.comment_working_days)


def window_of(working_days: int) -> int:
    """The most calendar days so many working days take, public holidays aside."""
    return working_days + 2 * -(-working_days // 5)


def without(days: Iterable[date], spans: Iterable[tuple[date, date]]) -> tuple[date, ...]:
    """The days in order that lie in none of the spans (both ends included)."""
    spans = tuple(spans)
    return tuple(sorted(day for day in set(days) if not any(first <= day <= last for first, last in spans)))


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
