"""Words of danger written with one letter wrong, missing, doubled or swapped, read as what was meant."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from bot.domain.risk_patterns import plain

SHORTEST = 6
"""Letters. Shorter words have too many neighbours that mean something else."""
_WORD = re.compile(r"[^\W\d_]{6,}")


def corrected(text: str, language: str) -> str:
    """The text with misspelt words of danger spelt right; every other word is left as it is."""
    return _WORD.sub(lambda word: _meant(word[0], language), text)


def _meant(word: str, language: str) -> str:
    known, without = _known(language)
    if word in known:
        return word
    near = {right for short in (word, *_shortened(word)) for right in without.get(short, ()) if _one_apart(word, right)}
    return min(near) if near else word


def _one_apart(one: str, other: str) -> bool:
    """Whether one letter was added, left out or changed, or two neighbours were swapped. The first letter is right.

    Both share what is left without a letter or with all (`_meant`), so their lengths differ by one at the most.
    """
    if one[0] != other[0] or one[:-1] == other[:-1] or one.startswith(other):
        return False
    if len(one) != len(other):
        shorter, longer = sorted((one, other), key=len)
        return shorter in _shortened(longer)
    apart = [at for at in range(len(one)) if one[at] != other[at]]
    first, last = apart[0], apart[-1]
    swapped = (one[first], one[last]) == (other[last], other[first])
    return first == last or (last == first + 1 and swapped)


def _shortened(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


@cache
def _known(language: str) -> tuple[frozenset[str], dict[str, set[str]]]:
    tables = tomllib.loads(files(__package__).joinpath("risk_signs", f"{language}.toml").read_text("utf-8"))
    words = frozenset(plain(tables["spelling"]).split())
    without: dict[str, set[str]] = {}
    for word in words:
        for short in (word, *_shortened(word)):
            without.setdefault(short, set()).add(word)
    return words, without
