"""A reader for score series as people type or paste them (`instruments.py` knows the instruments).

Understood are "PHQ-9: 18, 15, 12", several instruments in one text, week numbers ("GAD-7 week 1: 14, week 4: 9"), lines
of sessions ("Session 1 PHQ-9 18 GAD-7 14"), "pre 18 post 9", "18/27", a band in words behind a score, and a pasted
table whose head names instruments. Dates identify: those of a table become weeks, anywhere else they are refused.
Scores are whole numbers: "18, 5" are two, "18,5" is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.errors import Refusal
from bot.reports.instruments import INSTRUMENTS, ONLY_SCALES, Instrument
from bot.reports.score_tables import by_instrument
from bot.reports.score_words import (
    BETWEEN,
    MEAN,
    PER_CENT,
    POINT,
    TIMES,
    WEEK,
    runs_backwards,
    set_right,
    without_highest,
)

MOST_POINTS = 60
LONGEST_NAME = 40


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
    DECIMAL = "decimal"
    WHICH_SCALE = "which_scale"
    RAW_OR_PERCENT = "raw_or_percent"


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
    """Scores of one instrument in order; `weeks` are the typed week numbers, or 1, 2, 3, … without any (`assumed`)."""

    instrument: Instrument
    weeks: tuple[int, ...]
    scores: tuple[int, ...]
    assumed: bool = field(default=False, compare=False)


_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\b\d{1,2}[./]\d{1,2}(?:[./]\d{0,4})?")
_DECIMAL = re.compile(r"(?<![\d,.])\d{1,2}[,.]\d(?![\d,.])")
_NAMES = {name: each for each in INSTRUMENTS.values() for name in (each.name, *each.also)}


def _pattern(name: str) -> str:
    """A name with or without its hyphens and blanks: "PHQ9", "PHQ 9"."""
    return re.sub(r"(?:\\-|\\ )", r"[ -]?", re.escape(name)).replace("DASS[ -]?21", "DASS[ -]?(?:21)?")


_LONGEST_FIRST = sorted(_NAMES, key=len, reverse=True)
_NAME = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(map(_pattern, _LONGEST_FIRST))})(?!\d)(?![A-Za-z])", re.IGNORECASE)
_SEVERAL = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(map(_pattern, ONLY_SCALES))})(?![A-Za-z])", re.IGNORECASE)
_SESSION = re.compile(rf"\s*(?:{WEEK}\s*(\d{{1,2}})|(?:{TIMES})\b)\s*[:.,;–-]?\s*(?=\D)", re.IGNORECASE)
_WEEK_CELL = re.compile(rf"(?:{WEEK}\s*)?(\d{{1,2}})\.?", re.IGNORECASE)
_MEANS = re.compile(rf"(CORE[ -]?(?:OM|10))\W{{0,3}}{MEAN}\W{{0,3}}([0-4])[.,](\d)(\d?)(?![\d.,])", re.IGNORECASE)
"""CORE as the mean of its items, 0 to 4: ten times that is its score."""


def parse_scores(typed: str) -> tuple[ScoreSeries, ...]:
    """Every series in a typed or pasted text; raises `InvalidScores` with all mistakes."""
    lines = [(number, _without_highest(_MEANS.sub(_times_ten, line))) for number, line in _lines(typed)]
    lines = by_instrument(lines, lambda cell: instrument_named(cell) is not None, _day) or lines
    is_table = len(lines) > 1 and _is_head(lines[0][1])
    if is_table:
        lines = [lines[0], *weeks_for_dates(lines[1:])]
    mistakes = [
        ScoreMistake(problem, "", number)
        for number, line in lines
        for problem, found in (
            (Problem.DECIMAL, _DECIMAL.search(_NAME.sub("", line))),
            (Problem.WHICH_SCALE, _SEVERAL.search(_NAME.sub("", line))),
            (Problem.DATE, _DATE.search(_DECIMAL.sub("", _NAME.sub("", line)))),
        )
        if found
    ]
    if mistakes:
        raise InvalidScores(tuple(mistakes))
    columns = _table(lines, mistakes) if is_table else _sessions(lines) or _segments(lines, mistakes)
    unit = _unit(typed)
    series = [found for found in (_series(*column, unit, mistakes) for column in columns) if found]
    names = [each.instrument.name for each in series]
    mistakes += [ScoreMistake(Problem.TWICE, name, 1) for name in sorted(set(names)) if names.count(name) > 1]
    if not columns and not mistakes:
        mistakes.append(ScoreMistake(Problem.NO_INSTRUMENT, "", 1))
    if mistakes:
        raise InvalidScores(tuple(mistakes))
    return tuple(series)


def _lines(typed: str) -> list[tuple[int, str]]:
    """The lines that say something, numbered from 1; tables of any make as cells with semicolons, scales by name."""
    found = [
        (number, line.strip().strip("|"))
        for number, line in enumerate(typed.splitlines(), start=1)
        if line.strip() and not re.fullmatch(r"[\s|:+-]*--[\s|:+-]*", line)
    ]
    if found and _is_head(found[0][1]) and "," in found[0][1] and not re.search(r"[\t;|]", found[0][1]):
        found = [(number, line.replace(",", ";")) for number, line in found]
    return [(number, _FAMILY.sub(_by_scale, line)) for number, line in found]


def _times_ten(match: re.Match[str]) -> str:
    """ "CORE-OM mean 1.8" as "CORE-OM 18", halves up."""
    name, whole, tenth, hundredth = match.groups()
    return f"{name} {int(whole) * 10 + int(tenth) + (hundredth >= '5')}"


_FAMILY = re.compile(
    r"(?<![A-Za-z])(HADS|DASS(?:[ -]?21)?)\s*:?\s*"
    r"((?:[ADS]\s*[:=]?\s*\d{1,2}(?:\s*(?:[,;/&]|and|og|und|en|och)?\s*)){2,3})",
    re.IGNORECASE,
)


def _by_scale(match: re.Match[str]) -> str:
    """ "HADS A 12, D 9" as "HADS-A 12, HADS-D 9"."""
    family = "HADS" if match.group(1).upper() == "HADS" else "DASS-21"
    scales = re.findall(r"([ADS])\s*[:=]?\s*(\d{1,2})", match.group(2), re.IGNORECASE)
    return ", ".join(f"{family}-{letter.upper()} {score}" for letter, score in scales) + " "


def _unit(typed: str) -> str:
    """What a text says of scores that are written raw or in per cent: "raw", "percent", or "" where it says nothing."""
    if re.search(r"\b(?:raw|roh\w*|rå\w*|ruw\w*)\b", typed, re.IGNORECASE):
        return "raw"
    return "percent" if re.search(PER_CENT, typed, re.IGNORECASE) else ""


def holds_dates(typed: str) -> bool:
    """Whether a text that can be read had dates in it: then it is kept as weeks (`in_weeks`)."""
    return any(_day(cell) is not None for _, line in _lines(typed) for cell in _cells(line))


def weeks_are_assumed(typed: str) -> bool:
    """Whether a text that can be read leaves a week unsaid, so that its scores were counted from week 1 on."""
    return any(series.assumed for series in parse_scores(typed))


def in_weeks(series: Iterable[ScoreSeries], week: str) -> str:
    """Series as text that reads back alike, without a date: "PHQ-9 week 1: 18, week 3: 12"."""
    return "; ".join(
        f"{each.instrument.name} {'% ' if each.instrument.raw else ''}"
        + ", ".join(f"{week} {n}: {score}" for n, score in zip(each.weeks, each.scores, strict=True))
        for each in series
    )


def weeks_for_dates(rows: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The rows of a table whose first cells are dates, with the week since the first of them instead; else as they are.

    Days come first, unless only months first puts the rows in order.
    """
    heads = [_cells(line)[0] for _, line in rows]
    for month_first in (False, True):
        days = [_day(head, month_first=month_first) for head in heads]
        known = [day for day in days if day]
        if len(known) == len(rows) and known == sorted(known):
            weeks = [(day - known[0]).days // 7 + 1 for day in known]
            return [
                (number, line.replace(head, str(week), 1))
                for (number, line), head, week in zip(rows, heads, weeks, strict=True)
            ]
    return list(rows)


def _day(cell: str, *, month_first: bool = False) -> date | None:
    """A date with its year: 2027-02-01, 1.2.2027, 01/02/27."""
    numbers = re.fullmatch(r"(\d{1,4})[-./] ?(\d{1,2})[-./] ?(\d{1,4})\.?", cell.strip())
    if not numbers:
        return None
    first, second, third = (int(number) for number in numbers.groups())
    year, month, day = (first, second, third) if first > 31 else (third, second, first)
    if month_first and first <= 31:
        month, day = day, month
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _without_highest(line: str) -> str:
    """ "18/27" as 18 where 27 is the highest score of the instrument before it."""
    names = list(_NAME.finditer(line))
    ends = [*(following.start() for following in names[1:]), len(line)]
    parts = [line[: names[0].start()] if names else line]
    for match, end in zip(names, ends, strict=False):  # without a name the one end is left over
        instrument = _instrument(match.group())
        assert instrument is not None
        parts.append(match.group() + without_highest(line[match.end() : end], {instrument.high, instrument.raw}))
    return "".join(parts)


def _sessions(lines: Sequence[tuple[int, str]]) -> list[_Column]:
    """Lines that each begin with a session, a week or a time in words and give one score an instrument; else none."""
    found: dict[str, _Column] = {}
    parts = [(number, part) for number, line in lines for part in line.split(";") if part.strip()]
    heads = [_SESSION.match(part) for _, part in parts]
    if len(parts) < 2 and not (heads and heads[0] and heads[0].group(1)):
        return []
    if len({head is not None and head.group(1) is None for head in heads}) > 1:
        return []  # weeks and words of time mixed
    if runs_backwards(" ".join(head.group() for head in heads if head)):
        return []
    for (number, part), head in zip(parts, heads, strict=True):
        names = list(_NAME.finditer(part))
        if not head or not names or head.end() > names[0].start() or part[head.end() : names[0].start()].strip():
            return []
        ends = [*(following.start() for following in names[1:]), len(part)]
        for match, end in zip(names, ends, strict=True):
            points = list(_points(set_right(part[match.end() : end])))
            instrument = _instrument(match.group())
            if instrument is None or len(points) != 1 or points[0] is None:
                return []
            week = int(head.group(1)) if head.group(1) else None
            found.setdefault(instrument.name, (instrument, number, []))[2].append((week, points[0][1]))
    return list(found.values())


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
        week = _WEEK_CELL.fullmatch(cells[0]) if has_week else None
        values = cells[1:] if has_week else cells
        if len(values) > len(columns) or (has_week and week is None):
            mistakes.append(ScoreMistake(Problem.NOT_UNDERSTOOD, "", number))
            continue
        for (instrument, _, points), value in zip(columns, values, strict=False):
            if re.fullmatch(r"\d{1,3}", value):
                points.append((int(week.group(1)) if week else None, int(value)))
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
    if column is None and BETWEEN.fullmatch(text):
        return  # "baseline", "Eingang:" before the first instrument
    if column is None:
        mistakes.append(ScoreMistake(Problem.NO_INSTRUMENT, "", line))
        return
    text, scale = set_right(text), {column[0].high, column[0].raw}
    points = list(_points(text))
    in_percent = re.search(PER_CENT, text, re.IGNORECASE) and 100 not in scale
    if None in points or in_percent or runs_backwards(text):
        mistakes.append(ScoreMistake(Problem.NOT_UNDERSTOOD, column[0].name, line))
    column[2].extend(point for point in points if point is not None)


def _points(text: str) -> Iterator[tuple[int | None, int] | None]:
    """The points of a text, None where something else stands."""
    at = 0
    while True:
        gap = BETWEEN.match(text, at)
        at = gap.end() if gap else at
        if at >= len(text):
            return
        match = POINT.match(text, at)
        if match is None:
            yield None
            return
        yield (int(match.group(1)) if match.group(1) else None, int(match.group(2)))
        at = match.end()


def _series(
    instrument: Instrument, line: int, points: list[tuple[int | None, int]], unit: str, mistakes: list[ScoreMistake]
) -> ScoreSeries | None:
    scores = tuple(score for _, score in points)
    weeks = tuple(week if week is not None else number for number, (week, _) in enumerate(points, start=1))
    may_be_raw = bool(instrument.raw and scores and max(scores) <= instrument.raw and unit != "percent")
    is_raw = may_be_raw and (unit == "raw" or any(score % instrument.step for score in scores))
    if is_raw:
        scores = tuple(score * instrument.step for score in scores)  # the raw sum, as per cent
    problems = {
        Problem.RAW_OR_PERCENT: may_be_raw and not is_raw and any(scores),
        Problem.NO_SCORES: not scores,
        Problem.TOO_MANY: len(scores) > MOST_POINTS,
        Problem.OUT_OF_RANGE: any(not instrument.low <= score <= instrument.high for score in scores),
        Problem.STEP: any(score % instrument.step for score in scores),
        Problem.NOT_UNDERSTOOD: list(weeks) != sorted(set(weeks)),
    }
    mistakes += [ScoreMistake(problem, instrument.name, line) for problem, stands in problems.items() if stands]
    return (
        None
        if any(problems.values())
        else ScoreSeries(instrument, weeks, scores, any(week is None for week, _ in points))
    )


def instrument_named(text: str) -> Instrument | None:
    """The instrument that a text is the name of, and nothing else; in any spelling that is known."""
    return _instrument(text) if text and len(text) <= LONGEST_NAME else None


def _instrument(text: str) -> Instrument | None:
    plain = _plain(text)
    return next((each for name, each in _NAMES.items() if _plain(name) == plain), None)


def _plain(name: str) -> str:
    return re.sub(r"^DASS(?=[ADS]|DEP|ANX|STR)", "DASS21", re.sub(r"[ -]", "", name).upper())
