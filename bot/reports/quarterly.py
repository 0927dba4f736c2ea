"""The quarterly report for managers: text-free numbers by clinic and caseload mode that name nobody.

Whole quarters only, and only once they are over: overlapping spans, or yesterday's version of a running quarter, could
be subtracted from each other. What may be shown is `suppression.py`'s subject; how it is drawn is
`quarterly_export.py`'s. The same facts always give the same numbers and check sum.

Who is in: everybody followed with at least one counted day in the quarter, each in one clinic and one mode (the one of
most of their days). What is counted of each stands in `sheets.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from bot.domain.frequency import Closures
from bot.domain.policy import Policy
from bot.reports.periods import Quarter, QuarterNotOver
from bot.reports.ranges import HIGH, LOW, exact_lines, ranged, said
from bot.reports.sheets import Followed, Sheet, Tally, sheet_of
from bot.reports.suppression import Atoms, Cell, Group, groups_of, partition


@dataclass(frozen=True)
class Numbers:
    """One group's numbers; days are counted days, percentages are whole. None: nothing to measure, or hidden.

    `coverage`: those with an event, of those whom any round could have reached. `asked`: times a round asked something
    of one of them, `met` those in which everything was in by its deadline, `on_time` the share of these. `own_within`
    and `gap_within`: gaps between own cases, and between any events, within target and window.
    """

    therapists: int
    coverage: int | None
    asked: int
    met: int | None
    on_time: int | None
    own_within: int | None
    gap_within: int | None
    gap_median: Fraction | None
    gap_p90: int | None
    cases: int | None
    reviews: int | None
    turnaround: Fraction | None

    @property
    def nothing_asked(self) -> bool:
        """Whether no round of the quarter could have been met by anybody here: nothing to measure."""
        return self.coverage is None and not self.asked


@dataclass(frozen=True)
class Row:
    """A group and its numbers, None where hidden; `trend` in percentage points of on-time.

    `revised` and `ranged` name fields: those that are shown otherwise than at first, and those that are said as a range
    (`ranges.py`).
    """

    group: Group
    numbers: Numbers | None
    trend: int | None = None
    revised: frozenset[str] = frozenset()
    ranged: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RoundsOut:
    """How many rounds went out in the quarter, on which day the last one up to its end did, and how long before it.

    A gap in which no round could have been met is held against nobody; that rounds stopped stands here.
    """

    number: int
    last: date | None
    days_before_end: int | None

    @classmethod
    def of(cls, days: Sequence[date], before: date | None, quarter: Quarter) -> RoundsOut:
        """From the days of the quarter's rounds, and of the last one before it."""
        last = max(days, default=before)
        return cls(len(days), last, (quarter.last - last).days if last else None)


ON_TIME_SINCE, DEFINITION = 2, 3
"""Since 2 on time is what a round asked and got; before, it was a gap within the target.

Since 3 who could be reached by no round of the quarter has no gap in it."""


