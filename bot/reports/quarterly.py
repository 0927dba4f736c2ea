"""The quarterly report for managers: text-free numbers by clinic and caseload mode that name nobody.

Whole quarters only, and only once they are over: overlapping spans, or yesterday's version of a running quarter, could
be subtracted from each other. What may be shown is `suppression.py`'s
subject; how it is drawn is `quarterly_export.py`'s. The same facts always give the same numbers and check sum.

Who is in: everybody followed with at least one counted day in the quarter, each in one clinic and one mode (the one of
most of their days). A gap belongs to the quarter it ends in; one still open at the end belongs to it if it is over
its target already, or if the person has no other.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from bot.domain.caseload import Caseload, Mode
from bot.domain.chances import Chances
from bot.domain.frequency import Closures, Counting, Gap, Kind, gaps
from bot.domain.policy import Policy
from bot.reports.periods import Quarter, QuarterNotOver
from bot.reports.suppression import Atoms, Cell, Group, groups_of, partition


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


@dataclass(frozen=True)
class Numbers:
    """One group's numbers; days are counted days, percentages are whole. None: nothing to measure, or hidden.

    `coverage`: those with an event, of those whom any round could have reached. `asked`: times a round asked something
    of one of them, `met` those in which everything was in by its deadline, `on_time` the share of these. `own_on_time`
    and `gap_on_time`: gaps between own cases, and between any events, within target and window.
    """

    therapists: int
    coverage: int | None
    asked: int
    met: int
    on_time: int | None
    own_on_time: int | None
    gap_on_time: int | None
    gap_median: Fraction | None
    gap_p90: int | None
    cases: int
    reviews: int
    turnaround: Fraction | None


@dataclass(frozen=True)
class Row:
    """A group and its numbers, None where hidden; `trend` in percentage points of on-time; `revised` names fields."""

    group: Group
    numbers: Numbers | None
    trend: int | None = None
    revised: frozenset[str] = frozenset()


DEFINITION = 2
"""Since 2 on time is what a round asked and got; before, it was a gap within the target."""


@dataclass(frozen=True)
class Report:
    """One quarter's report. `members` and `presenters` freeze who stands in which cell; they are never shown."""

    quarter: Quarter
    minimum: int
    rows: tuple[Row, ...]
    themes: tuple[tuple[str, int], ...]
    members: Mapping[str, Cell] = field(repr=False)
    presenters: frozenset[str] = field(repr=False)
    definition: int = DEFINITION

    def row(self, group: Group) -> Row | None:
        """The row of a filter, None if nobody is in it."""
        return next((row for row in self.rows if row.group == group), None)

    def of_clinic(self, clinic: str) -> Report:
        """What the manager of one clinic may see: its own lines, and nothing that other clinics are part of."""
        return replace(self, rows=tuple(row for row in self.rows if row.group.clinic == clinic), themes=())

    @property
    def check_sum(self) -> str:
        """SHA-256 (hex) of everything shown: equal for equal numbers."""
        shown = {
            "quarter": [self.quarter.year, self.quarter.number],
            "rows": [[r.group.clinic, r.group.mode, str(r.numbers), r.trend] for r in self.rows],
            "themes": self.themes,
        }
        return hashlib.sha256(json.dumps(shown, separators=(",", ":")).encode()).hexdigest()


