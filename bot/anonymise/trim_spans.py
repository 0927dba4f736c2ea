"""What stands at the edge of a finding and names nobody stays readable: "Dr [Fox]", "TEL [0345 …]", "[Lena] kör".

Recognisers and models grow over such words, and one that overlaps another brings them into both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.word_class import EVERYDAY, PARTICLES, USUAL_NAME, given, imperative, readable, related
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_LABELS, _NOTE_WORDS, _ARTICLES = word_set("labels"), word_set("note_words"), word_set("articles")
_VERY_USUAL_NAME = 4

Edge = Callable[[Passage, Word, Span], bool]


def trimmed(passage: Passage, span: Span) -> Span:
    """The span without such words at either end; as it is when nothing else would be left."""
    if span.cls not in _EDGES:
        return span
    left, right = _EDGES[span.cls]
    words = list(passage.between(span.start, span.end))
    kept = words[:]
    while kept and left(passage, kept[0], span):
        kept = kept[1:]
    while kept and right(passage, kept[-1], span):
        kept = kept[:-1]
    if not kept or kept == words:
        return span
    start = kept[0].start if kept[0] is not words[0] else span.start
    return replace(span, start=start, end=kept[-1].end if kept[-1] is not words[-1] else span.end)


def within_sentences(passage: Passage, span: Span) -> Iterator[Span]:
    """The span cut where a new sentence begins inside it: an identifier never crosses one ("70215-B. GAD-7 14")."""
    if span.cls not in _CUT:
        yield span
        return
    start = span.start
    for stop in _NEW_SENTENCE.finditer(passage.text, span.start, span.end):
        if start < stop.start():
            yield replace(span, start=start, end=stop.start())
        start = stop.end()
    rest = passage.text[start : span.end]
    if start == span.start:
        yield span
    elif any(c.isdigit() for c in rest):
        yield replace(span, start=start, hard=False, tier="check")


_NEW_SENTENCE = re.compile(r"[.!?;]\s{1,4}(?=[^\W\d_][^\W\d_])|\n")
_CUT = frozenset({"ID", "PHONE", "USERNAME", "PLATE", "EMAIL", "URL", "AGE", "AGE90"})


def _before_figures(passage: Passage, word: Word, span: Span) -> bool:
    """A label or small word before a number: "BSN", "Auto", "ON"; months belong to their date."""
    if word.number or len(word.text) == 1 or word.low in passage.vocabulary.months:
        return False
    if not any(c.isdigit() for c in passage.text[span.start : span.end]):
        return False
    words = passage.vocabulary
    if word.low in words.ids | words.phones | words.plates | _LABELS | _NOTE_WORDS:
        return True
    return (word.caps_run or word.first or span.cls != "DATE") and word.low in words.function | words.into | words.verbs


def _before_a_street(passage: Passage, word: Word, span: Span) -> bool:
    """ "Adresse", "Bor", "PARTNER": never the "Am" of "Am Hain 3"."""
    words = passage.vocabulary
    if word.number or word.low in words.streets:
        return False
    told = word.low in words.relations | words.titles | _LABELS or (
        word.low in words.verbs and word.low not in PARTICLES
    )
    return told and _set_apart(word)


def _before_a_name(passage: Passage, word: Word, span: Span) -> bool:
    """A title, a relation, a greeting, a small word or a verb that does not belong to the name after it."""
    words = passage.vocabulary
    if word.number or len(word.text) == 1:
        return False
    if span.cls != "ORG" and word.low in words.titles:
        return True
    set_apart = _set_apart(word)
    if set_apart and related(passage, word) and given(word) < _VERY_USUAL_NAME:
        return True
    if word.capital and word.first and (word.low in words.greetings or imperative(passage, word)):
        return True
    if word.low in PARTICLES or (span.cls == "ORG" and word.low in _ARTICLES):
        return False
    if any(w.number for w in passage.between(span.start, span.end)):
        return False  # "Am Hain 3"
    return set_apart and _small_word(passage, word, span)


def _after_a_name(passage: Passage, word: Word, span: Span) -> bool:
    """ "kör", "går med", "RINGS": a small word or a verb behind the name."""
    if word.number or len(word.text) == 1 or (word.capital and not word.caps_run):
        return False
    return _small_word(passage, word, span)


def _set_apart(word: Word) -> bool:
    """Its capital, if it has one, says nothing: at a sentence's start (also after "ISI 20."), in a line of capitals."""
    return word.first or word.caps_run or not word.capital or word.gap.startswith(".")


def _small_word(passage: Passage, word: Word, span: Span) -> bool:
    words = passage.vocabulary
    known = given(word)
    if word.low in words.function | words.into | words.verbs or (word.low,) in words.named:
        return known < _VERY_USUAL_NAME
    plain = not word.capital and not passage.small and span.cls != "ORG"
    return plain and known < USUAL_NAME and (passage.usual(word.low) >= EVERYDAY or readable(passage, word))


def _never(passage: Passage, word: Word, span: Span) -> bool:
    return False


_EDGES: dict[str, tuple[Edge, Edge]] = {
    **dict.fromkeys(("NAME", "ORG", "PLACE"), (_before_a_name, _after_a_name)),
    **dict.fromkeys(("DATE", "PHONE", "ID", "PLATE"), (_before_figures, _never)),
    "ADDRESS": (_before_a_street, _never),
}
