"""The tokens of a typed phrase: dates in figures, numbers, words and marks. Nothing is left out.

Every language writes its figures alike here: day before month. What no pattern knows becomes a token that no rule
reads, so that a phrase with it is asked about.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cache

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DASH = "[-\u2010-\u2015\u2212]"
_ARROW = "->|\u2192"
_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_ISO_WEEK = re.compile(r"(\d{4})-?w(\d{1,2})(?!\d)")
_DAY_MONTH_YEAR = re.compile(
    r"(\d{1,2})(?:\. ?(\d{1,2})\. ?|([/-])(\d{1,2})\3|/(\d{1,2})-)(\d{4}|\d{2})(?![\d:/]|\.\d)"
)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:/(\d{1,2})(?![\d/])|\. ?(\d{1,2})\.(?!\d)|\.(\d{1,2})(?![\d.]))")
_CLOCK = re.compile(r"\d{1,2}:(?=\d)\d{2}|\d{1,2}h\d{0,2}(?!\w)")
_SHARE = re.compile(r"\d{1,3} ?%")
_YEAR = re.compile(r"['’](\d{2})(?!\d)")
_NUMBER = re.compile(r"(\d+)(\.(?!\d)|:[ae]n?(?!\w))?")
_ABBREVIATION = re.compile(r"[^\W\d_](?:\.[^\W\d_])+\.?")
_WORD = re.compile(r"[^\W\d_]+(?:['/][^\W\d_]+)*(?:\.|(?<=s)')?")
_TWO_WORDS = re.compile(r"([^\W\d_]{2,})(?=/[^\W\d_]{2,}(?!\w))")
_SMILE = re.compile(
    "[:;]-?[()D]|[\U0001f600-\U0001f643\U0001f64f\U0001f912\U0001f915\U0001f922\U0001f927\U0001f970\U0001f973"
    "\U0001f300-\U0001f393\U0001f3d4-\U0001f3df\U0001f3bf-\U0001f3c4\U0001f382-\U0001f385\U0001f44b-\U0001f44d"
    "\U0001f490-\U0001f49f\U0001f680-\U0001f6a2\U0001f6eb\U0001f6ec\U0001f9f3\u2600-\u2604\u26c4-\u26c5\u2708"
    "\u2764\u263a\u2744\ufe0f\u200d\U0001f3fb-\U0001f3ff]"
)
"""Pictures that say nothing of a period: faces, weather, travel, hearts. A cross or a thumb down say something."""
_MARKS = '.,;:!()"'


@dataclass(frozen=True)
class Token:
    """One piece of the phrase; `kind` names what it is, `values` what its figures say."""

    kind: str
    """date, day_month, iso_week, clock, share, year, number, word, dash, mark, smile or other."""
    text: str = ""
    values: tuple[int, ...] = field(default=())
    ordinal: bool = False
    """A number written as a day: "12.", "12th", "12:e"."""
    tight: bool = False
    """A dash without a space at either side: "12-jan"."""


def clean(text: str) -> str:
    """One spelling of the same characters: lower case, plain apostrophes, no invisible marks."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(plain.replace("’", "'").replace("‘", "'").replace("`", "'").casefold().split())


def tokens_of(text: str, ordinals: frozenset[str]) -> list[Token]:
    """The tokens of a cleaned phrase; `ordinals` are the letters that make a number a day ("th", "e")."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        joined = _joined(text, at, found)
        token, after = (joined, at + 1) if joined else _next(text, at, ordinals)
        if token.kind == "dash" and at and " " not in text[at - 1 : after + 1 : after - at + 1]:
            token = replace(token, tight=True)
        found.append(token)
        at = after
    return found


def _joined(text: str, at: int, before: list[Token]) -> Token | None:
    """A mark that its neighbours explain: the / of 2027-09-10/2027-09-17 is a dash, the - of "-3 days" a minus."""
    kind = before[-1].kind if before else ""
    if text[at] == "/" and kind == "date" and _DATE.match(text, at + 1):
        return Token("dash", "-")
    if text[at] == "/" and kind == "number" and text[at + 1 : at + 2].isalpha():  # 12/jan, KW29/KW30
        return Token("dash", "-")
    if text[at].isalnum():
        return None
    if text[at] == "/" and kind == "word" and text[at + 1 : at + 3].isalpha():
        return Token("word", "&")
    glued = text[at + 1 : at + 2].isdigit() and text[at - 1 : at] in {"", " "}
    if re.match(_DASH, text[at]) and glued and kind not in {"date", "day_month", "number", "year"}:
        return Token("other", "-")
    return None


def _next(text: str, at: int, ordinals: frozenset[str]) -> tuple[Token, int]:
    if not text[at].isalpha():  # none of the forms begins with a letter
        for pattern, made in _FORMS:
            match = pattern.match(text, at)
            if match:
                return made(match), match.end()
    match = _NUMBER.match(text, at)
    if match:
        return _number(text, match, ordinals)
    match = _ABBREVIATION.match(text, at) or _WORD.match(text, at)
    either = _TWO_WORDS.match(text, at)
    if either:  # Thu/Fri: the slash is a word of its own, as "&" is
        return Token("word", either.group(1)), either.end(1)
    if match:
        word = match.group()
        return Token("word", word.rstrip(".'")), match.end()
    if text[at] in _MARKS:
        return Token("mark", text[at]), at + 1
    return Token("word" if text[at] in "&+" else "other", text[at]), at + 1


def _number(text: str, match: re.Match[str], ordinals: frozenset[str]) -> tuple[Token, int]:
    """A number, with the letters glued to it if they make it a day ("12th"); other letters are a word of their own."""
    digits, mark = match.groups()
    number = int(digits[:6])
    if len(digits) == 4 and not mark and 2000 <= number <= 2099:
        return Token("year", digits, (number,)), match.end()
    letters = _letters(ordinals).match(text, match.end())
    if letters and not mark:
        return Token("number", digits, (number,), ordinal=True), letters.end()
    return Token("number", digits, (number,), ordinal=bool(mark)), match.end()


@cache
def _letters(ordinals: frozenset[str]) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(sorted(map(re.escape, ordinals), key=len, reverse=True)) + r")(?!\w)\.?")


def _full(match: re.Match[str]) -> Token:
    year, _, month, day = match.groups()
    return Token("date", match.group(), (int(day), int(month), int(year)))


def _day_month_year(match: re.Match[str]) -> Token:
    day, dotted, _, slashed, dashed, year = match.groups()
    month = int(dotted or slashed or dashed)
    return Token("date", match.group(), (int(day), month, int(year) + 2000 * (len(year) == 2)))


def _day_month(match: re.Match[str]) -> Token:
    day, *months = match.groups()
    return Token("day_month", match.group(), (int(day), int(next(m for m in months if m))))


_FORMS = (
    (_SMILE, lambda m: Token("smile")),
    (re.compile(_ARROW), lambda m: Token("dash", "-")),
    (_DATE, _full),
    (_ISO_WEEK, lambda m: Token("iso_week", m.group(), (int(m.group(2)), int(m.group(1))))),
    (_CLOCK, lambda m: Token("clock", m.group())),
    (_SHARE, lambda m: Token("share", m.group())),
    (_DAY_MONTH_YEAR, _day_month_year),
    (_DAY_MONTH, _day_month),
    (_YEAR, lambda m: Token("year", m.group(1), (2000 + int(m.group(1)),))),
    (re.compile(_DASH + "+"), lambda m: Token("dash", "-")),
)
