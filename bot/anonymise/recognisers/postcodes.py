"""Postcodes: by form in Britain and the Netherlands; elsewhere beside a place, where four digits may be a year."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.lexicon import places
from bot.anonymise.tokens import Passage

_BRITISH = re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[a-z]{1,2}\d[a-z\d]? \d[a-z]{2})\b")
_DUTCH = re.compile(r"\b[1-9]\d{3} ?(?!AM\b|PM\b|MG\b|KM\b|KR\b|EU\b)[A-Z]{2}\b")
_DIGITS = re.compile(r"(?<![\w.,/-])(?<!\d )(?:[A-Za-z]{1,2}-)?(\d{4,5}|\d{3} \d{2})[ ]{1,2}(?=([^\W\d_][\w-]+))")
_AFTER_ADDRESS = re.compile(
    r"(?<=[^\W\d_]) \d{1,4} ?[A-Za-z]?,\s?((?:[A-Za-z]{1,2}-)?(?:\d{4} ?[A-Za-z]{2}|\d{4,5}|\d{3} \d{2}))\b(?![-/.]\d)"
)
_OUTWARD = re.compile(
    r"\b(?:lives? in|living in|moved to|house in|flat in|home in|near|outside) ([A-Z]{1,2}\d{1,2}[A-Z]?)(?![\w-])"
)
_STREET_NUMBER_BEFORE = re.compile(r"\d{1,4} ?[A-Za-z]?,?\s{0,2}$")


def postcodes(passage: Passage) -> Iterator[Span]:
    """British and Dutch codes; four or five digits before a place or after a house number; the town beside them."""
    for pattern in (_BRITISH, _DUTCH):
        for match in pattern.finditer(passage.text):
            if pattern is _DUTCH and _a_year_and_a_word(passage, match.group()):
                continue
            yield Span(match.start(), match.end(), "POSTCODE", "auto", 0.9, "postcode")
            yield from (
                _town_before(passage, match.start()) if pattern is _BRITISH else _town_after(passage, match.end())
            )
    if passage.small and passage.lang == "nl":
        yield from _dutch_in_small_letters(passage)
    yield from _outward(passage)
    for match in _DIGITS.finditer(passage.text):
        code, following = match.group(1), match.group(2)
        known = following.casefold() in places()
        after_number = _STREET_NUMBER_BEFORE.search(passage.text[max(0, match.start() - 8) : match.start()]) is not None
        year = len(code) == 4 and code.startswith(("19", "20"))
        named = following[0].isupper() and (known or not passage.usual(following.casefold()))
        small = passage.small and known
        if (named and not year) or (small and not year) or (after_number and (known or following[0].isupper())):
            yield Span(match.start(), match.end(1), "POSTCODE", "auto", 0.85, "postcode")
            yield from _town_after(passage, match.end(1))

    for match in _AFTER_ADDRESS.finditer(passage.text):
        if not match.group(1).startswith(("19", "20")):
            yield Span(match.start(1), match.end(1), "POSTCODE", "auto", 0.8, "postcode")
            yield from _town_after(passage, match.end(1))


_DUTCH_SMALL = re.compile(r"(?<![\w.,/-])[1-9]\d{3} ?[a-z]{2}(?= ([^\W\d_][\w-]+))")


def _dutch_in_small_letters(passage: Passage) -> Iterator[Span]:
    """ "7311 kd apeldoorn": a Dutch code in small letters before a listed place."""
    for match in _DUTCH_SMALL.finditer(passage.text):
        if match[1].casefold() in places() and not _a_year_and_a_word(passage, match.group()):
            yield Span(match.start(), match.end(), "POSTCODE", "auto", 0.85, "postcode")


def _outward(passage: Passage) -> Iterator[Span]:
    """ "lives in LS6", "moved to SW11": half a British postcode after a preposition of place."""
    if passage.lang != "en":
        return
    for match in _OUTWARD.finditer(passage.text):
        if match[1].rstrip("0123456789").casefold() not in passage.shared.tests:
            yield Span(match.start(1), match.end(1), "POSTCODE", "check", 0.5, "postcode")


def _a_year_and_a_word(passage: Passage, text: str) -> bool:
    """ "2025 IM HAUS", "2025 IN DE VEENHOF": a line of capitals, not a Dutch postcode."""
    return (
        text.startswith(("19", "20")) and text[-2:].casefold() in passage.vocabulary.function | passage.vocabulary.into
    )


def _town_before(passage: Passage, start: int) -> Iterator[Span]:
    before = next(iter(passage.left_of(start, 1)), None)
    if (
        before is not None
        and before.capital
        and not before.number
        and passage.text[before.end : start].strip() in ("", ",")
    ):
        yield Span(before.start, before.end, "PLACE", "auto", 0.8, "postcode")


def _town_after(passage: Passage, end: int) -> Iterator[Span]:
    after = passage.right_of(end)
    if (
        after is not None
        and (after.capital or passage.small)
        and not after.number
        and passage.text[end : after.start].strip() in ("", ",")
        and after.low not in passage.vocabulary.function | passage.vocabulary.verbs
    ):
        yield Span(after.start, after.end, "PLACE", "auto", 0.8, "postcode")
