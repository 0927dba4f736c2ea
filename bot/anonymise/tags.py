"""Stable tags within one case: the same person is [PERSON 1] in every text of it.

The book holds keyed hashes of the words found, not the words, so that later texts of the case
(reviews, questions) get the same tags and find again what was found before.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.anonymise.normalise import without_ending

LABELS: Mapping[str, str] = {
    "NAME": "PERSON",
    "ID": "ID",
    "PHONE": "PHONE",
    "EMAIL": "E-MAIL",
    "URL": "LINK",
    "DATE": "DATE",
    "ORG": "ORGANISATION",
    "WORD": "MASKED",
}
_TAG = re.compile(r"\[([A-Z][A-Z0-9-]{1,12}) ([1-9][0-9]{0,3})(?:, [^\]\[]{1,30})?\]")
_PART = re.compile(r"[^\W\d_][\w'’]*")
_SHORTEST_PART = 2
_DECADE = 10
_OLD = 90


@dataclass
class TagBook:
    """Digest of normalised words → their tag; `salt` belongs to the case.

    `parts` holds the parts of people's names, so that "Bill", "bill" and "Bill A." are one person. `start` is the day
    treatment began, when its author told: dates are then weeks from it.
    """

    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    tags: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    start: date | None = field(default=None, repr=False)

    def tag(self, cls: str, words: str, note: str = "") -> str:
        """The tag of these words, made at their first appearance; `note` is a role or an offset it says besides."""
        if cls == "AGE90":
            return _decade(_OLD)
        if cls == "AGE" and words.strip().isdigit():
            return _decade(int(words))
        digest = self.digest(words)
        if digest not in self.tags:
            person = self._same_person(words) if cls == "NAME" else None
            self.tags[digest] = person or self._next(LABELS.get(cls, cls), note)
            if cls == "NAME":
                for part in self._parts(words):
                    self.parts.setdefault(self.digest(part), self.tags[digest])
        return self.tags[digest]

    def heed(self, text: str) -> None:
        """Tags that already stand in a text, from an earlier pass of the gate, are never given to other words."""
        for written in _TAG.finditer(text):
            if written[0] not in self.tags.values():
                self.tags[f"written {written[0]}"] = written[0]

    def known(self, words: str) -> str | None:
        """The tag these words got in an earlier text of the case."""
        return self.tags.get(self.digest(words))

    def part_of_a_name(self, word: str) -> str | None:
        """The person one of whose names this word is."""
        return self.parts.get(self.digest(word))

    def digest(self, words: str) -> str:
        """A keyed hash of the words, without case, spacing, full stops and genitives after an apostrophe."""
        normal = "".join(without_ending(word) for word in words.casefold().replace(".", "").split())
        return hmac.new(self.salt, normal.encode(), hashlib.sha256).hexdigest()[:32]

    def to_json(self) -> dict[str, Any]:
        """For the encrypted store."""
        start = {"start": self.start.isoformat()} if self.start else {}
        return {"salt": self.salt.hex(), "tags": self.tags, "parts": self.parts, **start}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> TagBook:
        """Back from the store."""
        start = date.fromisoformat(kept["start"]) if "start" in kept else None
        return cls(bytes.fromhex(kept["salt"]), dict(kept["tags"]), dict(kept.get("parts", {})), start)

    def _next(self, label: str, note: str) -> str:
        given = [_TAG.fullmatch(known) for known in self.tags.values()]
        number = 1 + max((int(tag[2]) for tag in given if tag and tag[1] == label), default=0)
        return f"[{label} {number}, {note}]" if note else f"[{label} {number}]"

    def _same_person(self, words: str) -> str | None:
        """The person with the same first name, unless another surname says that these are two."""
        parts = self._parts(words)
        if not parts:
            return None
        person = self.parts.get(self.digest(parts[0]))
        if person is None and len(parts) == 1 and parts[0].endswith("s"):
            person = self.parts.get(self.digest(parts[0][:-1]))
        if person is None or len(parts) == 1:
            return person
        known = [self.parts.get(self.digest(part)) for part in parts[1:]]
        alone = list(self.parts.values()).count(person) == 1
        return person if person in known or (alone and not any(known)) else None

    @staticmethod
    def _parts(words: str) -> list[str]:
        return [part for part in _PART.findall(words) if len(part) >= _SHORTEST_PART]


def kind(tag: str) -> str:
    """The class of what a tag stands for."""
    said = _TAG.fullmatch(tag)
    label = said[1] if said else "MASKED"
    return next((cls for cls, known in LABELS.items() if known == label), label)


def _decade(age: int) -> str:
    if age >= _OLD:
        return f"[AGE {_OLD}+]"
    start = age // _DECADE * _DECADE
    return f"[AGE {start}-{start + _DECADE - 1}]"
