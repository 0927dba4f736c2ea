"""No figure is shown that the slow count does not have: every column, sentence and number of the reports' files.

Whoever adds a column, a sentence with a number or a line to a page has to count it a second time, from raw records and
the documentation alone (`slow_report.py`, `slow_year.py`, `slow_rounds.py`, `slow_themes.py`), or this test fails.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from pypdf import PdfReader

from bot.app.context import Work
from bot.app.reports.handlers import make_board, make_report
from bot.demo.clock import VirtualClock
from bot.domain.organisation import Group
from bot.reports.figures import quarter_sentences, rounds_sentence, year_figures
from bot.reports.periods import Quarter, Year
from bot.reports.quarterly import Report
from bot.reports.quarterly_export import (
    on_time_chart,
    report_csv,
    report_head,
    report_pdf,
    report_rows,
    themes_chart,
)
from bot.reports.ranges import is_range
from bot.reports.yearly_export import quarter_head, quarter_rows, year_csv, year_pdf
from bot.ui.strings import words
from storage.memory import MemoryStore
from tests.app.slow_report import Sheet, Slow, facts_of, numbers
from tests.app.slow_rounds import rounds_out
from tests.app.slow_themes import themes
from tests.app.slow_year import year_numbers
from tests.app.test_slow_report import MINIMUM, NOW, ORG, TOOLS, PlayedYear

W = words("en")
ENGLISH = W.sentences()
NOT_COUNTED = {"quarter", "clinic", "mode", "hidden", "revised", "span"}
"""Columns that hold no figure."""
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Played:
    """A played year with its slow count, read once."""

    def __init__(self, work: Work, slow: Slow, zones: dict[str, str]) -> None:
        self.work, self.slow, self.zones = work, slow, zones
        self._sheets: dict[Quarter, list[Sheet]] = {}

    def sheets(self, quarter: Quarter) -> list[Sheet]:
        if quarter not in self._sheets:
            self._sheets[quarter] = list(self.slow.sheets(quarter.first, quarter.last).values())
        return self._sheets[quarter]

    def line(self, quarter: Quarter, report: Report, row: Any) -> dict[str, Any]:
        """Every figure of a line of the report, counted the slow way."""
        found = numbers([s for s in self.sheets(quarter) if (s.clinic, s.mode) in row.group])
        before = self.sheets(quarter.previous)
        share = numbers([s for s in before if (s.clinic, s.mode) in row.group])["on_time"]
        both = found["on_time"] is not None and share is not None
        found["trend"] = found["on_time"] - share if both else None
        out: tuple[Any, ...] = ("", "", "")
        if not row.group.mode:
            out = rounds_out(self.slow.f, self.zones, quarter.first, quarter.last, row.group.clinic)
        return found | dict(zip(("rounds", "last_round", "days_since_round"), out, strict=True))


@pytest.mark.slow
async def test_every_figure_of_a_played_year_is_counted_twice() -> None:
    store = MemoryStore(VirtualClock(NOW))
    async with store.begin(ORG) as uow:
        await PlayedYear(uow, Random(1)).play()
        await uow.commit()
    async with store.begin(ORG, write=False) as uow:
        zones = {group.id: group.timezone for group in await uow.find(Group)}
        played = Played(Work(uow, NOW, TOOLS), Slow(await facts_of(uow)), zones)
        await check_quarters(played)
        await check_year(played)


def plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return f"{float(value):g}"
    return "" if value is None else str(value)


def shown(value: object) -> str:
    return (
        "–"
        if value is None
        else f"{float(value):.1f}".removesuffix(".0")
        if isinstance(value, Fraction)
        else f"{value}"
    )


def tokens(texts: Iterable[str]) -> Counter[str]:
    return Counter(token for text in texts for token in NUMBER.findall(text))


def is_bound(cell: str) -> bool:
    return cell.startswith(("<", ">", "over", "under"))


def printed(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def left_over(content: bytes, pieces: Iterable[str]) -> Counter[str]:
    """Numbers that are printed and stand in none of the pieces, page numbers and the check sum aside."""
    text = re.sub(r"\b[0-9a-f]{16}\b|Page \d+ of \d+", " ", printed(content))
    return tokens([text]) - tokens(pieces)


def notes() -> Iterator[str]:
    """What is written by hand around the figures."""
    for key in ("suppressed_note", "ranged_note"):
        yield ENGLISH[f"report.{key}"].format(minimum=MINIMUM, people=2 * MINIMUM)
    for key in ("dash_note", "revised_note", "explain", "explain.gaps", "year.explain"):
        yield ENGLISH[f"report.{key}"]


async def check_quarters(played: Played) -> None:
    """Every column, cell, sentence and printed number of the quarters' files."""
    met = set()
    for quarter in Year(2026).quarters:
        report, _ = await make_report(played.work, quarter)
        lines = {row.group: played.line(quarter, report, row) for row in report.rows}
        handed = csv.DictReader(io.StringIO(report_csv(report, words=ENGLISH, language="en").decode("utf-8-sig")))
        for row, cells in zip(report.said().rows, handed, strict=True):
            slow = lines[row.group]
            assert set(cells) - NOT_COUNTED == set(slow), "a column that nobody counts a second time"
            for name, cell in cells.items():
                if name in NOT_COUNTED or is_bound(cell) or (not cell and (cells["hidden"] or name in MAY_BE_UNSAID)):
                    continue
                met.add(name)
                assert cell == plain(slow[name]), (quarter, row.group, name)
        _compare_table(report, lines)
        _compare_charts(report, lines)
        expected = themes(played.slow, quarter.first, quarter.last, MINIMUM)
        assert list(report.themes) == expected
        whole = report.said().rows[0]
        assert whole.numbers
        said = quarter_sentences(whole.numbers, words=ENGLISH, language="en")
        _compare_sentences(said, lines[whole.group], whole.numbers)
        out = rounds_sentence(report.rounds[""], words=ENGLISH, language="en")
        day = "31 Jan 2027"
        pieces = [*said, *out, *notes(), day, day, f"{quarter.last:%d %b %Y}", f"{quarter.number} {quarter.year}"] * 2
        pieces += [cell for row_ in report_rows(report, words=ENGLISH, language="en") for cell in row_]
        pieces += [f"{n}" for _, n in report.themes] + list(report_head(ENGLISH))
        pieces += [f"{NOW:%d} {NOW.day} {NOW.year}"] * 3 + [f"{quarter.last.day} {quarter.year} {quarter.number}"] * 9
        made = report_pdf(report, organisation="Service", printed=NOW.date(), words=ENGLISH, language="en")
        assert left_over(made, pieces) == Counter(), quarter
    assert met >= {*numbers([]), "trend", "rounds", "last_round", "days_since_round"}


