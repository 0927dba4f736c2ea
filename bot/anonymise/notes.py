"""What a tag says besides its number: a person's role, a date's distance from the first date of the text."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from bot.anonymise.finding import Span
from bot.anonymise.passage import Passage
from bot.anonymise.vocabulary import LANGUAGES, word_set

_NUMBERS = re.compile(r"(\d{1,4})\D{1,2}(\d{1,2})\D{1,2}(\d{2,4})")
_LONGEST = 1_000
_NO_ROLES = word_set("no_roles")


def role(passage: Passage, span: Span) -> str:
    """The relation named directly before a person: "mother", "chef"; empty for clients and where none is named."""
    if span.cls != "NAME":
        return ""
    inside = passage.between(span.start, span.end)
    before = passage.before(inside[0]) if inside else None
    if before is None or passage.text[before.end : inside[0].start].strip(" ,("):
        return ""
    known = before.low in passage.vocabulary.relations and before.low not in _NO_ROLES
    return before.low if known else ""


class Calendar:
    """Distances in days from the first full date of a case's texts; dates without a year get none."""

    def __init__(self) -> None:
        self._first: date | None = None

    def distance(self, passage: Passage, span: Span) -> str:
        """ "+12 d" or "-3 d" from the first date; empty for that one and for what is no full date."""
        day = _day(passage.text[span.start : span.end]) if span.cls == "DATE" else None
        if day is None:
            return ""
        if self._first is None:
            self._first = day
            return ""
        days = (day - self._first).days
        return f"{days:+d} d" if 0 < abs(days) <= _LONGEST else ""


def _day(text: str) -> date | None:
    numbers = _NUMBERS.fullmatch(text.strip())
    try:
        if numbers:
            first, month, last = (int(n) for n in numbers.groups())
            return date(first, month, last) if first > 31 else date(last + 2000 * (last < 100), month, first)
        words = re.findall(r"[^\W\d_]{3,}|\d+", text.casefold())
        months = [m for w in words if (m := _month(w))]
        figures = [int(w) for w in words if w.isdigit()]
        if len(months) == 1 and len(figures) == 2 and figures[1] > 31:
            return date(figures[1], months[0], figures[0])
    except ValueError:
        return None
    return None


@cache
def _month(word: str) -> int | None:
    """1 to 12 by the first letters in any of the six languages; short forms that clash mean nothing."""
    found = set()
    for lang in LANGUAGES:
        months = _ORDER[lang]
        found |= {
            number for number, name in enumerate(months, 1) if word == name or (len(word) > 2 and word == name[:3])
        }
    return found.pop() if len(found) == 1 else None


_ORDER = {
    lang: tuple(months.split())
    for lang, months in {
        "en": "january february march april may june july august september october november december",
        "da": "januar februar marts april maj juni juli august september oktober november december",
        "de": "januar februar märz april mai juni juli august september oktober november dezember",
        "nb": "januar februar mars april mai juni juli august september oktober november desember",
        "nl": "januari februari maart april mei juni juli augustus september oktober november december",
        "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    }.items()
}
