"""One therapist's quarter: what the report counts of them, from their facts, and as plain data to be kept.

A gap belongs to the quarter it ends in; one still open at the end belongs to it if it is over the allowed days
already, or if the person has no other; not where no round of the quarter could have ended it. The caseload mode is the
one of most days.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from bot.domain.caseload import Caseload, Mode
from bot.domain.chances import Chances
from bot.domain.frequency import Closures, Counting, Gap, Kind, gaps
from bot.domain.policy import Policy
from bot.reports.periods import Quarter


@dataclass(frozen=True)
class CaseFact:
    """One presented case: the day it was published, the day its reviews were released (None: not yet), theme keys."""

    published: date
    answered: date | None = None
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Followed:
    """What the report needs of one therapist; days in order, `until` is the last day of membership.

    `policy` holds the numbers of the person's own group, where they differ from the organisation's. `chances` are the
    rounds they could have met; without them the days alone decide what is on time, and no round was asked.
    """

    person: str
    clinic: str
    caseload: Caseload
    since: date
    until: date | None = None
    event_days: tuple[date, ...] = ()
    own_case_days: tuple[date, ...] = ()
    cases: tuple[CaseFact, ...] = ()
    reviews: tuple[date, ...] = ()
    policy: Policy | None = None
    chances: Chances | None = None
    reads: bool = False
    """Whether they are a manager, who reads the report and knows their own part in it."""


class Sheet(NamedTuple):
    """One person's quarter; `covered` is None where no round could have reached them, `gap_days` are counted days.

    `asked` rounds were decided in the quarter, `met` of them in time; `themes` has one tuple for each
    case. `reads`: they are a manager.
    """

    clinic: str
    mode: str
    counted_days: int
    covered: bool | None
    asked: int
    met: int
    gap_days: tuple[int, ...]
    gaps_within: int
    own_gaps: int
    own_within: int
    cases: int
    reviews: int
    turnarounds: tuple[int, ...]
    reads: bool
    themes: tuple[tuple[str, ...], ...]


def sheet_of(each: Followed, quarter: Quarter, policy: Policy, closures: Closures | None) -> Sheet:
    """Count one person's quarter; `policy` holds where their group has none of its own."""
    counting = Counting(each.caseload, closures or Closures())
    policy = each.policy or policy
    first, upto = quarter.first, quarter.last
    last = min(upto, each.until) if each.until else upto

    published = [case for case in each.cases if first <= case.published <= upto]
    answered = [(c.answered - c.published).days for c in each.cases if c.answered and first <= c.answered <= upto]
    rounds = _rounds(each, first, last)
    none = _out_of_reach(each, first, last)
    gaps_ = _gaps(Kind.ANY_EVENT, each.event_days, each, first, last, counting, policy, reached=not none)
    could = each.chances is None or any(first <= day <= last for day in each.chances.offered)
    own = _gaps(Kind.OWN_CASE, each.own_case_days, each, first, last, counting, policy, reached=could)
    return Sheet(
        clinic=each.clinic,
        mode=_mode(each.caseload, first, upto).value,
        counted_days=counting.between(max(first, each.since) - timedelta(days=1), last),
        covered=_any_inside(each.event_days, first, last) or (None if none else False),
        asked=len(rounds),
        met=sum(rounds),
        gap_days=tuple(sorted(gap.days for gap in gaps_)),
        gaps_within=sum(gap.within for gap in gaps_),
        own_gaps=len(own),
        own_within=sum(gap.within for gap in own),
        cases=len(published),
        reviews=bisect_right(each.reviews, upto) - bisect_left(each.reviews, first),
        turnarounds=tuple(sorted(answered)),
        reads=each.reads,
        themes=tuple(sorted(tuple(sorted(set(case.themes))) for case in published)),
    )


def dump_sheet(sheet: Sheet) -> dict[str, Any]:
    """Plain JSON data, a list for there are very many of them; the clinic is kept beside it by its id."""
    return {"sheet": [list(part) if isinstance(part, tuple) else part for part in sheet[1:]]}


def load_sheet(clinic: str, data: Mapping[str, Any]) -> Sheet:
    """The sheet that `dump_sheet` was given, of a clinic of this name."""
    *numbers, themes = data["sheet"]
    numbers[_GAPS], numbers[_ANSWERS] = tuple(numbers[_GAPS]), tuple(numbers[_ANSWERS])
    return Sheet._make((clinic, *numbers, tuple(map(tuple, themes))))


