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
from typing import Any

LABELS: Mapping[str, str] = {
    "NAME": "PERSON",
    "ID": "ID",
    "PHONE": "PHONE",
    "EMAIL": "E-MAIL",
    "URL": "LINK",
    "DATE": "DATE",
    "ORG": "CLINIC",
    "WORD": "MASKED",
}


_TAG = re.compile(r"\[([A-Z][A-Z0-9-]{1,10}) ([1-9][0-9]{0,3})\]")


@dataclass
class TagBook:
    """Digest of a normalised word → its tag; `salt` belongs to the case."""

    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    tags: dict[str, str] = field(default_factory=dict)

    def tag(self, cls: str, words: str) -> str:
        """The tag of these words, made at their first appearance."""
        digest = self.digest(words)
        if digest not in self.tags:
            label = LABELS.get(cls, cls)
            given = [_TAG.fullmatch(known) for known in self.tags.values()]
            number = 1 + max((int(tag[2]) for tag in given if tag and tag[1] == label), default=0)
            self.tags[digest] = f"[{label} {number}]"
        return self.tags[digest]

    def heed(self, text: str) -> None:
        """Tags that already stand in a text, from an earlier pass of the gate, are never given to other words."""
        for written in _TAG.finditer(text):
            if written[0] not in self.tags.values():
                self.tags[f"written {written[0]}"] = written[0]

    def known(self, words: str) -> str | None:
        """The tag these words got in an earlier text of the case."""
        return self.tags.get(self.digest(words))

    def digest(self, words: str) -> str:
        """A keyed hash of the words, without case and spacing."""
        normal = "".join(words.casefold().split())
        return hmac.new(self.salt, normal.encode(), hashlib.sha256).hexdigest()[:32]

    def to_json(self) -> dict[str, Any]:
        """For the encrypted store."""
        return {"salt": self.salt.hex(), "tags": self.tags}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> TagBook:
        """Back from the store."""
        return cls(bytes.fromhex(kept["salt"]), dict(kept["tags"]))
