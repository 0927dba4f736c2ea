"""Stretches of days that somebody looks back on, as people type them in six languages, beyond quarters and years.

"12/2026", "H2 2026", "zweites Halbjahr 2026", "last month", "förra månaden", "last 12 months", "since October". What
names its days otherwise is left to `bot.calendars.spoken`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.domain.caseload import add_months
from bot.reports.typed_periods import LAST, THIS

_MONTH = {"month", "monat", "monats", "måned", "måneden", "månad", "månaden", "maand"}
_WEEK = {"week", "woche", "uge", "ugen", "uke", "uka", "uken", "vecka", "veckan"}
_HALF = {"half", "half-year", "halfyear", "halbjahr", "halbjahres", "halvår", "halvåret", "halfjaar", "hj"}
_FIRST = {"1", "1.", "1st", "1e", "1:a", "first", "erstes", "erste", "ersten", "første", "första", "eerste"}
_SECOND = {"2", "2.", "2nd", "2e", "2:a", "second", "zweites", "zweite", "zweiten", "andet", "anden", "annet", "andre",
           "andra", "tweede"}  # fmt: skip
_SINCE = {"since", "seit", "sinds", "siden", "sedan"}
_THE = {"the", "der", "die", "das", "den", "dem", "des", "det", "de", "het", "in", "im", "i", "of", "year"}
_UNIT = "day days week weeks month months year years tag tage tagen woche wochen monat monate monaten jahr jahre jahren"
_UNIT += " dage uge uger måned måneder år dager uke uker dagar vecka veckor månad månader dagen weken maanden jaar"
_UNITS = f"(?:{'|'.join(_UNIT.split())})"


def parse_span(typed: str, today: date) -> tuple[date, date] | None:
    """First and last day of a month, a half-year or a week; None where the words name none of them.

    "Last" and "this" are read from `today`; a half-year without its year is the latest that has begun.
    """
    text = " ".join(typed.casefold().split())
    if month := _month_by_number(text):
        return month
    words = [word for word in text.split() if word not in _THE]
    if len(words) == 2 and words[0] in _RELATIVE:
        return _relative(_RELATIVE[words[0]], words[1], today)
    return _half(words, today)


def after_since(typed: str) -> str:
    """What follows "since", from whose first day until today is meant; empty without such a word."""
    word, _, rest = typed.strip().partition(" ")
    return rest.strip() if word.casefold() in _SINCE else ""


def latest_of(typed: str) -> str:
    """ "12 months" of "the last 12 months": as many up to today; empty where it is not said so."""
    text = " ".join(typed.casefold().split())
    match = re.fullmatch(rf"(?:the |die |den |de )?(\S+) ((?:\d+|\w+) {_UNITS})(?:na|ne)?", text)
    return match[2] if match and match[1] in _LAST else ""


_LAST = frozenset(LAST.split())
_RELATIVE = {**dict.fromkeys(LAST.split(), -1), **dict.fromkeys(THIS.split(), 0), "denna": 0, "deze": 0, "diese": 0,
             "förra": -1, "diesen": 0, "denne": 0}  # fmt: skip


def _month_by_number(text: str) -> tuple[date, date] | None:
    match = re.fullmatch(r"(?:in |im |i )?(?:(\d{1,2})[/.-](\d{4})|(\d{4})[/.-](\d{1,2}))", text)
    if not match:
        return None
    month, year = (int(match[1]), int(match[2])) if match[1] else (int(match[4]), int(match[3]))
    return _months(date(year, month, 1), 1) if 1 <= month <= 12 and year else None


def _relative(ago: int, unit: str, today: date) -> tuple[date, date] | None:
    if unit in _MONTH:
        return _months(add_months(today.replace(day=1), ago), 1)
    if unit in _WEEK:
        monday = today + timedelta(days=7 * ago - today.weekday())
        return monday, monday + timedelta(days=6)
    return None


def _half(words: list[str], today: date) -> tuple[date, date] | None:
    text = re.sub(r"\bh([12])\b", r"\1 half", " ".join(words)).replace("/", " ")
    match = re.fullmatch(r"(?:(\d{4}) )?(\S+) (\S+)(?: (\d{4}))?", text)
    if not match or match[3] not in _HALF or match[2] not in _FIRST | _SECOND or (match[1] and match[4]):
        return None
    year, month = int(match[1] or match[4] or today.year), 1 if match[2] in _FIRST else 7
    if not (match[1] or match[4]) and date(year, month, 1) > today:
        year -= 1
    return _months(date(year, month, 1), 6) if year else None


def _months(first: date, months: int) -> tuple[date, date]:
    return first, add_months(first, months) - timedelta(days=1)
