"""Score series in a case: instruments with their published bands, and a reader for typed or pasted series.

Understood are "PHQ-9: 18, 15, 12", several instruments in one text, week numbers ("GAD-7 week 1: 14, week 4: 9") and
a pasted table whose head names instruments. Scores are whole numbers, so a comma separates. Dates are refused: they
identify, and week numbers say the same. Bands are the authors' own words for a range and no verdict of this product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import Refusal

MOST_POINTS = 60


@dataclass(frozen=True)
class Instrument:
    """A questionnaire: range, step, and bands as (last score, key of its word), published in `source`."""

    name: str
    low: int
    high: int
    bands: tuple[tuple[int, str], ...]
    source: str
    step: int = 1
    higher_is_worse: bool = True

    def band(self, score: int) -> str:
        """The key of the band a score lies in."""
        return next(key for last, key in self.bands if score <= last)


def _severity(*lasts: int) -> tuple[tuple[int, str], ...]:
    return tuple(zip(lasts, ("minimal", "mild", "moderate", "severe"), strict=True))


def _cutoff(score: int, high: int) -> tuple[tuple[int, str], ...]:
    return ((score - 1, "below_cutoff"), (high, "above_cutoff"))


_FIVE = ("minimal", "mild", "moderate", "moderately_severe", "severe")
INSTRUMENTS = {
    each.name: each
    for each in (
        Instrument("PHQ-9", 0, 27, tuple(zip((4, 9, 14, 19, 27), _FIVE, strict=True)), "Kroenke 2001"),
        Instrument("GAD-7", 0, 21, _severity(4, 9, 14, 21), "Spitzer 2006"),
        Instrument("WHO-5", 0, 100, ((28, "very_low_wellbeing"), (50, "low_wellbeing"), (100, "good_wellbeing")),
                   "Topp 2015", step=4, higher_is_worse=False),
        Instrument("ISI", 0, 28, ((7, "none"), (14, "subthreshold"), (21, "moderate"), (28, "severe")), "Bastien 2001"),
        Instrument("MADRS-S", 0, 54, _severity(12, 19, 34, 54), "Svanborg 1994"),
        Instrument("PCL-5", 0, 80, _cutoff(31, 80), "Bovin 2016"),
        Instrument("PDSS-SR", 0, 28, _cutoff(8, 28), "Shear 2001"),
        Instrument("OCI-R", 0, 72, _cutoff(21, 72), "Foa 2002"),
        Instrument("SPIN", 0, 68, _cutoff(19, 68), "Connor 2000"),
        Instrument("AUDIT", 0, 40, ((7, "low"), (15, "hazardous"), (19, "harmful"), (40, "high")), "Babor 2001"),
        Instrument("WSAS", 0, 40, ((9, "subclinical"), (20, "significant"), (40, "severe")), "Mundt 2002"),
        Instrument("CORE-10", 0, 40, ((5, "healthy"), (10, "low"), (14, "mild"), (19, "moderate"),
                                      (24, "moderately_severe"), (40, "severe")), "Barkham 2013"),
        Instrument("K10", 10, 50, ((19, "healthy"), (24, "mild"), (29, "moderate"), (50, "severe")), "Andrews 2001"),
    )
}  # fmt: skip


class Problem(StrEnum):
    """What is wrong with a typed series."""

    NO_INSTRUMENT = "no_instrument"
    NO_SCORES = "no_scores"
    OUT_OF_RANGE = "out_of_range"
    STEP = "step"
    DATE = "date"
    NOT_UNDERSTOOD = "not_understood"
    TOO_MANY = "too_many"
    TWICE = "twice"


@dataclass(frozen=True)
class ScoreMistake:
    """One mistake: the instrument ("" if none is known), the line (from 1); never the typed words."""

    problem: Problem
    instrument: str
    line: int


class InvalidScores(Refusal):
    """Score series that cannot be read; `mistakes` has all of them, `instruments` the names that are known."""

    def __init__(self, mistakes: tuple[ScoreMistake, ...]) -> None:
        super().__init__(mistakes=mistakes, instruments=tuple(INSTRUMENTS))
        self.mistakes = mistakes


@dataclass(frozen=True)
class ScoreSeries:
    """Scores of one instrument in order; `weeks` are the typed week numbers, or 1, 2, 3, … without any."""

    instrument: Instrument
    weeks: tuple[int, ...]
    scores: tuple[int, ...]


_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\b\d{1,2}[./]\d{1,2}(?:[./]\d{0,4})?")
_NAME = re.compile(
    "|".join(re.escape(name).replace(r"\-", r"[ -]?") for name in sorted(INSTRUMENTS, key=len, reverse=True))
    + r"(?!\d)",
    re.IGNORECASE,
)
_WEEK = r"(?:weeks?|wk|w|uge|uke|woche|wo|week|vecka|v|u)\.?"
_POINT = re.compile(rf"(?:{_WEEK}\s*(\d{{1,2}})\s*[:=]?\s*)?(?<!\d)(\d{{1,3}})(?!\d)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;:=|→>/–—-]*(?:%|and|og|und|en|och)?[\s,;:=|→>/–—-]*")


def parse_scores(typed: str) -> tuple[ScoreSeries, ...]:
    """Every series in a typed or pasted text; raises `InvalidScores` with all mistakes."""
    lines = [(number, line) for number, line in enumerate(typed.splitlines(), start=1) if line.strip()]
    mistakes = [ScoreMistake(Problem.DATE, "", number) for number, line in lines if _DATE.search(_NAME.sub("", line))]
    if mistakes:
        raise InvalidScores(tuple(mistakes))
    is_table = len(lines) > 1 and _is_head(lines[0][1])
    columns = _table(lines, mistakes) if is_table else _segments(lines, mistakes)
    series = [found for found in (_series(*column, mistakes) for column in columns) if found]
    names = [each.instrument.name for each in series]
    mistakes += [ScoreMistake(Problem.TWICE, name, 1) for name in sorted(set(names)) if names.count(name) > 1]
    if not columns and not mistakes:
        mistakes.append(ScoreMistake(Problem.NO_INSTRUMENT, "", 1))
    if mistakes:
        raise InvalidScores(tuple(mistakes))
    return tuple(series)


_Column = tuple[Instrument, int, list[tuple[int | None, int]]]  # instrument, line, (week, score)


def _is_head(line: str) -> bool:
    """A line that names instruments and holds no score."""
    return bool(_NAME.search(line)) and not re.search(r"\d", _NAME.sub("", line))


def _table(lines: list[tuple[int, str]], mistakes: list[ScoreMistake]) -> list[_Column]:
    """A head with instruments, then one row per week; a first cell without an instrument above it is the week."""
    names = [_instrument(cell) for cell in _cells(lines[0][1])]
    columns: list[_Column] = [(each, lines[0][0], []) for each in names if each]
    has_week = names[0] is None
    for number, line in lines[1:]:
        cells = _cells(line)
        week = re.search(r"\d{1,2}", cells[0]) if has_week else None
        values = cells[1:] if has_week else cells
        if len(values) > len(columns) or (has_week and week is None):
            mistakes.append(ScoreMistake(Problem.NOT_UNDERSTOOD, "", number))
            continue
        for (instrument, _, points), value in zip(columns, values, strict=False):
            if re.fullmatch(r"\d{1,3}", value):
                points.append((int(week.group()) if week else None, int(value)))
            elif value not in ("", "-", "–"):
                mistakes.append(ScoreMistake(Problem.NOT_UNDERSTOOD, instrument.name, number))
    return columns


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"\t|;|\||(?<!\w) {2,}| {2,}", line)]


def _segments(lines: list[tuple[int, str]], mistakes: list[ScoreMistake]) -> list[_Column]:
    """Names, each followed by its scores up to the next name, also over several lines."""
    columns: list[_Column] = []
    for number, line in lines:
        names = list(_NAME.finditer(line))
        start = names[0].start() if names else len(line)
        if line[:start].strip():
            _points_into(columns[-1] if columns else None, line[:start], number, mistakes)
        ends = [*(following.start() for following in names[1:]), len(line)]
        for match, end in zip(names, ends, strict=False):  # without a name the one end is left over
            instrument = _instrument(match.group())
            assert instrument is not None
            columns.append((instrument, number, []))
            _points_into(columns[-1], line[match.end() : end], number, mistakes)
    return columns


def _points_into(column: _Column | None, text: str, line: int, mistakes: list[ScoreMistake]) -> None:
    if column is None:
        mistakes.append(ScoreMistake(Problem.NO_INSTRUMENT, "", line))
        return
    points = list(_points(text))
    if None in points:
        mistakes.append(ScoreMistake(Problem.NOT_UNDERSTOOD, column[0].name, line))
    column[2].extend(point for point in points if point is not None)


def _points(text: str) -> Iterator[tuple[int | None, int] | None]:
    """The points of a text, None where something else stands."""
    at = 0
    while True:
        gap = _BETWEEN.match(text, at)
        at = gap.end() if gap else at
        if at >= len(text):
            return
        match = _POINT.match(text, at)
        if match is None:
            yield None
            return
        yield (int(match.group(1)) if match.group(1) else None, int(match.group(2)))
        at = match.end()


def _series(
    instrument: Instrument, line: int, points: list[tuple[int | None, int]], mistakes: list[ScoreMistake]
) -> ScoreSeries | None:
    scores = tuple(score for _, score in points)
    weeks = tuple(week if week is not None else number for number, (week, _) in enumerate(points, start=1))
    problems = {
        Problem.NO_SCORES: not scores,
        Problem.TOO_MANY: len(scores) > MOST_POINTS,
        Problem.OUT_OF_RANGE: any(not instrument.low <= score <= instrument.high for score in scores),
        Problem.STEP: any(score % instrument.step for score in scores),
        Problem.NOT_UNDERSTOOD: list(weeks) != sorted(set(weeks)),
    }
    mistakes += [ScoreMistake(problem, instrument.name, line) for problem, stands in problems.items() if stands]
    return None if any(problems.values()) else ScoreSeries(instrument, weeks, scores)


def _instrument(text: str) -> Instrument | None:
    match = _NAME.fullmatch(text.strip())
    if not match:
        return None
    plain = re.sub(r"[ -]", "", match.group()).upper()
    return next(each for name, each in INSTRUMENTS.items() if name.replace("-", "") == plain)
