"""Quarters and years as people type them: the spans a report is made of.

Whole ones only, and only once they are over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import Refusal


class NoSuchQuarter(Refusal):
    """Typed words that name no quarter and no year; `forms` lists examples."""


class QuarterNotOver(Refusal):
    """A quarter is reported from the day after its last; `last` is that day."""


class QuarterNoLongerKept(Refusal):
    """The log of a quarter has gone with its years, at least in part; `year` and `number` name the first kept."""


_WORDS_FOR = r"(?:quarter|quartal|kvartalet|kvartal|kwartaal|kwartalen|kv\.)"
_NTH = ("first erste erstes første första eerste", "second zweite zweites anden andre andra tweede",
        "third dritte drittes tredje derde", "fourth vierte viertes fjerde fjärde vierde")  # fmt: skip
_LATEST = frozenset(
    ["last", "latest", "last quarter", "previous quarter", "past quarter", "latest quarter", "letztes quartal",
     "letzte quartal", "letzten quartal", "voriges quartal", "vorige quartal", "vergangenes quartal",
     "vergangene quartal", "sidste kvartal", "seneste kvartal", "siste kvartal", "sist kvartal", "siste kvartalet",
     "forrige kvartal", "forrige kvartalet", "förra kvartalet", "senaste kvartalet", "senaste kvartal",
     "föregående kvartal", "vorig kwartaal", "vorige kwartaal", "laatste kwartaal", "afgelopen kwartaal"]
)  # fmt: skip


_YEAR = r"\d{4}|'?\d{2}"
_LATEST_YEAR = frozenset(
    ["year", "last year", "previous year", "annual", "annual report", "board", "jahr", "letztes jahr", "letzte jahr",
     "letzten jahr", "voriges jahr", "vorjahr", "jahresbericht", "år", "året", "sidste år", "i fjor", "fjoråret",
     "forrige år", "årsrapport", "årsberetning", "förra året", "i fjol", "fjolåret", "årsredovisning", "jaar",
     "vorig jaar", "vorige jaar", "afgelopen jaar", "jaarverslag"]
)  # fmt: skip
_RUNNING = frozenset(
    ["this quarter", "current quarter", "dieses quartal", "laufendes quartal", "laufende quartal", "dette kvartal",
     "dette kvartalet", "indeværende kvartal", "inneværende kvartal", "detta kvartal", "innevarande kvartal",
     "dit kwartaal", "huidig kwartaal", "huidige kwartaal"]
)  # fmt: skip
_RUNNING_YEAR = frozenset(
    ["this year", "current year", "dieses jahr", "laufendes jahr", "laufende jahr", "i år", "dette år", "dette året",
     "indeværende år", "inneværende år", "detta år", "innevarande år", "dit jaar", "huidig jaar", "huidige jaar"]
)  # fmt: skip
_BEFORE = re.compile(r"(?:(?:for|of|in|the|für|im|das|van|over|het|det|för|av) )+")
"""Small words before a span: "the last quarter", "im letzten Quartal"."""
_YEAR_WORDS = (
    r"(?:year|annual report|jahr|jahresbericht|år|året|årsrapport|årsberetning|årsredovisning|jaar|jaarverslag)"
)


def _figures(text: str) -> str:
    """ "4. quartal 2027" and "fourth quarter 2027" as "q4 2027"."""
    for number, words in enumerate(_NTH, 1):
        text = re.sub(rf"\b(?:{'|'.join(words.split())}) (?={_WORDS_FOR})", f"{number} ", text)
    text = re.sub(rf"([1-4])(?:\.|st|nd|rd|th|e|:a|:e)? {_WORDS_FOR}", r"q\1", text)
    return re.sub(rf"{_WORDS_FOR} ([1-4])", r"q\1", text)


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter, `number` 1–4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        """The one after."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> Quarter:
        """The one before."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, typed: str, today: date) -> Quarter:
        """ "q1", "Q1 2027", "Q1/27", "2027-Q1", "4. Quartal", "last quarter"; without a year the latest that is over.

        Raises `NoSuchQuarter`.
        """
        text = _figures(typed.casefold().strip())
        if text in _LATEST:
            return cls.of(today).previous
        match = re.fullmatch(rf"(?:({_YEAR})[ /-]*)?[qk] ?([1-4])(?:[ /-]*({_YEAR}))?", text)
        if not match or (match.group(1) and match.group(3)):
            raise NoSuchQuarter(forms=("q1", f"q4 {today.year - 1}", "last quarter", str(today.year - 1)))
        number, year = int(match.group(2)), match.group(1) or match.group(3)
        if year:
            return cls(2000 + int(year[-2:]) if len(year) < 4 else int(year), number)
        found = cls(today.year, number)
        return found if found.last < today else cls(today.year - 1, number)


@dataclass(frozen=True, order=True)
class Year:
    """A calendar year."""

    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.number, 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.number, 12, 31)

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """Its four quarters in order."""
        return tuple(Quarter(self.number, number) for number in (1, 2, 3, 4))


def parse_period(typed: str, today: date) -> Quarter | Year:
    """A quarter, or a year: "2026", "last year"; also the running ones, which have no report yet.

    Raises `NoSuchQuarter`.
    """
    text = " ".join(typed.casefold().split())
    text = text.removeprefix(found.group()) if (found := _BEFORE.match(text)) else text
    if text in _LATEST_YEAR:
        return Year(today.year - 1)
    if text in _RUNNING_YEAR:
        return Year(today.year)
    if text in _RUNNING:
        return Quarter.of(today)
    if year := re.fullmatch(rf"(?:{_YEAR_WORDS} )?((?:19|20|21)\d{{2}})", text):
        return Year(int(year.group(1)))
    return Quarter.parse(text, today)
