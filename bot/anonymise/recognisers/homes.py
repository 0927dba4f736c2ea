"""Homes in small letters, with no street word, number or capital to show them.

"lives on her own at the old forge in lower slaughter", "bor hjemme på nordre bakken i vang i valdres": after a verb of
living and a preposition the words up to the next small word say where somebody lives, or what kind of home it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.word_class import readable, related
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_LIVING, _KINDS = word_set("living_verbs"), word_set("kinds_of_home")
_AT_HOMES = frozenset({"at", "on", "på", "op", "aan", "an", "auf", "am", "beim", "zum", "zur", "ved", "vid"})
_ARTICLES = frozenset({"the", "de", "het", "'t", "den", "der", "dem"})
_UNITS = word_set("units") | word_set("counted")
_FAR, _LONGEST, _LONGEST_NUMBER, _RARE = 12, 3, 3, 45


def homes(passage: Passage) -> Iterator[Span]:
    """Doubtful places and addresses after verbs of living, in a text without capitals."""
    if not passage.small:
        return
    for verb in passage.words:
        if verb.low in _LIVING and not verb.capital:
            yield from _after(passage, verb)


def _after(passage: Passage, verb: Word) -> Iterator[Span]:
    word = verb
    for _ in range(_FAR):
        following = passage.after(word)
        if following is None or following.first or any(c in following.gap for c in ".!?;\n"):
            return
        word = following
        if word.low not in passage.vocabulary.into | _AT_HOMES or word.capital:
            continue
        named = _named(passage, word)
        if not named:
            continue
        last = named[-1]
        further = _within(passage, last, word)
        if len(named) > 1 or further is not last or last.number:
            cls = "ADDRESS" if word.low in _AT_HOMES else "PLACE"
            yield Span(named[0].start, further.end, cls, "check", 0.45, "home")
            word = further


def _named(passage: Passage, preposition: Word) -> list[Word]:
    """The words of the name after the preposition; empty when they say what kind of home it is."""
    words, found = passage.vocabulary, list[Word]()
    word = passage.after(preposition)
    if word is not None and word.gap == " " and word.low in _ARTICLES:
        word = passage.after(word)
    small = words.function | words.into | words.verbs | words.relations | _AT_HOMES | _LIVING
    while word is not None and word.gap == " " and len(found) < _LONGEST:
        if word.capital or word.number or word.low in small:
            break
        found.append(word)
        word = passage.after(word)
    if not found or any(w.low in _KINDS or readable(passage, w) or related(passage, w) for w in found):
        return []
    if word is not None and word.gap == " " and word.text.isdigit() and len(word.text) <= _LONGEST_NUMBER:
        after = passage.after(word)
        if after is None or after.low not in _UNITS:
            return [*found, word]  # "beim alten deich 7"
    last = found[-1]
    street = last.low in words.streets and len(found) > 1
    rare = passage.usual(last.low) < _RARE and last.low not in words.org_heads
    return found if street or rare else []


def _within(passage: Passage, last: Word, preposition: Word) -> Word:
    """ "vang i valdres": the larger place that belongs to the name, else the last word itself."""
    if last.number:
        return last
    link, larger = passage.after(last), passage.after(last, 2)
    if link is None or larger is None or link.gap != " " or larger.gap != " " or larger.number:
        return last
    joined = link.low == preposition.low and link.low in ("i", "in")
    return larger if joined and passage.usual(larger.low) < _RARE and not readable(passage, larger) else last