def quarterly(
    people: Iterable[Followed],
    quarter: Quarter,
    *,
    today: date,
    policy: Policy,
    closures: Mapping[str, Closures] | None = None,
    previous: Report | None = None,
    published: Report | None = None,
) -> Report:
    """The report of a quarter that is over; raises `QuarterNotOver`.

    `closures` by clinic; `previous` is the last quarter's report, for the trend. The first report of a quarter has to
    be kept (`published.py`) and passed as `published` ever after. The result is then its revision: the same people in
    the same groups, changed numbers marked, themes kept; a group that lost somebody since (erasure) keeps its
    published numbers.
    """
    if today <= quarter.last:
        raise QuarterNotOver(last=quarter.last)
    sheets = {each.person: _sheet(each, quarter, policy, (closures or {}).get(each.clinic)) for each in people}
    if published is None:
        members = {person: sheet.cell for person, sheet in sorted(sheets.items()) if sheet.counted_days > 0}
        presenters = frozenset(person for person in members if sheets[person].turnarounds)
        themes = _themes([sheets[person] for person in members], policy.report_minimum_group)
    else:
        members, presenters, themes = dict(published.members), published.presenters, published.themes
    by_cell: dict[Cell, list[_Sheet]] = {}
    lost: set[Cell] = set()
    for person, cell in members.items():
        if person in sheets:
            by_cell.setdefault(cell, []).append(sheets[person])
        else:
            lost.add(cell)
    groups = groups_of(members.values())
    atoms = _atoms(members, members, policy)
    answered = _atoms(members, presenters, policy)
    rows, cells = [], sorted(by_cell)
    for group in groups:
        old = published.row(group) if published else None
        if old is not None and any(cell in group for cell in lost):
            rows.append(old)
            continue
        numbers = None
        if atoms.shows(group):
            inside = [sheet for cell in cells if cell in group for sheet in by_cell[cell]]
            numbers = _numbers(inside, presenters if answered.shows(group) else frozenset())
        definition = published.definition if published else DEFINITION
        rows.append(Row(group, numbers, _trend(group, numbers, previous), _changed(numbers, old, definition)))
    return Report(quarter, policy.report_minimum_group, tuple(rows), themes, members, presenters)


@dataclass(frozen=True)
class _Sheet:
    """One person's quarter."""

    person: str
    cell: Cell
    counted_days: int
    covered: bool | None  # None: no round could have reached them
    rounds: tuple[bool, ...]  # met or not
    gaps: tuple[Gap, ...]
    own_gaps: tuple[Gap, ...]
    cases: int
    reviews: int
    turnarounds: tuple[int, ...]
    themes: tuple[frozenset[str], ...]  # one set per case


def _sheet(each: Followed, quarter: Quarter, policy: Policy, closures: Closures | None) -> _Sheet:
    counting = Counting(each.caseload, closures or Closures())
    policy = each.policy or policy
    first, upto = quarter.first, quarter.last
    last = min(upto, each.until) if each.until else upto

    published = [case for case in each.cases if first <= case.published <= upto]
    answered = [(c.answered - c.published).days for c in each.cases if c.answered and first <= c.answered <= upto]
    return _Sheet(
        person=each.person,
        cell=(each.clinic, _mode(each.caseload, first, upto)),
        counted_days=counting.between(max(first, each.since) - timedelta(days=1), last),
        covered=_any_inside(each.event_days, first, last) or (None if _out_of_reach(each, first, last) else False),
        rounds=_rounds(each, first, last),
        gaps=_gaps(Kind.ANY_EVENT, each.event_days, each, first, last, counting, policy),
        own_gaps=_gaps(Kind.OWN_CASE, each.own_case_days, each, first, last, counting, policy),
        cases=len(published),
        reviews=bisect_right(each.reviews, upto) - bisect_left(each.reviews, first),
        turnarounds=tuple(answered),
        themes=tuple(frozenset(case.themes) for case in published),
    )


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
    kind: Kind, days: Sequence[date], each: Followed, first: date, last: date, counting: Counting, policy: Policy
) -> tuple[Gap, ...]:
    before = bisect_left(days, first)
    start = max(days[before - 1], each.since) if before else each.since
    inside = days[before : bisect_right(days, last)]
    found: tuple[Gap, ...] = ()
    if start < last:
        found = gaps(
            kind, inside, since=start, until=last, counting=counting, policy=policy, chances=each.chances
        )  # fmt: skip
    closed = tuple(gap for gap in found if not gap.is_open)
    still_open = tuple(gap for gap in found if gap.is_open and (not closed or not gap.on_time))
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


