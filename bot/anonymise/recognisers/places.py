"""Places below the size of a country: listed ones, also with one slip of the pen, and what "lives in" leads to."""

from __future__ import annotations

from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.lexicon import first_words_of_places, nearly
from bot.anonymise.lexicon import places as listed
from bot.anonymise.passage import Passage, Word
from bot.anonymise.recognisers.reading import ordinary, place, readable

_SHORTEST, _SHORTEST_MISTYPED = 3, 6
_TOWN = 1
_RARE = 38


def places(passage: Passage) -> Iterator[Span]:
    """Every place, the longest first ("Bad Sooden-Allendorf" before "Bad")."""
    skip_until = -1
    for word in passage.words:
        if word.index <= skip_until or word.number:
            continue
        last = _several_words(passage, word)
        if last is not None:
            skip_until = last.index
            yield Span(word.start, last.end, "PLACE", "auto", 0.9, "place")
            continue
        found = _one_word(passage, word) if len(word.text) >= _SHORTEST else None
        if found is not None:
            yield found


def _several_words(passage: Passage, word: Word) -> Word | None:
    longest = first_words_of_places().get(word.low, 0)
    for count in range(longest, 1, -1):
        last = passage.after(word, count - 1)
        if last is None:
            continue
        joined = " ".join(passage.text[word.start : last.end].casefold().split())
        if joined in listed() and (word.capital or passage.small) and (last.capital or passage.small):
            return last
    return None


def _one_word(passage: Passage, word: Word) -> Span | None:
    size, usual = place(word.low), ordinary(passage, word)
    led = _led_to(passage, word)
    if readable(passage, word) or (word.low in passage.shared.authors and not _lived_in(passage, word)):
        return None
    shown = (
        word.capital or (passage.small and led) or (passage.small and not usual and size is not None and size >= _TOWN)
    )
    if (
        size is not None
        and shown
        and (
            not usual
            or (led and word.capital and not word.first and not word.caps_run and _no_german_noun(passage, word, size))
        )
    ):
        return Span(word.start, word.end, "PLACE", "auto", 0.85, "place")
    if passage.small and not word.capital and _rare_here(passage, word, size, led=led):
        return Span(word.start, word.end, "PLACE", "check", 0.5, "place")
    if usual or not led:
        return None
    if word.capital or (passage.small and passage.follows(word, passage.vocabulary.lives)):
        sure = len(word.low) >= _SHORTEST_MISTYPED and nearly(word.low, listed())
        return Span(word.start, word.end, "PLACE", "auto" if sure else "check", 0.7 if sure else 0.5, "place")
    if passage.small and len(word.low) >= _SHORTEST_MISTYPED and nearly(word.low, listed()):
        return Span(word.start, word.end, "PLACE", "check", 0.6, "place")
    return None


def _led_to(passage: Passage, word: Word) -> bool:
    before = passage.before(word)
    return before is not None and not word.gap.strip() and before.low in passage.vocabulary.into


def _rare_here(passage: Passage, word: Word, size: int | None, *, led: bool) -> bool:
    """A listed place, or any rarer word after "lives in", in a text without capitals."""
    if passage.follows(word, passage.vocabulary.lives):
        return passage.usual(word.low) < _RARE
    return led and size is not None and size >= _TOWN and passage.usual(word.low) < _RARE


def _lived_in(passage: Passage, word: Word) -> bool:
    return passage.follows(word, passage.vocabulary.lives)


def _no_german_noun(passage: Passage, word: Word, size: int) -> bool:
    """German nouns have capitals anyway, so "in Essen" needs a town that people know."""
    return passage.lang != "de" or size > _TOWN or _lived_in(passage, word)