def named_numbers(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `dump_sheet` gave, by name: for the person it is about."""
    return dict(zip(Sheet._fields[1:], data["sheet"], strict=True))


_GAPS, _ANSWERS = (Sheet._fields.index(name) - 1 for name in ("gap_days", "turnarounds"))


@dataclass
class Tally:
    """Sums over people: what a group's numbers are made of."""

    therapists: int = 0
    covered: int = 0
    reachable: int = 0
    asked: int = 0
    met: int = 0
    gap_days: Counter[int] = field(default_factory=Counter)
    gaps_within: int = 0
    own_gaps: int = 0
    own_within: int = 0
    cases: int = 0
    reviews: int = 0
    turnarounds: Counter[int] = field(default_factory=Counter)

    def count(self, sheet: Sheet, *, turnarounds: bool) -> None:
        """One person more; `turnarounds`: theirs count too."""
        self.therapists += 1
        self.covered += sheet.covered is True
        self.reachable += sheet.covered is not None
        for days in sheet.gap_days:
            self.gap_days[days] += 1
        if turnarounds:
            self.turnarounds.update(sheet.turnarounds)
        self.asked += sheet.asked
        self.met += sheet.met
        self.gaps_within += sheet.gaps_within
        self.own_gaps += sheet.own_gaps
        self.own_within += sheet.own_within
        self.cases += sheet.cases
        self.reviews += sheet.reviews

    def include(self, other: Tally, *, turnarounds: bool) -> None:
        """Other people's sums."""
        self.therapists += other.therapists
        self.covered += other.covered
        self.reachable += other.reachable
        self.gap_days.update(other.gap_days)
        if turnarounds:
            self.turnarounds.update(other.turnarounds)
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_SUMS = ("asked", "met", "gaps_within", "own_gaps", "own_within", "cases", "reviews")


def _any_inside(days: Sequence[date], first: date, last: date) -> bool:
    at = bisect_left(days, first)
    return at < len(days) and days[at] <= last


def _out_of_reach(each: Followed, first: date, last: date) -> bool:
    """Whether no round asked anything of them or went out in their groups."""
    if each.chances is None:
        return False
    asked = any(a.day <= last and a.due >= first for a in each.chances.asked)
    return not asked and not any(first <= day <= last for day in each.chances.offered)


def _rounds(each: Followed, first: date, last: date) -> tuple[bool, ...]:
    """The rounds decided in the quarter, each met or not."""
    if each.chances is None:
        return ()
    return tuple(r.met for r in each.chances.rounds(last + timedelta(days=1)) if first <= r.decided <= last)


def _gaps(
    kind: Kind,
    days: Sequence[date],
    each: Followed,
    first: date,
    last: date,
    counting: Counting,
    policy: Policy,
    *,
    reached: bool,
) -> tuple[Gap, ...]:
    """Gaps that end in the quarter, and the open one; without an event it is one only if a round could be met in it.

    `reached`: whether there was such a round in the quarter.
    """
    before = bisect_left(days, first)
    start = max(days[before - 1], each.since) if before else each.since
    inside = days[before : bisect_right(days, last)]
    found: tuple[Gap, ...] = ()
    if start < last:
        found = gaps(
            kind, inside, since=start, until=last, counting=counting, policy=policy, chances=each.chances
        )  # fmt: skip
    closed = tuple(gap for gap in found if not gap.is_open)
    if not closed and not reached:
        return ()
    still_open = tuple(gap for gap in found if gap.is_open and (not closed or not gap.within))
    return closed + still_open


def _mode(caseload: Caseload, first: date, last: date) -> Mode:
    """The mode of most days, the later one if two are even."""
    changes = [step.day for step in caseload.mode_steps if first < step.day <= last]
    if not changes:
        return caseload.chosen_mode_on(last)
    days: dict[Mode, int] = {}
    for start, end in zip([first, *changes], [*changes, last + timedelta(days=1)], strict=True):
        mode = caseload.chosen_mode_on(start)
        days[mode] = days.pop(mode, 0) + (end - start).days  # moved to the end, so that the later one wins
    return max(reversed(list(days)), key=lambda mode: days[mode])
