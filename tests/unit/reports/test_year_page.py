"""The year for the board is one page in every language, whatever stands on it."""

from __future__ import annotations

import io
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from pypdf import PdfReader

from bot.reports.figures import year_figures
from bot.reports.periods import Quarter, Year
from bot.reports.quarterly import Numbers
from bot.reports.ranges import Over
from bot.reports.yearly import Board, YearNumbers
from bot.reports.yearly_export import quarter_rows, year_pdf
from bot.ui.strings import LANGUAGES, words

YEAR = Year(2027)
ROUNDS = Numbers(1200, 98, 11400, 10900, 96, 71, 90, Fraction(14), 30, 4800, 9400, Fraction(13, 2))
NOTHING = Numbers(1200, None, 0, 0, None, None, None, None, None, 0, 0, None)
NUMBERS = YearNumbers(
    98, 34200, 32700, 96, 71, 90, Fraction(14), 30, 14400, 28200, Fraction(13333, 2), 38, Fraction(23, 3),
    Fraction(25, 2), 125, 17, 62, 48,
)  # fmt: skip
FULL = Board(
    YEAR,
    "Centre for internet treatment of anxiety and depression in the north",
    5,
    tuple(zip(YEAR.quarters, (ROUNDS, ROUNDS, NOTHING, ROUNDS), strict=True)),
    NUMBERS,
    revised={Quarter(2027, 2): frozenset({"own_within", "gap_p90"})},
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_full_year_is_one_page_with_every_figure_and_mark(language: str) -> None:
    w = words(language)
    sentences = w.sentences()
    printed = year_pdf(FULL, organisation="Service", printed=date(2028, 1, 3), words=sentences, language=w.locale)
    (page,) = PdfReader(io.BytesIO(printed)).pages
    shown = " ".join(page.extract_text().split())
    figures = year_figures(FULL, words=sentences, language=w.locale)
    assert len(figures) == 11
    for figure in figures:
        assert figure.sentence.split(". ")[0].split()[0] in shown
    for note in ("report.dash_note", "report.revised_note", "report.year.explain"):
        assert " ".join(sentences[note].split()[:4]) in shown


def test_only_what_was_revised_carries_a_mark() -> None:
    rows = quarter_rows(FULL, words=words("en").sentences(), language="en")
    assert [[cell for cell in row if "*" in cell] for row in rows] == [[], ["71*", "30*"], [], []]


def test_a_quarter_that_says_a_range_makes_the_year_a_range_and_its_sentence_too() -> None:
    ranged = Board(YEAR, None, 5, (), YearNumbers(**{**vars(NUMBERS), "coverage": Over(90)}))
    first = year_figures(ranged, words=words("en").sentences(), language="en")[0]
    assert first.value == "over 90%"
    assert "over 90% of the therapists" in first.sentence


def test_the_docs_explain_every_column_of_the_files() -> None:
    docs = (Path(__file__).parents[3] / "docs" / "reports.md").read_text(encoding="utf-8")
    columns = {*Numbers.__dataclass_fields__, *YearNumbers.__dataclass_fields__, "trend", "revised"}
    assert [name for name in sorted(columns) if f"`{name}`" not in docs] == []
