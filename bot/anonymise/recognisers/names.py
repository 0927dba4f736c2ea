"""Names of people as runs of words: where one begins says `naming.py`, here it grows over surnames and particles."""

from __future__ import annotations

from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.naming import decide, person_follows
from bot.anonymise.recognisers.word_class import (
    COMMON,
    EVERYDAY,
    PARTICLES,
    USUAL_NAME,
    family,
    given,
    ordinary,
    place,
    readable,
)
from bot.anonymise.tokens import Passage, Word

_SHORTEST = 2
_LONGEST = 4
_NO_SURNAME = 58
"""Words above this (ten times Zipf) are no surnames even there: "time", "here", "today"."""


def names(passage: Passage) -> Iterator[Span]:
    """Every run of words that names a person."""
    at = 0
    while at < len(passage.words):
        word = passage.words[at]
        decided = decide(passage, word)
        if decided is None:
            at += 1
            continue
        tier, score = decided
        last = _extended(passage, word)
        start = _with_words_before(passage, word)
        end = _with_initial(passage, last)
        yield Span(start, end, "NAME", tier, score, "name")
        at = last.index + 1


def _extended(passage: Passage, word: Word) -> Word:
    """The last word of the name: surnames, second names and particles that follow directly."""
    last, reach = word, word
    for _ in range(_LONGEST):
        after = passage.after(reach)
        if after is None or after.number or not _joined(after.gap) or after.first:
            break
        if after.low in PARTICLES and not after.capital:
            reach = after
            continue
        if not _goes_on(passage, word, after):
            break
        last = reach = after
    return last


def _joined(gap: str) -> bool:
    return gap in (" ", "-", ' "', '" ', " “", "” ", " „", "  ", " (", ") ") and "(" not in gap


def _goes_on(passage: Passage, name: Word, after: Word) -> bool:
    """The word after a name belongs to it."""
    if _between_name_and_verb(passage, name, after) or _closing_surname(passage, name, after):
        return True
    surname = after.capital and family(after) and after.low not in passage.shared.tests | passage.shared.terms
    if readable(passage, after) and not (surname and (not after.caps_run or given(name) >= USUAL_NAME)):
        return False
    usual = ordinary(passage, after)
    if not name.capital:
        return (
            (passage.small or not usual)
            and not after.capital
            and (not passage.usual(after.low) or (family(after) and passage.usual(after.low) < COMMON))
            and len(after.text) > _SHORTEST
        )
    if not after.capital:
        return False
    if name.caps_run != after.caps_run and after.text.isupper() and len(after.text) > 1:
        return False
    if after.caps_run:
        if readable(passage, after):
            return after.low in passage.vocabulary.seasons | passage.vocabulary.months
        return not passage.usual(after.low) or (
            (given(after) >= USUAL_NAME or family(after)) and not passage.usual(after.low) >= EVERYDAY
        )
    if passage.lang == "de" and usual:
        return (family(after) or given(after) >= USUAL_NAME) and passage.usual(after.low) < EVERYDAY + 3
    return True


def _between_name_and_verb(passage: Passage, name: Word, word: Word) -> bool:
    """ "klienten min brigt aas har", "KLIENTIN EMMERICH BRAND IST": what stands between them is the surname."""
    verb, words = passage.after(word), passage.vocabulary
    if name.index != word.index - 1 or verb is None or verb.gap != " " or verb.low not in words.verbs | words.acts:
        return False
    small = words.function | words.into | words.verbs | words.acts | words.relations | words.keep
    return word.capital == name.capital and word.low not in small and person_follows(passage, name) is not None


def _closing_surname(passage: Passage, name: Word, word: Word) -> bool:
    """ "kopie aan saar bos, dank", "an Emmerich Kurz, der": an ordinary surname that ends a phrase."""
    if name.index != word.index - 1 or given(name) < USUAL_NAME or ordinary(passage, name) or not family(word):
        return False
    known, words = passage.usual(word.low), passage.vocabulary
    if word.capital != name.capital or known >= _NO_SURNAME or word.low in words.function or word.low in words.verbs:
        return False
    after = passage.after(word)
    return not readable(passage, word) and (after is None or after.first or after.gap[:1] in ",.;:)!?")


def _with_words_before(passage: Passage, word: Word) -> int:
    """Where the name begins: a capitalised word inside the sentence directly before belongs to it ("Big Kev")."""
    before = passage.before(word)
    if before is None or word.gap != " " or not word.capital or word.caps_run or passage.lang == "de":
        return word.start
    taken = (
        before.capital
        and not before.first
        and not before.number
        and not before.caps_run
        and not readable(passage, before)
    )
    title = before.low in passage.vocabulary.titles or before.low in passage.vocabulary.relations
    return before.start if taken and not title and place(before.low) is None else word.start


def _with_initial(passage: Passage, last: Word) -> int:
    """ "Svetlana K.", "Heather P": a single capital after the name."""
    after = passage.after(last)
    if after is None or after.gap != " " or len(after.text) != 1 or not after.text.isupper() or not last.capital:
        return last.end
    dotted = passage.text[after.end : after.end + 1] == "."
    return after.end + dotted if dotted or after.text not in ("I", "A", "Å", "Ö") else last.end
