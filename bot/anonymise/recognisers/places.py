"""Places below the size of a country: listed ones, also with one slip of the pen, and what "lives in" leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.lexicon import first_words_of_places, nearly
from bot.anonymise.lexicon import places as listed
from bot.anonymise.recognisers.word_class import ordinary, place, readable
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_ARTICLES = word_set("articles")
_SHORTEST, _SHORTEST_MISTYPED = 3, 6
_TOWN, _CITY = 1, 3
_GERMAN_WORDS = word_set("german_words_that_are_cities")
_RARE, _EVERYDAY = 38, 55
_MOVED = frozenset({"gezogen", "umgezogen", "verhuisd", "zieht", "verhuist"})


_SAINT = re.compile(
    r"\b(?:St\.|Sankt) [A-ZÄÖÜ][\wäöüß-]{2,24}"
    r" (?:im|am|an der|in|in der|bei|ob der|unter|auf der) [A-ZÄÖÜ][\wäöüß-]{2,24}"
)
_DISTRICT = re.compile(r"\b[A-ZÆØÅ][\wæøå]{2,20} (?:[CKSØVNM]|NV|SV|NØ|SØ)(?![\w-])")


def places(passage: Passage) -> Iterator[Span]:
    """Every place, the longest first ("Bad Sooden-Allendorf" before "Bad")."""
    if passage.lang == "de":
        for match in _SAINT.finditer(passage.text):
            yield Span(match.start(), match.end(), "PLACE", "check", 0.6, "place")
    if passage.lang == "da":
        for match in _DISTRICT.finditer(passage.text):
            first = passage.right_of(match.start())
            if first is not None and place(first.low) is not None and not readable(passage, first):
                yield Span(match.start(), match.end(), "PLACE", "auto", 0.8, "place")
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
    size = place(word.low)
    usual = ordinary(passage, word) and not _a_city_in_german(passage, word, size)
    led = _led_to(passage, word)
    if _article_of_a_place(passage, word):
        return Span(word.start, passage.words[word.index + 1].end, "PLACE", "check", 0.5, "place")
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
    if _an_ordinary_word_lived_in(passage, word, size):
        return Span(word.start, word.end, "PLACE", "check", 0.5, "place")
    if passage.small and not word.capital and _rare_here(passage, word, size, led=led):
        return Span(word.start, word.end, "PLACE", "check", 0.5, "place")
    if led and passage.small and _grown_place(passage, word):
        return Span(word.start, word.end, "PLACE", "check", 0.45, "place")
    if usual or not led:
        return None
    if word.capital or (passage.small and _lived_in(passage, word)):
        sure = len(word.low) >= _SHORTEST_MISTYPED and nearly(word.low, listed())
        return Span(word.start, word.end, "PLACE", "auto" if sure else "check", 0.7 if sure else 0.5, "place")
    if passage.small and len(word.low) >= _SHORTEST_MISTYPED and nearly(word.low, listed()):
        return Span(word.start, word.end, "PLACE", "check", 0.6, "place")
    return None


def _grown_place(passage: Passage, word: Word) -> bool:
    """ "i nydalen", "på torshov", "in hohenbrück": no word of the language, with the ending of many places."""
    low = word.low
    return len(low) >= _SHORTEST_MISTYPED and not passage.usual(low) and low.endswith(_PLACE_ENDINGS)


_PLACE_ENDINGS = tuple(sorted(word_set("place_endings")))


def _a_city_in_german(passage: Passage, word: Word, size: int | None) -> bool:
    """ "Wien", "Belgrad": the German dictionary has cities among its nouns; "Essen" and "Halle" are both."""
    known = passage.lang == "de" and size == _CITY and word.capital and not word.caps_run
    return known and word.low not in _GERMAN_WORDS and not readable(passage, word)


def _led_to(passage: Passage, word: Word) -> bool:
    """After a preposition of place."""
    before = passage.before(word)
    return before is not None and not word.gap.strip() and before.low in passage.vocabulary.into


def _rare_here(passage: Passage, word: Word, size: int | None, *, led: bool) -> bool:
    """A listed place, or any rarer word after "lives in", in a text without capitals."""
    if _lived_in(passage, word):
        return passage.usual(word.low) < (_RARE if size is None else _EVERYDAY)
    return led and size is not None and size >= _TOWN and passage.usual(word.low) < _RARE


def _lived_in(passage: Passage, word: Word) -> bool:
    """After "lives in", "grew up in", or before "gezogen": there even an ordinary word names a place."""
    after = passage.after(word)
    moved = after is not None and after.gap == " " and after.low in _MOVED and _led_to(passage, word)
    return moved or passage.follows(word, passage.vocabulary.lives)


def _an_ordinary_word_lived_in(passage: Passage, word: Word, size: int | None) -> bool:
    """ "BOR I HALS", "wohnt in Weil": capitals say nothing here, the verb does."""
    words = passage.vocabulary
    if not (word.caps_run or (passage.lang == "de" and word.capital)) or not _lived_in(passage, word):
        return False
    never = words.function | words.org_heads | words.relations | words.streets
    return word.low not in never and passage.usual(word.low) < (_RARE if size is None else _EVERYDAY)


def _article_of_a_place(passage: Passage, word: Word) -> bool:
    """ "woont in Het Schouw": an article with a capital after "lives in"."""
    after = passage.after(word)
    led = word.low in _ARTICLES and word.capital and not word.caps_run and _lived_in(passage, word)
    return led and after is not None and after.gap == " " and after.capital and not after.number


def _no_german_noun(passage: Passage, word: Word, size: int) -> bool:
    """German nouns have capitals anyway, so "in Essen" needs a town that people know."""
    return passage.lang != "de" or size > _TOWN or _lived_in(passage, word)
