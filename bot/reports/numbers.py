"""A number of a report as people read it and as programs do; what is only a bound stays one in both."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from bot.reports.ranges import is_range


def number_shown(value: int | Fraction | None, language: str) -> str:
    """For a page or a PDF, with at most one decimal in the language's form; a dash for none."""
    from babel.numbers import format_decimal

    if is_range(value):
        return repr(value)
    return "–" if value is None else str(format_decimal(float(value), format="#,##0.#", locale=language))


def number_plain(value: int | Fraction | None) -> Decimal | str:
    """For a cell of a CSV; empty for none."""
    if is_range(value):
        return repr(value)
    return "" if value is None else Decimal(f"{float(value):g}")
