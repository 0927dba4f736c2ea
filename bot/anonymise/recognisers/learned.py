"""What the models see. They know no diagnosis and no test, so the lists decide about their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.anonymise import models
from bot.anonymise.finding import Span
from bot.anonymise.recognisers.word_class import (
    announces_a_number,
    bare,
    family,
    given,
    of_a_thing,
    ordinary,
    place,
    readable,
    related,
    used_as_a_verb,
)
from bot.anonymise.tagger.model import tagger
from bot.anonymise.tokens import Passage, Word
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
_EVERYDAY, _FAR = 45, 4
_ABBREVIATION, _SHORT_FORM = 4, 3
LEAST_LIKELY = 0.15
_LIKELY = 0.5
"""How likely an everyday word must be somebody's name."""
_LEAST_SURE = 0.3
"""What the tagger alone finds is less sure than what any rule finds."""
_LONGEST_NUMBER = 6
_WITHIN = frozenset({" ", "-", ". ", " & ", "'", ".", "/"})
_COUNTED, _UNITS, _NOTE_WORDS = word_set("counted"), word_set("units"), word_set("note_words")
_HOMES = word_set("kinds_of_home")


def by_rampart(name: str) -> Callable[[Passage], Iterator[Span]]:
    """A recogniser around the Rampart model."""

    def recognise(passage: Passage) -> Iterator[Span]:
        model = models.rampart(name)
        found = model(passage.text, _address_like(passage), passage.tokens_read)
        yield from _doubtful(passage, found, _RAMPART_CLASSES, "rampart")
        yield from _with_figures(passage, found)

    return recognise


def _address_like(passage: Passage) -> list[int]:
    """Where a figure stands beside a capital that it does not count: only there has the model more to say than rules.

    It takes three quarters of the gate's time and finds addresses; the tagger finds what else it would.
    """
    return [word.start for word in passage.words if word.number and _beside_a_name(passage, word)]


def _beside_a_name(passage: Passage, word: Word) -> bool:
    if len(word.text) > _LONGEST_NUMBER or not word.text[0].isdigit():
        return False
    before, after = passage.before(word), passage.after(word)
    if before is not None and (before.low in _COUNTED or before.low.partition("-")[0] in passage.shared.tests):
        return False
    for other, gap in ((before, word.gap), (after, after.gap if after else "")):
        if other is None or other.number or gap.strip(" ,.\n"):
            continue
        named = other.capital or passage.small
        plain = (
            readable(passage, other) or other.low in _UNITS or (not other.capital and bool(passage.usual(other.low)))
        )
        if named and not plain and not other.first:
            return True
    return False


def by_tagger(least: float = LEAST_LIKELY) -> Callable[[Passage], Iterator[Span]]:
    """A recogniser around the product's own tagger: what it takes for an identifier with this likelihood or more."""

    def recognise(passage: Passage) -> Iterator[Span]:
        run: list[Word] = []
        cls, most = "", 0.0
        for at, label, likely in tagger().probable(passage, least):
            word = passage.words[at]
            plain = passage.usual(word.low) >= _EVERYDAY or (
                label != "NAME"
                and (passage.lang == "de" or (passage.small and not word.capital))
                and ordinary(passage, word)
            )
            if (plain and likely < _LIKELY) or not _stands_for_somebody(passage, word, label):
                continue
            if run and not (label == cls and word.index == run[-1].index + 1 and _goes_on(run[-1], word)):
                yield Span(run[0].start, run[-1].end, cls, "check", most * _LEAST_SURE, "tagger")
                run, most = [], 0.0
            run, cls, most = [*run, word], label, max(most, likely)
        if run:
            yield Span(run[0].start, run[-1].end, cls, "check", most * _LEAST_SURE, "tagger")

    return recognise


def _goes_on(last: Word, word: Word) -> bool:
    """The next word of one name: a full stop only ends an initial or a short form."""
    shortened = len(last.text) == 1 or (last.capital and len(last.text) <= _SHORT_FORM)
    return word.gap in _WITHIN and (word.gap != ". " or shortened)


def _stands_for_somebody(passage: Passage, word: Word, label: str) -> bool:
    """Nothing readable, no author, no bare number but in an address, a date or an id."""
    if word.number:
        return label in ("ADDRESS", "ID")
    if readable(passage, word) or related(passage, word) or word.low in passage.vocabulary.titles | _NOTE_WORDS:
        return False
    if used_as_a_verb(passage, word) or of_a_thing(passage, word) or (not word.capital and word.low in _HOMES):
        return False
    if word.text.isupper() and not word.caps_run and len(word.text) <= _ABBREVIATION and label != "ORG":
        return False
    if not word.capital and not passage.small and passage.usual(word.low) and label != "ADDRESS":
        return False  # an ordinary word in small letters where names have capitals
    author = word.low in passage.shared.authors or bare(word.low) in passage.shared.authors
    return not author and not announces_a_number(passage, word) and len(word.text) > 1


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
        inside = [w for w in passage.between(start, end) if w.low not in passage.shared.terms]
        words = [w for w in inside if w.number or (label == "SECONDARY_ADDRESS" and w.capital)]
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
