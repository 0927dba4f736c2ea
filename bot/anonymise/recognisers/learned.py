"""What the two ready-made models see. They know no diagnosis and no test, so the lists decide about their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.anonymise import models
from bot.anonymise.finding import Span
from bot.anonymise.passage import Passage, Word
from bot.anonymise.recognisers.reading import bare, family, given, ordinary, place, readable

_RAMPART_CLASSES = {
    "GIVEN_NAME": "NAME",
    "SURNAME": "NAME",
    "CITY": "PLACE",
    "STATE": "PLACE",
    "STREET_NAME": "ADDRESS",
}
_ENGLISH_CLASSES = {"PERSON": "NAME", "GPE": "PLACE", "LOC": "PLACE", "FAC": "ORG", "ORG": "ORG"}
_EVERYDAY = 45


def by_rampart(name: str) -> Callable[[Passage], Iterator[Span]]:
    """A recogniser around the Rampart model."""

    def recognise(passage: Passage) -> Iterator[Span]:
        yield from _doubtful(passage, models.rampart(name)(passage.text), _RAMPART_CLASSES, "rampart")

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


def _could_identify(passage: Passage, word: Word) -> bool:
    """No figure, nothing readable, no author of a method; an ordinary word only where a capital sets it apart."""
    if word.number or len(word.text) < 2 or readable(passage, word) or bare(word.low) in passage.shared.authors:
        return False
    if word.low in passage.shared.authors:
        return False
    if not ordinary(passage, word):
        return word.capital or passage.small
    if passage.usual(word.low) >= _EVERYDAY:
        return False
    named = given(word) > 0 or family(word) or place(word.low) is not None
    if passage.lang == "de" or word.caps_run:
        return named and word.capital
    return (word.capital and (named or not word.first)) or (passage.small and given(word) > 2)
