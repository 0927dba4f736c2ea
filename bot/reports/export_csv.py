"""A supervision log as CSV: UTF-8 with a byte order mark (spreadsheets need it), ISO dates, comma-separated.

Cells that a spreadsheet would run as a formula are quoted with an apostrophe. Minutes are plain whole numbers and
counted minutes have two decimals with a point, so that programs can read them in every language.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from bot.domain.supervision import SupervisionEvent
from bot.reports.log import OwnLog, digest
from bot.reports.rule_sets import Counted
from bot.reports.words import Words


def log_csv(log: OwnLog, *, words: Words, names: Mapping[str, str]) -> bytes:
    """The entries of a log, each with what it counts for; `names` gives the names of signing people by id."""
    head = ["date", "role", "mode", "type", "medium", "group", "minutes", "estimate", "counted", "why", "themes",
            "learning_point", "signed", "digest"]  # fmt: skip
    rows = [_row(line, words, names) for line in log.lines]
    return csv_bytes([words[f"log.{key}"] for key in head], rows)


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Any table as CSV, safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_harmless(cell) for cell in head])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return ("\ufeff" + out.getvalue()).encode()


def _row(line: Counted, words: Words, names: Mapping[str, str]) -> list[object]:
    entry = line.entry
    return [
        " ".join(day.isoformat() for day in entry.days),
        words[f"log.role.{entry.role}"],
        words[f"log.mode.{entry.mode}"],
        words[f"log.type.{entry.type}"],
        words[f"log.medium.{entry.medium}"],
        entry.group_size,
        entry.minutes,
        words["log.estimate"] if entry.minutes_estimated else "",
        f"{float(line.minutes):.2f}",
        words[f"log.reason.{line.reason}"],
        ", ".join(words.get(f"theme.{theme}", theme) for theme in entry.themes),
        entry.learning_point,
        _signed(entry, names),
        digest(entry) if entry.is_signed else "",
    ]


def _signed(entry: SupervisionEvent, names: Mapping[str, str]) -> str:
    if entry.signed_at is None or entry.signed_by is None:
        return ""
    return f"{names.get(entry.signed_by, entry.signed_by)} {entry.signed_at.date().isoformat()}"


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + cell
    return cell
