"""The quarterly report as a card: the whole, charts, groups, themes. Hidden groups say so; nobody is named."""

from __future__ import annotations

from bot.app.context import Context
from bot.app.steps.render_worker import picture
from bot.reports.quarterly import Quarter, Report
from bot.reports.quarterly_export import group_name, on_time_chart, report_head, report_rows, themes_chart
from bot.ui.model import Action, Buttons, Card, CardBlock, Facts, Heading, Line, Notice, Table, Text, Tone, line, muted
from bot.ui.strings import Words

RHYTHM, WORK = (2, 3, 4, 5, 6, 13), (7, 8, 9, 10, 11, 12)
"""Columns of `report_rows`: therapists, coverage, rounds asked and met, own cases, trend; gaps, cases, reviews."""
HIDDEN_NAMED = 12
"""So many hidden groups are named; beyond, their number has to do."""


async def report_card(ctx: Context, report: Report) -> Card:
    """Numbers of the whole (or of the one clinic shown) first, then in two narrow tables, charts with their numbers."""
    w = ctx.words
    sentences = w.sentences()
    title = w("report.quarter", quarter=report.quarter.number, year=report.quarter.year)
    head, rows = report_head(sentences), report_rows(report, words=sentences, language=w.locale)
    blocks: list[CardBlock] = [Text(line(w("report.explain")))]
    whole = report.rows[0] if report.rows else None
    if whole and whole.group.clinic:
        blocks.append(Text(line(w("quarter.own_clinic", clinic=whole.group.clinic))))
    if whole is None or whole.numbers is None:
        blocks.append(Notice(Tone.INFO, line(w("quarter.too_few", minimum=report.minimum))))
        return Card("report", title, tuple(blocks), _actions(ctx, report), title)
    blocks.append(Facts(tuple((name, line(value)) for name, value in zip(head[2:], rows[0][2:], strict=True))))
    on_time, _ = await picture(lambda: on_time_chart(report, words=sentences, image_format="png"))
    blocks += [on_time, Heading(w("report.by_clinic_and_mode"))]
    names = [group_name(row.group, sentences) for row in report.rows]
    shown = [(name, cells) for name, row, cells in zip(names, report.rows, rows, strict=True) if row.numbers]
    blocks += [_table(w, head, shown, columns) for columns in (RHYTHM, WORK)]
    hidden = [name for name, row in zip(names, report.rows, strict=True) if row.numbers is None]
    notes = [w("report.suppressed_note", minimum=report.minimum), _hidden(w, hidden)] if hidden else []
    notes += [w("report.revised_note")] if any(row.revised for row in report.rows) else []
    blocks += [Text(line(muted(note))) for note in notes]
    if report.themes:
        chart, table = await picture(lambda: themes_chart(report, words=sentences, image_format="png"))
        blocks += [Heading(w("report.themes")), chart, table]
    blocks.append(Text(line(muted(f"{w('report.digest')}: {report.check_sum[:16]}"))))
    blocks.append(Buttons(_neighbours(ctx, report.quarter)))
    return Card("report", title, tuple(blocks), _actions(ctx, report), title)


def subject(quarter: Quarter) -> str:
    """How a button names a quarter."""
    return f"{quarter.year}-q{quarter.number}"


def _actions(ctx: Context, report: Report) -> tuple[Action, ...]:
    named = subject(report.quarter)
    return (
        Action("report.show", ctx.words("quarter.pdf"), named, {"format": "pdf"}, look="primary"),
        Action("report.show", ctx.words("quarter.csv"), named, {"format": "csv"}),
    )


def _neighbours(ctx: Context, quarter: Quarter) -> tuple[Action, ...]:
    """The quarter before, and the one after if it is over."""
    w = ctx.words
    found = [quarter.previous, *([quarter.next] if quarter.next.last < ctx.my_today else [])]
    return tuple(Action("report.show", w("report.quarter", quarter=q.number, year=q.year), subject(q)) for q in found)


def _table(w: Words, head: list[str], rows: list[tuple[str, list[str]]], columns: tuple[int, ...]) -> Table:
    cells: list[tuple[Line, ...]] = [(line(name), *(line(row[c]) for c in columns)) for name, row in rows]
    return Table((w("quarter.group"), *(head[c] for c in columns)), tuple(cells))


def _hidden(w: Words, names: list[str]) -> str:
    named = names if len(names) <= HIDDEN_NAMED else [*names[:HIDDEN_NAMED], "…"]
    return w("quarter.hidden", n=w.number(len(names)), groups=", ".join(named))
