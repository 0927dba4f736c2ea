"""The trained tagger: its file is checked against its hash, loaded as data and asked a passage at a time."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from bot.anonymise.tagger.features import features
from bot.anonymise.tokens import Passage
from bot.errors import SetupError

FILE = Path(__file__).parent / "model.crfsuite"
SHA256 = "04d80327e0a9e086175b66390a490c9e40cb403f9fcb35faf41803e857a2fa3f"
LABELS = ("NAME", "PLACE", "ORG", "ADDRESS", "DATE", "ID")
OUTSIDE = "O"


class Tagger:
    """Asks the model. crfsuite keeps the last sequence in the tagger, so one thread asks at a time."""

    def __init__(self, data: bytes) -> None:
        import pycrfsuite

        self._data = data  # crfsuite reads from it, it keeps no copy
        self._model: Any = pycrfsuite.Tagger()
        self._model.open_inmemory(data)
        self._known = frozenset(self._model.labels())
        self._lock = Lock()

    def probable(self, passage: Passage, least: float) -> list[tuple[int, str, float]]:
        """(Index of the word, the likeliest class, how likely it is no ordinary word) from `least` on."""
        if not passage.words:
            return []
        described = features(passage)
        found = []
        with self._lock:
            self._model.set(described)
            for at in range(len(described)):
                likely = 1 - self._model.marginal(OUTSIDE, at)
                if likely >= least:
                    best = max(self._known - {OUTSIDE}, key=lambda label: self._model.marginal(label, at))
                    found.append((at, best, likely))
        return found


@cache
def tagger(file: Path = FILE) -> Tagger:
    """The tagger, read once a process. Raises SetupError when its file is missing or was changed."""
    try:
        data = file.read_bytes()
    except OSError:
        raise SetupError(f"The tagger's file {file.name} is missing: install the program again") from None
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise SetupError(f"The tagger's file {file.name} is not the one that was released: install the program again")
    return Tagger(data)
