"""The year for the board on one page: the four quarters as they were published, and what they come to.

What overlaps with the quarterly reports is added up from their shown lines alone, so that a year less its quarters
tells nothing: where a quarter's line is hidden, the year is. Minutes, waiting time, risk, suggestions used and what
became of cases are of the whole year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from bot.errors import Refusal
from bot.reports.numbers import number_plain
from bot.reports.periods import Quarter, Year
from bot.reports.quarterly import Numbers, Report, median, percent
from bot.reports.ranges import HIGH, LOW, SHARES, Over, Under, is_range, together
from bot.reports.suppression import Group


class YearNotOver(Refusal):
    """A year is reported from the day after its last; `last` is that day."""


class NothingToReport(Refusal):
    """Nobody was followed in that span: there is no report of it; `first` is the first quarter that has one."""


@dataclass(frozen=True)
class Part:
    """`part` of `whole` cases, and how many people they belong to."""

    part: int = 0
    whole: int = 0
    people: int = 0


@dataclass(frozen=True)
class YearFacts:
    """What the quarters do not hold, of everybody in their shown line.

    `minutes` as declared or estimated, in any role; `received` of them without leading; `posts`: full posts present on
    the middle day of a quarter, on average. `waited`: days from sending a case to the release of its reviews, per case,
    `presenters` how many people they belong to. `risks`: minutes to the acknowledgement of each concern, None for one
    that nobody acknowledged; None where the reader may not see them. `used`: cases with reviews in which the presenter
    used a suggestion; `told`: cases of which it was told what became of them, of those asked about.
    """

    minutes: int
    received: int
    estimated: int
    posts: Fraction
    waited: tuple[int, ...]
    presenters: int
    risks: tuple[int | None, ...] | None = None
    used: Part = Part()
    told: Part = Part()


@dataclass(frozen=True)
class YearNumbers:
    """The year's figures. None: nothing to measure, too few to be shown, or a quarter of it says only a range.

    `own_within` and `gap_within` are the quarters' averages, as `coverage` is; `gap_median` and `gap_p90` the longest
    of the quarters', so that half and nine of ten of each quarter's gaps are no longer.
    """

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
    hours: Fraction
    estimated: int | None
    hours_per_post: Fraction | None
    waiting: Fraction | None
    risks: int | None
    risk_minutes: int | None
    used: int | None = None
    told: int | None = None


@dataclass(frozen=True)
class Board:
    """A year's page: each quarter with its shown line (None: hidden), and the year, None where a quarter is hidden.

    `revised` names what of a quarter's line changed since it was first published, `year_revised` what of the year's.
    """

    year: Year
    clinic: str | None
    minimum: int
    quarters: tuple[tuple[Quarter, Numbers | None], ...]
    numbers: YearNumbers | None
    risks_shown: bool = True
    revised: Mapping[Quarter, frozenset[str]] = field(default_factory=dict)
    year_revised: frozenset[str] = frozenset()


def as_read(numbers: YearNumbers) -> dict[str, str]:
    """The year's figures as a program reads them, by name; empty for what is not shown."""
    return {name: str(number_plain(getattr(numbers, name))) for name in YearNumbers.__dataclass_fields__}


def board(
    year: Year,
    reports: Sequence[Report],
    facts: YearFacts,
    *,
    clinic: str | None,
    minimum: int,
    today: date,
    published: Mapping[str, str] | None = None,
) -> Board:
    """The page of a year that is over, from the reports of its quarters; raises `YearNotOver`.

    `published` are its figures as they first read (`as_read`): what reads otherwise now is revised.
    """
    if today <= year.last:
        raise YearNotOver(last=year.last)
    quarters = tuple((report.quarter, _shown(report, clinic)) for report in reports if _anybody(report, clinic))
    shown = [numbers for _, numbers in quarters if numbers]
    numbers = None
    if shown and len(shown) == len(quarters):
        numbers = _numbers(shown, _unsaid(reports, clinic), facts, minimum)
    revised = {report.quarter: row.revised for report in reports if (row := report.said().row(Group(clinic)))}
    changed = _changed(numbers, published) if numbers and published else frozenset()
    return Board(year, clinic, minimum, quarters, numbers, facts.risks is not None, revised, changed)


