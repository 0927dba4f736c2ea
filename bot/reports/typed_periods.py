"""Quarters and years as people type them in six languages: "Q4/26", "4:e kvartalet 2026", "okt–dec 2026", "i fjor".

Every word is read as a number of a quarter, a year, a month, a relative word ("last", "voriges") or a small word; what
is left over, and what may mean something else, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from bot.reports.periods import NoSuchQuarter, Quarter, Year

_QUARTER = "quarter quarters quart qtr quartal quartals quartales kvartal kvartalet kvartals kwartaal kwartalen"
_QUARTER += " kv kvt vierteljahr vierteljahres"
_YEAR = "year years jahr jahres jahre år året åres jaar annual jahresbericht årsrapport årsberetning årsredovisning"
_YEAR += " yr jaarverslag jaaroverzicht årsrapporten årsberetningen årsöversikt årsoversikt årsoverblik"
_YEAR += " board calendar-year kalenderjahr kalenderår kalenderåret kalenderjaar jahresübersicht"
LAST = """last latest previous prev prior past preceding letztes letzte letzten letzter letztem voriges vorige vorigen
vergangenes vergangene vergangenen
sidste seneste siste sist forrige förra senaste föregående sista vorig laatste afgelopen"""
_BEFORE = "vorletztes vorletzte vorletzten næstsidste nestsiste nestforrige förrförra näst-sista voorlaatste"
THIS = """this current running dieses diesem dieser laufendes laufende laufenden aktuelles aktuelle aktuellen dette
denne indeværende inneværende nuværende nåværende detta innevarande nuvarande pågående dit huidig huidige lopende"""
_LAST_YEAR = "vorjahr vorjahres vorjahrs fjor ifjor fjoråret fjol ifjol fjolåret"
_RELATIVE_YEAR = {"forfjor": -2, "forfjoråret": -2, "förfjol": -2}
_SMALL = """for of in the für im das des vom von über over het de van den det för av om i whole entire full complete all
ganzes ganze ganzen gesamtes gesamte hele hela heel helt gehele volledig volledige report bericht rapport verslag
please bitte tack takk tak as als som"""
_TO = "to until through till til tot bis t.o.m. t/m t.o.m tom -"
_NTH = (
    "first erste erstes ersten første första eerste i.",
    "second zweite zweites zweiten anden andre andra tweede ii ii.",
    "third dritte drittes dritten tredje derde iii iii.",
    "fourth vierte viertes vierten fjerde fjärde vierde iv iv.",
)
_COUNTED = (
    "one eins ett en et één een",
    "two zwei to två twee ii",
    "three drei tre drie iii",
    "four vier fire fyra iv",
)


def _numbers(rows: tuple[str, ...]) -> dict[str, int]:
    return {word: number for number, words in enumerate(rows, 1) for word in words.split()}


_BEFORE_QUARTER, _AFTER_QUARTER = _numbers(_NTH), _numbers(_COUNTED)
_PHRASES = (
    (r"\bi[ -]?fjor\b|\bi[ -]?fjol\b", "vorjahr"),
    (r"\bi forfjor\b|\bi förfjol\b", "forfjor"),
    (r"\b(quarter|year) before last\b", r"vorletztes \1"),
    (r"\bnäst sista\b", "näst-sista"),
    (r"\bnest siste\b", "nestsiste"),
    (r"\bdes (?=\w+en\b|(?:vor)?jahres\b)", ""),  # elsewhere the short name of December
    (r"\bannual report\b", "annual"),
    (r"\bcalendar year\b", "year"),
    (r"\bi år\b", "dette år"),
    (r"\bkv\.|\bqtr\.|\bquart\.", "kvartal"),
    (r"\bt\.?o\.?m\.?(?= )|\bt/m\b|\btil og med\b|\btill och med\b|\btot en met\b", "-"),
    (r"\b([qk]) ([1-4])\b", r"\1\2"),
    (r"\b[qk] (?=i[iv]i?\b)", "quarter "),
    (r"(?<=\b[qk][1-4])['’_](?=\d)", " "),
    (r"\b(\d{4}|\d{2})_?([qk][1-4])\b", r"\1 \2"),
    (r"\b([1-4])(?:\.|st|nd|rd|th|e|ste|de|:a|:e|:er|\.er)? (?=(?:" + "|".join(_QUARTER.split()) + r")\b)", r"#\1 "),
    (r"(?<=\d)/(?=[qk1-4])|(?<=[qk]\d)/|(?<=\biv)/|(?<=\biii)/|(?<=\bii)/", " "),
    (r"\b([1-4])[qk](?=\d|\b)", r"q\1 "),
)
"""Several words of one meaning, and marks between figures, before words are read one by one."""
_DASHES = re.compile(r"\s*[-–—]\s*")


def parse_period(typed: str, today: date) -> Quarter | Year:
    """A quarter, or a year: "2026", "last year", "Q4/26"; also the running ones, which have no report yet.

    Without a year it is the latest quarter that is over. Raises `NoSuchQuarter`.
    """
    marks = _marks(" ".join(typed.casefold().split()))
    found = _meant(marks, today) if marks else None
    if found is None:
        raise NoSuchQuarter(forms=("q1", f"q4 {today.year - 1}", "last quarter", str(today.year - 1)))
    return found


def _meant(marks: str, today: date) -> Quarter | Year | None:
    """What a row of marks names: q1–q4, y2026, m1–m12; Q and Y the words alone; L, T, B: last, this, before last."""
    latest = Quarter.of(today).previous
    years = {"L": today.year - 1, "T": today.year, "B": today.year - 2}
    if marks in {"Q L", "L Q", "L"}:
        return latest
    if marks in {"T Q", "Q T"}:
        return Quarter.of(today)
    if marks in {"B Q", "Q B"}:
        return latest.previous
    if marks == "Y":
        return Year(today.year - 1)
    if match := re.fullmatch(r"(?:Y )?y(\d{4})(?: Y)?|([LTB]) Y|z(-?\d)", marks):
        return Year(_year(match, today, years))
    if match := re.fullmatch(r"q([1-4])", marks):
        found = Quarter(today.year, int(match[1]))
        return found if found.last < today else Quarter(today.year - 1, found.number)
    if match := re.fullmatch(r"q([1-4]) (?:(?:Y )?y(\d{4})|([LTB]) Y|z(-?\d))", marks):
        return Quarter(_year(match, today, years, 2), int(match[1]))
    if match := re.fullmatch(r"(?:(?:Y )?y(\d{4})|([LTB]) Y|z(-?\d)) q([1-4])", marks):
        return Quarter(_year(match, today, years), int(match[4]))
    return _of_months(marks, today)


def _year(match: re.Match[str], today: date, relative: dict[str, int], at: int = 1) -> int:
    """The year of a match whose groups from `at` on are a number, a relative word, or years from this one."""
    if match[at]:
        return int(match[at])
    return relative[match[at + 1]] if match[at + 1] else today.year + int(match[at + 2])


def _of_months(marks: str, today: date) -> Quarter | Year | None:
    """ "October to December 2026": only where the months are a whole quarter, or a whole year."""
    match = re.fullmatch(r"(?:y(\d{4}) )?m(\d+)(?: y(\d{4}))? - m(\d+)(?: y(\d{4}))?", marks)
    if not match:
        return None
    named = {int(year) for year in (match[1], match[3], match[5]) if year}
    first, last = int(match[2]), int(match[4])
    if len(named) > 1 or (match[3] and not match[5]):
        return None
    if (first, last) == (1, 12):
        return Year(*named) if named else Year(today.year - 1)
    if first % 3 != 1 or last != first + 2:
        return None
    number = (first + 2) // 3
    return _meant(" ".join([f"q{number}", *(f"y{year}" for year in named)]), today)


def _marks(text: str) -> str:
    """The row of marks; empty where a word is none of ours."""
    text = re.sub(r" ?/ ?", "/", text)
    text = re.sub(r"\b(\d{4}|\d{2})[-–](?=[qk]\d)", r"\1 ", text)
    text = re.sub(r"\b([qk] ?[1-4])[-–](?=\d)", r"\1 ", text)
    for pattern, meant in _PHRASES:
        text = re.sub(pattern, meant, text)
    text = _DASHES.sub(" - ", text.replace("näst-sista", "voorlaatste"))
    marks = list(_each(text.replace(",", " ").split()))
    return "" if None in marks else " ".join(mark for mark in marks if mark)


def _each(words: list[str]) -> Iterator[str | None]:
    """The mark of each word; empty for a small one and for the word of a numbered quarter, None for an unknown one."""
    quarters = frozenset(_QUARTER.split())
    has_quarter = any(word in quarters or re.fullmatch(r"[qk][1-4]", word) for word in words)
    numbered = False
    for at, word in enumerate(words):
        before, after = (words[at - 1] if at else ""), (words[at + 1] if at + 1 < len(words) else "")
        if re.fullmatch(r"[qk][1-4]", word):
            numbered = True
            yield f"q{word[1]}"
        elif match := re.fullmatch(r"#([1-4])", word):
            numbered = True
            yield f"q{match[1]}"
        elif word in {"1", "2", "3", "4"} and before in quarters and not numbered:
            numbered = True
            yield f"q{word}"
        elif not numbered and word in _BEFORE_QUARTER and after in quarters:
            numbered = True
            yield f"q{_BEFORE_QUARTER[word]}"
        elif not numbered and word in _AFTER_QUARTER and before in quarters:
            numbered = True
            yield f"q{_AFTER_QUARTER[word]}"
        elif word in {"ii", "iii", "iv"} and re.fullmatch(r"\d{2,4}", after):
            numbered = has_quarter = True
            yield f"q{_BEFORE_QUARTER[word]}"
        elif word in quarters:
            yield "" if numbered or after in {"1", "2", "3", "4"} or after in _AFTER_QUARTER else "Q"
        else:
            yield _word(word, has_quarter=has_quarter)


def _word(word: str, *, has_quarter: bool) -> str | None:
    if word in _months():
        return f"m{_months()[word]}"
    if re.fullmatch(r"(?:19|20|21)\d{2}", word):
        return f"y{word}"
    if has_quarter and re.fullmatch(r"['’]?\d{2}", word):
        return f"y20{word[-2:]}"
    if word in _RELATIVE_YEAR:
        return f"z{_RELATIVE_YEAR[word]}"
    return _kinds().get(word)


@cache
def _kinds() -> dict[str, str]:
    sorts = {"Y": _YEAR, "L": LAST, "B": _BEFORE, "T": THIS, "z-1": _LAST_YEAR, "": _SMALL, "-": _TO}
    return {word: mark for mark, words in sorts.items() for word in words.split()}


@cache
def _months() -> dict[str, int]:
    """Names of months in six languages, in full and short, with and without a dot."""
    from babel.dates import get_month_names

    found: dict[str, int] = {}
    for language in ("en", "da", "de", "nb", "nl", "sv"):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, "format", language).items():
                plain = str(name).casefold().rstrip(".")
                found |= {plain: number, f"{plain}.": number, plain[:3]: number}
    return found
