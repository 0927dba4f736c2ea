"""Tables as CSV that a spreadsheet of the reader's language opens in columns: UTF-8 with a byte order mark, ISO dates.

Where the language writes a decimal comma (all but English) cells are separated by semicolons and numbers have a comma,
as spreadsheets there expect; in English by commas, with a point. A `sep=` line is no way: behind it spreadsheets take
the text for another encoding. Words that a spreadsheet would run as a formula, in whatever way it cuts the line into
cells, are kept from it by an apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from bot.domain.supervision import SupervisionEvent
from bot.reports.log import OwnLog, digest, role_key
from bot.reports.rule_sets import Counted
from bot.reports.words import Words

_FORMULA = re.compile(r"(?:^|[,;\r\n])[\s\"]*(?=[=+@-])|^\s*(?=[\t\r])", re.MULTILINE)
"""Where a cell may begin, however the line is cut, with a sign after it that begins a formula."""


def log_csv(log: OwnLog, *, words: Words, names: Mapping[str, str], language: str) -> bytes:
    """The entries of a log, each with what it counts for; `names` gives the names of signing people by id."""
    head = ["date", "role", "mode", "type", "medium", "group", "minutes", "estimate", "counted", "why", "themes",
            "learning_point", "signed", "digest", "method", "supervisor", "professions"]  # fmt: skip
    rows = [_row(line, words, names) for line in log.lines]
    return csv_bytes([words[f"log.{key}"] for key in head], rows, language=language)


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]], *, language: str) -> bytes:
    """Any table as CSV in a language (CLDR), safe to open in a spreadsheet; fractions come as `Decimal`."""
    from babel.numbers import get_decimal_symbol

    point = get_decimal_symbol(language)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if point == "," else ",", lineterminator="\r\n")
    for row in (head, *rows):
        writer.writerow([_cell(each, point) for each in row])
    return ("\ufeff" + out.getvalue()).encode()


def _row(line: Counted, words: Words, names: Mapping[str, str]) -> list[object]:
    entry = line.entry
    return [
        " ".join(day.isoformat() for day in entry.days),
        words[role_key(entry)],
        words[f"log.mode.{entry.mode}"],
        words[f"log.type.{entry.type}"],
        words[f"log.medium.{entry.medium}"],
        entry.group_size,
        entry.minutes,
        words["log.estimate"] if entry.minutes_estimated else "",
        Decimal(f"{float(line.minutes):.2f}"),
        words[f"log.reason.{line.reason}"],
        ", ".join(words.get(f"theme.{theme}", theme) for theme in entry.themes),
        entry.learning_point,
        _signed(entry, words, names),
        digest(entry) if entry.is_signed else "",
        words[f"log.method.{entry.method}"] if entry.method else "",
        entry.supervisor,
        entry.professions,
    ]


def _signed(entry: SupervisionEvent, words: Words, names: Mapping[str, str]) -> str:
    if entry.signed_at is None or entry.signed_by is None:
        return ""
    outside = words["log.signed_by_link"].format(name=entry.signer) if entry.signer else ""
    return f"{outside or names.get(entry.signed_by, entry.signed_by)} {entry.signed_at.date().isoformat()}"


def _cell(cell: object, point: str) -> object:
    if isinstance(cell, Decimal):
        return format(cell, "f").replace(".", point)
    return _FORMULA.sub(lambda start: f"{start[0]}'", cell) if isinstance(cell, str) else cell
