"""Initials that stand for a person: "K.M.N.", "H.-J. W.", "M.v.d.B.", "B."."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.tokens import Passage
from bot.anonymise.vocabulary import word_set

_CAPITAL = r"[A-ZÆØÅÄÖÜ]"
_SEVERAL = re.compile(
    rf"(?<![\w.]){_CAPITAL}\.(?:[ -]?{_CAPITAL}(?:\.-?|(?!\w))"
    rf"|[ -]?(?:v\.d\.|v\.|d\.|de |van )[ ]?{_CAPITAL}\.?){{1,4}}(?![\w])"
)
_ONE = re.compile(r"(?<![\w.,'’-])[A-ZÆØÅÄÖÜ](?:\.(?=[\s,;:)»\"”'’]|$)|(?=[,;)]))")
_ABBREVIATIONS = word_set("abbreviations")
_NUMBERED = word_set("numbered")


def initials(passage: Passage) -> Iterator[Span]:
    """Two initials or more anywhere; a single one where a person is spoken of."""
    for match in _SEVERAL.finditer(passage.text):
        said = match.group().casefold().replace(" ", "")
        if said not in _ABBREVIATIONS and set(said) - {"i", "."}:
            yield Span(match.start(), match.end(), "NAME", "auto", 0.85, "initials")
    for match in _ONE.finditer(passage.text):
        if _of_a_person(passage, match.start(), match.group()):
            yield Span(match.start(), match.end(), "NAME", "check", 0.6, "initials")


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