def _atoms(members: Mapping[str, Cell], who: Iterable[str], policy: Policy) -> Atoms:
    counts: dict[Cell, int] = {}
    for person in who:
        cell = members[person]
        counts[cell] = counts.get(cell, 0) + 1
    return partition(counts, policy.report_minimum_group)


def _numbers(inside: Sequence[_Sheet], presenters: frozenset[str]) -> Numbers:
    every = sorted(gap.days for sheet in inside for gap in sheet.gaps)
    turnarounds = sorted(days for sheet in inside if sheet.person in presenters for days in sheet.turnarounds)
    return Numbers(
        therapists=len(inside),
        coverage=_percent([sheet.covered for sheet in inside if sheet.covered is not None]),
        asked=sum(len(sheet.rounds) for sheet in inside),
        met=sum(sum(sheet.rounds) for sheet in inside),
        on_time=_percent([met for sheet in inside for met in sheet.rounds]),
        own_on_time=_percent([gap.on_time for sheet in inside for gap in sheet.own_gaps]),
        gap_on_time=_percent([gap.on_time for sheet in inside for gap in sheet.gaps]),
        gap_median=median(every) if every else None,
        gap_p90=every[-(-len(every) * 9 // 10) - 1] if every else None,
        cases=sum(sheet.cases for sheet in inside),
        reviews=sum(sheet.reviews for sheet in inside),
        turnaround=median(turnarounds) if turnarounds else None,
    )


def _percent(facts: Sequence[bool]) -> int | None:
    return percent(sum(facts), len(facts))


def percent(part: int, whole: int) -> int | None:
    """Whole per cent, halves up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def median(ordered: Sequence[int]) -> Fraction:
    """The middle of numbers in order, or the mean of both middle ones."""
    middle = len(ordered) // 2
    return Fraction(ordered[middle]) if len(ordered) % 2 else Fraction(ordered[middle - 1] + ordered[middle], 2)


def _trend(group: Group, numbers: Numbers | None, previous: Report | None) -> int | None:
    before = previous.row(group) if previous else None
    if numbers is None or before is None or before.numbers is None:
        return None
    if numbers.on_time is None or before.numbers.on_time is None:
        return None
    return numbers.on_time - before.numbers.on_time


REDEFINED = ("coverage", "asked", "met", "on_time", "own_on_time", "gap_on_time", "gap_median", "gap_p90")
"""What reports before definition 2 counted otherwise: between the two no number was revised."""


def _changed(numbers: Numbers | None, old: Row | None, definition: int) -> frozenset[str]:
    if numbers is None or old is None or old.numbers is None:
        return frozenset()
    names = [name for name in Numbers.__dataclass_fields__ if definition == DEFINITION or name not in REDEFINED]
    return frozenset(name for name in names if getattr(numbers, name) != getattr(old.numbers, name))


def _themes(sheets: Sequence[_Sheet], minimum: int) -> tuple[tuple[str, int], ...]:
    """Cases per theme for everybody together, most frequent first.

    A theme is shown if at least `minimum` presenters had it. If the cases without any shown theme come from fewer
    presenters than that, the rarest shown theme is hidden too, so that the rest cannot be had by subtraction.
    """
    cases = [(sheet.person, themes) for sheet in sheets for themes in sheet.themes]
    names = {theme for _, themes in cases for theme in themes}
    presenters = {name: {person for person, themes in cases if name in themes} for name in names}
    counts = {name: sum(name in themes for _, themes in cases) for name in names}
    shown = sorted((n for n in names if len(presenters[n]) >= minimum), key=lambda n: (-counts[n], n))
    while shown and 0 < len({person for person, themes in cases if not themes & set(shown)}) < minimum:
        shown.pop()
    return tuple((name, counts[name]) for name in shown)
