"""Number plates of the six countries. Forms that a test score could have need a car nearby."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.tokens import Passage
from bot.anonymise.vocabulary import word_set

_SURE = (
    re.compile(r"\b[A-Z]{2}\d{2} ?[A-Z]{3}\b"),  # GB
    re.compile(r"\b[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4}[EH]?\b"),  # DE
    re.compile(r"\b(?=[A-Z0-9-]{0,8}\d)(?=[A-Z0-9-]{0,8}[A-Z])[A-Z0-9]{1,3}-[A-Z0-9]{2,3}-[A-Z0-9]{1,3}\b"),  # NL
    re.compile(r"\b[A-Z]{2} ?\d{2} ?\d{3}\b"),  # DK, NO
    re.compile(r"\b[A-Z]{3}\d{2}[0-9A-Z]\b"),  # SE
)
_BESIDE_A_CAR = (
    re.compile(r"\b[a-zæøåäöü]{3} ?\d{2}[0-9a-z]\b", re.IGNORECASE),
    re.compile(r"\b[a-z]{2} ?\d{2} ?(?:\d{3}|[a-z]{3})\b", re.IGNORECASE),
    re.compile(r"\b[a-zäöü]{1,3}[- ][a-z]{1,2}[- ]?\d{1,4}\b", re.IGNORECASE),
    re.compile(r"\b[a-z0-9]{1,3}-[a-z0-9]{2,3}-[a-z0-9]{1,3}\b", re.IGNORECASE),
    re.compile(r"\b[A-Z]{2} ?\d{4,5}\b"),  # NO: tractors, snow scooters, trailers
)
_WHOLE_BRITISH = re.compile(r"[a-z]{2}\d{2} ?[a-z]{3}", re.IGNORECASE)
_VEHICLES = word_set("vehicles")
_WHEELS = tuple(sorted(word for word in _VEHICLES if len(word) > 2))
_NEAR, _USUAL = 6, 35


def plates(passage: Passage) -> Iterator[Span]:
    """Plates by their form; looser forms within a few words after "car" and the like."""
    for pattern in _SURE:
        for match in pattern.finditer(passage.text):
            if re.split(r"[-\d ]", match.group())[0].casefold() not in passage.shared.tests:
                yield Span(match.start(), match.end(), "PLATE", "auto", 0.85, "plate", hard=True)
    for pattern in _BESIDE_A_CAR:
        for match in pattern.finditer(passage.text):
            before = [w.low for w in passage.left_of(match.start(), _NEAR)]
            letters = re.split(r"[-\d ]", match.group())[0].casefold()
            british = _WHOLE_BRITISH.fullmatch(match.group()) is not None
            known = letters in passage.shared.tests or (
                passage.usual(letters) >= _USUAL and not british and not match.group().isupper()
            )
            near = passage.vocabulary.plates.intersection(before) or any(low.endswith(_WHEELS) for low in before)
            if any(c.isdigit() for c in match.group()) and near and not known:
                yield Span(match.start(), match.end(), "PLATE", "auto", 0.8, "plate", hard=True)