def _changed(numbers: YearNumbers, published: Mapping[str, str]) -> frozenset[str]:
    """What reads otherwise than at first; what was not shown then, or is not to this reader, is no revision."""
    return frozenset(
        name for name, now in as_read(numbers).items() if now and published.get(name) and now != published[name]
    )


def _anybody(report: Report, clinic: str | None) -> bool:
    return any(clinic is None or of == clinic for of, _ in report.members.values())


def _shown(report: Report, clinic: str | None) -> Numbers | None:
    row = report.said().row(Group(clinic))
    return row.numbers if row else None


def _unsaid(reports: Sequence[Report], clinic: str | None) -> frozenset[str]:
    """Shares that a quarter measured and does not say: an average without that quarter would be another number."""
    found = set[str]()
    for report in reports:
        exact, said = report.row(Group(clinic)), _shown(report, clinic)
        if exact and exact.numbers and said:
            measured = {name for name in SHARES if getattr(exact.numbers, name) is not None}
            found |= {name for name in measured if getattr(said, name) is None}
    return frozenset(found)


def _numbers(shown: Sequence[Numbers], unsaid: frozenset[str], facts: YearFacts, minimum: int) -> YearNumbers:
    asked, met = sum(n.asked for n in shown), _sum([n.met for n in shown])
    answered = sorted(m for m in facts.risks or () if m is not None)
    count = len(facts.risks or ())
    return YearNumbers(
        coverage=_average(shown, "coverage", unsaid),
        asked=asked,
        met=met,
        on_time=together([n.on_time for n in shown if n.asked], None if met is None else percent(met, asked)),
        own_within=_average(shown, "own_within", unsaid),
        gap_within=_average(shown, "gap_within", unsaid),
        gap_median=max((n.gap_median for n in shown if n.gap_median is not None), default=None),
        gap_p90=max((n.gap_p90 for n in shown if n.gap_p90 is not None), default=None),
        cases=_sum([n.cases for n in shown]),
        reviews=_sum([n.reviews for n in shown]),
        hours=Fraction(facts.minutes, 60),
        estimated=percent(facts.estimated, facts.minutes),
        hours_per_post=Fraction(facts.received, 60) / facts.posts if facts.posts else None,
        waiting=median(sorted(facts.waited)) if facts.presenters >= minimum else None,
        risks=None if facts.risks is None or 0 < count < minimum else count,
        risk_minutes=_rounded(median(answered)) if len(answered) >= minimum else None,
        used=_of_many(facts.used, minimum),
        told=_of_many(facts.told, minimum),
    )


def _of_many(part: Part, minimum: int) -> int | None:
    """A share of people's cases: nothing of too few, and of few no more than a bound where it may hold for each."""
    share = percent(part.part, part.whole) if part.people >= minimum else None
    if share is None or part.people >= 2 * minimum or LOW <= share <= HIGH:
        return share
    return Over(HIGH) if share > HIGH else Under(LOW)


def _average(shown: Sequence[Numbers], name: str, unsaid: frozenset[str]) -> int | None:
    """The average of quarters' shares, each by its therapists; quarters that measured nothing are left out."""
    known = [(getattr(n, name), n.therapists) for n in shown if getattr(n, name) is not None]
    if name in unsaid:
        return None
    people = sum(therapists for _, therapists in known)
    exact = _rounded(Fraction(sum(share * n for share, n in known), people)) if people else None
    return together([share for share, _ in known], exact)


def _sum(values: Sequence[int | None]) -> int | None:
    """None where one of them is not exact: it would follow from the sum."""
    known = [value for value in values if value is not None and not is_range(value)]
    return sum(known) if len(known) == len(values) else None


def _rounded(value: Fraction) -> int:
    """Halves up."""
    return int(value + Fraction(1, 2))
