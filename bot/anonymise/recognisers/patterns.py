"""An organisation's own regular expressions, each with a bound on its time: a slow one closes the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex

from bot.anonymise.finding import Span
from bot.anonymise.tokens import Passage

_SECONDS = 1.0


def by_patterns(patterns: tuple[str, ...]) -> Callable[[Passage], Iterator[Span]]:
    """A recogniser of these patterns."""
    compiled = [regex.compile(pattern) for pattern in patterns]

    def recognise(passage: Passage) -> Iterator[Span]:
        for pattern in compiled:
            for match in pattern.finditer(passage.text, timeout=_SECONDS):
                yield Span(match.start(), match.end(), "WORD", "auto", 1.0, "pattern")

    return recognise
