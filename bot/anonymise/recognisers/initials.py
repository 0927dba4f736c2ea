"""Initials that stand for a person: "K.M.N.", "H.-J. W.", "M.v.d.B.", "B."."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.recognisers.word_class import readable, related
from bot.anonymise.tokens import Passage, Word
from bot.anonymise.vocabulary import word_set

_CAPITAL = r"[A-ZÆØÅÄÖÜ]"
_SEVERAL = re.compile(
    rf"(?<![\w.]){_CAPITAL}\.(?:[ -]?{_CAPITAL}(?:\.-?|(?!\w))"
    rf"|[ -]?(?:v\.d\.|v\.|d\.|de |van )[ ]?{_CAPITAL}\.?){{1,4}}(?![\w])"
)
_CUT = re.compile(rf"(?<![\w.]){_CAPITAL}\. ?{_CAPITAL}[a-zäöüåæø]{{1,2}}\.(?!\w)")
"""A name cut short: "E. Br."."""
_ONE = re.compile(r"(?<![\w.,'’-])[A-ZÆØÅÄÖÜ](?:\.(?=[\s,;:)»\"”'’]|$)|(?=[,;)]))")
_ABBREVIATIONS = word_set("abbreviations")
_NUMBERED = word_set("numbered")
_HAS = frozenset(
    {"has", "hasn't", "had", "hadn't", "isn't", "doesn't", "didn't", "hat", "heeft", "har", "hade", "havde"}
)
_USUAL = 48


def initials(passage: Passage) -> Iterator[Span]:
    """Two initials or more anywhere; a single one where a person is spoken of."""
    for match in _SEVERAL.finditer(passage.text):
        said = match.group().casefold().replace(" ", "")
        if said not in _ABBREVIATIONS and set(said) - {"i", "."}:
            yield Span(match.start(), match.end(), "NAME", "auto", 0.85, "initials")
    for match in _CUT.finditer(passage.text):
        if match.group().casefold().replace(" ", "") not in _ABBREVIATIONS:
            yield Span(match.start(), match.end(), "NAME", "check", 0.6, "initials")
    for match in _ONE.finditer(passage.text):
        if _of_a_person(passage, match.start(), match.group()):
            yield Span(match.start(), match.end(), "NAME", "check", 0.6, "initials")
    if passage.small:
        yield from _in_small_letters(passage)
    for word in passage.words:
        if _who_acts(passage, word):
            yield Span(word.start, word.end, "NAME", "check", 0.5, "initials")


_SMALL = re.compile(r"(?<![\w.])[^\W\d_]\.(?:[ -]?(?:v\.d\.|[^\W\d_]\.)|-[^\W\d_]\.){1,4}(?!\w)")
_SMALL_ONE = re.compile(r"(?<![\w.,'’-])[^\W\d_]\.(?=[\s,;:)]|$)")


def _in_small_letters(passage: Passage) -> Iterator[Span]:
    """ "pt k.m.n.", "h.-j. w.", and one letter right after a relation: "seine frau u. ist"."""
    for match in _SMALL.finditer(passage.text):
        said = match.group().replace(" ", "")
        if match.group().islower() and said not in _ABBREVIATIONS and _few_spaces(match.group()):
            yield Span(match.start(), match.end(), "NAME", "check", 0.5, "initials")
    for match in _SMALL_ONE.finditer(passage.text):
        before = next(iter(passage.left_of(match.start(), 1)), None)
        led = before is not None and passage.text[before.end : match.start()] == " " and related(passage, before)
        if led and match.group().islower():
            yield Span(match.start(), match.end(), "NAME", "check", 0.5, "initials")


def _few_spaces(text: str) -> bool:
    """ "z. b." and "s. o." have a blank after the first letter, initials of a person before the last at most."""
    return " " not in text or "-" in text or text.count(".") > 2


def _who_acts(passage: Passage, word: Word) -> bool:
    """ "DW hasn't seen it", "KL skriver": two capitals that no list knows, doing what a person does."""
    if len(word.text) != 2 or not word.text.isupper() or not word.text.isalpha() or word.caps_run:
        return False
    words, after = passage.vocabulary, passage.after(word)
    if readable(passage, word) or word.low in words.titles | words.relations | words.ids | words.org_heads:
        return False
    if passage.usual(word.low) >= _USUAL or (word.low + ".") in _ABBREVIATIONS:
        return False
    return after is not None and after.gap == " " and (after.low in words.acts or after.low in _HAS)


def _of_a_person(passage: Passage, start: int, text: str) -> bool:
    """After a word of the same sentence that is no name, test or abbreviation; not a list letter at a line's start."""
    before = next(iter(passage.left_of(start, 1)), None)
    gap = passage.text[before.end : start] if before else ""
    if before is None or "\n" in gap or gap.strip() not in ("", "(", ",", ":", '"', "„", "“"):
        return False
    if (
        before.number
        or before.low in passage.shared.tests
        or before.low
        in {
            "vitamin",
            "hepatitis",
            "plan",
            "typ",
            "type",
            "gruppe",
            "group",
            "model",
            "team",
            "klasse",
            "version",
            "cluster",
            "axis",
            "teil",
            "part",
            "del",
            "deel",
        }
    ):
        return False
    if text == "I." and passage.lang == "en":
        return False
    return text.endswith(".") or before.low in passage.vocabulary.relations