MAY_BE_UNSAID = {"turnaround", "met", "trend", "coverage", "on_time", "own_within", "gap_within", "cases", "reviews"}
"""What a line may keep to itself, where too few are behind it."""


def _compare_table(report: Report, lines: dict[Any, dict[str, Any]]) -> None:
    names = [n for n in numbers([]) if n != "met"]
    head = [ENGLISH[f"report.{name}"] for name in (*names, "trend")]
    assert report_head(ENGLISH)[2:] == head, "a column that nobody counts a second time"
    for row, cells in zip(report.rows, report_rows(report, words=ENGLISH, language="en"), strict=True):
        for name, cell in zip((*names, "trend"), cells[2:], strict=False):
            if row.numbers and not is_bound(cell) and cell != "–":
                value = lines[row.group][name]
                assert cell == (f"{value:+d}".replace("-", "\u2212") if name == "trend" else shown(value)), name


def _compare_charts(report: Report, lines: dict[Any, dict[str, Any]]) -> None:
    expected = {plain(line["on_time"]) for line in lines.values()}
    bars = on_time_chart(report, words=ENGLISH).rows
    assert {cell for _, cell in bars if not is_bound(cell)} <= expected
    assert [int(cell) for _, cell in themes_chart(report, words=ENGLISH).rows] == [n for _, n in report.themes]


def _compare_sentences(said: Iterable[str], line: dict[str, Any], of: Any) -> None:
    """Every number of a sentence is a figure of the line, or one of the words around it."""
    known = {shown(value) for value in line.values()}
    values = [getattr(of, name) for name in of.__dataclass_fields__]
    bounds = {str(int(value)) for value in values if is_range(value)}
    written = {token for key, text in ENGLISH.items() if key.startswith("say.") for token in NUMBER.findall(text)}
    for sentence in said:
        assert set(NUMBER.findall(sentence)) <= known | bounds | written, sentence


async def check_year(played: Played) -> None:
    """The same of the year, of the whole service and of one clinic."""
    quarters = [(q.first, q.last) for q in Year(2026).quarters]
    for clinic in (None, "Clinic 0"):
        page, _ = await make_board(played.work, Year(2026), Quarter(2025, 4), clinic)
        assert page.numbers
        slow = year_numbers(played.slow, quarters, MINIMUM, clinic)
        rows = list(csv.DictReader(io.StringIO(year_csv(page, language="en").decode("utf-8-sig"))))
        assert set(rows[0]) - NOT_COUNTED == {*slow, *numbers([])}, "a column that nobody counts a second time"
        for name in slow:
            cell = rows[-1][name]
            if cell and not is_bound(cell):
                assert cell == plain(slow[name]), name
        figures = year_figures(page, words=ENGLISH, language="en")
        _compare_sentences([f"{f.value} {f.sentence}".replace("%", "") for f in figures], slow, page.numbers)
        assert quarter_head(ENGLISH)[1:] == [ENGLISH[f"report.{name}"] for name in numbers([]) if name != "met"]
        pieces = [part for f in figures for part in (f.value, f.sentence)]
        pieces += [cell for row in quarter_rows(page, words=ENGLISH, language="en") for cell in row]
        pieces += [*quarter_head(ENGLISH), *notes(), "2026 2026 2026 0 0 0", f"{NOW.day} {NOW.year}"]
        made = year_pdf(page, organisation="Service", printed=NOW.date(), words=ENGLISH, language="en")
        assert left_over(made, pieces) == Counter(), clinic
