"""What a tag says besides its number: a person's role, a date's distance from the first date of the text."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.word_class import bare
from bot.anonymise.tokens import Passage
from bot.anonymise.vocabulary import LANGUAGES, word_set

_NUMBERS = re.compile(r"(\d{1,4})\D{1,2}(\d{1,2})\D{1,2}(\d{2,4})")
_SHORT = re.compile(r"(\d{1,2})[./-](\d{1,2})\.?")
_LONGEST = 1_000
_WEEK = 7
_NO_ROLES = word_set("no_roles")
_NORDIC = frozenset({"da", "nb", "sv"})


def role(passage: Passage, span: Span, named: Mapping[str, int]) -> str:
    """The relation named directly before a person in its base form: "mother", "bror" for "broren"; else "".

    Only for somebody who is named again, far from that word; `named` counts the names. Empty for clients.
    """
    if span.cls != "NAME":
        return ""
    inside = passage.between(span.start, span.end)
    before = passage.before(inside[0]) if inside else None
    if before is None or passage.text[before.end : inside[0].start].strip(" ,("):
        return ""
    if not any(named.get(bare(word.low), 0) > 1 for word in inside):
        return ""
    said = _base(passage, before.low)
    return said if said in passage.vocabulary.relations and said not in _NO_ROLES else ""


def names_in(found: Iterable[tuple[Passage, Iterable[Span]]]) -> Mapping[str, int]:
    """How often each part of a name stands in the texts, whether found there or not."""
    passages = [(passage, list(spans)) for passage, spans in found]
    parts = {
        bare(word.low)
        for passage, spans in passages
        for span in spans
        if span.cls == "NAME"
        for word in passage.between(span.start, span.end)
    }
    return Counter(bare(w.low) for passage, _ in passages for w in passage.words if bare(w.low) in parts)


_DEFINITE = ("en", "n", "et", "a", "an")


def _base(passage: Passage, low: str) -> str:
    """Without the Nordic article: "søsteren", "broren", "mamman"."""
    relations = passage.vocabulary.relations
    stems = [low[: -len(ending)] for ending in _DEFINITE if passage.lang in _NORDIC and low.endswith(ending)]
    return next((stem for stem in stems if stem in relations), low)


class Calendar:
    """What a date's tag says of when it was: the week of treatment, else days from the first full date of the texts.

    With a start of treatment a date without a year is the one nearest to it; without a start it says nothing.
    """

    def __init__(self, start: date | None = None) -> None:
        self._start = start
        self._first: date | None = None

    def distance(self, passage: Passage, span: Span) -> str:
        """ "week 3", "2 w before" the start; "+12 d" or "-3 d" from the first date; empty where nothing can be said."""
        day = _day(passage.text[span.start : span.end], self._start) if span.cls == "DATE" else None
        if day is None:
            return ""
        if self._start is not None:
            return _week(day, self._start)
        if self._first is None:
            self._first = day
            return ""
        days = (day - self._first).days
        return f"{days:+d} d" if 0 < abs(days) <= _LONGEST else ""


def _week(day: date, start: date) -> str:
    """The first seven days are week 1, earlier ones count whole weeks back; a date years away (of birth) has none."""
    days = (day - start).days
    if abs(days) > _LONGEST:
        return ""
    return f"week {days // _WEEK + 1}" if days >= 0 else f"{-(days // _WEEK)} w before"


def _day(text: str, near: date | None) -> date | None:
    """The day a text says; one without a year only when a date is known that it must be near."""
    numbers = _NUMBERS.fullmatch(text.strip())
    short = _SHORT.fullmatch(text.strip())
    try:
        if numbers:
            first, month, last = (int(n) for n in numbers.groups())
            return date(first, month, last) if first > 31 else date(last + 2000 * (last < 100), month, first)
        if short:
            return _nearest(int(short[1]), int(short[2]), near)
        words = re.findall(r"[^\W\d_]{3,}|\d+", text.casefold())
        months = [m for w in words if (m := _month(w))]
        figures = [int(w) for w in words if w.isdigit()]
        if len(months) == 1 and len(figures) == 2 and figures[1] > 31:
            return date(figures[1], months[0], figures[0])
        if len(months) == len(figures) == 1 and figures[0] <= 31:
            return _nearest(figures[0], months[0], near)
    except ValueError:
        return None
    return None


def _nearest(day: int, month: int, near: date | None) -> date | None:
    if near is None:
        return None
    candidates = [date(near.year + years, month, day) for years in (-1, 0, 1) if _exists(near.year + years, month, day)]
    return min(candidates, key=lambda found: abs((found - near).days), default=None)


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


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
