"""The quarterly report as a table, CSV and PDF. Hidden groups show a word and no number, their size included."""

from __future__ import annotations

from datetime import date

from bot.domain.policy import Mode
from bot.reports.charts import Chart, Format, bars_chart
from bot.reports.export_csv import csv_bytes
from bot.reports.figures import quarter_sentences, rounds_sentence
from bot.reports.numbers import number_plain, number_shown
from bot.reports.pdf import Pdf
from bot.reports.quarterly import Numbers, Report, Row
from bot.reports.suppression import Group
from bot.reports.words import Words

_FIELDS = tuple(Numbers.__dataclass_fields__)
_SHOWN = tuple(name for name in _FIELDS if name != "met")
"""The columns of the table; how often a round was met stands in its sentence."""
_ROUNDS = ("rounds", "last_round", "days_since_round")
"""Columns of the whole and of each clinic: rounds that went out, the last one's day, and days from it to the end."""
HIDDEN = "·"
"""Stands in the further columns of a hidden group: the word in each of them is wider than the page."""
_WIDTHS = (11, 12, 9, 8, 7, 8, 11, 10, 8, 9, 6, 8, 9, 9)


def report_head(words: Words) -> list[str]:
    """The column heads of `report_rows`."""
    return [
        words["report.clinic"],
        words["report.mode"],
        *(words[f"report.{f}"] for f in _SHOWN),
        words["report.trend"],
    ]


def report_rows(report: Report, *, words: Words, language: str) -> list[list[str]]:
    """Every group as a line of texts; a revised number carries an asterisk."""
    return [_row(row, words, language) for row in report.said().rows]


def report_csv(report: Report, *, words: Words, language: str) -> bytes:
    """The table for spreadsheets and programs: hidden groups empty, revised fields named at the end."""
    head = ["quarter", "clinic", "mode", *_FIELDS, *_ROUNDS, "trend", "hidden", "revised"]
    quarter = f"{report.quarter.year}-Q{report.quarter.number}"
    rows: list[list[object]] = []
    for row in report.said().rows:
        cells = [number_plain(getattr(row.numbers, name)) if row.numbers else "" for name in _FIELDS]
        trend = "" if row.trend is None else row.trend
        hidden = "" if row.numbers else words["report.suppressed"]
        place = [row.group.clinic or words["report.all"], _mode(row.group, words)]
        out = None if row.group.mode else report.rounds.get(row.group.clinic or "")
        rounds = [out.number, out.last or "", number_plain(out.days_before_end)] if out else [""] * len(_ROUNDS)
        rows.append([quarter, *place, *cells, *rounds, trend, hidden, " ".join(sorted(row.revised))])
    return csv_bytes(head, rows, language=language)


def report_pdf(report: Report, *, organisation: str, printed: date, words: Words, language: str) -> bytes:
    """The report for print: table, chart, themes, what the numbers mean, and the check sum to compare copies by."""
    from babel.dates import format_date

    def day(value: date) -> str:
        return str(format_date(value, "medium", locale=language))

    title = words["report.quarter"].format(quarter=report.quarter.number, year=report.quarter.year)
    footer = f"{organisation} · {title} · {words['report.digest']}: {report.check_sum[:16]}"
    pdf = Pdf(words["report.title"], words=words, language=language, footer=footer, landscape=True)
    pdf.paragraph(f"{organisation} · {title}")
    pdf.paragraph(words["report.computed"].format(day=day(printed), last=day(report.quarter.last)))
    for sentence in (*rounds_of(report, words, language), *_whole_in_words(report, words, language)):
        pdf.paragraph(sentence, "said")
    pdf.paragraph(words["report.by_clinic_and_mode"], "heading")
    rows = report_rows(report, words=words, language=language)
    pdf.table(report_head(words), rows, _WIDTHS, numbers=tuple(range(2, 14)))
    if any(row.numbers is None for row in report.rows):
        pdf.paragraph(words["report.suppressed_note"].format(minimum=report.minimum), "small")
    if any(row.numbers and row.ranged for row in report.rows):
        pdf.paragraph(words["report.ranged_note"].format(people=2 * report.minimum), "small")
    if any("–" in row for row in rows):
        pdf.paragraph(words["report.dash_note"], "small")
    if any(row.revised for row in report.rows):
        pdf.paragraph(words["report.revised_note"], "small")
    pdf.together([words[key] for key in ("report.explain", "report.explain.gaps")], "small")
    pdf.picture(on_time_chart(report, words=words, image_format="png").image)
    if report.themes:
        pdf.paragraph(words["report.themes"], "heading")
        chart = themes_chart(report, words=words, image_format="png")
        pdf.table(chart.head, chart.rows, [3, 1], numbers=(1,), width=0.4)
        pdf.picture(chart.image)
    return pdf.bytes()


