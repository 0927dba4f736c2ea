"""Lengths of time as people type them: "90", "90 min", "1:30", "1 h 30", "1,5 h", "ninety minutes", "halvanden time".

Every word is read or the whole is refused. What may be two lengths ("1.30 h") has two answers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import product

from bot.calendars.spoken.lexicon import LANGUAGES
from bot.calendars.spoken.tokens import clean

LONGEST_TEXT = 60
_HOUR, _HALF, _QUARTER = 60, Fraction(30), 15
_MOST_HOURS = 24
_FIXED = "c"
"""The kind of a token that is a number of minutes by itself: "1:30", "halvtime"."""

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?![\d:])")
_MIXED = re.compile(r"(?:(\d{1,3}) )?(\d)/(\d)(?!\d)")
_DECIMAL = re.compile(r"(\d{1,4})([.,])(\d{1,2})(?!\d)")
_WHOLE = re.compile(r"(\d{1,4})(?!\d)")
_ISO = re.compile(r"pt(?:(\d{1,2})h)?(?:(\d{1,4})m)?")
_ONE_SIGN = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4"}
_MARKS = {"'": "m", "′": "m", "-": "d", "–": "d", "—": "d", "+": "+"}


@dataclass(frozen=True)
class _Piece:
    """A number ("n"), a unit ("h", "m", "q"), "f" for half, "&", "o" for of, "x", "d" for a dash, or minutes ("c")."""

    kind: str
    value: Fraction = Fraction(0)
    article: bool = False
    """A one that is no number by itself: "an"."""


def understand_duration(text: str, language: str) -> tuple[int, ...]:
    """The minutes that typed words may mean: one number if they are clear, several to choose from, none if unread.

    A whole number alone is minutes, a broken one hours. Read in the person's language, then in the others.
    """
    for sign, figures in _ONE_SIGN.items():
        text = text.replace(sign, figures)
    phrase = clean(text)
    if not phrase or len(phrase) > LONGEST_TEXT:
        return ()
    iso = _ISO.fullmatch(phrase.replace(" ", ""))
    if iso and any(iso.groups()):
        return (int(iso[1] or 0) * _HOUR + int(iso[2] or 0),)
    own = language if language in LANGUAGES else "en"
    for each in (own, *(lang for lang in LANGUAGES if lang != own)):
        found = sorted({round(minutes) for minutes in _readings(phrase, each)})
        if found:
            return tuple(found)
    return ()


def _readings(phrase: str, language: str) -> Iterator[Fraction]:
    pieces = [piece for piece in _pieces(phrase, _words(language)) if piece]
    if not pieces or len(pieces) > 12:
        return
    for choice in product(*pieces):
        total = _sum([each for each in choice if each.kind != "skip"])
        if total is not None:
            yield total


def _sum(pieces: Sequence[_Piece]) -> Fraction | None:
    """What stands between plus signs, added up."""
    parts: list[list[_Piece]] = [[]]
    for piece in pieces:
        if piece.kind == "+":
            parts.append([])
        else:
            parts[-1].append(piece)
    found = [_minutes(part) for part in parts]
    return None if None in found else sum((each for each in found if each is not None), Fraction(0))


def _minutes(pieces: Sequence[_Piece]) -> Fraction | None:
    """The minutes of one length; None for what is none."""
    shape = "".join(piece.kind for piece in pieces)
    if shape == "n" and pieces[0].article:
        return None
    numbers = [piece.value for piece in pieces if piece.kind in {"n", _FIXED}]
    made = next((read for known, read in _SHAPES if known.fullmatch(shape)), None)
    return made(shape[0], numbers) if made else None


def _if(holds: bool, minutes: Fraction) -> Fraction | None:
    return minutes if holds else None


def _whole(numbers: Sequence[Fraction]) -> bool:
    return all(each.denominator == 1 for each in numbers)


def _ones(numbers: Sequence[Fraction]) -> bool:
    return all(each == 1 for each in numbers)


def _first(begins: str, numbers: Sequence[Fraction]) -> Fraction:
    """The number that a shape begins with; one, where it begins with its unit."""
    return numbers[0] if begins == "n" else Fraction(1)


_Read = Callable[[str, Sequence[Fraction]], Fraction | None]
_SHAPES: Sequence[tuple[re.Pattern[str], _Read]] = [
    (re.compile(shape), read)
    for shape, read in (
        ("n", lambda _, n: n[0] if _whole(n) else n[0] * _HOUR),  # 90; 1.5
        ("nm", lambda _, n: _if(_whole(n), n[0])),  # 90 min
        ("nh", lambda _, n: n[0] * _HOUR),  # 1.5 h; an hour
        ("nh&?nm?", lambda _, n: _if(_whole(n) and n[1] < _HOUR, n[0] * _HOUR + n[1])),  # 1 h 30
        ("n?h&n?f", lambda begins, n: _first(begins, n) * _HOUR + _HALF),  # an hour and a half
        ("n?h&?nq", lambda begins, n: _first(begins, n) * _HOUR + n[-1] * _QUARTER),  # an hour and a quarter
        ("n?fo?n?h", lambda _, n: _if(_ones(n), _HALF)),  # half an hour; en halv time
        ("n&?n?fh", lambda _, n: _if(_ones(n[1:]), n[0] * _HOUR + _HALF)),  # one and a half hours
        ("n&nqh", lambda _, n: n[0] * _HOUR + n[1] * _QUARTER),  # one and a quarter hours
        ("n?q(o?n?h)?", lambda begins, n: _first(begins, n) * _QUARTER),  # three quarters of an hour; et kvarter
        ("n?ch?", lambda _, n: _if(_ones(n[:-1]), n[-1])),  # 1:30 h; en halvtime
        ("cdc", lambda _, n: _if(n[1] > n[0], n[1] - n[0])),  # 9:00-10:30
        ("nx[nc]m?", lambda _, n: _if(_whole(n), n[0] * n[1])),  # 2 x 45 min
        ("nxnh", lambda _, n: n[0] * n[1] * _HOUR),  # 2 x 1.5 h
    )
]


def _pieces(phrase: str, known: Mapping[str, _Piece]) -> Iterator[tuple[_Piece, ...]]:
    """The phrase cut into its pieces, each with what it may be; one that nothing knows is read by no shape."""
    at = 0
    while at < len(phrase):
        if phrase[at] in " ;" or (phrase[at] in ".," and not phrase[at + 1 : at + 2].isdigit()):
            at += 1
            continue
        figures, end = _figures(phrase, at)
        if figures:
            yield figures
            at = end
            continue
        word = next((w for w in _ends(phrase, at) if w in known), None)
        if word is not None:
            yield (known[word],)
            at += len(word)
        elif phrase[at] in _MARKS:
            yield (_Piece(_MARKS[phrase[at]]),)
            at += 1
        else:
            yield (_Piece("?"),)
            return


def _ends(phrase: str, at: int) -> Iterator[str]:
    """What stands at a place and ends where a word ends, the longest first."""
    for end in range(len(phrase), at, -1):
        if not (phrase[end - 1].isalpha() and phrase[end : end + 1].isalpha()):
            yield phrase[at:end]


def _figures(phrase: str, at: int) -> tuple[tuple[_Piece, ...], int]:
    if match := _CLOCK.match(phrase, at):
        hours, minutes = int(match[1]), int(match[2])
        fits = minutes < _HOUR and hours <= _MOST_HOURS
        return (_Piece(_FIXED, Fraction(hours * _HOUR + minutes)) if fits else _Piece("?"),), match.end()
    if match := _MIXED.match(phrase, at):
        part = Fraction(int(match[2]), int(match[3]) or 1)
        return (_Piece("n", int(match[1] or 0) + part),), match.end()
    if match := _DECIMAL.match(phrase, at):
        return _decimal(match, phrase), match.end()
    if match := _WHOLE.match(phrase, at):
        return (_Piece("n", Fraction(int(match[1]))),), match.end()
    return (), at


def _decimal(match: re.Match[str], phrase: str) -> tuple[_Piece, ...]:
    """ "1,5" is a broken number. Two figures behind the mark may be minutes, unless a comma stands before a unit."""
    whole, mark, rest = match.groups()
    number = _Piece("n", Fraction(f"{whole}.{rest}"))
    has_unit = phrase[match.end() :].strip(" .") != ""
    if len(rest) == 1 or int(rest) >= _HOUR or int(whole) > _MOST_HOURS or (mark == "," and has_unit):
        return (number,)
    return number, _Piece(_FIXED, Fraction(int(whole) * _HOUR + int(rest)))


@cache
def _words(language: str) -> Mapping[str, _Piece]:
    """Every word and number in words of a language, with what it does."""
    table = tomllib.loads(files(__package__).joinpath("words/durations.toml").read_text("utf-8"))[language]
    roles = {"half": "f", "quarter": "q", "hour": "h", "minute": "m", "and": "&", "of": "o", "times": "x", "to": "d"}
    known = {word: _Piece("n", Fraction(number)) for word, number in _numbers(table).items()}
    for word in _split(table["one"]):
        known[word] = _Piece("n", Fraction(1), article=True)
    for role, kind in (*roles.items(), ("filler", "skip")):
        known |= {word: _Piece(kind) for word in _split(table.get(role, ""))}
    for minutes, phrases in table["fixed"].items():
        known |= {phrase: _Piece(_FIXED, Fraction(int(minutes))) for phrase in _split(phrases)}
    return known


def _numbers(table: Mapping[str, str]) -> dict[str, int]:
    """The numbers from 1 to 299 in words, in each spelling: "forty-five", "fünfundvierzig", "ett hundra och tio"."""
    found = {word: n for n, word in enumerate(_split(table["teens"]), 1)}
    ones = {**{w: n for w, n in found.items() if n < 10}, **dict.fromkeys(_split(table["one"]), 1)}
    tens = {word: 10 * n for n, word in enumerate(_split(table["tens"]), 2)}
    both = dict(tens)
    for (ten, value), (one, n) in product(tens.items(), ones.items()):
        if between := table.get("ones_first"):
            ways = (between, f"{between[0].replace('e', 'ë')}{between[1:]}")
            both |= {f"{one}{way}{ten}": value + n for way in ways}
            both |= {f"{one} {between} {ten}": value + n, f"{one}-{between}-{ten}": value + n}
        if "ones_last" in table:
            both |= {f"{ten}{way}{one}": value + n for way in ("", *table["ones_last"])}
    found |= both
    small = dict(found)
    for hundred in _split(table["hundred"]):
        value = 200 if hundred.startswith(("two", "to", "zwei", "twee", "två")) else 100
        found[hundred] = value
        for word, n in small.items():
            joined = table["hundred_and"]
            behind = ("", " ", f" {joined} ", joined, f"{joined} ")
            found |= {f"{hundred}{way}{word}": value + n for way in behind}
    return found


def _split(phrases: str) -> list[str]:
    return [phrase.strip() for phrase in phrases.split("|") if phrase.strip()]
