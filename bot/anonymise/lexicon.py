"""The word files: what is a name, a place or an ordinary word. Read once a process, a language at its first use.

`words/build.py` makes the files and says what they hold.
"""

from __future__ import annotations

import lzma
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words"
RELATED = {"da": ("nb",), "nb": ("da",)}
"""Danish and Norwegian share most of their words; either list is short of the other's."""
_SHORTEST_PART = 3
_LONGEST_WORD = 45
_LONGEST_SMALL, _SMALL = 4, 60
_LISTED_PART, _USUAL_PART = 22, 38
_LINKS = ("", "s", "e", "es", "en", "n", "er")
_COMPOUNDING = frozenset({"da", "de", "nb", "nl", "sv"})


@cache
def given_names() -> Mapping[str, int]:
    """Given name without case → how usual it is, 1 to 6."""
    return _counted("first.xz")


def folded(word: str) -> str:
    """The word without the signs of letters that none of the six languages has: the lists know "malgorzata"."""
    if word.isascii():
        return word
    plain = (c if c in _NATIVE else unicodedata.normalize("NFD", c)[0] for c in word.translate(_STROKES))
    return "".join(plain)


_NATIVE = frozenset("äöüåæøéëïß")
_STROKES = str.maketrans("łđħıŧœ", "ldhito")


@cache
def family_names() -> frozenset[str]:
    """Family names without case."""
    return frozenset(_lines("last.xz"))


@cache
def medicines() -> frozenset[str]:
    """Substances and brands without case, none of which is a name, a place or an ordinary word."""
    return frozenset(_lines("medicines.xz"))


@cache
def places() -> Mapping[str, int]:
    """Place without case → size class, 0 (a village) to 3 (a large city)."""
    listed = {name.casefold(): size for name, size in _counted("places.xz").items()}
    return listed | {name.replace("-", " "): size for name, size in listed.items() if "-" in name}


@cache
def first_words_of_places() -> Mapping[str, int]:
    """First word of a place of several words → the most words such a place has."""
    longest: dict[str, int] = {}
    for name in places():
        words = name.split()
        if len(words) > 1:
            longest[words[0]] = max(len(words), longest.get(words[0], 0))
    return longest


@cache
def ordinary_words(lang: str) -> Mapping[str, int]:
    """Ordinary word → ten times its Zipf value (60: a word in a thousand, 30: one in a million)."""
    return _counted(f"common.{lang}.xz")


@cache
def _in_order(lang: str) -> tuple[str, ...]:
    return tuple(sorted(ordinary_words(lang)))


def begins_a_word(low: str, lang: str) -> bool:
    """The word is the beginning of a longer ordinary one."""
    words = _in_order(lang)
    at = bisect_right(words, low)
    return at < len(words) and words[at].startswith(low)


@cache
def _ordinary(word: str, lang: str) -> int:
    best = ordinary_words(lang).get(word, 0)
    for other in RELATED.get(lang, ()):
        best = max(best, ordinary_words(other).get(word, 0) - 3)
    return best


def usual(word: str, langs: tuple[str, ...]) -> int:
    """How usual the word is in the most fitting of the languages; 0 when it is in no list."""
    return max((_ordinary(word, lang) for lang in langs), default=0)


def compound(word: str, langs: tuple[str, ...]) -> bool:
    """Two ordinary words grown together ("skrivuppgifter"), which no list can hold all of."""
    if len(word) > _LONGEST_WORD:
        return False
    return any(_splits(word, lang) for lang in langs if lang in _COMPOUNDING)


@cache
def _splits(word: str, lang: str) -> bool:
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        if not _part(word[cut:], lang):
            continue
        head = word[:cut]
        if any(
            _part(head.removesuffix(link), lang)
            for link in _LINKS
            if head.endswith(link) and len(head) - len(link) >= _SHORTEST_PART
        ):
            return True
    return False


def _part(word: str, lang: str) -> bool:
    """Fit for a compound: listed, of three letters only a usual word, and none of the small ones ("enn", "som")."""
    known = _ordinary(word, lang)
    if len(word) <= _LONGEST_SMALL and known >= _SMALL:
        return False
    return known >= (_USUAL_PART if len(word) <= _SHORTEST_PART else _LISTED_PART)


def nearly(word: str, entries: Mapping[str, int]) -> bool:
    """One slip of the pen away from an entry: a letter missing, added, changed or two swapped."""
    if len(word) > _LONGEST_WORD:
        return False
    letters = "abcdefghijklmnopqrstuvwxyzäöüßåæøé"
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    return any(
        left + right[1:] in entries
        or (len(right) > 1 and left + right[1] + right[0] + right[2:] in entries)
        or any(left + letter + right[1:] in entries or left + letter + right in entries for letter in letters)
        for left, right in splits
    )


def _lines(name: str) -> list[str]:
    return lzma.decompress((WORDS / name).read_bytes()).decode().splitlines()


def _counted(name: str) -> dict[str, int]:
    return {word: int(count) for word, _, count in (line.partition("\t") for line in _lines(name))}