@dataclass(frozen=True)
class Report:
    """One quarter's report, its numbers exact; `said` gives it as it is shown.

    `members` and `presenters` freeze who stands in which cell, `readers` which of them read it; they are never shown.
    """

    quarter: Quarter
    minimum: int
    rows: tuple[Row, ...]
    themes: tuple[tuple[str, int], ...]
    members: Mapping[str, Cell] = field(repr=False)
    presenters: frozenset[str] = field(repr=False)
    definition: int = DEFINITION
    readers: frozenset[str] = field(default=frozenset(), repr=False)
    rounds: Mapping[str, RoundsOut] = field(default_factory=dict)
    """By clinic, and under "" of the whole service; empty where it was not counted yet."""

    def said(self) -> Report:
        """As it is shown, with ranges in place of what would tell something of each person of a small group."""
        return replace(self, rows=tuple(said(row, self.minimum) for row in self.rows))

    def for_member(self, person: str) -> Report:
        """As somebody who stands in it, and became a manager only after it was published, may read it.

        They know their own part: a line is hidden where too few others would be left in one of its atoms.
        """
        if person not in self.members or person in self.readers:
            return self
        aware = self.readers | {person}
        few = _left_with_few(self.members, self.members, self.readers, aware, self.minimum, self.members[person])
        slow = frozenset[Cell]()
        if person in self.presenters:
            cell = self.members[person]
            slow = _left_with_few(self.members, self.presenters, self.readers, aware, self.minimum, cell)

        def line(row: Row) -> Row:
            if any(cell in row.group for cell in few):
                return Row(row.group, None)
            if row.numbers and any(cell in row.group for cell in slow):
                return replace(row, numbers=replace(row.numbers, turnaround=None))
            return row

        return replace(self, rows=tuple(map(line, self.rows)), themes=())

    def row(self, group: Group) -> Row | None:
        """The row of a filter, None if nobody is in it."""
        return next((row for row in self.rows if row.group == group), None)

    def of_clinic(self, clinic: str) -> Report:
        """What the manager of one clinic may see: its own lines, and nothing that other clinics are part of."""
        rounds = {name: out for name, out in self.rounds.items() if name == clinic}
        return replace(self, rows=tuple(r for r in self.rows if r.group.clinic == clinic), themes=(), rounds=rounds)

    @property
    def check_sum(self) -> str:
        """SHA-256 (hex) of everything shown: equal for equal numbers."""
        shown = {
            "quarter": [self.quarter.year, self.quarter.number],
            "rows": [[r.group.clinic, r.group.mode, str(r.numbers), r.trend] for r in self.said().rows],
            "themes": self.themes,
            "rounds": [[name, str(out)] for name, out in sorted(self.rounds.items())],
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
    sheets = {each.person: sheet_of(each, quarter, policy, (closures or {}).get(each.clinic)) for each in people}
    minimum = policy.report_minimum_group
    return report_of(sheets, quarter, today=today, minimum=minimum, previous=previous, published=published)


def report_of(
    sheets: Mapping[str, Sheet],
    quarter: Quarter,
    *,
    today: date,
    minimum: int,
    previous: Report | None = None,
    published: Report | None = None,
) -> Report:
    """The same from everybody's sheets by person; groups of fewer than `minimum` people are hidden."""
    if today <= quarter.last:
        raise QuarterNotOver(last=quarter.last)
    if published is None:
        members = {p: (of.clinic, of.mode) for p, of in sorted(sheets.items()) if of.counted_days > 0}
        presenters = frozenset(person for person in members if sheets[person].turnarounds)
        readers = frozenset(person for person in members if sheets[person].reads)
        themes = _themes({person: sheets[person] for person in members}, minimum)
    else:
        members, presenters, themes = dict(published.members), published.presenters, published.themes
        readers = published.readers
    tallies: dict[Cell, Tally] = defaultdict(Tally)
    lost: set[Cell] = set()
    for person, cell in members.items():
        if person in sheets:
            tallies[cell].count(sheets[person], turnarounds=person in presenters)
        else:
            lost.add(cell)
    atoms = _atoms(members, members, readers, minimum)
    answered = _atoms(members, presenters, readers, minimum)
    exact = exact_lines(atoms, *_of_atoms(atoms, members, readers, tallies), minimum)
    definition = published.definition if published else DEFINITION
    old_rows, before, inside = _by_group(published), _by_group(previous), _cells_by_group(tallies)
    rows = []
    for group in groups_of(members.values()):
        old = old_rows.get(group)
        if old is not None and any(cell in group for cell in lost):
            rows.append(replace(old, ranged=ranged(exact, group)))
            continue
        numbers = None
        if atoms.shows(group):
            numbers = _numbers(inside[group], tallies, turnarounds=answered.shows(group))
        row = Row(group, numbers, _trend(numbers, before.get(group), minimum), ranged=ranged(exact, group))
        rows.append(replace(row, revised=_changed(row, old, minimum, definition)))
    return Report(quarter, minimum, tuple(rows), themes, members, presenters, readers=readers)


def _of_atoms(
    atoms: Atoms, members: Mapping[str, Cell], readers: frozenset[str], tallies: Mapping[Cell, Tally]
) -> tuple[dict[frozenset[Cell], Numbers], dict[frozenset[Cell], int]]:
    """The numbers of each atom, and how many of its people read no report."""
    others = Counter(cell for person, cell in members.items() if person not in readers)
    numbers = {atom: _numbers(atom, tallies, turnarounds=False) for atom in atoms.atoms}
    return numbers, {atom: sum(others[cell] for cell in atom) for atom in atoms.atoms}


def _by_group(report: Report | None) -> dict[Group, Row]:
    return {row.group: row for row in report.rows} if report else {}


def _atoms(members: Mapping[str, Cell], who: Collection[str], readers: frozenset[str], minimum: int) -> Atoms:
    reading = Counter(members[person] for person in who if person in readers)
    return partition(Counter(members[person] for person in who), minimum, reading)


def _left_with_few(
    members: Mapping[str, Cell],
    who: Collection[str],
    readers: frozenset[str],
    aware: frozenset[str],
    minimum: int,
    cell: Cell,
) -> frozenset[Cell]:
    """The atom of a cell, if fewer than `minimum` of its people are not aware of their part; else nothing."""
    for atom in _atoms(members, who, readers, minimum).atoms:
        if cell in atom:
            others = sum(members[person] in atom and person not in aware for person in who)
            return atom if others < minimum else frozenset()
    return frozenset()


def _cells_by_group(cells: Iterable[Cell]) -> Mapping[Group, list[Cell]]:
    """The cells of every filter: a cell lies in four of them."""
    found: dict[Group, list[Cell]] = defaultdict(list)
    for clinic, mode in cells:
        for group in (Group(), Group(clinic), Group(mode=mode), Group(clinic, mode)):
            found[group].append((clinic, mode))
    return found


def _numbers(cells: Iterable[Cell], tallies: Mapping[Cell, Tally], *, turnarounds: bool) -> Numbers:
    of = Tally()
    for cell in cells:
        if cell in tallies:
            of.include(tallies[cell], turnarounds=turnarounds)
    days = sorted(of.gap_days.elements())
    answered = sorted(of.turnarounds.elements())
    return Numbers(
        therapists=of.therapists,
        coverage=percent(of.covered, of.reachable),
        asked=of.asked,
        met=of.met,
        on_time=percent(of.met, of.asked),
        own_within=percent(of.own_within, of.own_gaps),
        gap_within=percent(of.gaps_within, len(days)),
        gap_median=median(days) if days else None,
        gap_p90=days[-(-len(days) * 9 // 10) - 1] if days else None,
        cases=of.cases,
        reviews=of.reviews,
        turnaround=median(answered) if answered else None,
    )


def percent(part: int, whole: int) -> int | None:
    """Whole per cent, halves up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def median(ordered: Sequence[int]) -> Fraction:
    """The middle of numbers in order, or the mean of both middle ones."""
    middle = len(ordered) // 2
    return Fraction(ordered[middle]) if len(ordered) % 2 else Fraction(ordered[middle - 1] + ordered[middle], 2)


def _trend(numbers: Numbers | None, before: Row | None, minimum: int) -> int | None:
    if numbers is None or before is None or before.numbers is None:
        return None
    if numbers.on_time is None or before.numbers.on_time is None or "on_time" in before.ranged:
        return None
    if before.numbers.therapists < 2 * minimum and not LOW <= before.numbers.on_time <= HIGH:
        return None  # published before ranges were known
    return numbers.on_time - before.numbers.on_time


_GAPS = ("own_within", "gap_within", "gap_median", "gap_p90")
REDEFINED = {1: ("coverage", "asked", "met", "on_time", *_GAPS), 2: _GAPS}
"""What reports of an earlier definition counted otherwise: between the two no number was revised."""


def _changed(row: Row, old: Row | None, minimum: int, definition: int) -> frozenset[str]:
    """The fields that are others than when they were first published, and read otherwise."""
    if row.numbers is None or old is None or old.numbers is None:
        return frozenset()
    names = [name for name in Numbers.__dataclass_fields__ if name not in REDEFINED.get(definition, ())]
    now, before = said(row, minimum).numbers, said(old, minimum).numbers
    return frozenset(
        name
        for name in names
        if getattr(row.numbers, name) != getattr(old.numbers, name)
        and repr(getattr(now, name)) != repr(getattr(before, name))  # "under 5" is no 5
    )


def _themes(sheets: Mapping[str, Sheet], minimum: int) -> tuple[tuple[str, int], ...]:
    """Cases per theme for everybody together, most frequent first.

    A theme is shown if at least `minimum` presenters had it, besides those who read the report. If the cases without
    any shown theme come from fewer presenters than that, the rarest shown theme is hidden too, so that the rest cannot
    be had by subtraction.
    """
    cases = [(person, frozenset(themes)) for person, sheet in sheets.items() for themes in sheet.themes]
    readers = {person for person, sheet in sheets.items() if sheet.reads}
    names = {theme for _, themes in cases for theme in themes}
    presenters = {name: {person for person, themes in cases if name in themes} - readers for name in names}
    counts = {name: sum(name in themes for _, themes in cases) for name in names}
    shown = sorted((n for n in names if len(presenters[n]) >= minimum), key=lambda n: (-counts[n], n))
    while shown and (rest := {person for person, themes in cases if not themes & set(shown)}):
        if len(rest - readers) >= minimum:
            break
        shown.pop()
    return tuple((name, counts[name]) for name in shown)
