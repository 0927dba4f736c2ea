"""The year's page as PDF (one page to hand to a board) and as CSV."""

from __future__ import annotations

from datetime import date

from bot.reports.export_csv import csv_bytes
from bot.reports.figures import year_figures
from bot.reports.numbers import number_plain, number_shown
from bot.reports.pdf import Pdf
from bot.reports.quarterly_export import HIDDEN
from bot.reports.words import Words
from bot.reports.yearly import Board, YearNumbers

_QUARTER = (
    "therapists", "coverage", "asked", "on_time", "own_within", "gap_within", "gap_median", "gap_p90",
    "cases", "reviews", "turnaround",
)  # fmt: skip
"""What is shown of each quarter."""


def quarter_head(words: Words) -> list[str]:
    """The column heads of `quarter_rows`."""
    return [words["report.year.quarter"], *(words[f"report.{name}"] for name in _QUARTER)]


def quarter_rows(page: Board, *, words: Words, language: str) -> list[list[str]]:
    """A line a quarter; a hidden one says so, and a revised number carries an asterisk."""
    rows = []
    for quarter, numbers in page.quarters:
        cells = [words["report.suppressed"], *([HIDDEN] * (len(_QUARTER) - 1))]
        if numbers:
            marks = dict.fromkeys(page.revised.get(quarter, ()), "*")
            cells = [number_shown(getattr(numbers, name), language) + marks.get(name, "") for name in _QUARTER]
        rows.append([f"{quarter.year} Q{quarter.number}", *cells])
    return rows


def any_revised(page: Board) -> bool:
    """Whether a number of the year or of the quarters' lines carries an asterisk."""
    return bool(page.year_revised) or any(page.revised.get(quarter) for quarter, numbers in page.quarters if numbers)


def year_pdf(page: Board, *, organisation: str, printed: date, words: Words, language: str) -> bytes:
    """One page: the figures with their sentences, the quarters they are made of, and how they are counted."""
    from babel.dates import format_date

    title = words["report.year"].format(year=page.year.number)
    place = f"{organisation} · {page.clinic}" if page.clinic else organisation
    pdf = Pdf(title, words=words, language=language, footer=f"{place} · {title}", landscape=True)
    day = str(format_date(printed, "medium", locale=language))
    pdf.paragraph(f"{place} · {words['report.year.printed'].format(day=day)}")
    figures = [(f.label, f.value, f.sentence) for f in year_figures(page, words=words, language=language)]
    if figures:
        head = [words[f"report.year.{name}"] for name in ("figure", "value", "meaning")]
        pdf.table(head, figures, (5, 2, 19), numbers=(1,))
    pdf.paragraph(words["report.year.quarters"], "heading")
    rows = quarter_rows(page, words=words, language=language)
    widths = (7, 9, 9, 8, 8, 10, 9, 9, 10, 7, 9, 10)
    pdf.table(quarter_head(words), rows, widths, numbers=tuple(range(1, len(_QUARTER) + 1)))
    notes = ["report.dash_note"] if any("–" in row for row in rows) else []
    notes += ["report.revised_note"] if any_revised(page) else []
    notes += ["report.explain", "report.explain.gaps", "report.year.explain"]
    pdf.paragraph(" ".join(words[key] for key in notes), "small")  # in one: a full page has no room between them
    return pdf.bytes()


def year_csv(page: Board, *, language: str) -> bytes:
    """A line a quarter and one for the year; empty where hidden or not measured."""
    names = [*_QUARTER, *(n for n in YearNumbers.__dataclass_fields__ if n not in _QUARTER)]
    rows: list[list[object]] = []
    for quarter, numbers in page.quarters:
        rows.append(
            [
                f"{quarter.year}-Q{quarter.number}",
                *(number_plain(getattr(numbers, name, None)) for name in names),
                " ".join(sorted(page.revised.get(quarter, ()))),
            ]
        )
    rows.append([str(page.year.number), *(number_plain(getattr(page.numbers, name, None)) for name in names),
                 " ".join(sorted(page.year_revised))])  # fmt: skip
    return csv_bytes(["span", *names, "revised"], rows, language=language)
