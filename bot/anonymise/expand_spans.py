"""Whole names: a finding grows over the particles, surnames and capitals that belong to it.

"Roos [van der Meulen]", "[GERRIT JAN] DE WIT", "[Gezondheidscentrum] De Linde": half a name masked is a name told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.dwellings import beside_an_address
from bot.anonymise.recognisers.word_class import (
    PARTICLES,
    USUAL_NAME,
    family,
    given,
    imperative,
    ordinary,
    place,
    readable,
)
from bot.anonymise.tokens import Passage, Word

_GROWING = frozenset({"NAME", "ORG", "PLACE"})
_JOINS = frozenset(
    {"van", "von", "de", "der", "den", "het", "ter", "ten", "the", "of", "st", "da", "di", "el", "al", "la", "le"}
)
_ABBREVIATED = re.compile(r" \([^\W\d_]{2,6}\)")
_DUTCH_ARTICLES = frozenset({"de", "het", "'t"})
_LONGEST = 4
_EVERYDAY = 48


def grown(passage: Passage, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans of names, organisations and places with what belongs to them on either side."""
    for span in spans:
        if span.cls == "ADDRESS":
            yield beside_an_address(passage, span)
            continue
        if span.cls not in _GROWING:
            yield span
            continue
        inside = passage.between(span.start, span.end)
        if not inside:
            yield span
            continue
        first, last = _leftwards(passage, inside[0], span), _rightwards(passage, inside[-1], span)
        end = max(span.end, last.end)
        if span.cls == "ORG" and (short := _ABBREVIATED.match(passage.text, end)):
            end = short.end()
        if span.cls == "ORG" and passage.text[end - 2 : end + 2] == " A/S":
            end += 2
        yield replace(span, start=min(span.start, first.start), end=end)


def _rightwards(passage: Passage, last: Word, span: Span) -> Word:
    for _ in range(_LONGEST):
        after = passage.after(last)
        if after is None or after.first or after.gap not in (" ", "-") or (last.end > span.end and last.number):
            break
        if span.cls == "NAME" and after.low == "of":
            break  # "Dr Lal of Bank Road Practice" is a person and an organisation
        if (after.low in _JOINS or after.low in PARTICLES) and (beyond := _beyond(passage, after)) is not None:
            last = beyond
        elif _belongs(passage, after, span) or _second_given(passage, last, after, span):
            last = after
        else:
            break
    return last


def _second_given(passage: Passage, first: Word, word: Word, span: Span) -> bool:
    """ "heter jonas andre og er": after "is called" a second given name, whatever it means, that ends the phrase."""
    if not passage.small or span.cls != "NAME" or word.capital or given(word) < USUAL_NAME or word.gap != " ":
        return False
    if word.low in passage.vocabulary.verbs or not passage.follows(first, passage.vocabulary.named, gap=0):
        return False
    after = passage.after(word)
    return after is None or bool(after.gap.strip()) or after.low in passage.vocabulary.function


def _beyond(passage: Passage, particle: Word) -> Word | None:
    """The capital after one or two particles."""
    for _ in range(2):
        after = passage.after(particle)
        if after is None or after.gap != " " or after.number or after.first:
            return None
        if after.low in _JOINS or after.low in PARTICLES:
            particle = after
            continue
        if not after.capital or readable(passage, after) or after.low in passage.vocabulary.relations:
            return None
        return after
    return None


def _leftwards(passage: Passage, first: Word, span: Span) -> Word:
    for _ in range(_LONGEST):
        before = passage.before(first)
        if before is None or first.first or first.gap not in (" ", "-") or before.number:
            break
        if (before.low in _JOINS or before.low in PARTICLES) and not _article_of_a_firm(passage, before, span):
            head = _head_of(passage, before)
            if head is not None and before.low == "of" and _with_a_title(passage, head):
                break
            alone = (
                passage.lang == "nl" and span.cls == "NAME" and before.low in PARTICLES and given(first) < USUAL_NAME
            )
            if head is None and not alone:
                break  # "van Dam" is a surname, "van Gerben" is of Gerben
            first = head or before
        elif _article_of_a_firm(passage, before, span) or (
            _belongs(passage, before, span)
            and not imperative(passage, before)
            and (not before.first or given(before) > 1 or not ordinary(passage, before))
        ):
            first = before
        else:
            break
    return first


def _with_a_title(passage: Passage, word: Word) -> bool:
    before = passage.before(word)
    return before is not None and before.low in passage.vocabulary.titles


def _article_of_a_firm(passage: Passage, word: Word, span: Span) -> bool:
    """ "[De] Veenhof": a Dutch article with a capital is part of the name."""
    return span.cls == "ORG" and passage.lang == "nl" and word.low in _DUTCH_ARTICLES and word.capital


def _head_of(passage: Passage, particle: Word) -> Word | None:
    """The name before "van der": a capital that is a given name or no ordinary word."""
    for _ in range(2):
        before = passage.before(particle)
        if before is None or particle.gap != " " or before.number or particle.first:
            return None
        if before.low in _JOINS:
            particle = before
            continue
        telling = given(before) > 0 or not ordinary(passage, before)
        return before if before.capital and telling and not readable(passage, before) else None
    return None


def _belongs(passage: Passage, word: Word, span: Span) -> bool:
    """A neighbour with a capital that is a name by its lists or stands out by its capital."""
    low, words = word.low, passage.vocabulary
    if word.number or len(word.text) < 2 or readable(passage, word) or low in words.titles or low in words.relations:
        return False
    if low in words.ids or low in words.phones:
        return False
    named = given(word) > 1 or family(word) or place(low) is not None
    if not word.capital:
        plain = passage.usual(low) >= _EVERYDAY or low in words.verbs
        return passage.small and span.cls == "NAME" and family(word) and not plain and len(low) > 3
    if word.caps_run or passage.lang == "de":
        return not ordinary(passage, word) or (named and passage.usual(low) < _EVERYDAY)
    return True
