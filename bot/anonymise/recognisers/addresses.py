"""Street addresses: number first in English, street first elsewhere, with flat and floor."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.passage import Passage, Word
from bot.anonymise.vocabulary import word_set

_FLOOR = (
    r",? ?(?:st|kl|\d{1,2})\.?,? ?(?:th|tv|mf|sal|og|etage)\b\.?(?: ?(?:th|tv|mf)\b\.?)?"
    r"|,? ?(?:lgh|leil\.?|whg\.?) ?[A-Z]?\d{1,4}|,? [HU]\d{4}\b|,? \d{1,2} tr\b|,? \d{1,2}\. ?(?:sal|og|etage|stock)\b"
)
_NUMBER_AFTER = re.compile(
    r"\.?[ ]{1,2}(?:nr\.? ?)?\d{1,4}(?: ?[A-Za-z](?![\w]))?(?:[-/](?:\d{1,4}|[IVX]{1,4}|[a-z]{1,3})\b)?"
    rf"(?:{_FLOOR})?",
    re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(
    r"(?:(?:flat|apartment|apt|unit|room) ?\w{1,4},? )?\d{1,4}(?:-\d{1,4})?[a-z]?,?[ ]{1,2}$", re.IGNORECASE
)
_LONGEST_NAME = 3
_SHORTEST_STEM = 3
_NOT_STREETS = word_set("not_streets")


def addresses(passage: Passage) -> Iterator[Span]:
    """A street word with a house number; a street without one is doubtful."""
    for word in passage.words:
        if not _street(passage, word):
            continue
        start = _name_start(passage, word)
        after = _NUMBER_AFTER.match(passage.text, word.end)
        before = _NUMBER_BEFORE.search(passage.text[max(0, start - 30) : start])
        if before and start < word.start:
            first = start - len(before.group())
            yield Span(first, word.end, "ADDRESS", "auto", 0.9, "address", hard=True)
        elif after:
            yield Span(start, after.end(), "ADDRESS", "auto", 0.9, "address", hard=True)
        elif (
            word.capital
            and not word.caps_run
            and (start < word.start or not passage.usual(word.low))
            and _lives(passage, start)
        ):
            yield Span(start, word.end, "ADDRESS", "check", 0.6, "address")


def _street(passage: Passage, word: Word) -> bool:
    """The word is a street word, or ends in one."""
    streets = passage.vocabulary.streets
    if word.low in streets:
        return passage.before(word) is not None and not word.gap.strip()
    if word.low in _NOT_STREETS or not word.text[0].isalpha():
        return False
    return any(
        word.low.endswith(s) and len(word.low) - len(s) >= _SHORTEST_STEM for s in streets if len(s) >= _SHORTEST_STEM
    ) and (word.capital or not passage.usual(word.low))


def _name_start(passage: Passage, word: Word) -> int:
    """Where the street's name begins: up to three words before a bare street word."""
    start = word.start
    bare = word.low in passage.vocabulary.streets
    current = word
    for _ in range(_LONGEST_NAME):
        other = passage.before(current)
        if other is None or current.gap != " " or other.number or current.first:
            break
        named = other.capital and not (other.first and passage.usual(other.low) > 50)
        if not (named or (bare and start == word.start and other.low not in passage.vocabulary.function)):
            break
        if not bare and not other.capital:
            break
        if other.low in passage.vocabulary.into | passage.vocabulary.relations:
            break
        start, current = other.start, other
    return start


def _lives(passage: Passage, start: int) -> bool:
    word = passage.right_of(start)
    if word is None:
        return False
    before = passage.before(word)
    return (
        before is not None
        and not word.first
        and before.low in passage.vocabulary.into | {"on", "på", "an", "aan", "ad"}
    )
