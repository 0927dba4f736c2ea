"""What the two ready-made models see. They know no diagnosis and no test, so the lists decide about their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.anonymise import models
from bot.anonymise.finding import Span
from bot.anonymise.passage import Passage, Word
from bot.anonymise.recognisers.reading import announces_a_number, bare, family, given, ordinary, place, readable
from bot.anonymise.vocabulary import word_set

_RAMPART_CLASSES = {
    "GIVEN_NAME": "NAME",
    "SURNAME": "NAME",
    "CITY": "PLACE",
    "STATE": "PLACE",
    "STREET_NAME": "ADDRESS",
}
_WITH_FIGURES = {"BUILDING_NUMBER": "ADDRESS", "SECONDARY_ADDRESS": "ADDRESS", "ZIP_CODE": "POSTCODE"}
"""House numbers, flats and postcodes: here figures are what is looked for."""
_ENGLISH_CLASSES = {"PERSON": "NAME", "GPE": "PLACE", "LOC": "PLACE", "FAC": "ORG", "ORG": "ORG"}
_EVERYDAY, _FAR = 45, 4
_COUNTED, _UNITS = word_set("counted"), word_set("units")


def by_rampart(name: str) -> Callable[[Passage], Iterator[Span]]:
    """A recogniser around the Rampart model."""

    def recognise(passage: Passage) -> Iterator[Span]:
        found = models.rampart(name)(passage.text)
        yield from _doubtful(passage, found, _RAMPART_CLASSES, "rampart")
        yield from _with_figures(passage, found)

    return recognise


def by_spacy(name: str) -> Callable[[Passage], Iterator[Span]]:
    """A recogniser around a spaCy model; silent in other languages, where it would mask half of the text."""

    def recognise(passage: Passage) -> Iterator[Span]:
        if passage.lang == "en":
            yield from _doubtful(passage, models.spacy_entities(name)(passage.text), _ENGLISH_CLASSES, "english")

    return recognise


def _doubtful(passage: Passage, found: list[models.Found], classes: dict[str, str], recogniser: str) -> Iterator[Span]:
    """Whole words of the model's findings that could stand for somebody, neighbours together."""
    for start, end, label, score in found:
        cls = classes.get(label)
        if cls is None:
            continue
        run: list[Word] = []
        for word in passage.between(start, end):
            if _could_identify(passage, word):
                run.append(word)
            elif run:
                yield Span(run[0].start, run[-1].end, cls, "check", score, recogniser)
                run = []
        if run:
            yield Span(run[0].start, run[-1].end, cls, "check", score, recogniser)


def _with_figures(passage: Passage, found: list[models.Found]) -> Iterator[Span]:
    """Whole words of a house number, flat or postcode; no score, week or dose, which stand beside their own word."""
    for start, end, label, score in found:
        if label not in _WITH_FIGURES:
            continue
        words = [w for w in passage.between(start, end) if w.number or (label == "SECONDARY_ADDRESS" and w.capital)]
        if not words or not any(w.number for w in words) or _counts(passage, words[0], words[-1]):
            continue
        yield Span(words[0].start, words[-1].end, _WITH_FIGURES[label], "check", score, "rampart")


def _counts(passage: Passage, first: Word, last: Word) -> bool:
    """A number that something is counted or measured by."""
    before, after = passage.before(first), passage.after(last)
    while before is not None and before.number and before.index > first.index - _FAR:
        before = passage.before(before)
    if any(w.low.partition("-")[0] in passage.shared.tests for w in passage.words[first.index : last.index + 1]):
        return True
    led = before is not None and (before.low in _COUNTED or before.low.partition("-")[0] in passage.shared.tests)
    return led or (after is not None and after.gap == " " and after.low in _COUNTED | _UNITS)


def _could_identify(passage: Passage, word: Word) -> bool:
    """No figure, nothing readable, no author of a method; an ordinary word only where a capital sets it apart."""
    if word.number or len(word.text) < 2 or readable(passage, word) or bare(word.low) in passage.shared.authors:
        return False
    if (
        word.low in passage.shared.authors
        or announces_a_number(passage, word)
        or word.low in passage.vocabulary.ids | passage.vocabulary.phones
    ):
        return False
    if not ordinary(passage, word):
        return word.capital or passage.small
    if passage.usual(word.low) >= _EVERYDAY:
        return False
    named = given(word) > 0 or family(word) or place(word.low) is not None
    if passage.lang == "de" or word.caps_run:
        return named and word.capital
    return (word.capital and (named or not word.first)) or (passage.small and given(word) > 2)