def rounds_of(report: Report, words: Words, language: str) -> list[str]:
    """How many rounds went out and when the last did: of the service, or of the one clinic that is shown."""
    out = report.rounds.get("") or (next(iter(report.rounds.values())) if len(report.rounds) == 1 else None)
    return rounds_sentence(out, words=words, language=language)


def _whole_in_words(report: Report, words: Words, language: str) -> list[str]:
    """The figures of the first line, the whole or one clinic, each in its sentence; none where it is hidden."""
    whole = next(iter(report.said().rows), None)
    if whole is None or whole.numbers is None:
        return []
    said = quarter_sentences(whole.numbers, words=words, language=language)
    return [*([words["report.no_round"]] if whole.numbers.nothing_asked else []), *said]


def on_time_chart(report: Report, *, words: Words, image_format: Format = "svg") -> Chart:
    """On-time share of the whole, each mode and each clinic that may be shown; of one clinic: each of its modes."""
    rows = report.said().rows
    one_clinic = all(row.group.clinic for row in rows)
    label, head = words["report.on_time"], (words["report.clinic"], words["report.on_time"])
    bars = [
        (group_name(row.group, words), row.numbers.on_time)
        for row in rows
        if row.numbers and row.numbers.on_time is not None and (one_clinic or not (row.group.clinic and row.group.mode))
    ]
    alt = f"{label}: " + ", ".join(f"{name} {value!r}" for name, value in bars) + "."
    return bars_chart(label, bars, head=head, alt=alt, words=words, image_format=image_format)


def themes_chart(report: Report, *, words: Words, image_format: Format = "svg") -> Chart:
    """Cases per theme that may be shown; `words` may name themes as `theme.<key>`, else the key stands."""
    bars = [(words.get(f"theme.{key}", key), count) for key, count in report.themes]
    alt = words["chart.themes_alt"].format(count=len(bars), top=", ".join(name for name, _ in bars[:3]))
    head = (words["report.theme"], words["report.cases"])
    return bars_chart(words["report.themes"], bars, head=head, alt=alt, words=words, image_format=image_format)


def _row(row: Row, words: Words, language: str) -> list[str]:
    place = [row.group.clinic or words["report.all"], _mode(row.group, words)]
    if row.numbers is None:
        return [*place, words["report.suppressed"], *([HIDDEN] * len(_SHOWN))]
    cells = []
    for name in _SHOWN:
        mark = "*" if name in row.revised else ""
        cells.append(number_shown(getattr(row.numbers, name), language) + mark)
    return [*place, *cells, "–" if row.trend is None else f"{row.trend:+d}".replace("-", "\u2212")]


def _mode(group: Group, words: Words) -> str:
    return words[f"log.mode.{Mode(group.mode)}"] if group.mode else words["report.all"]


def group_name(group: Group, words: Words) -> str:
    """A line of the report in a few words: "All", "Kiel", "Face-to-face", "Kiel · Face-to-face"."""
    parts = [group.clinic, _mode(group, words) if group.mode else None]
    return " · ".join(part for part in parts if part) or words["report.all"]
