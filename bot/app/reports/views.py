"""A quarter's report and a year's page as cards. Hidden groups say so; nobody is named."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.steps.render_worker import picture
from bot.reports.figures import quarter_sentences, year_figures
from bot.reports.periods import Quarter, Year
from bot.reports.quarterly import Report
from bot.reports.quarterly_export import group_name, on_time_chart, report_head, report_rows, rounds_of, themes_chart
from bot.reports.yearly import Board
from bot.reports.yearly_export import any_revised, quarter_head, quarter_rows
from bot.ui.model import (
    Action,
    Buttons,
    Card,
    CardBlock,
    Facts,
    Heading,
    Items,
    Line,
    Notice,
    Row,
    Table,
    Text,
    Tone,
    line,
    muted,
    strong,
)
from bot.ui.strings import Words

RHYTHM, WORK = (2, 3, 4, 5, 6, 13), (7, 8, 9, 10, 11, 12)
"""Columns of `report_rows`: therapists, coverage, rounds asked and met, own cases, trend; gaps, cases, reviews."""
HIDDEN_NAMED = 12
"""So many hidden groups are named; beyond, their number has to do."""


async def report_card(ctx: Context, report: Report, first: Quarter) -> Card:
    """Numbers of the whole (or of the one clinic shown) first, then in two narrow tables, charts with their numbers."""
    w, report = ctx.words, report.said()
    sentences = w.sentences()
    title = w("report.quarter", quarter=report.quarter.number, year=report.quarter.year)
    head, rows = report_head(sentences), report_rows(report, words=sentences, language=w.locale)
    blocks: list[CardBlock] = [Text(line(w("report.explain"))), Text(line(w("report.explain.gaps")))]
    whole = report.rows[0] if report.rows else None
    if whole and whole.group.clinic:
        blocks.append(Text(line(w("quarter.own_clinic", clinic=whole.group.clinic))))
    blocks += [Text(line(sentence)) for sentence in rounds_of(report, sentences, w.locale)]
    if whole is None or whole.numbers is None:
        blocks.append(Notice(Tone.INFO, line(w("quarter.too_few", minimum=report.minimum))))
        blocks.append(Buttons(_neighbours(ctx, report.quarter, first)))
        return Card("report", title, tuple(blocks), (), title)
    blocks.append(Facts(tuple((name, line(value)) for name, value in zip(head[2:], rows[0][2:], strict=True))))
    said = quarter_sentences(whole.numbers, words=sentences, language=w.locale)
    if whole.numbers.nothing_asked:
        blocks.append(Notice(Tone.INFO, line(w("report.no_round"))))
    blocks.append(Items(tuple(line(sentence) for sentence in said)))
    on_time, _ = await picture(lambda: on_time_chart(report, words=sentences, image_format="png"))
    blocks += [on_time, Heading(w("report.by_clinic_and_mode"))]
    names = [group_name(row.group, sentences) for row in report.rows]
    shown = [(name, cells) for name, row, cells in zip(names, report.rows, rows, strict=True) if row.numbers]
    blocks += [_table(w, head, shown, columns) for columns in (RHYTHM, WORK)]
    hidden = [name for name, row in zip(names, report.rows, strict=True) if row.numbers is None]
    notes = [w("report.suppressed_note", minimum=report.minimum), _hidden(w, hidden)] if hidden else []
    if any(row.numbers and row.ranged for row in report.rows):
        notes.append(w("report.ranged_note", people=w.number(2 * report.minimum)))
    notes += [w("report.dash_note")] if any("–" in cells for _, cells in shown) else []
    notes += [w("report.revised_note")] if any(row.revised for row in report.rows) else []
    blocks += [Text(line(muted(note))) for note in notes]
    if report.themes:
        chart, table = await picture(lambda: themes_chart(report, words=sentences, image_format="png"))
        blocks += [Heading(w("report.themes")), chart, table]
    blocks.append(Text(line(muted(f"{w('report.digest')}: {report.check_sum[:16]}"))))
    blocks.append(Buttons(_neighbours(ctx, report.quarter, first)))
    return Card("report", title, tuple(blocks), _actions(ctx, report), title)


def subject(quarter: Quarter) -> str:
    """How a button names a quarter."""
    return f"{quarter.year}-q{quarter.number}"


def quarter_word(subject: str) -> str:
    """How an address names the quarter of a button: 2027-1."""
    return subject.replace("-q", "-", 1)


def _actions(ctx: Context, report: Report) -> tuple[Action, ...]:
    return _files(ctx, subject(report.quarter))


def _files(ctx: Context, named: str) -> tuple[Action, ...]:
    return (
        Action("report.show", ctx.words("quarter.pdf"), named, {"format": "pdf"}, look="primary"),
        Action("report.show", ctx.words("quarter.csv"), named, {"format": "csv"}),
    )


def board_card(ctx: Context, page: Board, first: Quarter) -> Card:
    """The year on one page: every figure with its sentence, then the quarters it is made of."""
    w, sentences = ctx.words, ctx.words.sentences()
    title = w("report.year", year=page.year.number)
    blocks: list[CardBlock] = []
    if page.clinic:
        blocks.append(Text(line(w("quarter.own_clinic", clinic=page.clinic))))
    figures = year_figures(page, words=sentences, language=w.locale)
    blocks += [Row(line(f"{each.label}: ", strong(each.value)), line(each.sentence)) for each in figures]
    if not figures:
        blocks.append(Notice(Tone.INFO, line(w("report.year.hidden", minimum=page.minimum))))
    rows = quarter_rows(page, words=sentences, language=w.locale)
    blocks += [
        Heading(w("report.year.quarters")),
        Table(tuple(quarter_head(sentences)), tuple(tuple(line(cell) for cell in row) for row in rows)),
        *([Text(line(muted(w("report.dash_note"))))] if any("–" in row for row in rows) else []),
        *([Text(line(muted(w("report.revised_note"))))] if any_revised(page) else []),
        *(Text(line(muted(w(key)))) for key in ("report.explain", "report.explain.gaps", "report.year.explain")),
        Buttons(tuple(_of_quarter(ctx, quarter) for quarter, _ in page.quarters)),
    ]
    if first.year < page.year.number:
        blocks.append(Buttons((_of_year(ctx, page.year.number - 1),)))
    blocks.append(Buttons((_every(ctx),)))
    return Card("report.year", title, tuple(blocks), _files(ctx, str(page.year.number)) if figures else (), title)


def list_card(ctx: Context, first: Quarter | None) -> Card:
    """Every quarter and year that has a report, newest first."""
    w, running = ctx.words, Quarter.of(ctx.my_today)
    title, about = w("menu.reports"), w("report.list.about", last=w.day(running.last, year=True))
    blocks: list[CardBlock] = [Text(line(about))]
    years = range(running.previous.year, first.year - 1, -1) if first and first < running else ()
    for year in years:
        quarters = [q for q in reversed(Year(year).quarters) if first and first <= q < running]
        whole = (_of_year(ctx, year),) if Year(year).last < ctx.my_today else ()
        blocks += [Heading(str(year)), Buttons((*whole, *(_of_quarter(ctx, quarter) for quarter in quarters)))]
    if not years:
        blocks.append(Notice(Tone.INFO, line(w("report.list.none"))))
    method = Action("report.method", w("method.open"))
    return Card("report.list", title, tuple(blocks), (method,), title)


def _of_year(ctx: Context, year: int) -> Action:
    return Action("report.show", ctx.words("report.year", year=year), str(year), opens=True)


def _of_quarter(ctx: Context, quarter: Quarter) -> Action:
    name = ctx.words("report.quarter", quarter=quarter.number, year=quarter.year)
    return Action("report.show", name, subject(quarter), opens=True)


def _neighbours(ctx: Context, quarter: Quarter, first: Quarter) -> tuple[Action, ...]:
    """The quarter before if anybody was followed then, the one after if it is over, and the year if that is."""
    found = [*([quarter.previous] if first < quarter else [])]
    found += [quarter.next] if quarter.next.last < ctx.my_today else []
    whole = (_of_year(ctx, quarter.year),) if Year(quarter.year).last < ctx.my_today else ()
    return (*(_of_quarter(ctx, each) for each in found), *whole, _every(ctx))


def _every(ctx: Context) -> Action:
    return Action("report.list", ctx.words("report.list"), opens=True)


def _table(w: Words, head: list[str], rows: list[tuple[str, list[str]]], columns: tuple[int, ...]) -> Table:
    cells: list[tuple[Line, ...]] = [(line(name), *(line(row[c]) for c in columns)) for name, row in rows]
    return Table((w("quarter.group"), *(head[c] for c in columns)), tuple(cells))


def _hidden(w: Words, names: list[str]) -> str:
    named = names if len(names) <= HIDDEN_NAMED else [*names[:HIDDEN_NAMED], "…"]
    return w("quarter.hidden", n=w.number(len(names)), groups=", ".join(named))
