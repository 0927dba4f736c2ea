"""E-mail and web addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.tokens import Passage

_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_SPELLED = re.compile(
    r"\b[\w.+-]{2,64}\s?(?:\(at\)|\[at\]|\{at\})\s?[\w-]{1,63}(?:\s?(?:\.|\(dot\)|\[dot\])\s?[\w-]{2,63}){1,4}", re.I
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'”»)]{3,300}", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]{2,63}\.){1,4}(?:com|org|net|dk|de|nl|no|se|uk|eu|info|blog|me|io|app)(?:/[^\s<>\"']{0,200})?\b",
    re.IGNORECASE,
)
_SHORT_LINK = re.compile(r"(?<![\w@./-])[a-z0-9-]{1,63}\.[a-z]{2,6}/[\w@./?=&%-]{1,200}", re.IGNORECASE)
READABLE_SITES = frozenset({"sundhed.dk", "helsenorge.no", "1177.se", "nhs.uk", "thuisarts.nl", "borger.dk"})
_CLOSING = ".,;:!?)]}>”"


def emails(passage: Passage) -> Iterator[Span]:
    """E-mail addresses, also with (at) for @."""
    for pattern in (_EMAIL, _SPELLED):
        for match in pattern.finditer(passage.text):
            end = match.start() + len(match.group().rstrip("."))
            yield Span(match.start(), end, "EMAIL", "auto", 1.0, "email", hard=True)


def links(passage: Passage) -> Iterator[Span]:
    """Web addresses, with or without http; the national health portals stay readable."""
    for pattern in (_URL, _BARE, _SHORT_LINK):
        for match in pattern.finditer(passage.text):
            shown = match.group().rstrip(_CLOSING)
            if shown.casefold() not in READABLE_SITES:
                yield Span(match.start(), match.start() + len(shown), "URL", "auto", 1.0, "url", hard=True)
